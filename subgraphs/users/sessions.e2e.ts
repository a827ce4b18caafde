// Sessions on a real Postgres: how they begin, go on and end, and in how many ways they must not.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import { claimsOf, loggedIn, PASSWORD, sha256Of, usersSystem } from './testing/system.ts'
import type { Call, LoggedIn, Person, UsersSystem } from './testing/system.ts'

const refresh =
  'mutation($token: String) { refreshSession(refreshToken: $token) { accessToken expiresIn refreshToken user { id } } }'
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

let users: UsersSystem
let ada: Person
beforeAll(async () => {
  users = await usersSystem()
  ada = await users.person()
})
afterAll(() => users?.close())

describe('login', () => {
  const login = 'mutation($input: LoginInput!) { login(input: $input) { accessToken refreshToken } }'

  it('begins a session that the access token names', async () => {
    const { accessToken, sessionId, refreshToken } = await users.logIn(ada)
    expect(claimsOf(accessToken)).toMatchObject({ sub: ada.id, sid: sessionId })
    expect(refreshToken).toMatch(/^[\w-]{43}$/)
    expect(await users.sql`select 1 from refresh_tokens where sha256 = ${sha256Of(refreshToken)}`).toHaveLength(1)
    expect(await users.sql`select 1 from refresh_tokens where sha256 = ${refreshToken}`).toHaveLength(0)
  })

  it("puts a browser's refresh token into a cookie that no script reads, and nowhere else", async () => {
    const input = { email: ada.email, password: PASSWORD, keepRefreshToken: 'COOKIE' }
    const { data, setCookie } = await users.call(login, { variables: { input } })
    expect(data.login.refreshToken).toBeNull()
    expect(setCookie).toMatch(/^__Host-refresh=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict; Max-Age=86400$/)
  })

  it('tells a second device from a first one by what the client said of itself', async () => {
    const bob = await users.person()
    await users.logIn(bob, PASSWORD, { userAgent: FIREFOX, address: '192.0.2.4' })
    const second = await users.logIn(bob, PASSWORD, { address: '2001:db8::1', userAgent: 'x'.repeat(2_000) })
    const { data } = await users.call('{ me { sessions { id device address isCurrent } } }', second)
    expect(data.me.sessions).toMatchObject([
      { id: second.sessionId, device: 'Unknown device', address: '2001:db8::1', isCurrent: true },
      { device: 'Firefox on Linux', address: '192.0.2.4', isCurrent: false },
    ])
  })

  it('begins none for a password that was changed since it was checked', async () => {
    const carol = await users.person()
    const { data, codes } = await loginWhilePasswordChanges(carol)
    expect({ data, codes }).toEqual({ data: { login: null }, codes: ['login UNAUTHENTICATED'] })
    expect(await users.sql`select 1 from sessions where user_id = ${carol.id}`).toHaveLength(0)
  })

  // Holds the row of the account until the login has checked the password and waits for the row.
  async function loginWhilePasswordChanges(who: Person) {
    const input = { email: who.email, password: PASSWORD }
    let answer: ReturnType<UsersSystem['call']> | undefined
    await users.sql.begin(async (tx) => {
      await tx`select from users where id = ${who.id} for update`
      answer = users.call(login, { variables: { input } })
      await vi.waitFor(async () => {
        const waiting = await users.sql`select 1 from pg_locks where not granted`
        expect(waiting.length).toBeGreaterThan(0)
      })
      await tx`update users set password_hash = 'another' where id = ${who.id}`
    })
    return answer!
  }
})

describe('a refresh token', () => {
  it('gives the next one, and an access token of the same session', async () => {
    const before = await users.logIn(ada)
    const after = await refreshed(before)
    expect(after.sessionId).toBe(before.sessionId)
    expect(after.refreshToken).not.toBe(before.refreshToken)
    const again = await refreshed(after)
    expect(again.sessionId).toBe(before.sessionId)
  })

  it('of a browser comes by cookie and goes into the cookie', async () => {
    const { refreshToken } = await users.logIn(ada)
    const { data, setCookie } = await users.call(refresh, { cookie: `a=b; __Host-refresh=${refreshToken}` })
    expect(data.refreshSession).toMatchObject({ refreshToken: null, user: { id: ada.id } })
    expect(setCookie).toMatch(/^__Host-refresh=[\w-]{43}; .*Max-Age=86400$/)
    expect(setCookie).not.toContain(refreshToken)
  })

  it('that two tabs use at once gives each good tokens of the same session', async () => {
    const before = await users.logIn(ada)
    const tabs = await Promise.all([refreshed(before), refreshed(before)])
    expect(tabs.map(({ sessionId }) => sessionId)).toEqual([before.sessionId, before.sessionId])
    expect(new Set(tabs.map(({ refreshToken }) => refreshToken)).size).toBe(2)
    for (const tab of tabs) expect((await refreshed(tab)).sessionId).toBe(before.sessionId)
  })

  it('that is used again after ten seconds ends the session, and its person is told by mail', async () => {
    const bob = await users.person()
    const other = await users.logIn(bob)
    const stolen = await users.logIn(bob)
    const next = await refreshed(stolen)
    await users.sql`
      update refresh_tokens set used_at = used_at - interval '11 s' where sha256 = ${sha256Of(stolen.refreshToken)}`

    expect((await tryRefresh(stolen.refreshToken)).codes).toEqual(['refreshSession UNAUTHENTICATED'])
    expect((await tryRefresh(next.refreshToken)).codes).toEqual(['refreshSession UNAUTHENTICATED'])
    expect(await revokedSessions()).toContain(stolen.sessionId)
    await vi.waitFor(async () => {
      const mails = await users.sql`select subject from mailbox where recipient = ${bob.email}`
      expect(mails.map(({ subject }) => subject as string)).toContain('We ended one of your sessions')
    }, 8_000)
    expect((await refreshed(other)).sessionId).toBe(other.sessionId)
  })

  it.each<[string, (login: LoggedIn) => Promise<string> | string]>([
    ['that was made up', () => 'A'.repeat(43)],
    [
      'that was tampered with',
      ({ refreshToken }) => refreshToken.slice(0, -1) + (refreshToken.endsWith('A') ? 'B' : 'A'),
    ],
    ['that is no text of ours', () => '\0\ud800'],
    ['that is an access token', ({ accessToken }) => accessToken],
    ['of nothing', () => ''],
    ['of beyond all measure', () => 'x'.repeat(100_000)],
    [
      'of a session that expired',
      async ({ refreshToken, sessionId }) => {
        await users.sql`update sessions set expires_at = now() - interval '1 s' where id = ${sessionId}`
        return refreshToken
      },
    ],
    [
      'that is too old itself, though its session went on',
      async ({ refreshToken }) => {
        await users.sql`update refresh_tokens set issued_at = now() - interval '2 days' where sha256 = ${sha256Of(refreshToken)}`
        return refreshToken
      },
    ],
    [
      'of a session that ended',
      async (login) => {
        await users.call('mutation { logout { sessionId } }', login)
        return login.refreshToken
      },
    ],
    [
      'of an account that was deleted',
      async ({ refreshToken, id }) => {
        await users.sql`update users set deleted_at = now() where id = ${id}`
        return refreshToken
      },
    ],
  ])('%s is refused', async (_what, tokenOf) => {
    const token = await tokenOf(await users.logIn(await users.person()))
    const { data, codes, setCookie } = await tryRefresh(token)
    expect({ data, codes, setCookie }).toEqual({
      data: { refreshSession: null },
      codes: ['refreshSession UNAUTHENTICATED'],
      setCookie: null,
    })
  })

  it('that is no good is taken back from the browser, and where there is none nothing is done', async () => {
    const refused = await users.call(refresh, { cookie: '__Host-refresh=nonsense' })
    expect(refused.codes).toEqual(['refreshSession UNAUTHENTICATED'])
    expect(refused.setCookie).toBe('__Host-refresh=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0')
    const none = await users.call(refresh, { cookie: 'refresh=nonsense' })
    expect({ codes: none.codes, setCookie: none.setCookie }).toEqual({
      codes: ['refreshSession UNAUTHENTICATED'],
      setCookie: null,
    })
  })

  it('is good in one of two places only: the argument goes before the cookie', async () => {
    const { refreshToken } = await users.logIn(ada)
    const answer = await users.call(refresh, {
      variables: { token: 'nonsense' },
      cookie: `__Host-refresh=${refreshToken}`,
    })
    expect(answer.codes).toEqual(['refreshSession UNAUTHENTICATED'])
    expect(answer.setCookie).toBeNull()
  })

  it('gives tokens the rights that the account has by then', async () => {
    const bob = await users.person()
    const before = await users.logIn(bob)
    await users.sql`update users set roles = '{user}' where id = ${bob.id}`
    expect((await refreshed(before)).identity.scopes).not.toContain('items:write')
  })
})

describe('a session', () => {
  it('ends with logout: its tokens are revoked and the cookie is taken back', async () => {
    const login = await users.logIn(ada)
    const call = { ...login, cookie: '__Host-refresh=something' }
    const { data, setCookie } = await users.call('mutation { logout { sessionId } }', call)
    expect(data.logout).toEqual({ sessionId: login.sessionId })
    expect(setCookie).toContain('Max-Age=0')
    const [revoked] = (await users.told('revocations')).slice(-1)
    expect(revoked.revoked).toEqual({ session: login.sessionId, untilS: expect.any(Number) as number })
    expect(revoked.revoked.untilS).toBeGreaterThanOrEqual(claimsOf(login.accessToken).exp)
  })

  it('ends once, however often and by whoever it is asked for at once', async () => {
    const login = await users.logIn(ada)
    const mutation = 'mutation($id: ID!) { revokeSession(id: $id) { sessionId } }'
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => users.call(mutation, { ...login, variables: { id: login.sessionId } })),
    )
    expect(answers.filter(({ data }) => data.revokeSession)).toHaveLength(1)
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('revokeSession NOT_FOUND'))
    expect((await revokedSessions()).filter((id) => id === login.sessionId)).toHaveLength(1)
  })

  it.each(['nonsense', '00000000-0000-4000-8000-000000000000', '\0'])('that is none is NOT_FOUND: %j', async (id) => {
    const { codes } = await users.call('mutation($id: ID!) { revokeSession(id: $id) { sessionId } }', {
      ...(await users.logIn(ada)),
      variables: { id },
    })
    expect(codes).toEqual(['revokeSession NOT_FOUND'])
  })

  it("of somebody else's is NOT_FOUND, and goes on", async () => {
    const bobs = await users.logIn(await users.person())
    const { codes } = await users.call('mutation($id: ID!) { revokeSession(id: $id) { sessionId } }', {
      ...(await users.logIn(ada)),
      variables: { id: bobs.sessionId },
    })
    expect(codes).toEqual(['revokeSession NOT_FOUND'])
    expect((await refreshed(bobs)).sessionId).toBe(bobs.sessionId)
  })

  it('ends with all others of its person, and with none of anybody else', async () => {
    const bob = await users.person()
    const [one, two] = [await users.logIn(bob), await users.logIn(bob)]
    const adas = await users.logIn(ada)
    const { data } = await users.call('mutation { logoutEverywhere { sessionsEnded } }', one)
    expect(data.logoutEverywhere).toEqual({ sessionsEnded: 2 })
    expect(await revokedSessions()).toEqual(expect.arrayContaining([one.sessionId, two.sessionId]))
    expect((await tryRefresh(two.refreshToken)).codes).toEqual(['refreshSession UNAUTHENTICATED'])
    expect((await refreshed(adas)).sessionId).toBe(adas.sessionId)
  })

  it('is an entity for its person alone', async () => {
    const login = await users.logIn(ada)
    const bobs = await users.logIn(await users.person())
    const query = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Session { id } } }'
    const asked = [login.sessionId, bobs.sessionId, 'nonsense'].map((id) => ({ __typename: 'Session', id }))
    const seenBy = async (who: Call) => (await users.call(query, { ...who, variables: { r: asked } })).data._entities
    expect(await seenBy(login)).toEqual([{ id: login.sessionId }, null, null])
    expect(await seenBy(bobs)).toEqual([null, { id: bobs.sessionId }, null])
    expect(await seenBy({ identity: ANONYMOUS })).toEqual([null, null, null])
  })

  it('is listed for its person alone, also where an admin asks', async () => {
    const bob = await users.person()
    await users.logIn(bob)
    const login = await users.logIn(ada)
    const admin = { ...login.identity, scopes: ['users:admin'] }
    const { codes } = await users.call('query($id: ID!) { user(id: $id) { sessions { id } } }', {
      identity: admin,
      variables: { id: bob.id },
    })
    expect(codes).toEqual(['user.sessions FORBIDDEN'])
  })

  it('tells its person when it begins, is used and ends', async () => {
    const bob = await users.person()
    const login = await refreshed(await users.logIn(bob))
    await users.call('mutation { logout { sessionId } }', login)
    const told = (await users.told(`sessions:${bob.id}`)).map(({ sessionChanged }) => sessionChanged)
    const session = { __typename: 'Session', id: login.sessionId }
    expect(told).toEqual(
      (['STARTED', 'USED', 'ENDED'] as const).map((kind) => ({
        __typename: 'SessionEvent',
        kind,
        sessionId: login.sessionId,
        session: kind === 'ENDED' ? null : session,
      })),
    )
  })
})

const tryRefresh = (token: string) => users.call(refresh, { variables: { token } })

async function refreshed(login: LoggedIn): Promise<LoggedIn> {
  const { data, errors } = await tryRefresh(login.refreshToken)
  if (errors.length > 0) throw new Error(JSON.stringify(errors))
  return loggedIn(login, data.refreshSession)
}

async function revokedSessions(): Promise<string[]> {
  return (await users.told('revocations')).map(({ revoked }) => revoked.session as string)
}
