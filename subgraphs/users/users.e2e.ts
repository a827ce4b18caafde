// The users subgraph on a real Postgres.
import { createRemoteJWKSet, jwtVerify } from 'jose'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { emptyDatabases } from '../../e2e/support/databases.ts'
import type { Databases } from '../../e2e/support/databases.ts'
import { asGateway } from '../../e2e/support/signed-requests.ts'
import type { UsersConfig } from '../../platform/config.ts'
import { ANONYMOUS, identitySigner } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'
import { makePubSub } from '../../platform/pubsub.ts'
import type { RunningSubgraph } from '../../platform/subgraph.ts'
import { startUsers } from './index.ts'
import { usersTestConfig } from './testing/system.ts'

const secret = 'a secret of at least thirty-two characters'
const previousSecret = 'the secret of before, of at least thirty-two'

const register = 'mutation($input: RegisterInput!) { register(input: $input) { user { id username } } }'
const login = 'mutation($input: LoginInput!) { login(input: $input) { accessToken expiresIn user { id } } }'
const grace = { username: 'grace', email: 'grace@example.com', password: 'correct horse battery' }

let databases: Databases
let sql: postgres.Sql
let statements: string[] = []
let logged = ''
let subgraph: RunningSubgraph
let ask: ReturnType<typeof asGateway>
const others: RunningSubgraph[] = []

beforeAll(async () => {
  databases = await emptyDatabases('users')
  sql = postgres(databases.urlOf('users'), { max: 2, onnotice: () => {} })
  subgraph = await start()
  ask = asGateway({ name: 'users', url: subgraph.url, secret })
})
afterAll(async () => {
  await subgraph?.close()
  await sql?.end()
  await databases?.remove()
})
beforeEach(async () => {
  // Not truncated: that waits for, and may end, the work on mail of the test before.
  await sql`delete from users`
  await sql`delete from attempts`
  statements = []
  logged = ''
})
afterEach(async () => {
  for (const other of others.splice(0)) await other.close()
})

describe('entities', () => {
  it('are read without anything personal where nothing personal is selected', async () => {
    const { data } = await ask(register, { variables: { input: grace } })
    const { id } = data.register.user
    const entity = async (selection: string) => {
      statements = []
      const query = `{ _entities(representations: [{ __typename: "User", id: "${id}" }]) { ... on User ${selection} } }`
      const answer = await ask(query, { identity: { ...ANONYMOUS, subject: id } })
      // Work on mail goes on beside it.
      return { user: answer.data._entities[0], texts: statements.filter((text) => /any\(/.test(text)) }
    }
    const few = await entity('{ id username createdAt }')
    expect(few.user).toEqual({ id, username: 'grace', createdAt: expect.any(String) })
    expect(few.texts).toHaveLength(1)
    expect(few.texts[0]).not.toMatch(/email|phone|roles/)
    expect((await entity('{ username ... on User { email } }')).user).toEqual({ username: 'grace', email: grace.email })
    expect((await entity('{ id username sessions { id } }')).user).toEqual({ id, username: 'grace', sessions: [] })
    await sql`update users set deleted_at = now()`
    expect((await entity('{ username }')).user).toBe(null)
    expect((await entity('{ username email }')).user).toBe(null)
  })
})

describe('register', () => {
  it('opens an account, and refuses what is taken whatever its case', async () => {
    const { data, codes } = await ask(register, { variables: { input: grace } })
    expect({ data, codes }).toEqual({
      data: { register: { user: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string, username: 'grace' } } },
      codes: [],
    })
    const taken = async (input: object) => (await ask(register, { variables: { input: { ...grace, ...input } } })).codes
    expect(await taken({ username: 'GRACE', email: 'another@example.com' })).toEqual(['register CONFLICT username'])
    expect(await taken({ username: 'hopper', email: 'Grace@Example.com' })).toEqual(['register CONFLICT email'])
    expect(await sql`select username, email, roles from users`).toEqual([
      { username: 'grace', email: 'grace@example.com', roles: ['user', 'creator'] },
    ])
  })

  it('gives a name to one of those who ask for it at once', async () => {
    const inputs = Array.from({ length: 20 }, (_, number) => ({ ...grace, email: `grace${number}@example.com` }))
    const answers = await Promise.all(inputs.map((input) => ask(register, { variables: { input } })))
    const codes = answers.flatMap((answer) => answer.codes)
    expect(codes).toEqual(Array.from({ length: 19 }, () => 'register CONFLICT username'))
    expect(await sql`select count(*)::int as users from users`).toEqual([{ users: 1 }])
  })

  it('keeps no password, and a hash that only its password opens', async () => {
    await ask(register, { variables: { input: grace } })
    const [row] = await sql`select password_hash from users`
    expect(row?.['password_hash']).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  it('stores names as they are written all over the world', async () => {
    const names = { firstName: 'Þórdís 😀', lastName: '李'.repeat(100) }
    await ask(register, { variables: { input: { ...grace, ...names } } })
    expect(await sql`select first_name, last_name from users`).toEqual([
      { first_name: names.firstName, last_name: names.lastName },
    ])
  })
})

describe('login', () => {
  beforeEach(() => ask(register, { variables: { input: grace } }))

  it('gives a token that verifies against the keys served for everybody', async () => {
    const { data } = await ask(login, {
      variables: { input: { email: 'GRACE@example.com', password: grace.password } },
    })
    const keysUrl = new URL('/.well-known/jwks.json', subgraph.url)
    const { payload } = await jwtVerify(data.login.accessToken, createRemoteJWKSet(keysUrl), {
      algorithms: ['ES256'],
      issuer: 'tributary',
      audience: 'tributary',
    })
    expect(payload).toMatchObject({ sub: data.login.user.id, roles: ['user', 'creator'], policies: [] })
    expect((await fetch(keysUrl)).headers.get('cache-control')).toBe('public, max-age=300')
  })

  it.each<[string, string, string]>([
    ['a wrong password', 'grace@example.com', 'correct horsf'],
    ['an unknown address', 'eve@example.com', 'correct horse'],
    ['an address that cannot be', 'grace\0@example.com', 'correct horse'],
    ['half a character', 'grace@example.com\ud800', 'correct horse'],
    ['no password', 'grace@example.com', ''],
    ['a password beyond all measure', 'grace@example.com', 'x'.repeat(100_000)],
  ])('refuses %s as it refuses any other', async (_what, email, password) => {
    const answer = await ask(login, { variables: { input: { email, password } } })
    expect(answer).toEqual({ data: { login: null }, codes: ['login UNAUTHENTICATED'] })
  })
})

describe('users', () => {
  it('are found with one statement as entities, however many', async () => {
    const rows = await sql`
      insert into users (username, email, password_hash, roles)
      select 'user' || n, 'user' || n || '@example.com', '', '{user}' from generate_series(1, 100) n returning id`
    const ids = [...rows.map(({ id }) => id as string), 'malformed', '00000000-0000-4000-8000-000000000000']
    const { data, codes } = await ask(
      'query($r: [_Any!]!) { _entities(representations: $r) { ... on User { username } } }',
      {
        variables: { r: ids.map((id) => ({ __typename: 'User', id })) },
      },
    )
    expect(codes).toEqual([])
    expect(data._entities.slice(98)).toEqual([{ username: 'user99' }, { username: 'user100' }, null, null])
    expect(statements).toHaveLength(1)
  })

  it('are shown as they were written', async () => {
    const { data } = await ask(register, { variables: { input: { ...grace, phoneNumber: '+4915112345678' } } })
    const identity = { ...ANONYMOUS, subject: data.register.user.id }
    const fields = 'id username email firstName lastName phoneNumber roles'
    expect((await ask(`{ me { ${fields} createdAt } }`, { identity })).data).toEqual({
      me: {
        id: identity.subject,
        username: 'grace',
        email: 'grace@example.com',
        firstName: null,
        lastName: null,
        phoneNumber: '+4915112345678',
        roles: ['USER', 'CREATOR'],
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      },
    })
  })

  it.each(['x', '', "'; drop table users", '00000000-0000-0000-0000-000000000000', '\0', '\ud800', 'é'.repeat(5_000)])(
    'that do not exist are NOT_FOUND: %.40j',
    async (id) => {
      const answer = await ask('query($id: ID!) { user(id: $id) { id } }', { variables: { id } })
      expect(answer).toEqual({ data: { user: null }, codes: ['user NOT_FOUND'] })
    },
  )
})

describe('the subgraph', () => {
  it('refuses requests that are not signed and takes the previous secret', async () => {
    const body = JSON.stringify({ query: '{ __typename }' })
    const post = (headers: Record<string, string>) =>
      fetch(subgraph.url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
    const forwarded = { identity: ANONYMOUS, clientAddress: null }
    expect((await post({})).status).toBe(401)
    expect((await post({ 'x-tributary-identity': identitySigner('x'.repeat(32))(forwarded, 'users') })).status).toBe(
      401,
    )
    expect((await post({ 'x-tributary-identity': identitySigner(secret)(forwarded, 'items') })).status).toBe(401)
    const signed = { 'x-tributary-identity': identitySigner(previousSecret)(forwarded, 'users') }
    expect((await post(signed)).status).toBe(200)
  })

  it('makes one signing key, however many processes start at once', async () => {
    await sql`truncate signing_keys`
    const started = await Promise.all(Array.from({ length: 5 }, () => startAnother()))
    const keys = await Promise.all(
      started.map(async ({ url }) => (await fetch(new URL('/.well-known/jwks.json', url))).json()),
    )
    expect(await sql`select count(*)::int as keys from signing_keys`).toEqual([{ keys: 1 }])
    for (const one of keys) expect(one).toEqual(keys[0])
  })

  it('signs with the newest key and serves all of them', async () => {
    const [first] = await sql`select id from signing_keys`
    const other = await startAnother()
    await sql`
      insert into signing_keys (id, private_jwk, created_at)
      select 'newer', private_jwk, now() + interval '1 hour' from signing_keys`
    const rotated = await startAnother()
    const keysOf = async ({ url }: RunningSubgraph) => {
      const { keys } = (await (await fetch(new URL('/.well-known/jwks.json', url))).json()) as {
        keys: { kid: string }[]
      }
      return keys.map(({ kid }) => kid)
    }
    expect(await keysOf(other)).toEqual([first?.['id']])
    expect(await keysOf(rotated)).toEqual([first?.['id'], 'newer'])
    await ask(register, { variables: { input: grace } })
    const { data } = await asGateway({ name: 'users', url: rotated.url, secret })(login, {
      variables: { input: { email: grace.email, password: grace.password } },
    })
    const [header] = data.login.accessToken.split('.')
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ kid: 'newer' })
    await sql`delete from signing_keys where id = 'newer'`
  })

  it('waits, unready, for a database that is not there yet', async () => {
    const databaseUrl = databases.urlOf('later')
    const waiting = await startAnother({ databaseUrl })
    const statusOf = async (path: string) => (await fetch(new URL(path, waiting.url))).status
    expect(await statusOf('/livez')).toBe(200)
    expect(await statusOf('/readyz')).toBe(503)
    expect(await statusOf('/health/db')).toBe(503)
    const askWaiting = asGateway({ name: 'users', url: waiting.url, secret })
    expect((await askWaiting(`{ user(id: "00000000-0000-4000-8000-000000000000") { id } }`)).codes).toEqual([
      'user INTERNAL_SERVER_ERROR',
    ])
    await sql`create database later`
    await vi.waitFor(async () => expect(await statusOf('/readyz')).toBe(200), { timeout: 10_000 })
  })

  it('tells neither clients nor the log what was typed when a statement fails', async () => {
    await sql`alter table users rename to users_away`
    try {
      const { codes } = await ask(register, { variables: { input: { ...grace, firstName: 'Secretive' } } })
      expect(codes).toEqual(['register INTERNAL_SERVER_ERROR'])
      expect(logged).toContain('an operation failed')
      for (const typed of ['grace@example.com', 'Secretive', grace.password, 'argon2id$'])
        expect(logged).not.toContain(typed)
    } finally {
      await sql`alter table users_away rename to users`
    }
  })
})

function start(config: Partial<UsersConfig> = {}): Promise<RunningSubgraph> {
  return startUsers(
    { ...usersTestConfig(databases.urlOf('users')), statementTimeoutMs: 2_000, ...config },
    {
      log: makeLog('users', 'debug', { write: (line) => void (logged += line) }),
      pubsub: makePubSub({ redisUrl: null, log: makeLog('pubsub', 'silent') }),
      onStatement: (text) => void statements.push(text),
    },
  )
}

// Beside the first one, which publishes the events: with Redis, as far as it knows.
async function startAnother(config: Partial<UsersConfig> = {}): Promise<RunningSubgraph> {
  const other = await start({ redisUrl: 'redis://localhost', ...config })
  others.push(other)
  return other
}
