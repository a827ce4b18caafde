// API keys on a real Postgres.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { API_KEY_EXCHANGE_PATH } from '../../platform/account-events.ts'
import { ANONYMOUS, identitySigner } from '../../platform/identity.ts'
import { secret } from './testing/system.ts'
import { asKeyOf, usersOnPostgres } from './testing/users-on-postgres.ts'
import type { Insider } from './testing/users-on-postgres.ts'

const FIELDS = 'id name prefix scopes ratePerMinute createdAt expiresAt lastUsedAt lastUsedAddress'
const create = `mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { key apiKey { ${FIELDS} } } }`
const rotate = `mutation($id: ID!) { rotateApiKey(id: $id) { key apiKey { ${FIELDS} } } }`
const revoke = 'mutation($id: ID!) { revokeApiKey(id: $id) { apiKeyId } }'
const mine = `{ me { apiKeys { ${FIELDS} } } }`
const input = { name: 'backup', scopes: ['items:read'] }
const DAY_MS = 86_400_000

let users: Awaited<ReturnType<typeof usersOnPostgres>>
let ada: Insider

beforeAll(async () => {
  users = await usersOnPostgres()
})
afterAll(() => users?.close())
beforeEach(async () => {
  await users.sql`truncate users, outbox cascade`
  ada = await users.person('ada')
})

describe('createApiKey', () => {
  it('shows the key once and keeps its hash', async () => {
    const { key, apiKey } = await made()
    expect(key).toMatch(/^trib_[0-9a-f]{8}_[\w-]{43}$/)
    expect(apiKey).toEqual({
      id: expect.any(String) as string,
      name: 'backup',
      prefix: key.slice(0, 13),
      scopes: ['items:read'],
      ratePerMinute: 600,
      createdAt: expect.any(String) as string,
      expiresAt: null,
      lastUsedAt: null,
      lastUsedAddress: null,
    })
    const [row] = await users.sql`select * from api_keys`
    expect(row).toMatchObject({ sha256: sha256(key) })
    expect(JSON.stringify(row)).not.toContain(key.slice(14))
    expect(users.logged()).not.toContain(key.slice(14))
    expect((await asAda(mine)).data.me.apiKeys).toEqual([apiKey])
  })

  it('takes a name, an end and a rate', async () => {
    const { apiKey } = await made({
      name: ' Sicherung 😀 ',
      expiresInDays: 30,
      ratePerMinute: 10_000,
      scopes: ['items:write', 'items:write'],
    })
    expect(apiKey).toMatchObject({ name: 'Sicherung 😀', ratePerMinute: 10_000, scopes: ['items:write'] })
    const days = (Date.parse(apiKey.expiresAt) - Date.parse(apiKey.createdAt)) / DAY_MS
    expect(days).toBeCloseTo(30, 3)
  })

  it.each<[string, object]>([
    ['scopes', { scopes: [] }],
    ['scopes', { scopes: ['users:admin'] }],
    ['scopes', { scopes: ['items:read', 'toString'] }],
    ['scopes', { scopes: ['items:read\0'] }],
    ['scopes', { scopes: ['\ud800'] }],
    ['name', { name: '' }],
    ['name', { name: '   ' }],
    ['name', { name: 'x'.repeat(101) }],
    ['name', { name: 'a\0b' }],
    ['name', { name: 'a\udfff' }],
    ['expiresInDays', { expiresInDays: 0 }],
    ['expiresInDays', { expiresInDays: 3_651 }],
    ['expiresInDays', { expiresInDays: -2_147_483_648 }],
    ['ratePerMinute', { ratePerMinute: 0 }],
    ['ratePerMinute', { ratePerMinute: 10_001 }],
  ])('refuses %s of %j', async (field, wrong) => {
    const { codes } = await asAda(create, { input: { ...input, ...wrong } })
    expect(codes).toEqual([`createApiKey BAD_USER_INPUT ${field}`])
  })

  it('goes by the roles that the account has now', async () => {
    await users.sql`update users set roles = '{user}'`
    const { codes } = await asAda(create, { input: { ...input, scopes: ['items:write'] } })
    expect(codes).toEqual(['createApiKey BAD_USER_INPUT scopes'])
  })

  it('makes 50 keys at the most, also when 60 are asked for at once', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => asAda(create, { input })))
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array.from({ length: 10 }, () => 'createApiKey CONFLICT'))
    // One that has ended or expired makes room.
    const [one, other] = (await asAda(mine)).data.me.apiKeys as { id: string }[]
    await asAda(revoke, { id: one!.id })
    await users.sql`update api_keys set expires_at = now() where id = ${other!.id}`
    for (const codes of [[], [], ['createApiKey CONFLICT']])
      expect((await asAda(create, { input })).codes).toEqual(codes)
  })

  it('is nothing that a key can do, nor is anything else about keys', async () => {
    const { apiKey } = await made()
    const identity = asKeyOf(ada, ['profile:write'])
    const { id } = apiKey
    expect((await users.ask(create, { identity, variables: { input } })).codes).toEqual(['createApiKey FORBIDDEN'])
    expect((await users.ask(rotate, { identity, variables: { id } })).codes).toEqual(['rotateApiKey FORBIDDEN'])
    expect((await users.ask(revoke, { identity, variables: { id } })).codes).toEqual(['revokeApiKey FORBIDDEN'])
  })
})

describe('rotateApiKey', () => {
  it('gives a new key of the same name, scopes, rate and length of life, and ends the old one', async () => {
    const { key: old, apiKey: before } = await made({
      expiresInDays: 7,
      ratePerMinute: 5,
      scopes: ['items:read', 'items:write'],
    })
    await users.sql`update api_keys set created_at = created_at - interval '5 days', expires_at = expires_at - interval '5 days'`
    const { key, apiKey } = (await asAda(rotate, { id: before.id })).data.rotateApiKey
    expect(apiKey).toMatchObject({ name: 'backup', scopes: ['items:read', 'items:write'], ratePerMinute: 5 })
    expect((Date.parse(apiKey.expiresAt) - Date.now()) / DAY_MS).toBeCloseTo(7, 2)
    expect([apiKey.id, key]).not.toEqual([before.id, old])
    expect((await exchange(old)).status).toBe(404)
    expect((await exchange(key)).status).toBe(200)
    expect(await users.told('revocations')).toEqual([
      { revoked: { apiKeySha256: sha256(old), untilS: expect.any(Number) as number } },
    ])
  })

  it('gives one key, also when that is asked for 20 times at once', async () => {
    const { apiKey } = await made()
    const answers = await Promise.all(Array.from({ length: 20 }, () => asAda(rotate, { id: apiKey.id })))
    expect(answers.filter(({ data }) => data.rotateApiKey)).toHaveLength(1)
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array.from({ length: 19 }, () => 'rotateApiKey NOT_FOUND'))
    expect(await users.told('revocations')).toHaveLength(1)
    expect((await asAda(mine)).data.me.apiKeys).toHaveLength(1)
  })
})

describe('revokeApiKey', () => {
  it('ends a key once, and tells the gateways in the same transaction', async () => {
    const { key, apiKey } = await made()
    const variables = { id: apiKey.id }
    expect((await asAda(revoke, variables)).data.revokeApiKey).toEqual({ apiKeyId: apiKey.id })
    expect((await asAda(revoke, variables)).codes).toEqual(['revokeApiKey NOT_FOUND'])
    expect((await asAda(mine)).data.me.apiKeys).toEqual([])
    expect((await exchange(key)).status).toBe(404)
    const [event, ...others] = (await users.told('revocations')) as { revoked: { untilS: number } }[]
    expect(event).toEqual({ revoked: { apiKeySha256: sha256(key), untilS: expect.any(Number) as number } })
    // Longer than gateways keep an answer.
    expect(event!.revoked.untilS - Date.now() / 1000).toBeGreaterThan(60)
    expect(others).toEqual([])
  })

  it.each(['', 'x', '\0', '\ud800', "' or true --", 'x'.repeat(50_000), '00000000-0000-4000-8000-000000000000'])(
    'finds no key called %.40j, and neither does a rotation',
    async (id) => {
      expect((await asAda(revoke, { id })).codes).toEqual(['revokeApiKey NOT_FOUND'])
      expect((await asAda(rotate, { id })).codes).toEqual(['rotateApiKey NOT_FOUND'])
    },
  )

  it('leaves the keys of others alone, and so does a rotation', async () => {
    const { apiKey, key } = await made()
    const { identity } = await users.person('bob')
    const variables = { id: apiKey.id }
    expect((await users.ask(revoke, { identity, variables })).codes).toEqual(['revokeApiKey NOT_FOUND'])
    expect((await users.ask(rotate, { identity, variables })).codes).toEqual(['rotateApiKey NOT_FOUND'])
    expect((await exchange(key)).status).toBe(200)
  })
})

describe('the exchange of a key', () => {
  it('answers whose it is and what it may, with one statement', async () => {
    const { key } = await made({ scopes: ['items:read', 'items:write'], expiresInDays: 1, ratePerMinute: 7 })
    await exchange(key)
    await lastUse() // written beside the answer
    users.statements.length = 0
    const { status, body } = await exchange(key)
    expect(status).toBe(200)
    expect(body).toEqual({
      subject: ada.id,
      scopes: ['items:read', 'items:write'],
      ratePerMinute: 7,
      expiresAtS: expect.any(Number) as number,
    })
    expect(Math.abs(body.expiresAtS - Date.now() / 1000 - 86_400)).toBeLessThan(60)
    expect(users.statements).toHaveLength(1)
  })

  it('cuts the scopes to those that the owner has now', async () => {
    const { key } = await made({ scopes: ['items:read', 'items:write'] })
    await users.sql`update users set roles = '{user,admin}'`
    expect((await exchange(key)).body.scopes).toEqual(['items:read'])
    await users.sql`update users set roles = '{}'`
    expect((await exchange(key)).body.scopes).toEqual([])
  })

  it.each(['api_keys set revoked_at = now()', 'api_keys set expires_at = now()', 'users set deleted_at = now()'])(
    'refuses a key after: %s',
    async (change) => {
      const { key } = await made()
      await users.sql.unsafe(`update ${change}`)
      expect((await exchange(key)).status).toBe(404)
      expect(await users.sql`select last_used_at from api_keys`).toEqual([{ last_used_at: null }])
    },
  )

  it('writes when and where a key was used, once in half a minute', async () => {
    const { key } = await made()
    await Promise.all(Array.from({ length: 20 }, () => exchange(key, '203.0.113.7')))
    const first = await lastUse()
    expect(first).toMatchObject({ last_used_address: '203.0.113.7' })
    await exchange(key, '2001:db8::1')
    expect(await lastUse()).toEqual(first)
    await users.sql`update api_keys set last_used_at = now() - interval '31 s'`
    await exchange(key, '2001:db8::1')
    await vi.waitFor(async () => expect(await lastUse()).toMatchObject({ last_used_address: '2001:db8::1' }))
    const [shown] = (await asAda(mine)).data.me.apiKeys
    expect(shown).toMatchObject({ lastUsedAddress: '2001:db8::1', lastUsedAt: expect.any(String) as string })
  })

  it('does not wait for what it writes', async () => {
    const { key } = await made()
    const locked = await users.sql.reserve()
    try {
      await locked`begin`
      await locked`select from api_keys for update`
      expect((await exchange(key)).status).toBe(200)
    } finally {
      await locked`rollback`
      locked.release()
    }
    await lastUse()
  })

  it('answers those alone who sign as the gateway does', async () => {
    const { key } = await made()
    expect((await exchange(key, null, {})).status).toBe(401)
    const forItems = identitySigner(secret)({ identity: ANONYMOUS, clientAddress: null }, 'items')
    expect((await exchange(key, null, { 'x-tributary-identity': forItems })).status).toBe(401)
  })

  it.each<unknown>([
    {},
    [],
    null,
    'x',
    { sha256: 'x', clientAddress: null },
    { sha256: 'A'.repeat(64), clientAddress: null },
    { sha256: ['a'.repeat(64)], clientAddress: null },
    { sha256: 'a'.repeat(64) },
    { sha256: 'a'.repeat(64), clientAddress: '\0' },
    { sha256: 'a'.repeat(64), clientAddress: '\ud800' },
    { sha256: 'a'.repeat(64), clientAddress: 'x'.repeat(65) },
  ])('refuses what is no question: %j', async (question) => {
    expect((await post(question)).status).toBe(400)
  })
})

it('shows the keys of many with one statement, to their owner alone', async () => {
  await made()
  const { identity } = await users.person('bob', { roles: ['user', 'admin'] })
  users.statements.length = 0
  await asAda('{ a: me { apiKeys { id } apiKeys2: apiKeys { name } } b: me { apiKeys { id } } }')
  expect(users.statements).toHaveLength(2)
  const answer = await users.ask(`{ user(id: "${ada.id}") { username apiKeys { name } } }`, { identity })
  expect(answer).toEqual({ data: { user: { username: 'ada', apiKeys: null } }, codes: ['user.apiKeys FORBIDDEN'] })
})

const asAda = (query: string, variables: object = {}) =>
  users.ask(query, { identity: ada.identity, variables: variables as Record<string, unknown> })

const made = async (wanted: object = {}) => (await asAda(create, { input: { ...input, ...wanted } })).data.createApiKey

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const exchange = (key: string, clientAddress: string | null = null, headers?: Record<string, string>) =>
  post({ sha256: sha256(key), clientAddress }, headers)

const sign = identitySigner(secret)

async function post(
  question: unknown,
  headers: Record<string, string> = {
    'x-tributary-identity': sign({ identity: ANONYMOUS, clientAddress: null }, 'users'),
  },
) {
  const response = await fetch(new URL(API_KEY_EXCHANGE_PATH, users.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(question),
  })
  return { status: response.status, body: (await response.json()) as any }
}

/** Of the one key there is, as soon as it is written. */
const lastUse = () =>
  vi.waitFor(async () => {
    const [row] = await users.sql`select last_used_at, last_used_address from api_keys`
    expect(row?.['last_used_at']).not.toBeNull()
    return row
  })
