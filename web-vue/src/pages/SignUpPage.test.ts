// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest'
import { router } from '../router.ts'
import { ada, pageOf } from '../testing/items.ts'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { mountApp, unmountApp } from '../testing/mount-app.ts'

afterEach(unmountApp)

const good = { username: 'ada', email: 'ada@example.com', password: 'correct horse' }

it('opens an account and signs in', async () => {
  const gateway = fakeGateway({
    register: () => ({ user: ada }),
    login: () => ({ accessToken: 'token', expiresIn: 3_600, user: ada }),
    me: () => ada,
    items: (page) => pageOf([], page),
  })
  await signUp(good)

  await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/'))
  expect(gateway.requests.slice(0, 2).map(({ operationName, variables }) => [operationName, variables])).toEqual([
    ['Register', { input: good }],
    ['Login', { input: { email: good.email, password: good.password } }],
  ])
})

it('names each field that breaks a rule, and sends nothing', async () => {
  const gateway = fakeGateway({})
  const app = await signUp({ username: 'a b', email: 'nowhere', password: 'short' })

  expect(app.findAll('[aria-invalid=true]')).toHaveLength(3)
  expect(gateway.requests).toEqual([])

  await app.get('input[type=password]').setValue('long enough')
  expect(app.findAll('[aria-invalid=true]')).toHaveLength(2)
})

it('shows what the gateway says at the field that it names', async () => {
  fakeGateway({ register: () => Promise.reject(refusal('CONFLICT', 'This username is taken.', 'username')) })
  const app = await signUp(good)

  await vi.waitFor(() => expect(app.find('[aria-invalid=true]').exists()).toBe(true))
  const username = app.get('[aria-invalid=true]')
  expect(username.attributes('autocomplete')).toBe('nickname')
  expect(app.get(`#${username.attributes('aria-describedby')!.split(' ')[0]}`).text()).toBe('This username is taken.')
})

async function signUp(values: typeof good) {
  const app = await mountApp('/sign-up')
  await vi.waitFor(() => app.get('input[type=email]'))
  await app.get('input[autocomplete=nickname]').setValue(values.username)
  await app.get('input[type=email]').setValue(values.email)
  await app.get('input[type=password]').setValue(values.password)
  await app.get('form').trigger('submit')
  return app
}
