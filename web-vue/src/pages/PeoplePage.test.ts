// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest'
import { router } from '../router.ts'
import { ada, bob, pageOf } from '../testing/items.ts'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { button, confirm, field, fill, mountApp, tokenFor, unmountApp, untilSaid, until } from '../testing/mount-app.ts'

afterEach(unmountApp)

type App = Awaited<ReturnType<typeof mountApp>>

const account = (id: string, more: object = {}) => ({
  ...bob,
  id,
  username: `person-${id}`,
  email: `${id}@example.com`,
  isEmailVerified: true,
  roles: ['USER', 'CREATOR'],
  deletedAt: null,
  ...more,
})
const many = Array.from({ length: 45 }, (_, index) => account(`${index + 1}`))
const users = (accounts: object[]) => (page: any) => pageOf(accounts as { id: string }[], page)
const forbidden = () => Promise.reject(refusal('FORBIDDEN', 'You may not have this.'))

it('lists accounts a page at a time', async () => {
  fakeGateway({ users: users(many), me: () => ada })
  const app = await show('/admin/people')
  expect(names(app)[0]).toBe('person-1')
  expect(app.get('main li').text()).toContain('1@example.com')
  expect(app.get('main li').text()).toContain('User, Creator')

  await button(app, 'Next').trigger('click')
  await until(() => expect(names(app)[0]).toBe('person-21'))
  await button(app, 'Next').trigger('click')
  await until(() => expect(names(app)).toHaveLength(5))
  expect(button(app, 'Next').attributes('disabled')).toBeDefined()
  await button(app, 'Previous').trigger('click')
  await until(() => expect(names(app)[0]).toBe('person-21'))
})

it('searches, filters by role, and keeps both in the address', async () => {
  const gateway = fakeGateway({ users: users(many), me: () => ada })
  const app = await show('/admin/people')
  await button(app, 'Next').trigger('click')
  await until(() => expect(names(app)[0]).toBe('person-21'))

  gateway.answers.users = users([account('7')])
  await fill(app, { Search: 'person-7', Role: 'CREATOR' })

  await until(() => expect(names(app)).toEqual(['person-7']))
  await until(() => expect(router.currentRoute.value.query).toEqual({ search: 'person-7', role: 'CREATOR' }))
  expect(gateway.sent('People').at(-1)).toEqual({
    first: 20,
    after: null,
    search: 'person-7',
    role: 'CREATOR',
    isAdmin: true,
  })
})

it('asks for no more than support may see, and offers nothing to change', async () => {
  const deleted = account('1', { deletedAt: '2026-11-20T12:00:00.000Z' })
  const gateway = fakeGateway({ users: users([deleted, ...many.slice(1)]), me: () => ada })
  const app = await show('/admin/people', 'users:read')
  expect(app.get('main li').text()).toContain('Deleted 20 Nov 2026')
  expect(app.get('main li').text()).not.toContain('@')
  expect(app.get('main li a').attributes('href')).toBe('/people/1')
  expect(gateway.requests.find(({ operationName }) => operationName === 'People')?.variables.isAdmin).toBe(false)
})

it('is not for those without the right to it', async () => {
  const gateway = fakeGateway({ me: () => ada })
  const app = await mountApp('/admin/people', { token: tokenFor('items:read') })
  await until(() => expect(app.get('h1').text()).toBe('This page is not for you'))
  expect(gateway.count('People')).toBe(0)
})

it('changes an account once the second factor is shown, and asks no second time', async () => {
  const gateway = fakeGateway({
    user: () => account('7'),
    me: () => ({ ...ada, secondFactor: { confirmedAt: '2026-11-01T00:00:00.000Z', recoveryCodesLeft: 9 } }),
    updateUser: forbidden,
    setUserRoles: () => ({ user: account('7', { roles: ['USER', 'CREATOR', 'SUPPORT'] }) }),
    stepUp: ({ code }) => {
      if (code !== '123456') throw refusal('BAD_USER_INPUT', 'This code is not right.', 'code')
      gateway.answers.updateUser = () => ({ user: account('7', { username: 'renamed' }) })
      return { accessToken: 'elevated', expiresIn: 600 }
    },
  })
  const app = await show('/admin/people/7', 'users:admin')
  await fill(app, { Username: 'renamed' })
  await app.get('form').trigger('submit')

  await until(() => expect(dialog()?.textContent).toContain('Show that it is you'))
  await enterCode('000000')
  await until(() => expect(dialog()?.textContent).toContain('This code is not right.'))
  await enterCode('123456')

  await until(() => expect(app.get('h1').text()).toBe('renamed'))
  expect(authorizations(gateway, 'UpdateUser')).toEqual([`Bearer ${tokenFor('users:admin')}`, 'Bearer elevated'])
  expect(dialog()).toBeNull()

  await app.get('input[value=SUPPORT]').setValue(true)
  await app.findAll('form')[1]!.trigger('submit')
  await until(() => expect(authorizations(gateway, 'SetUserRoles')).toEqual(['Bearer elevated']))
  expect(gateway.sent('SetUserRoles')[0].input).toEqual({ id: '7', roles: ['USER', 'CREATOR', 'SUPPORT'] })
  expect(gateway.count('StepUp')).toBe(2)
})

it('leads an admin without a second factor to where one is set up', async () => {
  fakeGateway({ user: () => account('7'), me: () => ({ ...ada, secondFactor: null }), updateUser: forbidden })
  const app = await show('/admin/people/7', 'users:admin')
  await app.get('form').trigger('submit')
  await until(() => expect(dialog()?.textContent).toContain('You need a second factor'))
  expect(dialog()?.querySelector('a')?.getAttribute('href')).toBe('/settings/second-factor')
})

it('says that nothing was changed when no code is given', async () => {
  fakeGateway({
    user: () => account('7'),
    me: () => ({ ...ada, secondFactor: { confirmedAt: '2026-11-01T00:00:00.000Z', recoveryCodesLeft: 9 } }),
    updateUser: forbidden,
  })
  const app = await show('/admin/people/7', 'users:admin')
  await app.get('form').trigger('submit')
  await until(() => expect(dialog()).not.toBeNull())
  ;[...dialog()!.querySelectorAll('button')].find((found) => found.textContent === 'Cancel')!.click()
  await until(() => expect(app.get('form [role=alert]').text()).toContain('Nothing was changed'))
})

it('deletes an account after it has asked, and says what the gateway refuses', async () => {
  const gateway = fakeGateway({
    user: () => account('7'),
    users: users([]),
    me: () => ada,
    deleteUser: () => Promise.reject(refusal('CONFLICT', 'This is the last admin.')),
  })
  const app = await show('/admin/people/7', 'users:admin')
  await button(app, 'Delete account').trigger('click')
  await confirm()
  await untilSaid('This is the last admin.')

  gateway.answers.deleteUser = ({ id }) => ({ userId: id, restorableUntil: '2026-12-12T10:00:00.000Z' })
  await button(app, 'Delete account').trigger('click')
  await confirm()
  await until(() => expect(router.currentRoute.value.path).toBe('/admin/people'))
})

it('leads back to the list as it was searched', async () => {
  fakeGateway({ user: () => account('7'), users: users(many), me: () => ada })
  const app = await show('/admin/people')
  await router.push('/admin/people?search=person&role=USER')
  await router.push('/admin/people/7')
  await until(() => app.get('main form'))
  expect(app.get('main header a').attributes('href')).toBe('/admin/people?search=person&role=USER')
})

it('fills nobody’s own data into the form of somebody else', async () => {
  fakeGateway({ user: () => account('7'), me: () => ada })
  const app = await show('/admin/people/7', 'users:admin')
  expect(field(app, 'E-mail address').attributes('autocomplete')).toBe('off')
})

async function show(path: string, ...scopes: string[]) {
  const app = await mountApp(path, { token: tokenFor(...(scopes.length > 0 ? scopes : ['users:read', 'users:admin'])) })
  await until(() => app.get(path.endsWith('people') ? 'main li h2' : 'main form'))
  return app
}

const names = (app: App) => app.findAll('main li h2').map((name) => name.text())
const dialog = () => document.querySelector('[role=dialog]')

async function enterCode(code: string) {
  const input = dialog()!.querySelector('input')!
  input.value = code
  input.dispatchEvent(new Event('input'))
  dialog()!
    .querySelector('form')!
    .dispatchEvent(new Event('submit', { cancelable: true }))
}

const authorizations = (gateway: ReturnType<typeof fakeGateway>, name: string) =>
  gateway.requests.filter(({ operationName }) => operationName === name).map(({ authorization }) => authorization)
