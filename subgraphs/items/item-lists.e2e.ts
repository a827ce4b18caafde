// Lists of items on a real Postgres: orders, directions, filters, and what a page says of itself.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import type { Identity } from '../../platform/identity.ts'
import { person, runningItems } from './testing/running-items.ts'
import type { RunningItems } from './testing/running-items.ts'

const ada = person()
const bob = person()
const orders = ['CREATED_DESC', 'CREATED_ASC', 'UPDATED_DESC', 'UPDATED_ASC', 'NAME_ASC', 'NAME_DESC', 'RELEVANCE']

let items: RunningItems
beforeAll(async () => void (items = await runningItems()))
afterAll(() => items?.stop())
beforeEach(() => items.empty())

describe('pages', () => {
  it.each(orders)('in the order %s hold each item once, forwards and backwards', async (orderBy) => {
    await insertMany(60)
    const args = { orderBy, search: orderBy === 'RELEVANCE' ? 'pen' : null }
    const forwards = await walk({ ...args, first: 7 })
    const backwards = await walk({ ...args, last: 7 })
    expect(new Set(forwards).size).toBe(60)
    expect(backwards.toReversed()).toEqual(forwards)
    expect(forwards).toEqual(await inOrder(orderBy))
  })

  it('say exactly whether something stands before and after them', async () => {
    await insertMany(5)
    const [first, second, third, fourth, fifth] = await edges({ first: 100 })
    const infoOf = async (args: object) => {
      const { nodes, pageInfo } = await list(args)
      return [nodes.map(({ id }: any) => id).length, pageInfo.hasPreviousPage, pageInfo.hasNextPage]
    }
    expect(await infoOf({ first: 5 })).toEqual([5, false, false])
    expect(await infoOf({ first: 4 })).toEqual([4, false, true])
    expect(await infoOf({ last: 4 })).toEqual([4, true, false])
    expect(await infoOf({ first: 2, after: second.cursor })).toEqual([2, true, true])
    expect(await infoOf({ last: 2, before: fourth.cursor })).toEqual([2, true, true])
    expect(await infoOf({ first: 9, after: first.cursor, before: fifth.cursor })).toEqual([3, true, true])
    expect(await infoOf({ last: 1, after: first.cursor, before: fifth.cursor })).toEqual([1, true, true])
    expect(await infoOf({ first: 9, after: fifth.cursor })).toEqual([0, true, false])
    expect(await infoOf({ last: 9, before: first.cursor })).toEqual([0, false, true])
    // What stood there may be gone.
    await items.sql`delete from items where id = ${first.node.id}`
    expect(await infoOf({ first: 9, after: first.cursor })).toEqual([4, false, false])
    expect(await infoOf({ last: 9, before: third.cursor })).toEqual([1, false, true])
  })

  it('count the whole list, and only for those who ask', async () => {
    await insertMany(30)
    await items.sql`update items set visibility = 'PRIVATE' where id in (select id from items where owner_id = ${ada.subject} limit 10)`
    items.statements.length = 0
    expect((await list({ first: 3 }, '{ totalCount }')).totalCount).toBe(20)
    expect((await list({ first: 3, filter: { tags: ['none'] } }, '{ totalCount }')).totalCount).toBe(0)
    expect((await list({ first: 3 }, '{ totalCount }', ada)).totalCount).toBe(30)
    expect(items.statements).toHaveLength(6)
  })

  it('never repeat and never skip an item that stood throughout, whatever comes and goes', async () => {
    const random = seeded(7)
    for (let round = 0; round < 24; round += 1) {
      await items.empty()
      await insertMany(40, random)
      const orderBy = orders[round % orders.length]!
      const args = {
        orderBy,
        search: orderBy === 'RELEVANCE' ? 'pen' : random() < 0.2 ? 'pen' : null,
        filter: {
          status: random() < 0.5 ? ['DRAFT', 'ACTIVE'] : null,
          tags: random() < 0.3 ? ['red'] : null,
          ownerId: random() < 0.2 ? ada.subject : null,
        },
        [random() < 0.5 ? 'first' : 'last']: 1 + Math.floor(random() * 9),
      }
      const before = await walk({ ...args, last: undefined, first: 100 })
      const touched = new Set<string>()
      const seen = await walk(args, async () => {
        await insertMany(2, random)
        const [gone, moved] = await items.sql`select id from items where deleted_at is null order by random() limit 2`
        await items.sql`update items set deleted_at = now() where id = ${gone!['id']}`
        await items.sql`update items set status = 'ARCHIVED', name = 'Aardvark', updated_at = clock_timestamp() where id = ${moved!['id']}`
        touched.add(gone!['id']).add(moved!['id'])
      })
      const stood = before.filter((id) => !touched.has(id))
      const again = seen.filter((id) => !touched.has(id))
      expect(new Set(again).size, JSON.stringify(args)).toBe(again.length)
      expect(again, JSON.stringify(args)).toEqual(expect.arrayContaining(stood))
      const places = ('last' in args ? again.toReversed() : again).filter((id) => stood.includes(id))
      expect(places, JSON.stringify(args)).toEqual(stood)
    }
  }, 120_000)
})

describe('filters', () => {
  it('keep what fits all of them', async () => {
    await insertMany(80)
    const all = await items.sql`select * from items`
    const day = '2026-11-21T09:30:00.000Z'
    const cases: [object, (row: any) => boolean][] = [
      [{ status: ['ACTIVE'] }, (row) => row.status === 'ACTIVE'],
      [{ status: ['ACTIVE', 'DRAFT'], tags: ['red'] }, (row) => row.status !== 'ARCHIVED' && row.tags.includes('red')],
      [{ tags: [' RED ', 'old'] }, (row) => row.tags.includes('red') && row.tags.includes('old')],
      [{ ownerId: bob.subject }, (row) => row.owner_id === bob.subject],
      [{ ownerId: 'nobody' }, () => false],
      [{ visibility: 'PRIVATE' }, () => false],
      [{ createdFrom: day }, (row) => row.created_at >= new Date(day)],
      [
        { createdBefore: day, updatedFrom: day },
        (row) => row.created_at < new Date(day) && row.updated_at >= new Date(day),
      ],
      [{ updatedBefore: '0000-01-01T00:00:00Z' }, () => false],
      [{ createdFrom: '9999-12-31T23:59:59.999Z' }, () => false],
      [{ updatedFrom: '0000-01-01T00:00:00Z', createdBefore: '9999-12-31T23:59:59Z' }, () => true],
    ]
    for (const [filter, fits] of cases) {
      const { nodes, totalCount } = await list({ first: 100, filter }, '{ nodes { id } totalCount }')
      const wanted = all.filter(fits).map(({ id }) => id as string)
      expect(nodes.map(({ id }: any) => id).sort(), JSON.stringify(filter)).toEqual(wanted.sort())
      expect(totalCount).toBe(wanted.length)
    }
  })

  it('stand in the lists of an owner too', async () => {
    await insertMany(20)
    const query = `query($r: [_Any!]!) { _entities(representations: $r) { ... on User {
      items(first: 50, filter: { tags: ["red"] }, orderBy: NAME_ASC) { nodes { tags owner { id } name } totalCount } } } }`
    const { data } = await items.ask(query, {
      variables: { r: [ada, bob].map(({ subject }) => ({ __typename: 'User', id: subject })) },
    })
    for (const [place, { subject }] of [ada, bob].entries()) {
      const { nodes, totalCount } = data._entities[place].items
      expect(nodes.length).toBe(totalCount)
      expect(nodes.length).toBeGreaterThan(0)
      for (const node of nodes)
        expect(node).toMatchObject({ owner: { id: subject }, tags: expect.arrayContaining(['red']) })
      const names = nodes.map(({ name }: any) => name.toLowerCase().replace('é', 'e'))
      expect(names).toEqual(names.toSorted())
    }
  })
})

describe('the order by name', () => {
  it('knows neither case nor accents', async () => {
    for (const name of ['zebra', 'Élan', 'apple', 'Elan', 'eland', 'Zürich', 'ÄPFEL', 'ﷺ'.repeat(255)]) {
      await items.sql`insert into items (owner_id, name, visibility) values (${ada.subject}, ${name}, 'PUBLIC')`
    }
    const { nodes } = await list({ first: 100, orderBy: 'NAME_ASC' }, '{ nodes { name } }')
    const names = nodes.map(({ name }: any) => name as string)
    expect(names.slice(0, 2)).toEqual(['ÄPFEL', 'apple'])
    expect(names.slice(2, 4).sort()).toEqual(['Elan', 'Élan'])
    expect(names.slice(4, 7)).toEqual(['eland', 'zebra', 'Zürich'])
  })
})

describe('what is shared with somebody', () => {
  it('is listed there and in the list of everything, and nowhere for others', async () => {
    await insertMany(10)
    await items.sql`update items set visibility = 'PRIVATE'`
    const hers = await items.sql`select id from items where owner_id = ${ada.subject} order by created_at desc, id desc`
    const shared = hers.slice(0, 3).map(({ id }) => id as string)
    for (const id of shared) {
      await items.sql`insert into shares (item_id, user_id, permission, granted_by) values (${id}, ${bob.subject}, 'EDIT', ${ada.subject})`
    }
    const query = `query($r: [_Any!]!) { items(first: 50) { nodes { id owner { id } viewerPermission } }
      _entities(representations: $r) { ... on User { sharedWithMe(first: 2) { totalCount nodes { id viewerPermission } pageInfo { hasNextPage } } } } }`
    const variables = { r: [{ __typename: 'User', id: bob.subject }] }
    const { data } = await items.ask(query, { variables, identity: bob })
    expect(data._entities[0].sharedWithMe).toEqual({
      totalCount: 3,
      nodes: shared.slice(0, 2).map((id) => ({ id, viewerPermission: 'EDIT' })),
      pageInfo: { hasNextPage: true },
    })
    const ofHers = data.items.nodes.filter(({ owner }: any) => owner.id === ada.subject)
    expect(ofHers.map(({ id }: any) => id)).toEqual(shared)
    const cy = person()
    expect((await items.ask('{ items { nodes { id } } }', { identity: cy })).data.items.nodes).toEqual([])
    // A token that may not read items is shown what everybody sees.
    const limited = { ...bob, scopes: ['items:write'] }
    expect((await items.ask('{ items { nodes { id } } }', { identity: limited })).data.items.nodes).toEqual([])
  })
})

describe('the items of a deleted account', () => {
  it('are seen by nobody', async () => {
    await insertMany(10)
    await items.sql`insert into people (id, username, is_email_verified, status) values (${ada.subject}, 'ada', true, 'DELETED')`
    for (const identity of [ANONYMOUS, ada, bob]) {
      const { nodes } = await list({ first: 100 }, '{ nodes { owner { id } } }', identity)
      expect(nodes.filter(({ owner }: any) => owner.id === ada.subject)).toEqual([])
      const [hers] = await items.sql`select id from items where owner_id = ${ada.subject}`
      const { codes } = await items.ask(`{ item(id: "${hers!['id']}") { id } }`, { identity })
      expect(codes).toEqual(['item NOT_FOUND'])
    }
  })
})

const query = (
  selection: string,
) => `query($first: Int, $after: String, $last: Int, $before: String, $filter: ItemFilter,
  $search: String, $orderBy: ItemOrder) {
  items(first: $first, after: $after, last: $last, before: $before, filter: $filter, search: $search, orderBy: $orderBy) ${selection} }`

async function list(
  args: object,
  selection = '{ nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }',
  identity: Identity = ANONYMOUS,
) {
  const { data, codes } = await items.ask(query(selection), { variables: { ...args }, identity })
  expect(codes).toEqual([])
  return data.items
}

const edges = async (args: object) => (await list(args, '{ edges { cursor node { id } } }')).edges

/** More comes than goes while it is read, and of pages of one item the end would never be reached. */
const PAGES_DISTURBED = 40

/** Every page, from the beginning or, with `last`, from the end. */
async function walk(args: Record<string, unknown>, between: () => Promise<void> = async () => {}): Promise<string[]> {
  const isBackward = args['last'] !== undefined
  const ids: string[] = []
  for (let cursor: string | null = null, pages = 0; pages < 200; pages += 1) {
    const { nodes, pageInfo } = await list({ ...args, [isBackward ? 'before' : 'after']: cursor })
    const page = nodes.map(({ id }: any) => id as string)
    ids.push(...(isBackward ? page.toReversed() : page))
    if (!(isBackward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) return ids
    cursor = isBackward ? pageInfo.startCursor : pageInfo.endCursor
    if (pages < PAGES_DISTURBED) await between()
  }
  throw new Error('The pages do not end.')
}

/** Public items of Ada and Bob, of which several have the same times and names. */
async function insertMany(count: number, random = seeded(1)) {
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)]!
  const rows = Array.from({ length: count }, () => ({
    owner_id: pick([ada.subject, bob.subject]),
    name: pick(['Pen', 'pen case', 'Fountain pen', 'Ink for a pen', 'Élan pen']),
    description: pick(['A pen.', 'Of old, a pen was a feather.', 'Blue']),
    status: pick(['DRAFT', 'ACTIVE', 'ARCHIVED']),
    visibility: 'PUBLIC',
    tags: ['red', 'old', 'pen'].filter(() => random() < 0.5),
    created_at: `2026-11-21 09:30:00.12340${Math.floor(random() * 10)}Z`,
    updated_at: `2026-11-21 09:3${Math.floor(random() * 9)}:00Z`,
  }))
  rows.slice(0, 3).forEach((row) => (row.created_at = '2026-11-20 00:00:00Z'))
  await items.sql`insert into items ${items.sql(rows as never)}`
}

async function inOrder(orderBy: string): Promise<string[]> {
  const by = {
    CREATED_DESC: 'created_at desc, id desc',
    CREATED_ASC: 'created_at, id',
    UPDATED_DESC: 'updated_at desc, id desc',
    UPDATED_ASC: 'updated_at, id',
    NAME_ASC: 'name_key, id',
    NAME_DESC: 'name_key desc, id desc',
    RELEVANCE: `ts_rank(search, 'pen:*') desc, id desc`,
  }[orderBy]
  return (await items.sql.unsafe(`select id from items order by ${by}`)).map(({ id }) => id as string)
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state / 0x7fffffff
  }
}
