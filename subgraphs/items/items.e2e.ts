// The items subgraph on a real Postgres.
import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { emptyDatabases } from '../../e2e/support/databases.ts'
import type { Databases } from '../../e2e/support/databases.ts'
import { asGateway } from '../../e2e/support/signed-requests.ts'
import { ConfigError } from '../../platform/config.ts'
import type { ItemsConfig } from '../../platform/config.ts'
import { eventsChannel, feedUrl } from '../../platform/events.ts'
import type { EventMessage, FeedPage, FeedRequest, PublishedEvent } from '../../platform/events.ts'
import { ANONYMOUS, identitySigner } from '../../platform/identity.ts'
import type { Identity } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'
import { makePubSub } from '../../platform/pubsub.ts'
import type { PubSub } from '../../platform/pubsub.ts'
import type { RunningSubgraph } from '../../platform/subgraph.ts'
import { startItems } from './index.ts'

const secret = 'a secret of at least thirty-two characters'
const log = makeLog('items', 'silent')

const ada = loggedIn(randomUUID())
const bob = loggedIn(randomUUID())

let databases: Databases
let sql: postgres.Sql
let pubsub: PubSub
let subgraph: RunningSubgraph
let ask: ReturnType<typeof asGateway>
let statements: { text: string; parameters: readonly unknown[] }[] = []

beforeAll(async () => {
  databases = await emptyDatabases('items')
  sql = postgres(databases.urlOf('items'), { max: 2, onnotice: () => {} })
  pubsub = makePubSub({ redisUrl: null, log })
  subgraph = await startItems(config(), {
    log,
    pubsub,
    onStatement: (text, parameters) => void statements.push({ text, parameters }),
  })
  ask = asGateway({ name: 'items', url: subgraph.url, secret })
})
afterAll(async () => {
  await subgraph?.close()
  await pubsub?.close()
  await sql?.end()
  await databases?.remove()
})
beforeEach(async () => {
  await sql`truncate items, activities, outbox cascade`
  statements = []
})

describe('an item', () => {
  it('lives from its creation to its end', async () => {
    const created = await create({ name: 'Pen', description: '# Blue', visibility: 'PUBLIC' })
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string
    const item = {
      id: created.id,
      name: 'Pen',
      description: '# Blue',
      status: 'DRAFT',
      visibility: 'PUBLIC',
      version: 1,
      createdAt: time,
      updatedAt: created.createdAt,
      owner: { id: ada.subject },
      viewerPermission: 'OWNER',
    }
    expect(created).toEqual(item)

    const updated = await update({ id: created.id, status: 'ACTIVE' })
    expect(updated).toEqual({ ...item, status: 'ACTIVE', version: 2, updatedAt: time })
    expect(Date.parse(updated.updatedAt)).toBeGreaterThanOrEqual(Date.parse(created.updatedAt))
    expect((await read(created.id, bob)).data.item).toMatchObject({ name: 'Pen', viewerPermission: 'VIEW' })

    expect((await remove(created.id)).data).toEqual({ deleteItem: { itemId: created.id } })
    expect((await read(created.id)).codes).toEqual(['item NOT_FOUND'])
    expect((await remove(created.id)).codes).toEqual(['deleteItem NOT_FOUND'])
    expect((await ask('{ items { nodes { id } } }', { identity: ada })).data).toEqual({ items: { nodes: [] } })
    expect(await sql`select version, deleted_at is not null as deleted from items`).toEqual([
      { version: 3, deleted: true },
    ])
  })

  it('keeps what is left out of a change, in the input and in variables', async () => {
    const { id } = await create({ name: 'Pen', description: 'Blue' })
    const query = `mutation($name: String, $description: String, $status: ItemStatus) {
      updateItem(input: { id: "${id}", name: $name, description: $description, status: $status }) { item { version } }
    }`
    await ask(query, { variables: { status: 'ACTIVE' }, identity: ada })
    expect(await update({ id, visibility: 'PUBLIC' })).toMatchObject({
      name: 'Pen',
      description: 'Blue',
      status: 'ACTIVE',
    })
    await ask(query, { variables: { description: null }, identity: ada })
    expect((await read(id)).data.item).toMatchObject({ name: 'Pen', description: null, version: 4 })
  })

  it('takes 255 characters of any kind for a name, and 50,000 for a description', async () => {
    const name = '😀'.repeat(255)
    const description = '😀'.repeat(50_000)
    const { id } = await create({ name, description })
    expect((await read(id)).data.item).toMatchObject({ name, description })
  })

  it.each(['x', '', "' or true --", '\0', '\ud800', randomUUID().toUpperCase(), 'x'.repeat(100_000)])(
    'that does not exist is NOT_FOUND, whatever is done to it: %.40j',
    async (id) => {
      expect((await read(id)).codes).toEqual(['item NOT_FOUND'])
      expect((await remove(id)).codes).toEqual(['deleteItem NOT_FOUND'])
      const { codes } = await ask('mutation($id: ID!) { updateItem(input: { id: $id, name: "x" }) { item { id } } }', {
        variables: { id },
        identity: ada,
      })
      expect(codes).toEqual(['updateItem NOT_FOUND'])
    },
  )

  it("is not told of when it is somebody else's and private", async () => {
    const { id } = await create({ name: 'Diary' })
    for (const identity of [bob, ANONYMOUS]) expect((await read(id, identity)).codes).toEqual(['item NOT_FOUND'])
    expect((await ask(entities, { variables: { r: [{ __typename: 'Item', id }] }, identity: bob })).data).toEqual({
      _entities: [null],
    })
    expect((await remove(id, bob)).codes).toEqual(['deleteItem NOT_FOUND'])
    const renamed = await ask(updateItem, { variables: { input: { id, name: 'x' } }, identity: bob })
    expect(renamed.codes).toEqual(['updateItem NOT_FOUND'])
  })

  it("is left to its owner when it is somebody else's and public", async () => {
    const { id } = await create({ name: 'Pen', visibility: 'PUBLIC' })
    expect((await remove(id, bob)).codes).toEqual(['deleteItem FORBIDDEN'])
    const renamed = await ask(updateItem, { variables: { input: { id, name: 'x' } }, identity: bob })
    expect(renamed.codes).toEqual(['updateItem FORBIDDEN'])
    expect((await read(id)).data.item).toMatchObject({ name: 'Pen', version: 1 })
  })
})

describe('changes at once', () => {
  it('are none of them lost', async () => {
    const { id } = await create({ name: 'Counter' })
    const updates = Array.from({ length: 50 }, (_, number) => update({ id, name: `Counter ${number}` }))
    const versions = (await Promise.all(updates)).map(({ version }) => version as number)
    expect(versions.sort((one, other) => one - other)).toEqual(Array.from({ length: 50 }, (_, number) => number + 2))
    expect((await read(id)).data.item.version).toBe(51)
    expect(await sql`select count(*)::int as events from outbox where event ? 'itemChanged'`).toEqual([{ events: 51 }])
  })

  it('of different fields all remain', async () => {
    const { id } = await create({ name: 'Pen' })
    await Promise.all([
      update({ id, description: 'Blue' }),
      update({ id, status: 'ACTIVE' }),
      update({ id, visibility: 'PUBLIC' }),
    ])
    expect((await read(id)).data.item).toMatchObject({
      description: 'Blue',
      status: 'ACTIVE',
      visibility: 'PUBLIC',
      version: 4,
    })
  })

  it('end with the deletion', async () => {
    const { id } = await create({ name: 'Pen' })
    const results = await Promise.all([
      remove(id),
      ...Array.from({ length: 10 }, (_, number) =>
        ask(updateItem, { variables: { input: { id, name: `Pen ${number}` } }, identity: ada }),
      ),
    ])
    const refused = results.flatMap(({ codes }) => codes)
    expect(new Set(refused).size).toBeLessThanOrEqual(1)
    const [row] = await sql`select version from items`
    expect(row?.['version']).toBe(1 + 11 - refused.length)
    const [last] = await sql`select event from outbox where event ? 'itemChanged' order by id desc limit 1`
    expect(last?.['event'].itemsChanged.kind).toBe('DELETED')
  })
})

describe('the events of a change', () => {
  it('are written for those concerned and sent', async () => {
    const received: PublishedEvent[] = []
    const unsubscribe = await pubsub.subscribe(eventsChannel('items'), (message) => {
      const isOfItem = 'event' in (message as EventMessage) && 'itemChanged' in (message as PublishedEvent).event
      if (isOfItem) received.push(message as PublishedEvent)
    })
    const { id } = await create({ name: 'Pen' })
    await update({ id, visibility: 'PUBLIC' })
    await update({ id, visibility: 'PRIVATE' })
    await remove(id)
    await vi.waitFor(() => expect(received).toHaveLength(5), { timeout: 5_000 })
    await unsubscribe()

    const owners = [`item:${id}`, `owner:${ada.subject}`]
    const event = (kind: string, item: object | null) => {
      const told = { __typename: 'ItemEvent', kind, itemId: id, item }
      return { itemsChanged: told, itemChanged: told }
    }
    const item = { __typename: 'Item', id }
    const ofNothing = { itemId: id, commentId: null, item: null, comment: null }
    expect(received.map(({ channels, event: sent }) => ({ channels, event: sent }))).toEqual([
      { channels: owners, event: event('CREATED', item) },
      { channels: [...owners, 'public'], event: event('UPDATED', item) },
      {
        channels: [...owners, `comments:${id}`],
        event: { ...event('UPDATED', item), commentAdded: { __typename: 'CommentEvent', item } },
      },
      { channels: ['public'], event: event('REMOVED', null) },
      {
        channels: [...owners, `comments:${id}`],
        event: {
          ...event('DELETED', null),
          commentAdded: { __typename: 'CommentEvent', kind: 'REMOVED', ...ofNothing },
        },
      },
    ])
    expect(await sql`select channels, event from outbox where event ? 'itemChanged' order by id`).toEqual(
      received.map(({ channels, event: sent }) => ({ channels, event: sent })),
    )
  })

  it('are told again to a gateway that asks for them', async () => {
    const headOf = async () => (await readEvents({ after: 0, channels: null, limit: 1 })).head
    const before = await headOf()
    const { id } = await create({ name: 'Pen' })
    await remove(id)
    await vi.waitFor(async () => expect(await headOf()).toBe(before + 4), { timeout: 5_000 })

    const { events, upTo, gap } = await readEvents({
      after: before,
      channels: ['public', `owner:${ada.subject}`],
      limit: 10,
    })
    const told = events.map(({ position, event }) => [position, (event['itemsChanged'] as { kind: string }).kind])
    expect({ told, upTo, gap }).toEqual({
      told: [
        [before + 2, 'CREATED'],
        [before + 4, 'DELETED'],
      ],
      upTo: before + 4,
      gap: false,
    })
    expect((await readEvents({ after: before, channels: ['public'], limit: 10 })).events).toEqual([])
  })

  it('are not sent past a second process that could not hear of them: it refuses to start', async () => {
    const alone = makePubSub({ redisUrl: null, log })
    const second = startItems(config(), { log, pubsub: alone })
    await expect(second).rejects.toThrow(ConfigError)
    await alone.close()
  })

  it('are none when nothing changes', async () => {
    const { id } = await create({ name: 'Pen', description: 'Blue' })
    expect(
      await update({ id, name: ' Pen ', description: 'Blue', status: 'DRAFT', visibility: 'PRIVATE' }),
    ).toMatchObject({
      version: 1,
    })
    await update({ id })
    expect(await sql`select count(*)::int as events from outbox where event ? 'itemChanged'`).toEqual([{ events: 1 }])
  })

  it('stand and fall with the change', async () => {
    const { id } = await create({ name: 'Pen' })
    await sql`alter table outbox rename to outbox_away`
    try {
      const renamed = await ask(updateItem, { variables: { input: { id, name: 'Pencil' } }, identity: ada })
      expect(renamed.codes).toEqual(['updateItem INTERNAL_SERVER_ERROR'])
      expect((await remove(id)).codes).toEqual(['deleteItem INTERNAL_SERVER_ERROR'])
      const created = await ask(createItem, { variables: { input: { name: 'Another' } }, identity: ada })
      expect(created.codes).toEqual(['createItem INTERNAL_SERVER_ERROR'])
    } finally {
      await sql`alter table outbox_away rename to outbox`
    }
    expect(await sql`select name, version, deleted_at from items`).toEqual([
      { name: 'Pen', version: 1, deleted_at: null },
    ])
    expect(await sql`select count(*)::int as events from outbox where event ? 'itemChanged'`).toEqual([{ events: 1 }])
  })

  it('are not written for what is refused', async () => {
    const { id } = await create({ name: 'Pen', visibility: 'PUBLIC' })
    await remove(id, bob)
    await ask(updateItem, { variables: { input: { id, name: null } }, identity: ada })
    expect(await sql`select count(*)::int as events from outbox where event ? 'itemChanged'`).toEqual([{ events: 1 }])
  })
})

describe('statements', () => {
  beforeEach(async () => {
    await sql`
      insert into items (owner_id, name, visibility, created_at)
      select ('00000000-0000-4000-8000-' || lpad((n % 20)::text, 12, '0'))::uuid, 'Item ' || n, 'PUBLIC', now() - n * interval '1 s'
      from generate_series(1, 200) n`
  })

  it('are one for a page of a hundred', async () => {
    const { data } = await ask('{ items(first: 100) { nodes { name owner { id } } pageInfo { hasNextPage } } }')
    expect(data.items.nodes).toHaveLength(100)
    expect(data.items.pageInfo).toEqual({ hasNextPage: true })
    expect(statements).toHaveLength(1)
  })

  it('are one for a hundred entities', async () => {
    const ids = await sql`select id from items limit 100`
    const { data } = await ask(entities, { variables: { r: ids.map(({ id }) => ({ __typename: 'Item', id })) } })
    expect(data._entities.filter(Boolean)).toHaveLength(100)
    expect(statements).toHaveLength(1)
  })

  it('are one for the items of twenty owners', async () => {
    const owners = await sql`select distinct owner_id as id from items`
    const query =
      'query($r: [_Any!]!) { _entities(representations: $r) { ... on User { id items(first: 3) { nodes { owner { id } } pageInfo { hasNextPage } } } } }'
    const { data } = await ask(query, { variables: { r: owners.map(({ id }) => ({ __typename: 'User', id })) } })
    expect(data._entities).toEqual(
      owners.map(({ id }) => ({
        id,
        items: { nodes: Array.from({ length: 3 }, () => ({ owner: { id } })), pageInfo: { hasNextPage: true } },
      })),
    )
    expect(statements).toHaveLength(1)
  })

  it('read no further than their page goes', async () => {
    await sql`
      insert into items (owner_id, name, visibility, created_at)
      select ('00000000-0000-4000-8000-' || lpad((n % 1000)::text, 12, '0'))::uuid, 'Item', 'PUBLIC',
        now() - n * interval '1 s'
      from generate_series(1, 20000) n`
    await sql`analyze items`
    const { data } = await ask('{ items(first: 10) { pageInfo { endCursor } nodes { owner { id } } } }')
    await ask('query($after: String) { items(first: 10, after: $after) { nodes { id } } }', {
      variables: { after: data.items.pageInfo.endCursor },
    })
    const ofOwner =
      'query($r: [_Any!]!, $after: String) { _entities(representations: $r) { ... on User { items(first: 10, after: $after) { nodes { id } pageInfo { endCursor } } } } }'
    const r = [{ __typename: 'User', id: data.items.nodes[0].owner.id }]
    const first = await ask(ofOwner, { variables: { r } })
    await ask(ofOwner, { variables: { r, after: first.data._entities[0].items.pageInfo.endCursor } })
    const plans = await Promise.all(statements.map(explain))
    expect(plans.map(indexesOf)).toEqual([['items_newest'], ['items_newest'], ['items_by_owner'], ['items_by_owner']])
    for (const plan of plans) expect(rowsRead(plan)).toBeLessThan(50)
  })
})

describe('pages', () => {
  // Rows of one transaction have equal times; others differ by microseconds, which a Date does not hold.
  const insert = (count: number, owner: Identity = ada) => sql`
    insert into items (owner_id, name, visibility, created_at)
    select ${owner.subject}, 'Item ' || n, 'PUBLIC', timestamptz '2026-11-21 09:30:00.123400Z' + (n / 4) * interval '1 microsecond'
    from generate_series(1, ${count}) n`

  const listed = async () =>
    (await sql`select id from items where deleted_at is null order by created_at desc, id desc`).map(
      ({ id }) => id as string,
    )

  async function pagesOf(query: string, pick: (data: any) => any, between: () => Promise<unknown> = async () => {}) {
    const ids: string[] = []
    for (let after: string | null = null, pages = 0; pages < 100; pages += 1) {
      const { data, codes }: { data?: any; codes: readonly string[] } = await ask(query, {
        variables: { after, r: [{ __typename: 'User', id: ada.subject }] },
      })
      expect(codes).toEqual([])
      const { nodes, pageInfo } = pick(data)
      expect(pageInfo.hasPreviousPage).toBe(after !== null)
      ids.push(...nodes.map(({ id }: { id: string }) => id))
      if (!pageInfo.hasNextPage) return ids
      after = pageInfo.endCursor
      await between()
    }
    throw new Error('The pages do not end.')
  }

  const selection = '{ nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } }'
  const ofAll = `query($after: String) { items(first: 7, after: $after) ${selection} }`
  const ofOwner = `query($r: [_Any!]!, $after: String) { _entities(representations: $r) { ... on User { items(first: 7, after: $after) ${selection} } } }`

  it.each<[string, string, (data: any) => any]>([
    ['all items', ofAll, (data) => data.items],
    ['the items of an owner', ofOwner, (data) => data._entities[0].items],
  ])('of %s hold each of them once, also where times are equal', async (_what, query, pick) => {
    await insert(100)
    expect(await pagesOf(query, pick)).toEqual(await listed())
  })

  it('hold what was there from the first page to the last, whatever comes and goes in between', async () => {
    await insert(60)
    const before = await listed()
    const gone = new Set<string>()
    const seen = await pagesOf(
      ofAll,
      (data) => data.items,
      async () => {
        await insert(3)
        const [deleted] = await sql`
        update items set deleted_at = now() where id = (select id from items where deleted_at is null order by random() limit 1) returning id`
        gone.add(deleted?.['id'] as string)
      },
    )
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual(expect.arrayContaining(before.filter((id) => !gone.has(id))))
  })

  it.each([
    [7, 7, false],
    [8, 7, true],
    [6, 6, false],
    [0, 0, false],
  ])('know whether there is a next one: of %i items', async (count, shown, hasNextPage) => {
    await insert(count)
    const { data } = await ask(ofAll)
    expect({ shown: data.items.nodes.length, hasNextPage: data.items.pageInfo.hasNextPage }).toEqual({
      shown,
      hasNextPage,
    })
  })

  it('hold what the viewer may read, and nothing else', async () => {
    await sql`
      insert into items (owner_id, name, visibility, deleted_at)
      select case n % 3 when 0 then ${ada.subject}::uuid when 1 then ${bob.subject}::uuid else gen_random_uuid() end,
        'Item ' || n, (case n % 2 when 0 then 'PUBLIC' else 'PRIVATE' end)::item_visibility,
        case n % 5 when 0 then now() end
      from generate_series(1, 90) n`
    const rows = await sql`select id, owner_id, visibility, deleted_at from items`
    const query =
      'query($r: [_Any!]!) { items(first: 100) { nodes { id } } _entities(representations: $r) { ... on User { items(first: 100) { nodes { id } } } } }'
    for (const identity of [ada, bob, ANONYMOUS]) {
      const readable = rows.filter(
        (row) => row['deleted_at'] === null && (row['visibility'] === 'PUBLIC' || row['owner_id'] === identity.subject),
      )
      const idsOf = (some: readonly any[]) => some.map(({ id }) => id as string).sort()
      const { data } = await ask(query, { variables: { r: [{ __typename: 'User', id: ada.subject }] }, identity })
      expect(idsOf(data.items.nodes)).toEqual(idsOf(readable))
      expect(idsOf(data._entities[0].items.nodes)).toEqual(
        idsOf(readable.filter((row) => row['owner_id'] === ada.subject)),
      )
      // One by one they are what the list holds.
      const answers = await ask(entities, {
        variables: { r: rows.map(({ id }) => ({ __typename: 'Item', id })) },
        identity,
      })
      expect(idsOf(answers.data._entities.filter(Boolean))).toEqual(idsOf(readable))
    }
  })
})

const fields = 'id name description status visibility version createdAt updatedAt owner { id } viewerPermission'
const createItem = `mutation($input: CreateItemInput!) { createItem(input: $input) { item { ${fields} } } }`
const updateItem = `mutation($input: UpdateItemInput!) { updateItem(input: $input) { item { ${fields} } } }`
const entities = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Item { id name } } }'

function loggedIn(subject: string): Identity & { readonly subject: string } {
  return { ...ANONYMOUS, subject, scopes: ['items:read', 'items:write'] }
}

function config(): ItemsConfig {
  return {
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
    drainTimeoutMs: 4_000,
    databaseUrl: databases.urlOf('items'),
    gatewaySecrets: [secret],
    redisUrl: null,
    statementTimeoutMs: 5_000,
    eventRetentionHours: 24,
    accountsUrl: null,
  }
}

async function readEvents(request: FeedRequest): Promise<FeedPage> {
  const signed = identitySigner(secret)({ identity: ANONYMOUS, clientAddress: null }, 'items')
  const response = await fetch(feedUrl(subgraph.url, request), { headers: { 'x-tributary-identity': signed } })
  return (await response.json()) as FeedPage
}

async function create(input: object) {
  const { data, codes } = await ask(createItem, { variables: { input }, identity: ada })
  expect(codes).toEqual([])
  return data.createItem.item
}

async function update(input: object) {
  const { data, codes } = await ask(updateItem, { variables: { input }, identity: ada })
  expect(codes).toEqual([])
  return data.updateItem.item
}

const read = (id: string, identity: Identity = ada) =>
  ask(`query($id: ID!) { item(id: $id) { ${fields} } }`, { variables: { id }, identity })

const remove = (id: string, identity: Identity = ada) =>
  ask('mutation($id: ID!) { deleteItem(input: { id: $id }) { itemId } }', { variables: { id }, identity })

interface Plan {
  readonly 'Node Type': string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly Plan[]
}

/** How Postgres runs a statement of the subgraph, planned for any values as prepared ones are in the end. */
async function explain({ text, parameters }: { text: string; parameters: readonly unknown[] }): Promise<Plan> {
  const [row] = await sql.begin(async (transaction) => {
    await transaction`set local plan_cache_mode = force_generic_plan`
    return transaction.unsafe(`explain (analyze, format json) ${text}`, parameters as never[])
  })
  return row?.['QUERY PLAN'][0].Plan
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
}

const indexesOf = (plan: Plan) => nodesOf(plan).flatMap((node) => node['Index Name'] ?? [])

const rowsRead = (plan: Plan) =>
  Math.max(
    ...nodesOf(plan).map(
      (node) => (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
    ),
  )
