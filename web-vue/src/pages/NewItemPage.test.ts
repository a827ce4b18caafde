// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest'
import { router } from '../router.ts'
import { ada, item, pageOf } from '../testing/items.ts'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { creatorToken, field, mountApp, namesOn, saidOf, unmountApp, until } from '../testing/mount-app.ts'

afterEach(unmountApp)

it('creates an item, shows it, and has it in the lists without asking for them again', async () => {
  const mine = [item('1', 1)]
  const gateway = fakeGateway({
    me: () => ({ ...ada, items: (page: any) => pageOf(mine, page) }),
    createItem: ({ input }) => ({ item: item('heron', 0, { ...input, viewerPermission: 'OWNER' }) }),
    item: () => item('heron', 0, { name: 'Heron', viewerPermission: 'OWNER' }),
  })
  const app = await mountApp('/mine', { token: 'token' })
  await until(() => expect(namesOn(app)).toEqual(['Item 1']))

  await router.push('/items/new')
  await fillIn(app, 'Heron')
  await until(() => expect(router.currentRoute.value.path).toBe('/items/heron'))
  await until(() => expect(app.get('h1').text()).toBe('Heron'))
  expect(gateway.requests.find(({ operationName }) => operationName === 'CreateItem')?.variables).toEqual({
    input: {
      name: 'Heron',
      description: null,
      status: 'DRAFT',
      visibility: 'PRIVATE',
      tags: [],
      idempotencyKey: expect.stringMatching(/^.{16,100}$/),
    },
  })

  await router.push('/mine')
  await until(() => expect(namesOn(app)).toEqual(['Heron', 'Item 1']))
  expect(gateway.count('MyItems')).toBe(1)
})

it('shows what the gateway says at the field that it names, and keeps what was typed', async () => {
  fakeGateway({
    me: () => ada,
    createItem: () => Promise.reject(refusal('BAD_USER_INPUT', 'Choose another name.', 'name')),
  })
  const app = await mountApp('/items/new', { token: 'token' })
  await fillIn(app, 'Heron')

  await until(() => expect(app.find('[aria-invalid=true]').exists()).toBe(true))
  const name = app.get<HTMLInputElement>('[aria-invalid=true]')
  expect(name.element.value).toBe('Heron')
  expect(app.get(`#${name.attributes('aria-describedby')}`).text()).toBe('Choose another name.')
})

it('sends the same key again when the answer was lost, so that there is one item', async () => {
  const gateway = fakeGateway({ me: () => ada, createItem: () => null })
  const app = await mountApp('/items/new', { token: creatorToken })
  gateway.isUnreachable = true
  await fillIn(app, 'Heron')
  await app.get('form').trigger('submit')
  await until(() => expect(app.get('form [role=alert]').text()).toContain('cannot be reached'))
  gateway.isUnreachable = false
  await app.get('form').trigger('submit')
  await until(() => expect(keysOf(gateway)).toHaveLength(2))

  expect(new Set(keysOf(gateway)).size).toBe(1)
})

it('sends one item for two clicks', async () => {
  const { promise } = Promise.withResolvers<object>()
  const gateway = fakeGateway({ me: () => ada, createItem: () => promise })
  const app = await mountApp('/items/new', { token: creatorToken })
  await fillIn(app, 'Heron')
  await app.get('form').trigger('submit')
  await until(() => expect(keysOf(gateway)).toHaveLength(1))
  await app.get('form').trigger('submit')
  expect(keysOf(gateway)).toHaveLength(1)
})

it('says when an earlier try went through, and makes another item only when that is wanted', async () => {
  const gateway = fakeGateway({ me: () => ada, createItem: () => Promise.reject(refusal('CONFLICT', 'Used before.')) })
  const app = await mountApp('/items/new', { token: creatorToken })
  await fillIn(app, 'Heron')
  await until(() => expect(app.get('form [role=alert]').text()).toContain('An earlier try has gone through'))
  await app.get('form').trigger('submit')
  await until(() => expect(keysOf(gateway)).toHaveLength(2))
  expect(new Set(keysOf(gateway)).size).toBe(2)
})

it('takes tags one by one, in lower case, each once, and refuses too long ones', async () => {
  const gateway = fakeGateway({ me: () => ada })
  const app = await mountApp('/items/new', { token: creatorToken })
  await until(() => field(app, 'Tags'))
  const tags = field(app, 'Tags')
  await tags.setValue('Bird')
  await tags.trigger('keydown', { key: 'Enter' })
  await tags.setValue('bird, water,')
  await tags.setValue('x'.repeat(51))
  await tags.trigger('blur')
  await fillIn(app, 'Heron')

  expect(saidOf(app, 'Tags')[0]).toBe('At most 50 characters a tag.')
  expect(app.findAll('[aria-label^="Remove "]').map((each) => each.attributes('aria-label'))).toEqual([
    'Remove bird',
    'Remove water',
    `Remove ${'x'.repeat(51)}`,
  ])
  expect(gateway.count('CreateItem')).toBe(0)
})

it('asks before what was typed is lost', async () => {
  fakeGateway({ me: () => ada })
  const confirm = vi.fn(() => false)
  vi.stubGlobal('confirm', confirm)
  const app = await mountApp('/items/new', { token: 'token' })
  await until(() => app.get('main input[maxlength]'))

  await app.get('main input[maxlength]').setValue('Her')
  await router.push('/status')
  expect(confirm).toHaveBeenCalledOnce()
  expect(router.currentRoute.value.path).toBe('/items/new')
  confirm.mockReturnValue(true)
})

async function fillIn(app: Awaited<ReturnType<typeof mountApp>>, name: string) {
  await until(() => app.get('main input[maxlength]'))
  await app.get('main input[maxlength]').setValue(name)
  await app.get('form').trigger('submit')
}

const keysOf = ({ requests }: ReturnType<typeof fakeGateway>) =>
  requests
    .filter(({ operationName }) => operationName === 'CreateItem')
    .map(({ variables }) => variables.input.idempotencyKey as string)
