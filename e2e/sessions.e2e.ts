// Sessions end to end, through the gateway as `npm start` has it: what ends one ends it everywhere at once, and a browser
// goes on with a session by a cookie that no page elsewhere can use.
import { randomUUID } from 'node:crypto'
import { createClient } from 'graphql-ws'
import { SignJWT, decodeJwt, decodeProtectedHeader, generateKeyPair, importJWK } from 'jose'
import type { JWK, JWTPayload } from 'jose'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { startLocal } from '../local/index.ts'
import type { RunningLocal } from '../local/index.ts'
import { localConfig } from '../platform/config.ts'
import { PASSWORD, anAddress, apiOf } from './support/api.ts'
import type { Person } from './support/api.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

let tributary: RunningLocal
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let sql: postgres.Sql
let ada: Person

beforeAll(async () => {
  folder = await temporaryFolder()
  const env = { PORT: '0', DATA_DIR: folder.path, LOG_LEVEL: 'warn', TRUSTED_PROXIES: 'loopback' }
  tributary = await startLocal(localConfig(env), { say: () => {}, seed: false, web: false })
  sql = postgres(tributary.databaseUrls.users, { max: 1 })
  ada = await apiOf(tributary.url).person('ada')
})
afterAll(async () => {
  await sql.end()
  await tributary.close()
  await folder.remove()
})

const login = 'mutation ($input: LoginInput!) { login(input: $input) { accessToken refreshToken } }'
const refresh = 'mutation ($token: String) { refreshSession(refreshToken: $token) { accessToken refreshToken } }'
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

it('gives two tabs that go on with one session at once, ten times each, good tokens of that one session', async () => {
  const { data } = await ask(login, { variables: credentials('CLIENT') })
  const { accessToken, refreshToken } = data.login as Tokens

  const tabs = await Promise.all(Array.from({ length: 20 }, () => ask(refresh, { variables: { token: refreshToken } })))

  const tokens = tabs.map((tab) => tab.data.refreshSession as Tokens)
  expect(new Set(tokens.map((each) => decodeJwt(each.accessToken)['sid']))).toEqual(
    new Set([decodeJwt(accessToken)['sid']]),
  )
  for (const each of tokens) expect((await ask(me, { token: each.accessToken })).data.me.id).toBe(ada.id)
})

it('ends a session whose refresh token is used again later: nothing of it is good any more', async () => {
  const { data } = await ask(login, { variables: credentials('CLIENT') })
  const stolen = data.login as Tokens
  const next = await ask(refresh, { variables: { token: stolen.refreshToken } })
  const { accessToken, refreshToken } = next.data.refreshSession as Tokens
  await sql`update refresh_tokens set used_at = used_at - interval '11 s' where used_at is not null`

  const again = await ask(refresh, { variables: { token: stolen.refreshToken } })
  expect([again.codes, again.data.refreshSession]).toEqual([['UNAUTHENTICATED'], null])

  expect((await ask(refresh, { variables: { token: refreshToken } })).codes).toEqual(['UNAUTHENTICATED'])
  for (const token of [stolen.accessToken, accessToken]) {
    await vi.waitFor(async () => expect((await ask(me, { token })).status).toBe(401), { timeout: 1_000 })
  }
})

it.each([
  ['made up', () => 'A'.repeat(43)],
  ['tampered with', ({ refreshToken }: Tokens) => changed(refreshToken)],
  ['an access token', ({ accessToken }: Tokens) => accessToken],
])('goes on with no session for a refresh token that is %s', async (_what, forge) => {
  const { data } = await ask(login, { variables: credentials('CLIENT') })
  const forged = await ask(refresh, { variables: { token: forge(data.login as Tokens) } })
  expect([forged.status, forged.codes, forged.data.refreshSession]).toEqual([200, ['UNAUTHENTICATED'], null])
})

describe('an access token', () => {
  // Signed with the key that this system signs with, unless it says otherwise.
  const asIssued: Forge = (issued, { sign }) => sign(issued)
  const refused: [string, Forge][] = [
    ['expired longer ago than clocks may differ', (issued, { sign }) => sign({ ...issued, exp: nowS() - 10 })],
    ['is not good yet', (issued, { sign }) => sign({ ...issued, nbf: nowS() + 30 })],
    ['is for somebody else', (issued, { sign }) => sign({ ...issued, aud: 'elsewhere' })],
    ['is by another issuer', (issued, { sign }) => sign({ ...issued, iss: 'elsewhere' })],
    [
      'gives more rights than were signed',
      (issued, { header, signature }) => {
        return [header, base64url({ ...issued, roles: ['ADMIN'], policies: ['step-up'] }), signature].join('.')
      },
    ],
    [
      'has the signature of another key',
      async (issued, { kid }) => {
        const { privateKey } = await generateKeyPair('ES256')
        return new SignJWT(issued).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey)
      },
    ],
    [
      'says that it needs no signature',
      (issued, { kid }) => {
        return `${base64url({ alg: 'none', kid })}.${base64url(issued)}.`
      },
    ],
    [
      'takes the public key for a secret',
      async (issued, { kid, publicJwk }) => {
        const secret = new TextEncoder().encode(JSON.stringify(publicJwk))
        return new SignJWT(issued).setProtectedHeader({ alg: 'HS256', kid }).sign(secret)
      },
    ],
  ]

  it.each([
    ['is signed', asIssued],
    ['expired just now by a clock that is 3 s ahead', (issued, { sign }) => sign({ ...issued, exp: nowS() - 3 })],
  ] as [string, Forge][])('that %s is good', async (_what, forge) => {
    const answer = await ask(me, { token: await forged(forge) })
    expect([answer.status, answer.data.me]).toEqual([200, { id: ada.id }])
  })

  it.each(refused)('that %s is refused with 401, and nothing is read', async (_what, forge) => {
    const answer = await ask(me, { token: await forged(forge) })
    expect([answer.status, answer.codes, answer.data]).toEqual([401, ['UNAUTHENTICATED'], undefined])
  })
})

describe('the link of a mail', () => {
  const verify = 'mutation ($token: String!) { verifyEmail(token: $token) { __typename } }'
  const reset = 'mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { __typename } }'
  const otherPassword = 'another horse battery staple'

  it('verifies the address once, and only as it was sent', async () => {
    const bob = await apiOf(tributary.url).person('bob')
    const token = await mailedToken(bob, '/verify-email')
    const codesOf = async (given: string) => (await ask(verify, { variables: { token: given } })).codes

    expect(await codesOf(changed(token))).toEqual(['BAD_USER_INPUT'])
    expect(await codesOf(token)).toEqual([])
    expect(await codesOf(token)).toEqual(['BAD_USER_INPUT'])
  })

  it('chooses another password once, in time, only as it was sent, and ends every session', async () => {
    const carol = await apiOf(tributary.url).person('carol')
    const request = 'mutation ($email: String!) { requestPasswordReset(email: $email) { __typename } }'
    const codesOf = async (token: string) =>
      (await ask(reset, { variables: { input: { token, newPassword: otherPassword } } })).codes
    const logInWith = async (password: string) =>
      (await ask(login, { variables: { input: { email: carol.email, password } } })).codes

    await ask(request, { variables: { email: carol.email } })
    const expired = await mailedToken(carol, '/reset-password')
    await sql`update mail_tokens set expires_at = now() - interval '1 s' where purpose = 'RESET_PASSWORD'`
    expect([await codesOf(expired), await logInWith(PASSWORD)]).toEqual([['BAD_USER_INPUT'], []])

    await ask(request, { variables: { email: carol.email } })
    const token = await mailedToken(carol, '/reset-password', [expired])
    expect(await codesOf(changed(token))).toEqual(['BAD_USER_INPUT'])
    expect(await codesOf(token)).toEqual([])
    expect(await codesOf(token)).toEqual(['BAD_USER_INPUT'])
    expect([await logInWith(PASSWORD), await logInWith(otherPassword)]).toEqual([['UNAUTHENTICATED'], []])
    await vi.waitFor(async () => expect((await ask(me, { token: carol.token })).status).toBe(401), { timeout: 1_000 })
  })
})

it('shows developers the mail that would have been sent', async () => {
  const response = await fetch(`${tributary.url}/dev/mailbox`)

  expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/html/)])
  await vi.waitFor(async () => {
    expect(await (await fetch(`${tributary.url}/dev/mailbox`)).text()).toContain(ada.email)
  })
})

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

/** @param issued what a good token of ada's says @returns a token, from what its maker may know */
type Forge = (
  issued: JWTPayload,
  known: {
    readonly kid: string
    readonly publicJwk: JWK
    /** As they stand in the good token. */
    readonly header: string
    readonly signature: string
    sign(claims: JWTPayload): Promise<string>
  },
) => Promise<string> | string

async function forged(forge: Forge): Promise<string> {
  const good = await loggedIn()
  const [header, , signature] = good.split('.') as [string, string, string]
  const { kid } = decodeProtectedHeader(good) as { kid: string }
  const [key] = await sql<{ jwk: JWK }[]>`select private_jwk as jwk from signing_keys where id = ${kid}`
  const { d: _private, ...publicJwk } = key!.jwk
  const privateKey = await importJWK(key!.jwk, 'ES256')
  const sign = (claims: JWTPayload) =>
    new SignJWT({ ...claims, jti: randomUUID() }).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey)
  return forge(decodeJwt(good), { kid, publicJwk, header, signature, sign })
}

const nowS = () => Math.floor(Date.now() / 1_000)

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Another text of the same form. */
const changed = (token: string) => token.slice(0, -2) + (token.endsWith('AA') ? 'BA' : 'AA')

/** What the link of the newest mail to somebody holds, as the mailbox of developers shows it. */
async function mailedToken({ email }: Person, path: string, besides: readonly string[] = []): Promise<string> {
  const textOf = async (url: string) => (await fetch(new URL(url, tributary.url))).text()
  return vi.waitFor(
    async () => {
      const list = await textOf('/dev/mailbox')
      const mails = [...list.matchAll(/<a href="([^"]+)"[^>]*>(.*?)<\/a>/gs)].filter(([, , shown]) =>
        shown!.includes(email),
      )
      const texts = await Promise.all(mails.map(([, href]) => textOf(href!)))
      const links = texts.flatMap((text) => [...text.matchAll(new RegExp(`${path}\\?token=([\\w.~-]+)`, 'g'))])
      const token = links.map(([, found]) => found!).find((found) => !besides.includes(found))
      expect(token).toBeDefined()
      return token!
    },
    { timeout: 10_000 },
  )
}

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
