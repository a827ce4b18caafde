// What admins see and do, on a real Postgres.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { emailSha256 } from '../../platform/account-events.ts'
import { ANONYMOUS } from '../../platform/identity.ts'
import { usersOnPostgres } from './testing/users-on-postgres.ts'
import type { Insider } from './testing/users-on-postgres.ts'

const list = `query($first: Int! = 20, $after: String, $search: String, $role: Role) {
  users(first: $first, after: $after, search: $search, role: $role) {
    nodes { username } edges { cursor node { username } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`
const PERSONAL = 'username email isEmailVerified firstName lastName phoneNumber roles deletedAt'
const update = `mutation($input: UpdateUserInput!) { updateUser(input: $input) { user { id ${PERSONAL} } } }`
const deletion = 'mutation($id: ID!) { deleteUser(id: $id) { userId restorableUntil } }'
const setRoles = 'mutation($input: SetUserRolesInput!) { setUserRoles(input: $input) { user { id roles } } }'

let users: Awaited<ReturnType<typeof usersOnPostgres>>
let root: Insider

beforeAll(async () => {
  users = await usersOnPostgres()
})
afterAll(() => users?.close())
beforeEach(async () => {
  await users.sql`truncate users, outbox cascade`
  root = await users.person('root', { roles: ['user', 'admin'], policies: ['step-up'] })
})

describe('users', () => {
  it('lists every account, newest first, deleted ones too, page by page', async () => {
    await crowd(45)
    await users.sql`update users set deleted_at = now() where username = 'user7'`
    const pages: string[][] = []
    let after: string | null = null
    do {
      const { data } = await asRoot(list, { first: 20, after })
      const { nodes, edges, pageInfo } = data.users
      expect(edges.map(({ node }: any) => node)).toEqual(nodes)
      expect(pageInfo).toMatchObject({
        hasPreviousPage: after !== null,
        startCursor: edges[0].cursor,
        endCursor: edges.at(-1).cursor,
      })
      pages.push(nodes.map(({ username }: any) => username))
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null
    } while (after)
    expect(pages.map((page) => page.length)).toEqual([20, 20, 6])
    expect(pages.flat()).toEqual(['root', ...Array.from({ length: 45 }, (_, number) => `user${number + 1}`)])
  })

  it('takes one statement, however many are shown and whatever of them', async () => {
    await crowd(100)
    users.statements.length = 0
    const { data, codes } = await asRoot(
      `{ users(first: 100, search: "user", role: USER) { nodes { id createdAt ${PERSONAL} } } }`,
    )
    expect(codes).toEqual([])
    expect(data.users.nodes).toHaveLength(100)
    expect(users.statements).toHaveLength(1)
  })

  it('finds by username, e-mail and names, whatever the case, and takes every character as it is', async () => {
    await users.sql`
      insert into users (username, email, password_hash, roles, first_name, last_name) values
        ('Zoe_1', 'zoe@example.com', '', '{user}', 'Zoë', 'Şahin'),
        ('zoex1', 'other@example.org', '', '{user}', null, 'O''Hara%'),
        ('back', 'a@b.example', '', '{user}', 'Anna', 'Maria\\')`
    const found = async (search: string) =>
      (await asRoot(list, { search })).data.users.nodes.map(({ username }: any) => username).sort()
    expect(await found('ZOE')).toEqual(['Zoe_1', 'zoex1'])
    expect(await found('zoe_')).toEqual(['Zoe_1'])
    expect(await found('EXAMPLE.ORG')).toEqual(['zoex1'])
    expect(await found('zoË ŞAH')).toEqual(['Zoe_1'])
    expect(await found("o'hara%")).toEqual(['zoex1'])
    expect(await found('%')).toEqual(['zoex1'])
    expect(await found('\\')).toEqual(['back'])
    expect(await found('na ma')).toEqual(['back'])
    expect(await found('  zoex  ')).toEqual(['zoex1'])
    expect(await found('nobody at all')).toEqual([])
    expect(await found(' ')).toHaveLength(4)
  })

  it('searches usernames alone for whoever may not see what is personal', async () => {
    await users.sql`
      insert into users (username, email, password_hash, roles, first_name)
      values ('zoe', 'secret@example.com', '', '{user}', 'Hidden')`
    const { identity } = await users.person('helper', { roles: ['user', 'support'] })
    const found = async (search: string) =>
      (await users.ask(list, { identity, variables: { search } })).data.users.nodes.map(({ username }: any) => username)
    expect(await found('zoe')).toEqual(['zoe'])
    expect(await found('secret')).toEqual([])
    expect(await found('hidden')).toEqual([])
    const { codes } = await users.ask('{ users(search: "zoe") { nodes { username email } } }', { identity })
    expect(codes).toEqual(['users.nodes.0.email FORBIDDEN'])
  })

  it('shows those of a role, and of a search within it', async () => {
    await users.person('mona', { roles: ['user', 'moderator'] })
    await users.person('moritz', { roles: ['user', 'moderator'] })
    await users.person('molly')
    const found = async (variables: object) =>
      (await asRoot(list, variables)).data.users.nodes.map(({ username }: any) => username)
    expect(await found({ role: 'MODERATOR' })).toEqual(['moritz', 'mona'])
    expect(await found({ role: 'MODERATOR', search: 'MON' })).toEqual(['mona'])
    expect(await found({ role: 'ADMIN' })).toEqual(['root'])
    expect(await found({ role: 'SUPPORT' })).toEqual([])
  })

  it.each<[string, object]>([
    ['first', { first: 0 }],
    ['first', { first: -1 }],
    ['first', { first: 101 }],
    ['first', { first: 2_147_483_647 }],
    ['after', { after: '' }],
    ['after', { after: 'x' }],
    ['after', { after: '\0' }],
    ['after', { after: '\ud800' }],
    ['after', { after: Buffer.from('1/x').toString('base64url') }],
    ['after', { after: `${Buffer.from('1/00000000-0000-4000-8000-000000000000').toString('base64url')}=` }],
    ['after', { after: Buffer.from(`${'9'.repeat(17)}/00000000-0000-4000-8000-000000000000`).toString('base64url') }],
    ['search', { search: 'a\0b' }],
    ['search', { search: '\ud800' }],
    ['search', { search: 'x'.repeat(255) }],
  ])('refuses %s of %j', async (field, variables) => {
    expect((await asRoot(list, variables)).codes).toEqual([`users BAD_USER_INPUT ${field}`])
  })

  it('goes on where a page ended, also when that account has gone, and from the ends of time', async () => {
    await crowd(3)
    const { endCursor } = (await asRoot(list, { first: 2 })).data.users.pageInfo
    await users.sql`delete from users where username = 'user1'`
    const nodes = async (after: string) => (await asRoot(list, { after })).data.users.nodes
    expect(await nodes(endCursor)).toEqual([{ username: 'user2' }, { username: 'user3' }])
    const at = (us: string) => Buffer.from(`${us}/00000000-0000-4000-8000-000000000000`).toString('base64url')
    expect(await nodes(at('9'.repeat(16)))).toHaveLength(3)
    expect(await nodes(at('0'))).toEqual([])
  })
})

describe('user', () => {
  it('is a deleted account for those who see it in the list, until it is removed for good, and for nobody else', async () => {
    const ada = await users.person('ada')
    const helper = await users.person('helper', { roles: ['user', 'support'] })
    const moderator = await users.person('mona', { roles: ['user', 'moderator'] })
    await asRoot(deletion, { id: ada.id })
    const seen = async ({ identity }: Pick<Insider, 'identity'>) => {
      const { data, codes } = await users.ask(`{ user(id: "${ada.id}") { username deletedAt } }`, { identity })
      return data.user ?? codes
    }
    const gone = { username: 'ada', deletedAt: expect.any(String) as string }
    expect(await seen(root)).toEqual(gone)
    expect(await seen(helper)).toEqual(gone)
    for (const other of [ada, moderator, { identity: ANONYMOUS }]) expect(await seen(other)).toEqual(['user NOT_FOUND'])

    await users.sql`delete from users where id = ${ada.id}`
    expect(await seen(root)).toEqual(['user NOT_FOUND'])
  })
})

describe('updateUser', () => {
  it('changes what is given, leaves the rest, and tells other subgraphs', async () => {
    const ada = await users.person('ada')
    await users.sql`update users set first_name = 'Ada', last_name = 'L' where id = ${ada.id}`
    const input = {
      id: ada.id,
      username: ' Countess ',
      email: ' ADA@Example.ORG',
      lastName: null,
      phoneNumber: '+4915112345678',
    }
    const { data, codes } = await asRoot(update, { input })
    expect(codes).toEqual([])
    expect(data.updateUser.user).toEqual({
      id: ada.id,
      username: 'Countess',
      email: 'ada@example.org',
      isEmailVerified: true,
      firstName: 'Ada',
      lastName: null,
      phoneNumber: '+4915112345678',
      roles: ['USER', 'CREATOR'],
      deletedAt: null,
    })
    expect(await users.told('accounts')).toEqual([
      {
        account: {
          id: ada.id,
          username: 'Countess',
          emailSha256: emailSha256('ada@example.org'),
          isEmailVerified: true,
          status: 'ACTIVE',
        },
      },
    ])
  })

  it('tells nothing when nothing changes, and of a deleted account that it is one', async () => {
    const ada = await users.person('ada')
    await asRoot(update, { input: { id: ada.id, username: 'ada' } })
    await asRoot(update, { input: { id: ada.id } })
    expect(await users.told('accounts')).toEqual([])
    await users.sql`update users set deleted_at = now() where id = ${ada.id}`
    const { data } = await asRoot(update, { input: { id: ada.id, username: 'lovelace' } })
    expect(data.updateUser.user).toMatchObject({ username: 'lovelace', deletedAt: expect.any(String) as string })
    expect(await users.told('accounts')).toEqual([
      { account: expect.objectContaining({ username: 'lovelace', status: 'DELETED' }) as object },
    ])
  })

  it('says what is taken', async () => {
    const ada = await users.person('ada')
    await users.person('bob')
    for (const [field, value] of [
      ['username', 'BOB'],
      ['email', 'Bob@example.com'],
    ] as const) {
      const { codes } = await asRoot(update, { input: { id: ada.id, [field]: value } })
      expect(codes).toEqual([`updateUser CONFLICT ${field}`])
    }
    expect((await asRoot(update, { input: { id: ada.id, username: 'ADA' } })).codes).toEqual([])
  })

  it.each<[string, unknown]>([
    ['username', null],
    ['username', 'ab'],
    ['username', 'a\0b'],
    ['username', '\ud800xx'],
    ['username', 'x'.repeat(51)],
    ['email', null],
    ['email', 'nobody'],
    ['email', `${'a'.repeat(250)}@example.com`],
    ['firstName', 'x'.repeat(101)],
    ['lastName', '\0'],
    ['phoneNumber', '0151'],
  ])('refuses a %s of %j', async (field, value) => {
    const { codes } = await asRoot(update, { input: { id: root.id, [field]: value } })
    expect(codes).toEqual([`updateUser BAD_USER_INPUT ${field}`])
  })

  it.each(['', 'x', '\0', '\ud800', 'x'.repeat(50_000), '00000000-0000-4000-8000-000000000000'])(
    'finds nobody called %.40j, and neither does setUserRoles',
    async (id) => {
      expect((await asRoot(update, { input: { id, username: 'new' } })).codes).toEqual(['updateUser NOT_FOUND'])
      expect((await asRoot(setRoles, { input: { id, roles: ['USER'] } })).codes).toEqual(['setUserRoles NOT_FOUND'])
    },
  )
})

describe('setUserRoles', () => {
  it('gives these roles and no others, and revokes every token that says something else', async () => {
    const ada = await users.person('ada')
    const beforeS = Date.now() / 1000
    const { data } = await asRoot(setRoles, { input: { id: ada.id, roles: ['MODERATOR', 'USER', 'MODERATOR'] } })
    expect(data.setUserRoles.user).toEqual({ id: ada.id, roles: ['MODERATOR', 'USER'] })
    const [event, ...others] = (await users.told('revocations')) as any[]
    expect(others).toEqual([])
    const { subject, issuedBeforeS, untilS } = event.revoked
    expect(subject).toBe(ada.id)
    expect(issuedBeforeS).toBeGreaterThan(beforeS)
    expect(issuedBeforeS).toBeLessThan(Date.now() / 1000 + 0.1)
    expect(untilS - issuedBeforeS).toBeGreaterThan(3_600)
  })

  it('revokes nothing where the roles are the same', async () => {
    const ada = await users.person('ada')
    await asRoot(setRoles, { input: { id: ada.id, roles: ['CREATOR', 'USER'] } })
    expect(await users.told('revocations')).toEqual([])
  })

  it('refuses to leave an account without a role', async () => {
    const { codes } = await asRoot(setRoles, { input: { id: root.id, roles: [] } })
    expect(codes).toEqual(['setUserRoles BAD_USER_INPUT roles'])
  })
})

describe('deleteUser', () => {
  it('deletes an account as its owner would: its sessions and keys end, and others are told', async () => {
    const ada = await users.person('ada')
    await users.sql`
      insert into api_keys (user_id, name, prefix, sha256, scopes, rate_per_minute)
      values (${ada.id}, 'backup', 'trib_00000000', ${'a'.repeat(64)}, '{items:read}', 1)`
    const { data, codes } = await asRoot(deletion, { id: ada.id })
    expect(codes).toEqual([])
    expect(data.deleteUser).toEqual({ userId: ada.id, restorableUntil: expect.any(String) as string })
    const days = (Date.parse(data.deleteUser.restorableUntil) - Date.now()) / 86_400_000
    expect(days).toBeCloseTo(14, 2)
    const untilS = expect.any(Number) as number
    expect(await users.told('revocations')).toEqual([
      { revoked: { session: ada.sessionId, untilS } },
      { revoked: { apiKeySha256: 'a'.repeat(64), untilS } },
    ])
    expect(await users.told('accounts')).toEqual([
      { account: expect.objectContaining({ id: ada.id, status: 'DELETED' }) as object },
    ])
    expect((await asRoot(deletion, { id: ada.id })).codes).toEqual(['deleteUser NOT_FOUND'])
    expect((await asRoot(list, { search: 'ada' })).data.users.nodes).toEqual([{ username: 'ada' }])
  })

  it.each(['', 'x', '\0', '\ud800', '00000000-0000-4000-8000-000000000000'])('finds nobody called %j', async (id) => {
    expect((await asRoot(deletion, { id })).codes).toEqual(['deleteUser NOT_FOUND'])
  })
})

describe('the last admin', () => {
  const demote = ({ id }: Insider) => asRoot(setRoles, { input: { id, roles: ['USER'] } })

  it('stays one', async () => {
    expect((await demote(root)).codes).toEqual(['setUserRoles CONFLICT'])
    expect(await admins()).toEqual(['root'])
    const other = await users.person('other', { roles: ['admin'] })
    expect((await demote(root)).codes).toEqual([])
    expect((await demote(other)).codes).toEqual(['setUserRoles CONFLICT'])
  })

  it('is the last one although a deleted account has the role', async () => {
    const gone = await users.person('gone', { roles: ['admin'] })
    await users.sql`update users set deleted_at = now() where id = ${gone.id}`
    expect((await demote(root)).codes).toEqual(['setUserRoles CONFLICT'])
    expect((await demote(gone)).codes).toEqual([])
  })

  it('cannot be deleted, nor can all of them at the same moment', async () => {
    expect((await asRoot(deletion, { id: root.id })).codes).toEqual(['deleteUser CONFLICT'])
    const other = await users.person('other', { roles: ['admin'] })
    for (let round = 0; round < 10; round += 1) {
      await users.sql`update users set roles = '{user,admin}', deleted_at = null`
      const answers = await Promise.all([asRoot(deletion, { id: root.id }), demote(other)])
      expect(answers.flatMap(({ codes }) => codes)).toEqual([expect.stringMatching(/ CONFLICT$/)])
      expect(await admins()).toHaveLength(1)
    }
  })

  it('is left when all of them remove each other at the same moment, again and again', async () => {
    const people = [
      root,
      ...(await Promise.all(['b', 'c', 'd'].map((name) => users.person(`admin-${name}`, { roles: ['admin'] })))),
    ]
    for (let round = 0; round < 10; round += 1) {
      await users.sql`update users set roles = '{user,admin}'`
      const answers = await Promise.all(people.map(demote))
      expect(answers.flatMap(({ codes }) => codes)).toEqual(['setUserRoles CONFLICT'])
      expect(await admins()).toHaveLength(1)
    }
  })
})

const asRoot = (query: string, variables: object = {}) =>
  users.ask(query, { identity: root.identity, variables: variables as Record<string, unknown> })

const admins = async () =>
  (await users.sql`select username from users where 'admin' = any(roles) and deleted_at is null`).map(
    ({ username }) => username as string,
  )

/** `user1` is the newest of them, all older than the others and some of one moment. */
async function crowd(size: number): Promise<void> {
  await users.sql`
    insert into users (id, username, email, password_hash, roles, created_at)
    select ('00000000-0000-4000-8000-' || lpad((100000 - n)::text, 12, '0'))::uuid,
      'user' || n, 'user' || n || '@example.com', '', '{user}',
      now() - interval '1 day' - (n / 3) * interval '1 microsecond'
    from generate_series(1, ${size}::int) n`
}
