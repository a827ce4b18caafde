// @vitest-environment happy-dom
import { GraphQLError } from 'graphql'
import { afterEach, expect, it, vi } from 'vitest'
import { router } from '../router.ts'
import { ada, item, pageOf } from '../testing/items.ts'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { mountApp, namesOn, unmountApp } from '../testing/mount-app.ts'

afterEach(unmountApp)

const login = () => ({ accessToken: 'a.b.c', expiresIn: 3_600, user: ada })
const myItems = () => ({ ...ada, items: (page: any) => pageOf([item('1', 1)], page) })

it('leads back to the page that asked for it, with the token on each request', async () => {
  const gateway = fakeGateway({ login, me: myItems })
  const app = await mountApp('/mine')
  expect(router.currentRoute.value.fullPath).toBe('/sign-in?next=/mine')

  await fillIn(app, { email: 'ada@example.com', password: 'correct horse' })

  await vi.waitFor(() => expect(namesOn(app)).toEqual(['Item 1']))
  expect(router.currentRoute.value.fullPath).toBe('/mine')
  expect(gateway.requests.find(({ operationName }) => operationName === 'MyItems')?.authorization).toBe('Bearer a.b.c')
  await vi.waitFor(() => expect(gateway.isFollowed('MINE')).toBe(true))
  expect(gateway.sockets.at(-1)?.received[0]).toEqual({
    type: 'connection_init',
    payload: { authorization: 'Bearer a.b.c' },
  })
})

it('says when the address or the password is wrong, and keeps what was typed', async () => {
  fakeGateway({ login: () => Promise.reject(refusal('UNAUTHENTICATED', 'The address or the password is wrong.')) })
  const app = await mountApp('/sign-in')

  await fillIn(app, { email: 'ada@example.com', password: 'wrong' })

  await vi.waitFor(() => expect(app.get('form [role=alert]').text()).toBe('The address or the password is wrong.'))
  expect(app.get<HTMLInputElement>('input[type=email]').element.value).toBe('ada@example.com')
})

it('says in how many seconds to try again after too many guesses', async () => {
  const refused = new GraphQLError('Too often.', { extensions: { code: 'RATE_LIMITED', retryAfterMs: 41_200 } })
  fakeGateway({ login: () => Promise.reject(refused) })
  const app = await mountApp('/sign-in')

  await fillIn(app, { email: 'ada@example.com', password: 'wrong' })

  const alert = () => app.get('form [role=alert]').text()
  await vi.waitFor(() => expect(alert()).toBe('That was too often. Try again in 42 seconds.'))
})

it('sends nothing while a field is empty, and says which', async () => {
  const gateway = fakeGateway({ login })
  const app = await mountApp('/sign-in')

  await fillIn(app, { email: 'ada@example.com', password: '' })

  const password = app.get('input[type=password]')
  expect(password.attributes('aria-invalid')).toBe('true')
  expect(app.get(`#${password.attributes('aria-describedby')}`).text()).toBe('Enter your password.')
  expect(document.activeElement).toBe(password.element)
  expect(gateway.count('Login')).toBe(0)
})

it('never leads to another site', async () => {
  fakeGateway({ login, me: myItems, items: (page) => pageOf([], page) })
  const app = await mountApp('/sign-in?next=//evil.example/')
  await fillIn(app, { email: 'ada@example.com', password: 'correct horse' })
  await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/'))
})

it('is offered again when the gateway no longer takes the token', async () => {
  fakeGateway({ me: () => Promise.reject(refusal('UNAUTHENTICATED', 'The token has expired.')) })
  await mountApp('/mine', { token: 'old' })

  await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe('/sign-in?next=/mine'))
  await vi.waitFor(() => expect(document.body.textContent).toContain('Your session has ended.'))
  expect(sessionStorage.getItem('tributary.session')).toBeNull()
})

async function fillIn(app: Awaited<ReturnType<typeof mountApp>>, { email, password }: Record<string, string>) {
  await vi.waitFor(() => app.get('input[type=email]'))
  await app.get('input[type=email]').setValue(email)
  await app.get('input[type=password]').setValue(password)
  await app.get('form').trigger('submit')
}
