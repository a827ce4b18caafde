// How accounts are deleted, restored and removed for good, on a real Postgres; also when the process dies in between.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { LOADING_QUICKLY } from '../../local/child-process.ts'
import { emailSha256 } from '../../platform/account-events.ts'
import { openDatabase } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { ANONYMOUS, identitySigner } from '../../platform/identity.ts'
import { deletionStore } from './deletion-store.ts'
import { sessionsOfNobody } from './testing/purge.ts'
import { transactions } from './transactions.ts'
import { loggedIn, PASSWORD, secret, usersSystem } from './testing/system.ts'
import type { LoggedIn, Person, UsersSystem } from './testing/system.ts'

const deleteMe = 'mutation($password: String!) { deleteMe(password: $password) { restorableUntil } }'
const restoreMe = 'mutation($input: LoginInput!) { restoreMe(input: $input) { accessToken refreshToken user { id } } }'
const login = 'mutation($input: LoginInput!) { login(input: $input) { accessToken } }'
const refresh = 'mutation($token: String) { refreshSession(refreshToken: $token) { accessToken } }'

let users: UsersSystem
let database: Database
beforeAll(async () => {
  users = await usersSystem()
  database = openDatabase(users.databaseUrl, { statementTimeoutMs: 5_000, applicationName: 'test' })
})
afterAll(async () => {
  await database?.close()
  await users?.close()
})

describe('a deleted account', () => {
  it('is seen by nobody, and its sessions and keys end', async () => {
    const ada = await users.person()
    const [here, there] = [await users.logIn(ada), await users.logIn(ada)]
    const [key] = await users.sql`
      insert into api_keys (user_id, name, prefix, sha256, scopes, rate_per_minute)
      values (${ada.id}, 'a key', 'trib_abc', ${'ab'.repeat(32)}, '{items:read}', 60) returning id`
    const { data } = await users.call(deleteMe, { ...here, variables: { password: PASSWORD } })
    const days = (Date.parse(data.deleteMe.restorableUntil) - Date.now()) / 86_400_000
    expect(days).toBeCloseTo(14, 1)

    expect(await isSeen(ada)).toEqual({ user: false, entity: false, me: false })
    for (const { refreshToken } of [here, there]) {
      expect((await users.call(refresh, { variables: { token: refreshToken } })).codes).toEqual([
        'refreshSession UNAUTHENTICATED',
      ])
    }
    const revoked = (await users.told('revocations')).map(({ revoked: one }) => one.session ?? one.apiKeySha256)
    expect(revoked).toEqual(expect.arrayContaining([here.sessionId, there.sessionId, 'ab'.repeat(32)]))
    expect(await users.sql`select 1 from api_keys where id = ${key!['id']} and revoked_at is not null`).toHaveLength(1)
    expect(await lastTold(ada)).toMatchObject({ status: 'DELETED', emailSha256: emailSha256(ada.email) })
  })

  it('says so to who knows the password, and to nobody else', async () => {
    const ada = await deleted()
    const right = await tryLogin(ada, PASSWORD)
    expect(right.errors[0]!.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'ACCOUNT_DELETED' })
    expect((await tryLogin(ada, 'wrong password')).errors[0]!.extensions).toEqual({ code: 'UNAUTHENTICATED' })
  })

  it('keeps its name and its address from others', async () => {
    const ada = await deleted()
    await expect(users.person({ username: ada.username })).rejects.toThrow('CONFLICT')
    await expect(users.person({ email: ada.email })).rejects.toThrow('CONFLICT')
  })

  it('is restored by its person, who is logged in then', async () => {
    const ada = await deleted()
    expect((await restore(ada, 'wrong password')).codes).toEqual(['restoreMe UNAUTHENTICATED'])
    const { data, codes } = await restore(ada)
    expect(codes).toEqual([])
    const again = loggedIn(ada, data.restoreMe)
    expect((await users.call('{ me { username deletedAt } }', again)).data.me).toEqual({
      username: ada.username,
      deletedAt: null,
    })
    expect(await lastTold(ada)).toMatchObject({ status: 'ACTIVE' })
  })

  it('is not restored after 14 days, when it is as if there were none', async () => {
    const ada = await deleted()
    await users.sql`update users set deleted_at = now() - interval '14 days 1 s' where id = ${ada.id}`
    for (const answer of [await restore(ada), await tryLogin(ada, PASSWORD)]) {
      expect(answer.errors[0]!.extensions).toEqual({ code: 'UNAUTHENTICATED' })
    }
    await users.sql`update users set deleted_at = now() - interval '13 days 23 hours' where id = ${ada.id}`
    expect((await restore(ada)).codes).toEqual([])
  })

  it('is deleted once of those who try at once', async () => {
    const ada = await users.logIn(await users.person())
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => users.call(deleteMe, { ...ada, variables: { password: PASSWORD } })),
    )
    expect(answers.filter(({ codes }) => codes.length === 0)).toHaveLength(1)
    expect((await toldOf(ada)).map(({ status }) => status)).toEqual(['ACTIVE', 'DELETED'])
  })
})

describe('deleting', () => {
  it('asks for the password, and takes guesses as seldom as a login does', async () => {
    const ada = await users.logIn(await users.person())
    const guess = () => users.call(deleteMe, { ...ada, variables: { password: 'wrong password' } })
    expect((await guess()).codes).toEqual(['deleteMe BAD_USER_INPUT password'])
    for (let n = 0; n < 9; n += 1) await guess()
    expect((await guess()).codes).toEqual(['deleteMe RATE_LIMITED'])
    expect(await isSeen(ada)).toMatchObject({ user: true })
  })

  it('leaves one admin, also of two who go at once', async () => {
    const admins = [await users.logIn(await users.person()), await users.logIn(await users.person())]
    for (const { id } of admins) await users.sql`update users set roles = '{user,admin}' where id = ${id}`
    const answers = await Promise.all(
      admins.map((admin) => users.call(deleteMe, { ...admin, variables: { password: PASSWORD } })),
    )
    expect(answers.flatMap(({ codes }) => codes)).toEqual(['deleteMe CONFLICT'])
    await users.sql`update users set roles = '{user}' where 'admin' = any(roles)`
  })
})

describe('the purge', () => {
  it('removes what is due, with all that belongs to it, and tells of it once', async () => {
    const [due, early] = [await deleted(), await deleted()]
    await users.sql`update users set deleted_at = now() - interval '15 days' where id = ${due.id}`
    expect(await purge()).toBe(1)
    expect(await users.sql`select 1 from users where id = ${due.id}`).toHaveLength(0)
    expect(await users.sql`select 1 from sessions where user_id = ${due.id}`).toHaveLength(0)
    expect(await users.sql`select 1 from users where id = ${early.id}`).toHaveLength(1)
    expect(await purge()).toBe(0)
    expect((await toldOf(due)).map(({ status }) => status)).toEqual(['ACTIVE', 'DELETED', 'PURGED'])
    await users.person({ username: due.username, email: due.email })
  })

  it('loses nothing when its process is killed before any of its statements', async () => {
    let kills = 0
    for (let killAt = 1; ; killAt += 1) {
      const due = [await deleted(), await deleted()]
      for (const { id } of due)
        await users.sql`update users set deleted_at = now() - interval '15 days' where id = ${id}`
      const code = await purgeAndDie(killAt)
      // What is gone is told of, and what is not told of is there: whatever the statement.
      for (const person of due) {
        const isGone = (await users.sql`select 1 from users where id = ${person.id}`).length === 0
        const isNoted = (await users.sql`select 1 from purged_accounts where id = ${person.id}`).length === 1
        expect([isNoted, await purgedTimes(person)]).toEqual(isGone ? [true, 1] : [false, 0])
      }
      // Postgres may take a moment to notice that the process is gone, until when another one passes over its accounts.
      await vi.waitFor(async () => {
        await purge()
        expect(await Promise.all(due.map(purgedTimes))).toEqual([1, 1])
      })
      if (code === 0) break
      kills += 1
    }
    expect(kills).toBeGreaterThan(8)
  }, 300_000)
})

describe('the feed of accounts', () => {
  it('shows every account once in the order of ids, purged ones too, to who signs as the gateway does', async () => {
    const first = await pageAfter()
    const ids = first.accounts.map(({ id }: { id: string }) => id)
    expect(ids).toEqual([...ids].sort())
    expect(new Set(ids).size).toBe(ids.length)
    const statuses = new Set(first.accounts.map(({ status }: { status: string }) => status))
    expect(statuses).toEqual(new Set(['ACTIVE', 'DELETED', 'PURGED']))
    const purged = first.accounts.find(({ status }: { status: string }) => status === 'PURGED')
    expect(purged).toMatchObject({ username: '', emailSha256: null })

    await users.sql`
      insert into users (username, email, password_hash, roles)
      select 'many-' || n, 'many-' || n || '@example.com', '', '{user}' from generate_series(1, 1500) n`
    const seen: string[] = []
    for (let page = await pageAfter(); page.accounts.length > 0; page = await pageAfter(seen.at(-1))) {
      expect(page.accounts.length).toBeLessThanOrEqual(1_000)
      seen.push(...page.accounts.map(({ id }: { id: string }) => id))
    }
    const [{ count }] = (await users.sql`
      select (select count(*) from users) + (select count(*) from purged_accounts) as count`) as unknown as [
      { count: string },
    ]
    expect(new Set(seen).size).toBe(Number(count))
    expect(seen).toEqual([...seen].sort())
  })

  it('is closed to everybody else, and refuses what is no id', async () => {
    expect((await fetch(new URL('/accounts', users.subgraph.url))).status).toBe(401)
    expect((await fetchPage('nonsense')).status).toBe(400)
  })
})

async function deleted(): Promise<Person> {
  const login = await users.logIn(await users.person())
  const { errors } = await users.call(deleteMe, { ...login, variables: { password: PASSWORD } })
  if (errors.length > 0) throw new Error(JSON.stringify(errors))
  return login
}

const tryLogin = ({ email }: Person, password: string) =>
  users.call(login, { variables: { input: { email, password } } })

const restore = ({ email }: Person, password = PASSWORD) =>
  users.call(restoreMe, { variables: { input: { email, password } } })

async function isSeen(who: Person | LoggedIn) {
  const query = `query($id: ID!, $r: [_Any!]!) {
    user(id: $id) { id } me { id } _entities(representations: $r) { ... on User { username } } }`
  const identity = { ...ANONYMOUS, subject: who.id }
  const variables = { id: who.id, r: [{ __typename: 'User', id: who.id }] }
  const { data } = await users.call(query, { identity, variables })
  return { user: data.user !== null, entity: data._entities[0] !== null, me: data.me !== null }
}

async function toldOf({ id }: Person): Promise<any[]> {
  return (await users.told('accounts')).map(({ account }) => account).filter((account) => account.id === id)
}

const lastTold = async (who: Person) => (await toldOf(who)).at(-1)

const purgedTimes = async (who: Person) => (await toldOf(who)).filter(({ status }) => status === 'PURGED').length

/** @returns how many were removed */
const purge = () =>
  deletionStore(
    transactions(database.db, () => {}),
    sessionsOfNobody,
  ).purge()

/** The same as a process that kills itself before its nth statement. @returns its exit code, null where it did */
async function purgeAndDie(killAt: number): Promise<number | null> {
  const script = fileURLToPath(new URL('testing/purge-process.ts', import.meta.url))
  const child = spawn(process.execPath, [...LOADING_QUICKLY, script, users.databaseUrl, String(killAt)], {
    stdio: 'inherit',
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code
}

function fetchPage(after?: string) {
  const url = new URL('/accounts', users.subgraph.url)
  if (after !== undefined) url.searchParams.set('after', after)
  const signed = identitySigner(secret)({ identity: ANONYMOUS, clientAddress: null }, 'users')
  return fetch(url, { headers: { 'x-tributary-identity': signed } })
}

const pageAfter = async (after?: string) => (await (await fetchPage(after)).json()) as any
