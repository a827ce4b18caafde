// What becomes of items, comments and shares when accounts come, go and come back: the items subgraph on a real Postgres,
// following a source of accounts over real HTTP.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openDatabase } from '../../platform/database.ts'
import { makeLog } from '../../platform/log.ts'
import { signedSource } from '../../platform/signed-source.ts'
import { followAccounts } from './account-follower.ts'
import { account, accountsSource } from './testing/accounts-source.ts'
import type { AccountsSource } from './testing/accounts-source.ts'
import { person, runningItems, secret } from './testing/running-items.ts'
import type { Person, RunningItems } from './testing/running-items.ts'

const log = makeLog('test', 'silent')
let source: AccountsSource
let items: RunningItems
let ask: RunningItems['ask']
let ada: Person
let bob: Person

beforeAll(async () => {
  source = await accountsSource(2)
  items = await runningItems(source.url)
  ask = items.ask
  source.publishOn(items.pubsub)
})
afterAll(async () => {
  await items?.stop()
  await source?.close()
})
beforeEach(async () => {
  ada = person()
  bob = person()
})

const until = (check: () => Promise<void> | void) => vi.waitFor(check, { timeout: 15_000, interval: 50 })
const known = async (id: string) => (await items.sql`select status, username from people where id = ${id}`)[0]
const told = async (id: string, status: string) => until(async () => expect((await known(id))?.['status']).toBe(status))

async function create(who: Person, input: object = {}): Promise<string> {
  const { data, codes } = await ask(
    'mutation($input: CreateItemInput!) { createItem(input: $input) { item { id } } }',
    {
      variables: { input: { name: 'Pen', visibility: 'PUBLIC', ...input } },
      identity: who,
    },
  )
  expect(codes).toEqual([])
  return data.createItem.item.id
}

const share = (who: Person, input: object) =>
  ask('mutation($input: ShareItemInput!) { shareItem(input: $input) { share { id email user { id } } } }', {
    variables: { input: { permission: 'COMMENT', ...input } },
    identity: who,
  })

const comment = (who: Person, itemId: string, replyTo?: string) =>
  ask('mutation($input: AddCommentInput!) { addComment(input: $input) { comment { id } } }', {
    variables: { input: { itemId, body: 'Hello', replyTo } },
    identity: who,
  }).then(({ data, codes }) => {
    expect(codes).toEqual([])
    return data.addComment.comment.id as string
  })

const seenBy = async (id: string, who?: Person) => {
  const { data } = await ask(
    `query($id: ID!, $owner: ID!, $r: [_Any!]!) {
       item(id: $id) { id } node(id: $id) { id } entities: _entities(representations: $r) { ... on Item { id } }
       items(filter: { ownerId: $owner }) { nodes { id } totalCount }
       found: items(search: "pen", filter: { ownerId: $owner }) { totalCount }
     }`,
    { variables: { id, owner: ada.subject, r: [{ __typename: 'Item', id }] }, ...(who && { identity: who }) },
  )
  return [
    data.item,
    data.node,
    data.entities[0],
    ...data.items.nodes,
    data.items.totalCount || null,
    data.found.totalCount || null,
  ]
}

describe('accounts', () => {
  it('are read whole at the first start, page by page, before their events are followed', async () => {
    const late = await accountsSource(2)
    const states = Array.from({ length: 5 }, (_, n) =>
      account(randomUUID(), { status: n === 4 ? 'DELETED' : 'ACTIVE' }),
    )
    for (const state of states) await late.tell(state)
    late.forget()
    const follower = await follow(late)

    await until(async () => {
      for (const { id, username, status } of states) expect(await known(id)).toEqual({ username, status })
    })
    expect(late.asked.filter((path) => path === '/accounts')).toHaveLength(4)

    await late.tell({ ...states[0]!, username: 'renamed' })
    await until(async () => expect(await known(states[0]!.id)).toMatchObject({ username: 'renamed' }))
    await follower.close()
    await late.close()
  })

  it('are followed without pub/sub, and go on where it was when the source comes back', async () => {
    source.publishOn(null)
    await source.tell(account(ada.subject))
    await told(ada.subject, 'ACTIVE')

    await source.goAway()
    await source.tell(account(bob.subject))
    await source.comeBack()
    await told(bob.subject, 'ACTIVE')
    source.publishOn(items.pubsub)
  })

  it('are read whole again when events are missing for good, and when the log was restored', async () => {
    await source.goAway()
    await source.tell(account(ada.subject, { status: 'DELETED' }), true)
    source.forget()
    await source.publish({ channels: ['else'], event: {} }, true)
    await source.comeBack()
    await told(ada.subject, 'DELETED')

    await source.goAway()
    await source.tell(account(bob.subject), true)
    source.restore()
    await source.comeBack()
    await told(bob.subject, 'ACTIVE')
  })

  it('end as they are told last, whatever comes in between while all are read', async () => {
    const late = await accountsSource(1)
    const ids = Array.from({ length: 4 }, () => randomUUID()).sort()
    for (const id of ids) await late.tell(account(id, { username: 'first' }))
    // What was read is old by the time it is written, and an event that came before it tells what is new.
    let pages = 0
    late.beforePage(async () => {
      if (++pages === 3) for (const id of ids) await late.tell(account(id, { username: 'second' }))
    })
    const followers = await Promise.all([follow(late), follow(late), follow(late)])
    await until(async () => {
      for (const id of ids) expect(await known(id)).toMatchObject({ username: 'second' })
    })
    await late.tell(account(ids[0]!, { username: 'third' }))
    await until(async () => expect(await known(ids[0]!)).toMatchObject({ username: 'third' }))
    await Promise.all(followers.map((follower) => follower.close()))
    await late.close()
  })

  /** Another process of the subgraph, as far as it follows a source of its own. */
  async function follow(late: AccountsSource) {
    await items.sql`delete from followed_positions where source = 'late'`
    const database = openDatabase(items.databaseUrl, { statementTimeoutMs: 5_000, applicationName: 'late' })
    const follower = followAccounts({
      source: { ...signedSource({ name: 'users', url: late.url, secret }), name: 'late' },
      database,
      pubsub: items.pubsub,
      log,
      afterCommit: () => {},
    })
    return { close: () => follower.close().then(database.close) }
  }
})

describe('a deleted account', () => {
  it('takes all that is its own out of sight, everywhere, until it is restored', async () => {
    await source.tell(account(ada.subject))
    await source.tell(account(bob.subject, { username: `bob-${bob.subject}` }))
    await told(bob.subject, 'ACTIVE')
    const id = await create(ada)
    await share(ada, { itemId: id, username: `bob-${bob.subject}` })
    const before = await seenBy(id, bob)
    expect(before).toEqual([{ id }, { id }, { id }, { id }, 1, 1])

    await source.tell(account(ada.subject, { status: 'DELETED' }))
    await told(ada.subject, 'DELETED')
    for (const who of [bob, ada, undefined]) expect(await seenBy(id, who)).toEqual([null, null, null, null, null])
    const shared =
      '{ _entities(representations: [{ __typename: "User", id: "ID" }]) { ... on User { sharedWithMe { totalCount nodes { id } } } } }'
    const sharedWithBob = () =>
      ask(shared.replace('ID', bob.subject), { identity: bob }).then(({ data }) => data._entities[0].sharedWithMe)
    expect(await sharedWithBob()).toEqual({ totalCount: 0, nodes: [] })
    const renamed = await ask('mutation($id: ID!) { updateItem(input: { id: $id, name: "x" }) { item { id } } }', {
      variables: { id },
      identity: ada,
    })
    expect(renamed.codes).toEqual(['updateItem NOT_FOUND'])

    await source.tell(account(ada.subject))
    await told(ada.subject, 'ACTIVE')
    expect(await seenBy(id, bob)).toEqual(before)
    expect(await sharedWithBob()).toEqual({ totalCount: 1, nodes: [{ id }] })
  })

  it('is told to whoever followed its items, who learn the ids and nothing else', async () => {
    await source.tell(account(ada.subject))
    await source.tell(account(bob.subject, { username: `bob-${bob.subject}` }))
    await told(bob.subject, 'ACTIVE')
    const open = await create(ada)
    const shared = await create(ada, { visibility: 'PRIVATE' })
    const trashed = await create(ada)
    await ask('mutation($id: ID!) { deleteItem(input: { id: $id }) { itemId } }', {
      variables: { id: trashed },
      identity: ada,
    })
    await share(ada, { itemId: shared, username: `bob-${bob.subject}` })
    await items.sql`truncate outbox`

    await source.tell(account(ada.subject, { status: 'DELETED' }))
    await told(ada.subject, 'DELETED')
    const eventsOf = async (id: string) =>
      items.sql`select channels, event->'itemChanged' as item, event->'commentAdded' as comments from outbox
        where event->'itemChanged'->>'itemId' = ${id} order by outbox.id`
    const item = (id: string) => ({ __typename: 'Item', id })
    const gone = (id: string) => ({ __typename: 'ItemEvent', kind: 'REMOVED', itemId: id, item: null })
    const look = (id: string) => ({
      channels: [`item:${id}`, `comments:${id}`],
      item: { __typename: 'ItemEvent', kind: 'UPDATED', itemId: id, item: item(id) },
      comments: { __typename: 'CommentEvent', item: item(id) },
    })
    expect(await eventsOf(open)).toEqual([
      look(open),
      { channels: [`owner:${ada.subject}`, 'public'], item: gone(open), comments: null },
    ])
    expect(await eventsOf(shared)).toEqual([
      look(shared),
      { channels: [`owner:${ada.subject}`, `viewer:${bob.subject}`], item: gone(shared), comments: null },
    ])
    expect(await eventsOf(trashed)).toEqual([])

    await items.sql`truncate outbox`
    await source.tell(account(ada.subject))
    await told(ada.subject, 'ACTIVE')
    expect(await eventsOf(open)).toMatchObject([
      { channels: [`owner:${ada.subject}`, 'public', `item:${open}`], item: { kind: 'UPDATED', item: item(open) } },
    ])
  })

  it('leaves its comments standing only where they have replies, and then silent', async () => {
    await source.tell(account(ada.subject))
    await source.tell(account(bob.subject, { username: `bob-${bob.subject}` }))
    await told(bob.subject, 'ACTIVE')
    const id = await create(ada)
    await share(ada, { itemId: id, username: `bob-${bob.subject}` })
    const alone = await comment(bob, id)
    const answered = await comment(bob, id)
    const reply = await comment(ada, id, answered)
    const read = () =>
      ask(
        `query($id: ID!) { item(id: $id) { comments { totalCount nodes { id body author { id } replies { totalCount nodes { id body } } } } } }`,
        { variables: { id } },
      ).then(({ data }) => data.item.comments)
    const shown = await read()
    expect(shown).toMatchObject({
      totalCount: 2,
      nodes: [
        { id: alone, body: 'Hello' },
        { id: answered, author: { id: bob.subject } },
      ],
    })

    const silent = {
      totalCount: 1,
      nodes: [
        { id: answered, body: null, author: null, replies: { totalCount: 1, nodes: [{ id: reply, body: 'Hello' }] } },
      ],
    }
    await source.tell(account(bob.subject, { status: 'DELETED' }))
    await told(bob.subject, 'DELETED')
    expect(await read()).toEqual(silent)
    expect((await ask('query($id: ID!) { node(id: $id) { id } }', { variables: { id: alone } })).codes).toEqual([
      'node NOT_FOUND',
    ])

    await source.tell(account(bob.subject, { username: `bob-${bob.subject}` }))
    await told(bob.subject, 'ACTIVE')
    expect(await read()).toEqual(shown)

    await source.tell(account(bob.subject, { status: 'PURGED', emailSha256: null }))
    await until(async () => expect(await known(bob.subject)).toBeUndefined())
    expect(await read()).toEqual(silent)
    expect(await items.sql`select count(*)::int as rows from comments where author_id = ${bob.subject}`).toEqual([
      { rows: 0 },
    ])
  })
})

describe('a purged account', () => {
  it('has left nothing, however much it was and wherever the removal was interrupted', async () => {
    await items.sql`
      with made as (
        insert into items (owner_id, name) select ${ada.subject}, 'Item ' || n from generate_series(1, 350) n returning id
      ), versions as (
        insert into item_versions (item_id, version, kind, name, author_id) select id, 1, 'CREATED', 'x', ${ada.subject} from made
      ), said as (
        insert into comments (item_id, author_id, body) select id, ${bob.subject}, 'x' from made
      ), happened as (
        insert into activities (user_id, kind, actor_id, item_id, item_name)
        select ${ada.subject}, 'ITEM_CREATED', ${ada.subject}, id, 'x' from made, generate_series(1, 5)
      )
      insert into shares (item_id, user_id, permission, granted_by) select id, ${bob.subject}, 'VIEW', ${ada.subject} from made`
    const others = await create(bob)
    await items.sql`insert into shares (item_id, user_id, permission, granted_by) values (${others}, ${ada.subject}, 'VIEW', ${bob.subject})`
    // Fails in the middle of it, as when the process dies there, until it is mended.
    await items.sql`create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$`
    await items.sql`create trigger refuse before delete on activities for each statement execute function refuse()`
    await source.tell(account(ada.subject, { status: 'PURGED', emailSha256: null }))
    await told(ada.subject, 'PURGED')
    await until(async () =>
      expect(await items.sql`select count(*)::int as rows from items where owner_id = ${ada.subject}`).toEqual([
        { rows: 50 },
      ]),
    )
    expect(await known(ada.subject)).toMatchObject({ status: 'PURGED' })
    await items.sql`drop trigger refuse on activities`
    await source.tell(account(randomUUID()))

    await until(async () => expect(await known(ada.subject)).toBeUndefined())
    const [left] = await items.sql`select
      (select count(*)::int from shares where user_id = ${ada.subject} or granted_by = ${ada.subject}) as shares,
      (select count(*)::int from comments where author_id = ${bob.subject}) as comments,
      (select count(*)::int from item_versions where author_id = ${ada.subject}) as versions,
      (select count(*)::int from activities where user_id = ${ada.subject}) as activities`
    expect(left).toEqual({ shares: 0, comments: 0, versions: 0, activities: 0 })
    expect(await seenBy(others, bob)).toContainEqual({ id: others })
  })
})

describe('an item shared by e-mail', () => {
  it('is shared with whoever shows to read mail at the address, at once or when there is somebody', async () => {
    const email = `${bob.subject}@example.com`
    const [now, later] = [await create(ada, { visibility: 'PRIVATE' }), await create(ada, { visibility: 'PRIVATE' })]
    const isSeen = async (id: string) =>
      (await ask('query($id: ID!) { item(id: $id) { viewerPermission } }', { variables: { id }, identity: bob })).data
        .item

    const unknown = await share(ada, { itemId: later, email: ` ${email.toUpperCase()} ` })
    expect(unknown.data.shareItem.share).toMatchObject({ email, user: null })
    await source.tell(account(bob.subject, { isEmailVerified: false }))
    await told(bob.subject, 'ACTIVE')
    expect(await isSeen(later)).toBeNull()

    await items.sql`truncate outbox`
    await source.tell(account(bob.subject))
    await until(async () => expect(await isSeen(later)).toEqual({ viewerPermission: 'COMMENT' }))
    expect(await items.sql`select event from outbox where ${`viewer:${bob.subject}`} = any(channels)`).toHaveLength(1)
    expect(await items.sql`select kind from activities where user_id = ${bob.subject}`).toEqual([
      { kind: 'ITEM_SHARED' },
    ])

    const knownNow = await share(ada, { itemId: now, email })
    expect(knownNow.data.shareItem.share).toMatchObject({ email, user: null })
    expect(Object.keys(knownNow.data.shareItem.share)).toEqual(Object.keys(unknown.data.shareItem.share))
    expect(await isSeen(now)).toEqual({ viewerPermission: 'COMMENT' })
  })

  it('is not lost when the account appears in the very moment', async () => {
    for (let round = 0; round < 20; round++) {
      const somebody = person()
      const itemId = await create(ada, { visibility: 'PRIVATE' })
      await Promise.all([
        share(ada, { itemId, email: `${somebody.subject}@example.com` }),
        source.tell(account(somebody.subject)),
      ])
      await told(somebody.subject, 'ACTIVE')
      const { data } = await ask('query($id: ID!) { item(id: $id) { id } }', {
        variables: { id: itemId },
        identity: somebody,
      })
      expect(data.item, `round ${round}`).toEqual({ id: itemId })
    }
  })

  it("goes with the address when that is no longer the account's", async () => {
    const itemId = await create(ada, { visibility: 'PRIVATE' })
    const email = `${bob.subject}@example.com`
    await source.tell(account(bob.subject))
    await told(bob.subject, 'ACTIVE')
    await share(ada, { itemId, email })
    const carol = person()
    await items.sql`truncate outbox`
    await source.tell(account(bob.subject, { email: 'elsewhere@example.com' }))
    await source.tell(account(carol.subject, { email }))
    await told(carol.subject, 'ACTIVE')
    const seen = async (who: Person) =>
      (await ask('query($id: ID!) { item(id: $id) { id } }', { variables: { id: itemId }, identity: who })).data.item
    expect([await seen(bob), await seen(carol)]).toEqual([null, { id: itemId }])
    const kinds = await items.sql`select channels, event->'itemsChanged'->>'kind' as kind from outbox order by id`
    // The owner is told nothing of it.
    expect(kinds.map(({ channels, kind }) => [channels.at(-1), kind])).toEqual([
      [`comments:${itemId}`, null],
      [`viewer:${bob.subject}`, 'REMOVED'],
      [`activity:${carol.subject}`, null],
      [`viewer:${carol.subject}`, 'UPDATED'],
    ])
  })
})
