// @vitest-environment happy-dom
// Changing an item while others may do so too.
import { afterEach, expect, it } from 'vitest'
import { router } from '../router.ts'
import { ada, bob, item, pageOf } from '../testing/items.ts'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { button, creatorToken, field, fill, mountApp, unmountApp, until, untilSaid } from '../testing/mount-app.ts'

afterEach(async () => {
  globalThis.confirm = () => true
  await unmountApp()
})

it('sends what was changed and nothing else, with the version that it was changed from', async () => {
  const { app, gateway } = await edit()
  await fill(app, { Name: 'Torch' })
  await field(app, 'Tags').setValue('New, brass,')
  await save(app)

  await until(() => expect(router.currentRoute.value.path).toBe('/items/1'))
  expect(sentOf(gateway)).toEqual([{ id: '1', expectedVersion: 3, name: 'Torch', tags: ['lamp', 'new', 'brass'] }])
})

it('shows what somebody else changed, takes over what it can, and lets one keep what was typed', async () => {
  const { app, gateway } = await edit()
  await fill(app, { Name: 'Mine' })
  gateway.changeTo({ name: 'Theirs', description: 'Longer', version: 4 })
  await save(app)

  await untilSaid('bob changed this item meanwhile')
  expect(field(app, 'Name').element.value).toBe('Mine')
  expect(field(app, 'Description').element.value).toBe('Longer')
  await untilSaid('Taken over')
  expect(app.text()).toContain('Not saved yet')

  await save(app)
  await until(() => expect(router.currentRoute.value.path).toBe('/items/1'))
  expect(sentOf(gateway)).toEqual([
    { id: '1', expectedVersion: 3, name: 'Mine' },
    { id: '1', expectedVersion: 4, name: 'Mine' },
  ])
})

it('lets one take theirs, and have what was typed back', async () => {
  const { app, gateway } = await edit()
  await fill(app, { Name: 'Mine' })
  gateway.changeTo({ name: 'Theirs', version: 4 })
  await save(app)
  await untilSaid('bob changed this item meanwhile')

  await button(app, 'Take theirs').trigger('click')
  expect(field(app, 'Name').element.value).toBe('Theirs')
  await button(app, 'Keep mine').trigger('click')
  expect(field(app, 'Name').element.value).toBe('Mine')
  expect(button(app, 'Keep mine').attributes('aria-pressed')).toBe('true')
})

it('says so as soon as somebody else changes it, before anything is sent', async () => {
  const { app, gateway } = await edit()
  await fill(app, { Name: 'Mine' })
  await until(() => expect(gateway.isFollowed('MINE')).toBe(true))
  const now = gateway.changeTo({ name: 'Theirs', version: 4 })
  await gateway.emit('MINE', { kind: 'UPDATED', itemId: '1', item: now })

  await untilSaid('bob changed this item meanwhile')
  expect(field(app, 'Name').element.value).toBe('Mine')
  expect(gateway.count('UpdateItem')).toBe(0)
})

it('shows the item as it is now to whoever has typed nothing yet', async () => {
  const { app, gateway } = await edit()
  await until(() => expect(gateway.isFollowed('MINE')).toBe(true))
  const now = gateway.changeTo({ name: 'Theirs', version: 4 })
  await gateway.emit('MINE', { kind: 'UPDATED', itemId: '1', item: now })

  await until(() => expect(field(app, 'Name').element.value).toBe('Theirs'))
  expect(app.text()).not.toContain('meanwhile')
})

it('keeps what was typed when the item is deleted meanwhile', async () => {
  const { app, gateway } = await edit()
  await fill(app, { Name: 'Mine' })
  await until(() => expect(gateway.isFollowed('MINE')).toBe(true))
  await gateway.emit('MINE', { kind: 'DELETED', itemId: '1', item: null })

  await untilSaid('This item can no longer be changed')
  expect(field(app, 'Name').element.value).toBe('Mine')
  expect(app.findAll('main button[type=submit]')).toEqual([])
})

it('leaves who may see an item to its owner', async () => {
  const { app } = await edit({ viewerPermission: 'EDIT', owner: bob })
  expect(app.text()).not.toContain('Who may see it')
})

it('says that there is nothing to edit to those who may only read', async () => {
  fakeGateway({ item: () => item('1', 1, { owner: bob }), me: () => ada })
  await mountApp('/items/1/edit', { token: creatorToken })
  await untilSaid('There is nothing to edit')
})

async function edit(more: object = {}) {
  let now = item('1', 1, { version: 3, tags: ['lamp'], description: 'Old', viewerPermission: 'OWNER', ...more })
  const versions = () => pageOf([{ id: '4', version: 4, author: bob, createdAt: now.createdAt } as { id: string }], {})
  const gateway = Object.assign(
    fakeGateway({
      item: () => ({ ...now, versions }),
      node: () => ({ __typename: 'Item', id: '1', comments: (page: any) => pageOf([], page) }),
      me: () => ada,
      updateItem: ({ input: { expectedVersion, ...input } }) => {
        if (expectedVersion !== now.version)
          throw refusal('CONFLICT', 'It was changed.', { currentVersion: now.version })
        return { item: { ...now, ...input, version: now.version + 1 } }
      },
    }),
    { changeTo: (change: object) => (now = { ...now, ...change }) },
  )
  const app = await mountApp('/items/1/edit', { token: creatorToken })
  await until(() => field(app, 'Name'))
  globalThis.confirm = () => true
  return { app, gateway }
}

const save = (app: Awaited<ReturnType<typeof mountApp>>) => app.get('main form').trigger('submit')
const sentOf = ({ requests }: ReturnType<typeof fakeGateway>) =>
  requests.filter(({ operationName }) => operationName === 'UpdateItem').map(({ variables }) => variables.input)
