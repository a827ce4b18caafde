// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest'
import { router } from '../router.ts'
import { ada, item, pageOf } from '../testing/items.ts'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { button, field, fill, mountApp, namesOn, saidOf, unmountApp, untilSaid, until } from '../testing/mount-app.ts'

afterEach(unmountApp)

const login = () => ({ accessToken: 'a.b.c', expiresIn: 3_600, user: ada })
const myItems = () => ({ ...ada, items: (page: any) => pageOf([item('1', 1)], page) })
const refused = (message: string, more: object = {}) => Promise.reject(refusal('UNAUTHENTICATED', message, more))
const typed = { email: 'ada@example.com', password: 'correct horse' }

it('leads back to the page that asked for it, with the token on each request', async () => {
  const gateway = fakeGateway({ login, me: myItems })
  const app = await mountApp('/mine')
  expect(router.currentRoute.value.fullPath).toBe('/sign-in?next=/mine')

  await fillIn(app, typed)

  // The page that it leads to is loaded now.
  await until(() => expect(namesOn(app)).toEqual(['Item 1']))
  expect(router.currentRoute.value.fullPath).toBe('/mine')
  expect(gateway.requests[0]?.variables).toEqual({ input: { ...typed, keepRefreshToken: 'COOKIE' } })
  expect(gateway.requests.find(({ operationName }) => operationName === 'MyItems')?.authorization).toBe('Bearer a.b.c')
  await until(() => expect(gateway.isFollowed('MINE')).toBe(true))
  expect(gateway.sockets.at(-1)?.authorization).toBe('Bearer a.b.c')
})

it('says when the address or the password is wrong, and keeps what was typed', async () => {
  fakeGateway({ login: () => refused('The address or the password is wrong.') })
  const app = await mountApp('/sign-in')

  await fillIn(app, { email: 'ada@example.com', password: 'wrong' })

  await until(() => expect(app.get('form [role=alert]').text()).toBe('The address or the password is wrong.'))
  expect(app.get<HTMLInputElement>('input[type=email]').element.value).toBe('ada@example.com')
})

it.each([
  [41_200, '42 seconds'],
  [840_000, '14 minutes'],
])('says when to try again after too many guesses: %d ms', async (retryAfterMs, wait) => {
  fakeGateway({ login: () => Promise.reject(refusal('RATE_LIMITED', 'Too often.', { retryAfterMs })) })
  const app = await mountApp('/sign-in')

  await fillIn(app, { email: 'ada@example.com', password: 'wrong' })

  const alert = () => app.get('form [role=alert]').text()
  await until(() => expect(alert()).toBe(`That was too often. Try again in ${wait}.`))
})

it('sends nothing while a field is empty, and says which', async () => {
  const gateway = fakeGateway({ login })
  const app = await mountApp('/sign-in')

  await fillIn(app, { email: 'ada@example.com', password: '' })

  expect(saidOf(app, 'Password')).toEqual(['Enter your password.'])
  expect(document.activeElement).toBe(field(app, 'Password').element)
  expect(gateway.count('Login')).toBe(0)
})

it('asks for a code where the account has a second factor, and says when it is wrong', async () => {
  const gateway = fakeGateway({
    login: ({ input: { code } }) => {
      const reason = 'SECOND_FACTOR_NEEDED'
      if (!code) return refused('A code.', { reason })
      return code === '123456' ? login() : refused('The code is wrong.', { reason, field: 'code' })
    },
    me: () => ada,
    items: (page) => pageOf([], page),
  })
  const app = await mountApp('/sign-in')
  await fillIn(app, typed)

  await until(() => expect(document.activeElement).toBe(field(app, 'Code').element))
  expect(field(app, 'Code').attributes('autocomplete')).toBe('one-time-code')
  expect(app.get('form [role=alert]').text()).toBe('')

  await fill(app, { Code: '000000' })
  await app.get('form').trigger('submit')
  await until(() => expect(saidOf(app, 'Code')[0]).toBe('The code is wrong.'))
  expect(document.activeElement).toBe(field(app, 'Code').element)

  await fill(app, { Code: ' 123456 ' })
  await app.get('form').trigger('submit')
  await until(() => expect(router.currentRoute.value.path).toBe('/'))
  expect(gateway.count('Login')).toBe(3)
})

it('says that an address waits to be verified, and sends the mail again', async () => {
  const gateway = fakeGateway({
    login: () => refused('Verify your address.', { reason: 'EMAIL_NOT_VERIFIED' }),
    resendVerification: () => ({ isAccepted: true }),
  })
  gateway.hasMailbox = true
  const app = await mountApp('/sign-in')
  await fillIn(app, typed)

  await until(() => expect(app.text()).toContain('Verify your address first'))
  await button(app, 'Send the mail again').trigger('click')

  await until(() => expect(app.text()).toContain('It is on its way.'))
  expect(gateway.requests.at(-1)?.variables).toEqual({ email: 'ada@example.com' })
  await until(() => expect(app.find('a[href="/dev/mailbox"]').exists()).toBe(true))
})

it('restores an account that was deleted, where its owner wants it', async () => {
  const gateway = fakeGateway({
    login: () => refused('It was deleted.', { reason: 'ACCOUNT_DELETED' }),
    restoreMe: login,
    me: () => ada,
    items: (page) => pageOf([], page),
  })
  const app = await mountApp('/sign-in')
  await fillIn(app, typed)

  await until(() => expect(app.text()).toContain('This account was deleted'))
  await button(app, 'Restore my account').trigger('click')

  await until(() => expect(router.currentRoute.value.path).toBe('/'))
  const restored = gateway.requests.find(({ operationName }) => operationName === 'RestoreMe')
  expect(restored?.variables).toEqual({ input: { ...typed, keepRefreshToken: 'COOKIE' } })
})

it('never leads to another site', async () => {
  fakeGateway({ login, me: myItems, items: (page) => pageOf([], page) })
  const app = await mountApp('/sign-in?next=//evil.example/')
  await fillIn(app, typed)
  await until(() => expect(router.currentRoute.value.fullPath).toBe('/'))
})

it('is offered again when the session has ended', async () => {
  const gateway = fakeGateway({ refreshSession: () => refused('There is no session.') })
  gateway.refusedTokens.add('Bearer old')
  await mountApp('/mine', { token: 'old' })

  await until(() => expect(router.currentRoute.value.fullPath).toBe('/sign-in?next=/mine'))
  await untilSaid('Your session has ended.')
})

async function fillIn(app: Awaited<ReturnType<typeof mountApp>>, { email, password }: Record<string, string>) {
  await until(() => app.get('input[type=email]'))
  await fill(app, { 'E-mail address': email!, Password: password! })
  await app.get('form').trigger('submit')
}
