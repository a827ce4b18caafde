// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest'
import { router } from '../router.ts'
import { ada, pageOf } from '../testing/items.ts'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { field, fill, mountApp, saidOf, unmountApp, untilSaid, until } from '../testing/mount-app.ts'

afterEach(unmountApp)

const good = { username: 'ada', email: 'ada@example.com', password: 'correct horse' }

it('opens an account, signs in, and tells of the mail that verifies the address', async () => {
  const gateway = fakeGateway({
    register: () => ({ user: ada, needsVerification: false }),
    login: () => ({ accessToken: 'token', expiresIn: 3_600, user: ada }),
    me: () => ada,
    items: (page) => pageOf([], page),
  })
  await signUp(good)

  await until(() => expect(router.currentRoute.value.path).toBe('/'))
  expect(gateway.requests.slice(0, 2).map(({ operationName, variables }) => [operationName, variables])).toEqual([
    ['Register', { input: good }],
    ['Login', { input: { email: good.email, password: good.password, keepRefreshToken: 'COOKIE' } }],
  ])
  await untilSaid('We have sent a mail to verify your address.')
})

it('waits for the address to be verified where the gateway wants it so', async () => {
  const gateway = fakeGateway({ register: () => ({ user: ada, needsVerification: true }) })
  gateway.hasMailbox = true
  const app = await signUp(good)

  await until(() => expect(app.get('h1').text()).toBe('One more step'))
  expect(app.text()).toContain('ada@example.com')
  expect(gateway.count('Login')).toBe(0)
  await until(() => expect(app.find('a[href="/dev/mailbox"]').exists()).toBe(true))
})

it('names each field that breaks a rule, and sends nothing', async () => {
  const gateway = fakeGateway({})
  const app = await signUp({ username: 'a b', email: 'nowhere', password: 'short' })

  expect(app.findAll('[aria-invalid=true]')).toHaveLength(3)
  expect(gateway.requests).toEqual([])

  await app.get('input[type=password]').setValue('long enough')
  expect(app.findAll('[aria-invalid=true]')).toHaveLength(2)
})

it.each([
  ['username', 'CONFLICT', 'This username is taken.', 'Username'],
  ['password', 'BAD_USER_INPUT', 'This password is easily guessed.', 'Password'],
])('shows what the gateway says of the %s at its field', async (name, code, message, label) => {
  fakeGateway({ register: () => Promise.reject(refusal(code, message, name)) })
  const app = await signUp(good)
  await until(() => expect(saidOf(app, label)[0]).toBe(message))
  expect(field(app, label).attributes('aria-invalid')).toBe('true')
})

it('says how easily a password is guessed while it is typed', async () => {
  fakeGateway({})
  const app = await signUp({ ...good, password: 'password1' }, { isSent: false })
  await until(() => expect(app.get('form').text()).toContain('Guessed at once.'))

  await fill(app, { Password: 'ladder umbrella quietly seventeen' })
  await until(() => expect(app.get('form').text()).toContain('Very good.'))

  // Somebody who knows the name would try it first.
  await fill(app, { Username: 'ladderumbrella', Password: 'ladderumbrella1' })
  await until(() => expect(app.get('form').text()).toMatch(/Guessed (at once|quickly)\./))
})

async function signUp(values: typeof good, { isSent = true } = {}) {
  const app = await mountApp('/sign-up')
  await until(() => app.get('input[type=email]'))
  await fill(app, { Username: values.username, 'E-mail address': values.email, Password: values.password })
  if (isSent) await app.get('form').trigger('submit')
  return app
}
