import { readFileSync } from 'node:fs'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { documentCompiler } from '../../platform/compiled-documents.ts'
import { ANONYMOUS } from '../../platform/identity.ts'
import type { Identity } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'
import { publicErrors } from '../../platform/public-errors.ts'
import { subgraphSchema } from '../../platform/subgraph.ts'
import type { Credentials, UserRow } from './account-store.ts'
import type { NewUser } from './registration-store.ts'
import type { UsersContext } from './context.ts'
import { userLoaders } from './loaders.ts'
import type { PasswordHashes } from './password-hashes.ts'
import { resolvers } from './resolvers.ts'
import { signingKeys } from './signing-keys.ts'
import { memorySigningKeys } from './testing/memory-signing-keys.ts'
import { makeTokens } from './tokens.ts'

const log = makeLog('test', 'silent')
const SESSION_ID = '00000000-0000-4000-8000-00000000005e'
const ada = userRow('00000000-0000-4000-8000-00000000000a', 'ada')
const bob = userRow('00000000-0000-4000-8000-00000000000b', 'bob')
const asAda: Identity = { ...ANONYMOUS, subject: ada.id, scopes: ['profile:write'] }
const asAdmin: Identity = { ...ANONYMOUS, subject: bob.id, scopes: ['users:admin'] }

describe('a user', () => {
  it('is found by id', async () => {
    const { run } = usersSubgraph([ada])
    const { data } = await run(`{ user(id: "${ada.id}") { id username createdAt } }`)
    expect(data).toEqual({ user: { id: ada.id, username: 'ada', createdAt: '2026-11-21T09:30:00.000Z' } })
  })

  it.each(['nobody', '', '00000000-0000-4000-8000-00000000000c', `${ada.id}\0`, `${ada.id} `, '\ud800'])(
    'that does not exist is NOT_FOUND: %j',
    async (id) => {
      const { run } = usersSubgraph([ada])
      const answer = await run('query($id: ID!) { user(id: $id) { id } }', { variables: { id } })
      expect(answer).toEqual({ data: { user: null }, codes: ['user NOT_FOUND'] })
    },
  )

  it('is one of many entities found with one statement', async () => {
    const { run, statements } = usersSubgraph([ada, bob])
    const ids = [ada.id, 'malformed', bob.id, ada.id, '00000000-0000-4000-8000-00000000000c']
    const answer = await run('query($r: [_Any!]!) { _entities(representations: $r) { ... on User { username } } }', {
      variables: { r: ids.map((id) => ({ __typename: 'User', id })) },
    })
    expect(answer).toEqual({
      data: { _entities: [{ username: 'ada' }, null, { username: 'bob' }, { username: 'ada' }, null] },
      codes: [],
    })
    expect(statements).toEqual([[ada.id, bob.id, '00000000-0000-4000-8000-00000000000c']])
  })

  it('costs no statement when no id can be one', async () => {
    const { run, statements } = usersSubgraph([ada])
    await run('{ _entities(representations: [{ __typename: "User", id: "x" }]) { __typename } }')
    expect(statements).toEqual([])
  })
})

describe('me', () => {
  it('is the person whose token it is', async () => {
    const { run } = usersSubgraph([ada, bob])
    expect(await run('{ me { username roles } }', { identity: asAda })).toEqual({
      data: { me: { username: 'ada', roles: ['USER', 'CREATOR'] } },
      codes: [],
    })
  })

  it('is for people who are logged in', async () => {
    const { run } = usersSubgraph([ada])
    expect(await run('{ me { username } }')).toEqual({ data: { me: null }, codes: ['me UNAUTHENTICATED'] })
  })

  it('is null for a token that outlived its account, or is of another issuer', async () => {
    const { run } = usersSubgraph([])
    expect(await run('{ me { username } }', { identity: asAda })).toEqual({ data: { me: null }, codes: [] })
    const stranger = { ...asAda, subject: 'auth0|1' }
    expect(await run('{ me { username } }', { identity: stranger })).toEqual({ data: { me: null }, codes: [] })
  })
})

describe('what is personal', () => {
  const fields = ['email', 'firstName', 'lastName', 'phoneNumber', 'roles']
  const ways = {
    'user(id)': `query { it: user(id: "${ada.id}") { ${fields.join(' ')} } }`,
    _entities: `query { it: _entities(representations: [{ __typename: "User", id: "${ada.id}" }]) { ... on User { ${fields.join(' ')} } } }`,
    login: `mutation { it: login(input: { email: "ada@example.com", password: "correct horse" }) { user { ${fields.join(' ')} } } }`,
  }

  it.each(Object.entries(ways))('is for oneself and users:admin, reached by %s', async (_way, query) => {
    const { run } = usersSubgraph([ada, bob])
    const codes = async (identity: Identity) => [...new Set((await run(query, { identity })).codes.map(codeOf))]
    expect(await codes(asAda)).toEqual([])
    expect(await codes(asAdmin)).toEqual([])
    expect(await codes({ ...asAdmin, scopes: ['users:read'] })).toEqual(['FORBIDDEN'])
    expect(await codes(ANONYMOUS)).toEqual(['UNAUTHENTICATED'])
  })

  it('is null for others while the rest is answered', async () => {
    const { run } = usersSubgraph([ada, bob])
    const { data, codes } = await run(`{ user(id: "${bob.id}") { username ${fields.join(' ')} } }`, { identity: asAda })
    const none = { email: null, firstName: null, lastName: null, phoneNumber: null, roles: null }
    expect(data).toEqual({ user: { username: 'bob', ...none } })
    expect(codes).toEqual(fields.map((field) => `user.${field} FORBIDDEN`))
  })

  it('holds no role that this release does not know', async () => {
    const { run } = usersSubgraph([{ ...ada, roles: ['user', 'emperor', 'toString', 'admin'] }])
    const { data } = await run('{ me { roles } }', { identity: asAda })
    expect(data).toEqual({ me: { roles: ['USER', 'ADMIN'] } })
  })
})

describe('register', () => {
  const mutation = 'mutation($input: RegisterInput!) { register(input: $input) { user { username } } }'
  const input = { username: 'grace', email: 'grace@example.com', password: 'correct horse' }

  it('opens an account with what was given, trimmed, and the roles of a new one', async () => {
    const { run, created } = usersSubgraph([])
    const given = {
      username: ' grace ',
      email: ' Grace@Example.COM ',
      password: ' spaces count ',
      firstName: ' Grace ',
      lastName: ' ',
      phoneNumber: ' +4915112345678 ',
    }
    const { data } = await run(mutation, { variables: { input: given } })
    expect(data).toEqual({ register: { user: { username: 'grace' } } })
    expect(created).toEqual([
      {
        username: 'grace',
        email: 'grace@example.com',
        passwordHash: 'hash of  spaces count ',
        firstName: 'Grace',
        lastName: null,
        phoneNumber: '+4915112345678',
        roles: ['user', 'creator'],
      },
    ])
  })

  it.each<[string, unknown]>([
    ['username', 'ab'],
    ['username', 'a'.repeat(51)],
    ['username', 'a b'],
    ['username', 'adä'],
    ['username', 'a\0b'],
    ['username', 'ab\ud800'],
    ['email', 'grace'],
    ['email', 'grace@'],
    ['email', 'grace@localhost'],
    ['email', 'gr ace@example.com'],
    ['email', 'grace@example.com\0'],
    ['email', `${'a'.repeat(250)}@example.com`],
    ['password', '1234567'],
    ['password', 'a'.repeat(129)],
    ['password', 'password\0'],
    ['password', 'password\udfff'],
    ['firstName', 'a'.repeat(101)],
    ['lastName', 'a'.repeat(101)],
    ['lastName', '\0'],
    ['phoneNumber', '015112345678'],
    ['phoneNumber', '+49151'],
    ['phoneNumber', '+0123456789'],
    ['phoneNumber', '+1234567890123456'],
    ['phoneNumber', '+49 151 12345678'],
  ])('refuses, before it hashes, a %s of %j', async (field, value) => {
    const { run, created, hashed } = usersSubgraph([])
    const { codes } = await run(mutation, { variables: { input: { ...input, [field]: value } } })
    expect(codes).toEqual([`register BAD_USER_INPUT ${field}`])
    expect({ created, hashed }).toEqual({ created: [], hashed: [] })
  })

  it.each(['username', 'email'])('says that a %s is taken', async (field) => {
    const { run } = usersSubgraph([], { taken: field })
    const { codes } = await run(mutation, { variables: { input } })
    expect(codes).toEqual([`register CONFLICT ${field}`])
  })
})

describe('login', () => {
  const mutation = 'mutation($input: LoginInput!) { login(input: $input) { accessToken expiresIn user { id } } }'

  it('gives a token that verifies against the public keys and tells what the account may do', async () => {
    const { run, keys } = usersSubgraph([ada])
    const input = { email: ' ADA@example.com', password: 'correct horse' }
    const { data } = await run(mutation, { variables: { input } })
    const { accessToken, expiresIn, user } = (data as { login: LoginPayload }).login
    const jwks = await keys.jwks()
    const { payload, protectedHeader } = await jwtVerify(accessToken, createLocalJWKSet({ keys: [...jwks.keys] }), {
      algorithms: ['ES256'],
      issuer: 'the issuer',
      audience: 'the audience',
    })
    expect({ expiresIn, user }).toEqual({ expiresIn: 3600, user: { id: ada.id } })
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'JWT', kid: jwks.keys[0]?.kid })
    const { iat, exp, jti, ...claims } = payload
    expect(claims).toEqual({
      iss: 'the issuer',
      aud: 'the audience',
      sub: ada.id,
      roles: ['user', 'creator'],
      scope: 'items:read comments:write profile:write items:write shares:write',
      policies: [],
      sid: SESSION_ID,
    })
    // In milliseconds: what was issued in the second of a revocation is told from what was before it.
    expect(exp).toBe(Math.floor(iat!) + 3600)
    expect(iat! * 1000).toBeCloseTo(Date.now(), -4)
    expect(jti).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('answers an unknown address and a wrong password alike, after the same work', async () => {
    const { run, verified } = usersSubgraph([ada])
    const wrong = await run(mutation, { variables: { input: { email: 'ada@example.com', password: 'wrong' } } })
    const unknown = await run(mutation, { variables: { input: { email: 'eve@example.com', password: 'wrong' } } })
    const impossible = await run(mutation, { variables: { input: { email: 'a\0@example.com', password: 'wrong' } } })
    expect(wrong).toEqual({ data: { login: null }, codes: ['login UNAUTHENTICATED'] })
    expect(unknown).toEqual(wrong)
    expect(impossible).toEqual(wrong)
    expect(verified).toEqual(['hash of correct horse', null, null])
  })

  it('asks for a code where there is a second factor, and only whoever knows the password', async () => {
    const { run, reasons } = usersSubgraph([ada], { code: '123456' })
    const tried = async (input: object) => {
      const { data, codes } = await run(mutation, { variables: { input: { email: 'ada@example.com', ...input } } })
      return [codes, (data as { login: unknown }).login === null, reasons.splice(0)]
    }
    const refused = ['login UNAUTHENTICATED']
    expect(await tried({ password: 'correct horse' })).toEqual([refused, true, ['SECOND_FACTOR_NEEDED']])
    expect(await tried({ password: 'correct horse', code: '1' })).toEqual([
      ['login UNAUTHENTICATED code'],
      true,
      ['SECOND_FACTOR_NEEDED'],
    ])
    expect(await tried({ password: 'wrong', code: '123456' })).toEqual([refused, true, []])
    expect(await tried({ password: 'correct horse', code: '123456' })).toEqual([[], false, []])
  })
})

interface LoginPayload {
  readonly accessToken: string
  readonly expiresIn: number
  readonly user: { readonly id: string }
}

const codeOf = (pathAndCode: string) => pathAndCode.split(' ')[1]

function userRow(id: string, username: string): UserRow {
  return {
    id,
    username,
    email: `${username}@example.com`,
    emailVerifiedAt: null,
    firstName: null,
    lastName: null,
    phoneNumber: null,
    roles: ['user', 'creator'],
    createdAt: new Date(Date.UTC(2026, 10, 21, 9, 30)),
    deletedAt: null,
  }
}

/** The subgraph on a store in memory; everybody's password is "correct horse". */
function usersSubgraph(rows: readonly UserRow[], { taken, code }: { taken?: string; code?: string } = {}) {
  const statements: (readonly string[])[] = []
  const created: NewUser[] = []
  const hashed: string[] = []
  const reasons: unknown[] = []
  const verified: (string | null)[] = []

  const accounts = {
    async findByIds(ids: readonly string[]) {
      statements.push(ids)
      return rows.filter(({ id }) => ids.includes(id))
    },
    async findProfilesByIds(ids: readonly string[]) {
      statements.push(ids)
      const there = rows.filter(({ id, deletedAt }) => ids.includes(id) && !deletedAt)
      return there.map(({ id, username, createdAt }) => ({ id, username, createdAt }))
    },
    async findByEmail(email: string) {
      const user = rows.find((row) => row.email === email)
      return user ? { user, passwordHash: 'hash of correct horse' } : null
    },
  }
  const registrations = {
    async create(user: NewUser) {
      if (taken) return { taken }
      created.push(user)
      return { ...userRow('00000000-0000-4000-8000-0000000000ff', user.username) }
    },
  }
  const passwordHashes: PasswordHashes = {
    hash: async (password) => {
      hashed.push(password)
      return `hash of ${password}`
    },
    isRight: async (password, passwordHash) => {
      verified.push(passwordHash)
      return passwordHash === `hash of ${password}`
    },
    close: async () => {},
  }
  const sessions = {
    start: async ({ user }: Credentials) => ({
      user,
      sessionId: SESSION_ID,
      refreshToken: 'the refresh token',
      asOfS: Date.now() / 1000,
    }),
    findByIds: async () => [],
  }
  const others = {
    secondFactors: {
      isNeeded: async () => code !== undefined,
      take: async (_userId: string, given: string) => given === code,
      findConfirmed: async () => [],
    },
    apiKeys: { findOfUsers: async () => [] },
  }
  const keys = signingKeys(memorySigningKeys())
  const tokens = makeTokens(keys, { issuer: 'the issuer', audience: 'the audience', accessTokenLifetimeS: 3600 })
  const typeDefs = readFileSync(new URL('../../schema/users.graphql', import.meta.url), 'utf8')
  const compiled = documentCompiler(subgraphSchema({ typeDefs, resolvers }))

  return {
    keys,
    statements,
    created,
    hashed,
    verified,
    reasons,
    async run(query: string, request: { variables?: Record<string, unknown>; identity?: Identity } = {}) {
      const { variables = {}, identity = ANONYMOUS } = request
      // What these tests do not come to is tested on a real database.
      const context = {
        identity,
        clientAddress: null,
        request: { id: '', userAgent: null, cookie: null, setCookie: () => {} },
        loaders: userLoaders({ accounts, sessions, ...others }),
        settings: { refreshTokenLifetimeS: 86_400, requireVerifiedEmail: false, defaultRoles: ['user', 'creator'] },
        accounts,
        registrations,
        sessions,
        attempts: { count: async () => {}, forget: async () => {} },
        passwordHashes,
        passwordStrength: { require: async () => {}, close: async () => {} },
        tokens,
        ...others,
        deletions: { isRestorable: () => true },
      } as unknown as UsersContext
      const { data, errors = [] } = await compiled(query, null).run(context, variables)
      const shown = publicErrors(errors, { requestId: '', operationName: null, log })
      reasons.push(...shown.flatMap(({ extensions }) => extensions?.['reason'] ?? []))
      return {
        data: JSON.parse(JSON.stringify(data)) as unknown,
        codes: shown.map(({ path, extensions }) =>
          [path?.join('.'), extensions?.['code'], extensions?.['field']].filter(Boolean).join(' '),
        ),
      }
    },
  }
}
