// The table of who may what in the users subgraph, for each field and mutation of its schema: what it answers whoever
// asks it, whatever a gateway let through. A field without a line here is an error.
import { readFileSync } from 'node:fs'
import { buildSchema, isObjectType } from 'graphql'
import type { GraphQLObjectType } from 'graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import type { Identity } from '../../platform/identity.ts'
import { scopesOf } from './roles.ts'
import type { RoleName } from './roles.ts'
import { asKeyOf, usersOnPostgres } from './testing/users-on-postgres.ts'
import type { Insider } from './testing/users-on-postgres.ts'

const sdl = readFileSync(new URL('../../schema/users.graphql', import.meta.url), 'utf8')
const schema = buildSchema(sdl, { assumeValidSDL: true, assumeValid: true })
const types = Object.values(schema.getTypeMap()).filter(
  (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
)

const ROLES: readonly RoleName[] = ['user', 'creator', 'moderator', 'support', 'admin']
const SCOPES = scopesOf(ROLES)
const PEOPLE = [...ROLES, 'admin with step-up'] as const
const KEYS = SCOPES.map((scope) => `key with ${scope}`)
const EVERYBODY = ['anonymous', ...PEOPLE, ...KEYS]
const KNOWN = [...PEOPLE, ...KEYS]
const PROFILE = [...PEOPLE, 'key with profile:write']

/** Who may ask for a field of `Query` or `Mutation`, how it is asked for here, and the code that those get who may. */
type Line = readonly [who: readonly string[], asked: string, code?: string]

const NO_LOGIN = 'input: { email: "nobody@example.com", password: "x" }'

const operations: Readonly<Record<string, Line>> = {
  'Query.me': [KNOWN, 'me { id }'],
  'Query.user': [EVERYBODY, 'user(id: "x") { id }', 'NOT_FOUND'],
  'Query.users': [
    ['support', 'admin', 'admin with step-up', 'key with users:read', 'key with users:admin'],
    'users { nodes { id } }',
  ],

  'Mutation.register': [
    EVERYBODY,
    'register(input: { username: "x", email: "x", password: "x" }) { user { id } }',
    'BAD_USER_INPUT',
  ],
  'Mutation.verifyEmail': [EVERYBODY, 'verifyEmail(token: "x") { user { id } }', 'BAD_USER_INPUT'],
  'Mutation.resendVerification': [EVERYBODY, 'resendVerification(email: "nobody@example.com") { isAccepted }'],
  'Mutation.login': [EVERYBODY, `login(${NO_LOGIN}) { expiresIn }`, 'UNAUTHENTICATED'],
  'Mutation.refreshSession': [EVERYBODY, 'refreshSession(refreshToken: "x") { expiresIn }', 'UNAUTHENTICATED'],
  'Mutation.logout': [KNOWN, 'logout { sessionId }'],
  'Mutation.logoutEverywhere': [PEOPLE, 'logoutEverywhere { sessionsEnded }'],
  'Mutation.revokeSession': [PEOPLE, 'revokeSession(id: "x") { sessionId }', 'NOT_FOUND'],
  'Mutation.requestPasswordReset': [EVERYBODY, 'requestPasswordReset(email: "nobody@example.com") { isAccepted }'],
  'Mutation.resetPassword': [
    EVERYBODY,
    'resetPassword(input: { token: "x", newPassword: "x" }) { user { id } }',
    'BAD_USER_INPUT',
  ],
  'Mutation.changePassword': [
    PEOPLE,
    'changePassword(input: { currentPassword: "x", newPassword: "notes-of-1843" }) { sessionsEnded }',
    'BAD_USER_INPUT',
  ],
  'Mutation.updateMe': [PROFILE, 'updateMe(input: {}) { user { id } }'],
  'Mutation.deleteMe': [PEOPLE, 'deleteMe(password: "x") { restorableUntil }', 'BAD_USER_INPUT'],
  'Mutation.restoreMe': [EVERYBODY, `restoreMe(${NO_LOGIN}) { expiresIn }`, 'UNAUTHENTICATED'],

  'Mutation.createApiKey': [PEOPLE, 'createApiKey(input: { name: "x", scopes: [] }) { key }', 'BAD_USER_INPUT'],
  'Mutation.rotateApiKey': [PEOPLE, 'rotateApiKey(id: "x") { key }', 'NOT_FOUND'],
  'Mutation.revokeApiKey': [PEOPLE, 'revokeApiKey(id: "x") { apiKeyId }', 'NOT_FOUND'],

  'Mutation.beginSecondFactor': [PEOPLE, 'beginSecondFactor(password: "x") { uri }', 'BAD_USER_INPUT'],
  'Mutation.confirmSecondFactor': [PEOPLE, 'confirmSecondFactor(code: "x") { recoveryCodes }', 'CONFLICT'],
  'Mutation.renewRecoveryCodes': [PEOPLE, 'renewRecoveryCodes(code: "x") { recoveryCodes }', 'BAD_USER_INPUT'],
  'Mutation.removeSecondFactor': [
    PEOPLE,
    'removeSecondFactor(input: { password: "x", code: "x" }) { user { id } }',
    'BAD_USER_INPUT',
  ],
  'Mutation.stepUp': [PEOPLE, 'stepUp(code: "x") { expiresIn }', 'BAD_USER_INPUT'],

  'Mutation.updateUser': [['admin with step-up'], 'updateUser(input: { id: "x" }) { user { id } }', 'NOT_FOUND'],
  'Mutation.setUserRoles': [
    ['admin with step-up'],
    'setUserRoles(input: { id: "x", roles: [] }) { user { id } }',
    'BAD_USER_INPUT',
  ],
  'Mutation.deleteUser': [['admin with step-up'], 'deleteUser(id: "x") { userId }', 'NOT_FOUND'],
}

/** Of an account: for everybody; for its person and `users:admin`, or `users:read` too; or for its person alone. */
const ofUser: Readonly<Record<string, 'public' | 'for caretakers' | 'personal' | 'own'>> = {
  id: 'public',
  username: 'public',
  createdAt: 'public',
  email: 'personal',
  isEmailVerified: 'personal',
  firstName: 'personal',
  lastName: 'personal',
  phoneNumber: 'personal',
  roles: 'personal',
  deletedAt: 'for caretakers',
  sessions: 'own',
  apiKeys: 'own',
  secondFactor: 'own',
}

/** Types whose fields are for whoever was answered with them, by what answers with them. */
const followers: Readonly<Record<string, readonly string[]>> = {
  UserConnection: ['Query.users'],
  UserEdge: ['Query.users'],
  PageInfo: ['Query.users'],
  // Besides by `_entities`: for its person alone, which is tested below.
  Session: ['User.sessions'],
  ApiKey: ['User.apiKeys', 'Mutation.createApiKey', 'Mutation.rotateApiKey'],
  SecondFactor: ['User.secondFactor', 'Mutation.confirmSecondFactor'],
  LoginPayload: ['Mutation.login', 'Mutation.restoreMe'],
}

let users: Awaited<ReturnType<typeof usersOnPostgres>>
let identities: Readonly<Record<string, Identity>>
let owner: Insider

beforeAll(async () => {
  users = await usersOnPostgres()
  const person = async (role: RoleName, policies: string[] = []) =>
    (await users.person(`${role}${policies.length}`, { roles: [...new Set(['user', role])], policies })).identity
  owner = await users.person('owner')
  identities = {
    anonymous: ANONYMOUS,
    ...Object.fromEntries(await Promise.all(ROLES.map(async (role) => [role, await person(role)] as const))),
    'admin with step-up': await person('admin', ['step-up']),
    ...Object.fromEntries(SCOPES.map((scope) => [`key with ${scope}`, asKeyOf(owner, [scope])])),
  }
  // Everybody has a second factor, so that wrong codes are told from missing ones.
  await users.sql`insert into second_factors (user_id, secret, confirmed_at) select id, 'ABCDEFGHIJKLMNOP', now() from users`
})
afterAll(() => users?.close())
beforeEach(() => users.sql`truncate attempts`)

describe('the table', () => {
  it('has a line for every field of the schema, and for none that is not there', () => {
    const coordinates = types.flatMap((type) =>
      Object.keys(type.getFields()).map((field) => ({ type: type.name, coordinate: `${type.name}.${field}` })),
    )
    const lines = [...Object.keys(operations), ...Object.keys(ofUser).map((field) => `User.${field}`)]
    const withoutLine = coordinates.filter(
      ({ type, coordinate }) => !lines.includes(coordinate) && !followers[type] && mutationOf(type) === undefined,
    )
    expect(withoutLine).toEqual([])
    const known = coordinates.map(({ coordinate }) => coordinate)
    expect([...lines, ...Object.values(followers).flat()].filter((coordinate) => !known.includes(coordinate))).toEqual(
      [],
    )
  })

  it('has no rule in the schema on a field that only follows another', () => {
    const ruled = types
      .filter(({ name }) => followers[name] || mutationOf(name))
      .flatMap((type) => [type, ...Object.values(type.getFields())])
      .filter(({ astNode }) =>
        astNode?.directives?.some(({ name }) => ['authenticated', 'requiresScopes', 'policy'].includes(name.value)),
      )
    expect(ruled).toEqual([])
  })
})

describe.each(Object.entries(operations))('%s', (coordinate, [who, asked, code]) => {
  it(`is for ${summary(who)}`, async () => {
    const told: Record<string, string | undefined> = {}
    for (const name of EVERYBODY) {
      const isMutation = coordinate.startsWith('Mutation.')
      // Guesses are counted for each account, and keys share one.
      if (isMutation) await users.sql`truncate attempts`
      const { codes } = await users.ask(`${isMutation ? 'mutation' : 'query'} { asked: ${asked} }`, {
        identity: identities[name]!,
      })
      told[name] = codes[0]?.split(' ')[1]
    }
    const expected = EVERYBODY.map((name) => [name, who.includes(name) ? code : refusalOf(name)])
    expect(told).toEqual(Object.fromEntries(expected))
  })
})

describe.each(Object.entries(ofUser))('User.%s', (field, audience) => {
  const selected = `${field}${{ sessions: ' { id }', apiKeys: ' { id }', secondFactor: ' { confirmedAt }' }[field] ?? ''}`
  const ways: Readonly<Record<string, (id: string) => string>> = {
    'user(id)': (id) => `{ asked: user(id: "${id}") { ${selected} } }`,
    _entities: (id) =>
      `{ asked: _entities(representations: [{ __typename: "User", id: "${id}" }]) { ... on User { ${selected} } } }`,
  }

  it.each(Object.keys(ways))(`is ${audience}, reached by %s`, async (way) => {
    for (const [name, identity] of Object.entries(identities)) {
      for (const id of new Set([owner.id, identity.subject ?? owner.id])) {
        const isOwn = identity.subject === id
        const scopes = {
          public: [],
          own: [],
          personal: ['users:admin'],
          'for caretakers': ['users:read', 'users:admin'],
        }
        const isCaretaker = scopes[audience].some((scope) => identity.scopes.includes(scope))
        const isAllowed = audience === 'public' || isOwn || isCaretaker
        const { codes } = await users.ask(ways[way]!(id), { identity })
        const told = { name, isOwn, code: codes[0]?.split(' ')[1] }
        expect(told).toEqual({ name, isOwn, code: isAllowed ? undefined : refusalOf(name) })
      }
    }
  })
})

it('answers with a session, reached by _entities, its person alone', async () => {
  const query = `{ _entities(representations: [{ __typename: "Session", id: "${owner.sessionId}" }]) { ... on Session { id } } }`
  for (const [name, identity] of Object.entries(identities)) {
    const isOwn = identity.subject === owner.id
    const { data, codes } = await users.ask(query, { identity })
    expect({ name, entity: data._entities[0], codes }).toEqual({
      name,
      entity: isOwn ? { id: owner.sessionId } : null,
      codes: [],
    })
  }
})

/** The mutation whose payload this is: `createItem` answers with `CreateItemPayload`. */
function mutationOf(type: string): string | undefined {
  const payload = /^(?<name>\w+)Payload$/.exec(type)?.groups?.['name']
  const field = payload && payload[0]!.toLowerCase() + payload.slice(1)
  return field && `Mutation.${field}` in operations ? field : undefined
}

function refusalOf(name: string): string {
  return name === 'anonymous' ? 'UNAUTHENTICATED' : 'FORBIDDEN'
}

function summary(who: readonly string[]): string {
  if (who === EVERYBODY) return 'everybody'
  if (who === KNOWN) return 'everybody who is known'
  if (who === PEOPLE) return 'people who are logged in'
  return who.join(', ')
}
