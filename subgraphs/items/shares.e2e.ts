// Sharing items, on a real Postgres.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { account } from './testing/accounts-source.ts'
import { person, runningItems } from './testing/running-items.ts'
import type { Person, RunningItems } from './testing/running-items.ts'
import { socialActions } from './testing/social-actions.ts'

let items: RunningItems
let act: ReturnType<typeof socialActions>
let ada: Person
let bob: Person

beforeAll(async () => {
  items = await runningItems()
  act = socialActions(items)
})
afterAll(() => items?.stop())
beforeEach(async () => {
  await items.empty()
  ada = person()
  bob = person()
  await act.know(account(ada.subject, { username: 'Ada' }), account(bob.subject, { username: 'Bob' }))
})

describe('shareItem', () => {
  it('shares by username, whatever its case, with what it permits', async () => {
    const itemId = await act.create(ada)
    const { data } = await act.share(ada, { itemId, username: ' bOB ', permission: 'EDIT' })
    expect(data.shareItem).toMatchObject({
      share: { permission: 'EDIT', user: { id: bob.subject }, email: null, grantedBy: { id: ada.subject } },
      item: { id: itemId },
    })
    expect(await act.permissionOf(bob, itemId)).toBe('EDIT')
    expect(await act.sharedWith(bob)).toEqual([itemId])
  })

  it('again changes what the share permits, and keeps what it is', async () => {
    const itemId = await act.create(ada)
    const first = await act.share(ada, { itemId, username: 'bob', permission: 'VIEW' })
    const second = await act.share(ada, { itemId, username: 'BOB', permission: 'COMMENT' })
    const { share } = second.data.shareItem
    expect(share).toMatchObject({
      id: first.data.shareItem.share.id,
      permission: 'COMMENT',
      createdAt: first.data.shareItem.share.createdAt,
    })
    expect(share.updatedAt >= share.createdAt).toBe(true)
    expect(await act.permissionOf(bob, itemId)).toBe('COMMENT')
    expect(await act.sharesOf(ada, itemId)).toHaveLength(1)
  })

  it('counts the one that permits more of a share by name and one by address', async () => {
    const itemId = await act.create(ada)
    await act.share(ada, { itemId, username: 'bob', permission: 'VIEW' })
    const byEmail = await act.share(ada, { itemId, email: `${bob.subject}@example.com`, permission: 'EDIT' })
    expect(await act.permissionOf(bob, itemId)).toBe('EDIT')
    await act.revoke(ada, byEmail.data.shareItem.share.id)
    expect(await act.permissionOf(bob, itemId)).toBe('VIEW')
  })

  it('answers alike for an address that has an account and for one that has none', async () => {
    const itemId = await act.create(ada)
    const [known, unknown] = [`${bob.subject}@example.com`, 'nobody@example.com']
    const answers = [
      await act.share(ada, { itemId, email: known, permission: 'VIEW' }),
      await act.share(ada, { itemId, email: unknown, permission: 'VIEW' }),
    ]
    const plain = { permission: 'VIEW', user: null, grantedBy: { id: ada.subject } }
    for (const { data, codes } of answers)
      expect([codes, data.shareItem.share]).toEqual([[], expect.objectContaining(plain)])
    expect(await act.sharesOf(ada, itemId)).toMatchObject([
      { ...plain, email: known },
      { ...plain, email: unknown },
    ])
    const told =
      await items.sql`select channels, event from outbox where event->'itemsChanged'->>'kind' = 'UPDATED' order by id`
    expect(told[0]).toEqual({ channels: [...told[1]!['channels'], `viewer:${bob.subject}`], event: told[1]!['event'] })
    expect((await act.feedOf(ada)).map(({ kind, permission }) => [kind, permission])).toEqual([
      ['ITEM_SHARED', 'VIEW'],
      ['ITEM_SHARED', 'VIEW'],
      ['ITEM_CREATED', null],
    ])
  })

  it.each<[string, object, string]>([
    ['a username that nobody has', { username: 'nobody' }, 'username'],
    ["one's own username", { username: 'ADA' }, 'username'],
    ['no username', { username: ' ' }, 'username'],
    ['a username with a NUL byte', { username: 'a\0' }, 'username'],
    ['a username of a megabyte', { username: 'a'.repeat(1_000_000) }, 'username'],
    ['half a surrogate pair', { username: '\ud800' }, 'username'],
    ['neither name nor address', {}, 'username'],
    ['both', { username: 'bob', email: 'bob@example.com' }, 'email'],
    ['what is no address', { email: 'bob' }, 'email'],
    ['an address with a NUL byte', { email: 'bob\0@example.com' }, 'email'],
    ['an address of 255 characters', { email: `${'a'.repeat(243)}@example.com` }, 'email'],
  ])('refuses %s as BAD_USER_INPUT that names the field', async (_what, input, field) => {
    const itemId = await act.create(ada)
    expect((await act.share(ada, { itemId, permission: 'VIEW', ...input })).codes).toEqual([
      `shareItem BAD_USER_INPUT ${field}`,
    ])
    expect(await act.sharesOf(ada, itemId)).toEqual([])
  })

  it("refuses one's own address", async () => {
    const itemId = await act.create(ada)
    const { codes } = await act.share(ada, { itemId, permission: 'VIEW', email: `${ada.subject}@example.com` })
    expect(codes).toEqual(['shareItem BAD_USER_INPUT email'])
  })

  it('shares with nobody whose account was deleted', async () => {
    await act.know(account(bob.subject, { username: 'Bob', status: 'DELETED' }))
    const itemId = await act.create(ada)
    expect((await act.share(ada, { itemId, permission: 'VIEW', username: 'bob' })).codes).toEqual([
      'shareItem BAD_USER_INPUT username',
    ])
  })

  it('makes at most a hundred shares of an item', async () => {
    const itemId = await act.create(ada)
    await items.sql`insert into shares (item_id, user_id, permission, granted_by) select ${itemId}, gen_random_uuid(), 'VIEW', ${ada.subject} from generate_series(1, 99)`
    expect((await act.share(ada, { itemId, permission: 'VIEW', username: 'bob' })).codes).toEqual([])
    expect((await act.share(ada, { itemId, permission: 'VIEW', email: 'x@example.com' })).codes).toEqual([
      'shareItem BAD_USER_INPUT itemId',
    ])
    expect((await act.share(ada, { itemId, permission: 'EDIT', username: 'bob' })).codes).toEqual([])
  })

  it('twenty times at once makes one share, told of once', async () => {
    const itemId = await act.create(ada)
    await items.sql`truncate outbox`
    for (const input of [{ username: 'bob' }, { email: 'x@example.com' }]) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => act.share(ada, { itemId, permission: 'VIEW', ...input })),
      )
      expect(new Set(answers.map(({ data }) => data.shareItem.share.id)).size).toBe(1)
    }
    expect(await act.sharesOf(ada, itemId)).toHaveLength(2)
    expect(await items.sql`select count(*)::int as events from outbox where event ? 'itemsChanged'`).toEqual([
      { events: 2 },
    ])
  })

  it('races with the deletion of the item: nothing is shared afterwards, and the last that is told is the deletion', async () => {
    for (let round = 0; round < 10; round++) {
      const itemId = await act.create(ada)
      const [shared] = await Promise.all([
        act.share(ada, { itemId, permission: 'VIEW', username: 'bob' }),
        items.ask('mutation($id: ID!) { deleteItem(input: { id: $id }) { itemId } }', {
          variables: { id: itemId },
          identity: ada,
        }),
      ])
      expect(await act.permissionOf(bob, itemId)).toBeNull()
      expect((await act.share(ada, { itemId, permission: 'EDIT', username: 'bob' })).codes).toEqual([
        'shareItem NOT_FOUND',
      ])
      const told = await items.sql`select event->'itemsChanged'->>'kind' as kind from outbox
        where ${`viewer:${bob.subject}`} = any(channels) and event->'itemsChanged'->>'itemId' = ${itemId} order by id`
      expect(told.map(({ kind }) => kind)).toEqual(shared.codes.length > 0 ? [] : ['UPDATED', 'DELETED'])
    }
  })
})

describe('revokeShare', () => {
  it('takes it back, which tells whom it concerns that it is gone, and the id alone', async () => {
    const itemId = await act.create(ada)
    const { data } = await act.share(ada, { itemId, username: 'bob', permission: 'EDIT' })
    await items.sql`truncate outbox`
    expect((await act.revoke(ada, data.shareItem.share.id)).data).toEqual({
      revokeShare: { shareId: data.shareItem.share.id, item: { id: itemId } },
    })
    expect(await act.permissionOf(bob, itemId)).toBeNull()
    expect(await act.sharedWith(bob)).toEqual([])
    const events = await items.sql`select channels, event from outbox where event ? 'itemsChanged' order by id`
    const item = { __typename: 'Item', id: itemId }
    expect(events).toMatchObject([
      {
        channels: [`item:${itemId}`, `owner:${ada.subject}`, `comments:${itemId}`],
        event: { itemChanged: { kind: 'UPDATED', item }, commentAdded: { __typename: 'CommentEvent', item } },
      },
      {
        channels: [`viewer:${bob.subject}`],
        event: { itemsChanged: { __typename: 'ItemEvent', kind: 'REMOVED', itemId, item: null } },
      },
    ])
  })

  it.each(['x', '', '\0', '00000000-0000-4000-8000-000000000000'])(
    'of what is not there is NOT_FOUND: %j',
    async (id) => {
      expect((await act.revoke(ada, id)).codes).toEqual(['revokeShare NOT_FOUND'])
    },
  )

  it('is for the owner, and tells nobody else that there is a share', async () => {
    const itemId = await act.create(ada, { visibility: 'PUBLIC' })
    const { data } = await act.share(ada, { itemId, username: 'bob', permission: 'EDIT' })
    for (const who of [bob, person()]) {
      expect((await act.revoke(who, data.shareItem.share.id)).codes).toEqual(['revokeShare NOT_FOUND'])
    }
  })

  it('twenty times at once takes back one', async () => {
    const itemId = await act.create(ada)
    const { data } = await act.share(ada, { itemId, username: 'bob', permission: 'EDIT' })
    const answers = await Promise.all(Array.from({ length: 20 }, () => act.revoke(ada, data.shareItem.share.id)))
    expect(answers.filter(({ codes }) => codes.length === 0)).toHaveLength(1)
    expect(new Set(answers.flatMap(({ codes }) => codes))).toEqual(new Set(['revokeShare NOT_FOUND']))
  })
})

describe('statements', () => {
  it('are as many for the shares of a hundred items as for those of one', async () => {
    await items.sql`
      with made as (insert into items (owner_id, name, visibility) select ${ada.subject}, 'x', 'PUBLIC' from generate_series(1, 100) returning id)
      insert into shares (item_id, user_id, permission, granted_by) select id, gen_random_uuid(), 'VIEW', ${ada.subject} from made, generate_series(1, 5)`
    const count = async (first: number) => {
      items.statements.length = 0
      const { data } = await items.ask(
        'query($first: Int!) { items(first: $first) { nodes { id viewerPermission shares { permission user { id } grantedBy { id } } } } }',
        { variables: { first }, identity: ada },
      )
      expect(data.items.nodes).toHaveLength(first)
      expect(data.items.nodes.at(-1).shares).toHaveLength(5)
      return items.statements.length
    }
    expect([await count(1), await count(100)]).toEqual([2, 2])
  })

  it('are as many for a page of a hundred items that are shared with somebody as for one', async () => {
    await items.sql`
      with made as (insert into items (owner_id, name) select gen_random_uuid(), 'x' from generate_series(1, 120) returning id, owner_id)
      insert into shares (item_id, user_id, permission, granted_by) select id, ${bob.subject}, 'VIEW', owner_id from made`
    const count = async (first: number) => {
      items.statements.length = 0
      const { data } = await items.ask(
        'query($first: Int!, $id: ID!) { _entities(representations: [{ __typename: "User", id: $id }]) { ... on User { sharedWithMe(first: $first) { totalCount nodes { id owner { id } } pageInfo { hasNextPage } } } } }',
        { variables: { first, id: bob.subject }, identity: bob },
      )
      expect(data._entities[0].sharedWithMe.nodes).toHaveLength(first)
      expect(data._entities[0].sharedWithMe.totalCount).toBe(120)
      return items.statements.length
    }
    expect([await count(1), await count(100)]).toEqual([2, 2])
  })
})
