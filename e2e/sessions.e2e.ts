// Sessions end to end, through the gateway as `npm start` has it: what ends one ends it everywhere at once, and a browser
// goes on with a session by a cookie that no page elsewhere can use.
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { startLocal } from '../local/index.ts'
import type { RunningLocal } from '../local/index.ts'
import { localConfig } from '../platform/config.ts'
import { PASSWORD, anAddress, apiOf } from './support/api.ts'
import type { Person } from './support/api.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

let tributary: RunningLocal
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let ada: Person

beforeAll(async () => {
  folder = await temporaryFolder()
  const env = { PORT: '0', DATA_DIR: folder.path, LOG_LEVEL: 'warn', TRUSTED_PROXIES: 'loopback' }
  tributary = await startLocal(localConfig(env), { say: () => {}, seed: false, web: false })
  ada = await apiOf(tributary.url).person('ada')
})
afterAll(async () => {
  await tributary.close()
  await folder.remove()
})

const login = 'mutation ($input: LoginInput!) { login(input: $input) { accessToken refreshToken } }'
const refresh = 'mutation { refreshSession { accessToken refreshToken } }'
const me = '{ me { id } }'

it('ends a session on HTTP and on open sockets at once when it is logged out, and leaves the person’s others alone', async () => {
  const phone = await loggedIn()
  const laptop = await loggedIn()
  const closed = vi.fn()
  const client = createClient({
    url: `${tributary.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${phone}` },
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => {},
    on: { closed },
  })
  const connected = vi.fn()
  client.on('connected', connected)
  await vi.waitFor(() => expect(connected).toHaveBeenCalled())
  expect((await ask(me, { token: phone })).data.me.id).toBe(ada.id)

  const { status } = await ask('mutation { logout { __typename } }', { token: phone })

  expect(status).toBe(200)
  await vi.waitFor(async () => expect((await ask(me, { token: phone })).status).toBe(401), { timeout: 1_000 })
  await vi.waitFor(() => expect(closed.mock.calls[0]?.[0]).toMatchObject({ code: 4403 }), { timeout: 1_000 })
  expect((await ask(me, { token: laptop })).data.me.id).toBe(ada.id)
  await client.dispose()
})

it('keeps a browser logged in by a cookie, rotates it, and takes it back at logout', async () => {
  const { data, cookie } = await ask(login, { variables: credentials('COOKIE') })
  expect(data.login.refreshToken).toBeNull()
  expect(cookie).toMatch(/^__Host-refresh=.+; Path=\/; HttpOnly; Secure; SameSite=Strict; Max-Age=\d+$/)

  const next = await ask(refresh, { cookie: cookie! })
  expect(next.data.refreshSession).toEqual({ accessToken: expect.any(String), refreshToken: null })
  expect(next.cookie).toMatch(/^__Host-refresh=/)
  expect(next.cookie).not.toBe(cookie)

  const token = next.data.refreshSession.accessToken as string
  const left = await ask('mutation { logout { __typename } }', { token, cookie: next.cookie! })
  expect(left.cookie).toMatch(/^__Host-refresh=; .*Max-Age=0$/)
  expect((await ask(refresh, { cookie: next.cookie! })).codes).toEqual(['UNAUTHENTICATED'])
})

it('refreshes nothing for a page of another origin, although the browser would send the cookie', async () => {
  const { cookie } = await ask(login, { variables: credentials('COOKIE') })

  const elsewhere = await ask(refresh, { cookie: cookie!, origin: 'https://elsewhere.example' })
  expect([elsewhere.codes, elsewhere.cookie]).toEqual([['UNAUTHENTICATED'], null])

  expect((await ask(refresh, { cookie: cookie!, origin: tributary.url })).codes).toEqual([])
})

it('shows developers the mail that would have been sent', async () => {
  const response = await fetch(`${tributary.url}/dev/mailbox`)

  expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/html/)])
  await vi.waitFor(async () => {
    expect(await (await fetch(`${tributary.url}/dev/mailbox`)).text()).toContain(ada.email)
  })
})

const credentials = (keepRefreshToken: 'CLIENT' | 'COOKIE') => ({
  input: { email: ada.email, password: PASSWORD, keepRefreshToken },
})

async function loggedIn(): Promise<string> {
  const { data } = await ask(login, { variables: credentials('CLIENT') })
  return data.login.accessToken as string
}

async function ask(
  query: string,
  how: { variables?: object; token?: string; cookie?: string; origin?: string } = {},
): Promise<{ status: number; data: any; codes: string[]; cookie: string | null }> {
  const response = await fetch(`${tributary.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-forwarded-for': anAddress(),
      ...(how.token && { authorization: `Bearer ${how.token}` }),
      ...(how.cookie && { cookie: how.cookie.split(';')[0]! }),
      ...(how.origin && { origin: how.origin }),
    },
    body: JSON.stringify({ query, variables: how.variables }),
  })
  const { data, errors = [] } = (await response.json()) as { data: any; errors?: { extensions: { code: string } }[] }
  const codes = errors.map(({ extensions }) => extensions.code)
  return { status: response.status, data, codes, cookie: response.headers.getSetCookie()[0] ?? null }
}
