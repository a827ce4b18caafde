import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { documentCompiler } from '../../platform/compiled-documents.ts'
import { ANONYMOUS } from '../../platform/identity.ts'
import type { Identity } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'
import { publicErrors } from '../../platform/public-errors.ts'
import { subgraphSchema } from '../../platform/subgraph.ts'
import { readerOf } from './access.ts'
import type { ItemChange, NewItem } from './changes.ts'
import { signedCursors } from './cursors.ts'
import type { ListedItem, ReadPage } from './item-list-reader.ts'
import type { ItemList } from './item-lists.ts'
import { itemLoaders } from './loaders.ts'
import type { PageRequest } from './pages.ts'
import { resolvers } from './resolvers.ts'
import type { ItemRow, ItemStore } from './store.ts'

const log = makeLog('test', 'silent')
const adaId = '00000000-0000-4000-8000-00000000000a'
const bobId = '00000000-0000-4000-8000-00000000000b'
const asAda: Identity = { ...ANONYMOUS, subject: adaId, scopes: ['items:read', 'items:write'] }
const asBob: Identity = { ...asAda, subject: bobId }

const pen = itemRow(1, { name: 'Pen', visibility: 'PUBLIC' })
const diary = itemRow(2, { name: 'Diary', description: 'Dear diary' })
const gone = itemRow(3, { visibility: 'PUBLIC', deletedAt: new Date() })
const nowhere = '00000000-0000-4000-8000-0000000000ff'
const noItems = [nowhere, gone.id, 'malformed', '', `${pen.id}\0`, '\ud800']

describe('an item', () => {
  it('is read by whoever may', async () => {
    const { run } = itemsSubgraph([pen, diary])
    const query = `{ pen: item(id: "${pen.id}") { name viewerPermission owner { id } } diary: item(id: "${diary.id}") { name } }`
    const readByOther = { pen: { name: 'Pen', viewerPermission: 'VIEW', owner: { id: adaId } }, diary: null }
    expect(await run(query, { identity: ANONYMOUS })).toEqual({ data: readByOther, codes: ['diary NOT_FOUND'] })
    expect(await run(query, { identity: asBob })).toEqual({ data: readByOther, codes: ['diary NOT_FOUND'] })
    expect(await run(query, { identity: asAda })).toEqual({
      data: { pen: { ...readByOther.pen, viewerPermission: 'OWNER' }, diary: { name: 'Diary' } },
      codes: [],
    })
  })

  it('is not there for somebody whose token is of another issuer', async () => {
    const { run } = itemsSubgraph([diary])
    const { codes } = await run(`{ item(id: "${diary.id}") { name } }`, { identity: { ...asAda, subject: 'auth0|1' } })
    expect(codes).toEqual(['item NOT_FOUND'])
  })

  it.each(noItems)('that is not there is NOT_FOUND: %j', async (id) => {
    const { run } = itemsSubgraph([pen, gone])
    const answer = await run('query($id: ID!) { item(id: $id) { id } }', { variables: { id }, identity: asAda })
    expect(answer).toEqual({ data: { item: null }, codes: ['item NOT_FOUND'] })
  })

  it('is one of many entities read with one statement, null where it may not be seen', async () => {
    const { run, statements } = itemsSubgraph([pen, diary, gone])
    const ids = [diary.id, pen.id, 'malformed', gone.id, pen.id, nowhere]
    const query = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Item { name owner { id } } } }'
    const variables = { r: ids.map((id) => ({ __typename: 'Item', id })) }
    const shown = { name: 'Pen', owner: { id: adaId } }
    expect(await run(query, { variables, identity: asBob })).toEqual({
      data: { _entities: [null, shown, null, null, shown, null] },
      codes: [],
    })
    expect(statements).toEqual([['findByIds', diary.id, pen.id, gone.id, nowhere]])
  })
})

describe('lists of items', () => {
  const pages =
    '{ nodes { name } edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }'

  it('come in pages, each with where to go on', async () => {
    const { run } = itemsSubgraph([itemRow(1), itemRow(2), itemRow(3)])
    const { data } = await run(`{ items(first: 2) ${pages} }`)
    const { items } = data as { items: Connection }
    expect(items.nodes).toEqual([{ name: 'Item 1' }, { name: 'Item 2' }])
    expect(items.edges.map(({ node }) => node)).toEqual(items.nodes)
    expect(items.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: items.edges[0]?.cursor,
      endCursor: items.edges[1]?.cursor,
    })
  })

  it('go on after a cursor, and back before it', async () => {
    const { run, statements } = itemsSubgraph([itemRow(1), itemRow(2), itemRow(3)])
    const first = (await run('{ items(first: 2) { pageInfo { endCursor } } }')).data as { items: Connection }
    const variables = { cursor: first.items.pageInfo.endCursor }
    const place = ['', 'CREATED_DESC', '1795252200123102', itemRow(2).id]
    await run('query($cursor: String) { items(first: 2, after: $cursor) { nodes { name } } }', { variables })
    await run('query($cursor: String) { items(last: 2, before: $cursor) { nodes { name } } }', { variables })
    expect(statements.slice(1)).toEqual([
      ['page', 'READABLE', { size: 2, isBackward: false, after: place, before: null }],
      ['page', 'READABLE', { size: 2, isBackward: true, after: null, before: place }],
    ])
  })

  it('are of twenty items where nobody says otherwise', async () => {
    const { run, statements } = itemsSubgraph([pen])
    await run('{ items { nodes { name } } }')
    await run('query($first: Int) { items(first: $first) { nodes { name } } }', { variables: { first: null } })
    expect(statements.map(([, , request]) => (request as PageRequest).size)).toEqual([20, 20])
  })

  it('may be empty', async () => {
    const { run } = itemsSubgraph([])
    expect((await run(`{ items ${pages} }`)).data).toEqual({
      items: {
        nodes: [],
        edges: [],
        pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
      },
    })
  })

  it('ask no more of the database than what is selected', async () => {
    const { run, statements } = itemsSubgraph([pen])
    const { items } = (await run('{ items(first: 1) { pageInfo { endCursor } } }')).data as { items: Connection }
    const variables = { after: items.pageInfo.endCursor }
    const count = async (selection: string) => {
      statements.length = 0
      await run(`query($after: String) { items(first: 1, after: $after, search: null) ${selection} }`, { variables })
      return statements.map(([what]) => what)
    }
    expect(await count('{ nodes { name } pageInfo { hasNextPage endCursor } }')).toEqual(['page'])
    expect(await count('{ pageInfo { hasPreviousPage } }')).toEqual(['page', 'isBeyond'])
    expect(await count('{ totalCount }')).toEqual(['page', 'count'])
  })

  it.each([0, -1, 101, 2_147_483_647])('are refused in pages of %i', async (size) => {
    const { run, statements } = itemsSubgraph([pen])
    const variables = { size }
    const query =
      'query($size: Int!) { _entities(representations: [{ __typename: "User", id: "x" }]) { ... on User { items(first: $size) { nodes { id } } } } }'
    expect((await run('query($size: Int!) { items(first: $size) { nodes { id } } }', { variables })).codes).toEqual([
      'items BAD_USER_INPUT first',
    ])
    expect((await run('query($size: Int!) { items(last: $size) { nodes { id } } }', { variables })).codes).toEqual([
      'items BAD_USER_INPUT last',
    ])
    expect((await run(query, { variables })).codes).toEqual(['_entities.0.items BAD_USER_INPUT first'])
    expect(statements).toEqual([])
  })

  it.each<[string, string]>([
    ['first: 1, last: 1', 'last'],
    ['orderBy: RELEVANCE', 'orderBy'],
    ['orderBy: RELEVANCE, search: " "', 'orderBy'],
    [`search: "${'a'.repeat(201)}"`, 'search'],
    [`search: "${'-a '.repeat(21)}"`, 'search'],
    ['search: "a\\u0000"', 'search'],
    [`filter: { tags: [${'"a",'.repeat(21)}] }`, 'filter.tags'],
    ['filter: { tags: [""] }', 'filter.tags.0'],
    [`filter: { tags: ["a", "${'b'.repeat(51)}"] }`, 'filter.tags.1'],
    ['filter: { tags: ["a\\u0000"] }', 'filter.tags.0'],
  ])('are refused with %.60s', async (args, field) => {
    const { run, statements } = itemsSubgraph([pen])
    expect((await run(`{ items(${args}) { nodes { id } } }`)).codes).toEqual([`items BAD_USER_INPUT ${field}`])
    expect(statements).toEqual([])
  })

  it.each(['\ud800', 'a\0'])('are refused a search for %j', async (search) => {
    const { run } = itemsSubgraph([pen])
    const query = 'query($search: String) { items(search: $search) { nodes { id } } }'
    expect((await run(query, { variables: { search } })).codes).toEqual(['items BAD_USER_INPUT search'])
  })

  it.each(['not a day', '2026-02-30T00:00:00Z', '+275760-09-13T00:00:00Z', 1])(
    'are refused a time of %j',
    async (createdFrom) => {
      const { run } = itemsSubgraph([pen])
      const query = 'query($filter: ItemFilter) { items(filter: $filter) { nodes { id } } }'
      expect((await run(query, { variables: { filter: { createdFrom } } })).codes).toEqual(['BAD_USER_INPUT'])
    },
  )

  describe('are refused after what is no cursor of theirs', () => {
    const cursorOf = async (args: string, field = 'items', identity = ANONYMOUS) => {
      const query = `{ _entities(representations: [{ __typename: "User", id: "${adaId}" }]) { ... on User { ${field}(first: 1 ${args}) { pageInfo { endCursor } } } } }`
      const { data } = await itemsSubgraph([pen]).run(query, { identity })
      return (data as { _entities: [Record<string, Connection>] })._entities[0][field]!.pageInfo.endCursor
    }
    const { run, statements } = itemsSubgraph([pen])
    const codesOf = async (cursor: string) => {
      statements.length = 0
      const variables = { c: cursor }
      const after = await run('query($c: String) { items(after: $c) { nodes { id } } }', { variables })
      const before = await run('query($c: String) { items(last: 1, before: $c) { nodes { id } } }', { variables })
      expect(statements).toEqual([])
      return [...after.codes, ...before.codes]
    }
    const refused = ['items BAD_USER_INPUT after', 'items BAD_USER_INPUT before']

    it('as it was made up', async () => {
      const made = ['', 'x', 'undefined', '%%%', '\0', '\ud800', 'x'.repeat(100_000), 'x'.repeat(4_000)]
      for (const cursor of [...made, Buffer.from('["","CREATED_DESC","1",""]').toString('base64url')]) {
        expect(await codesOf(cursor)).toEqual(refused)
      }
    })

    it('as it was changed in any of its characters', async () => {
      const { items } = (await run('{ items(first: 1) { pageInfo { endCursor } } }')).data as { items: Connection }
      const cursor = items.pageInfo.endCursor
      const changed = Array.from(cursor, (character, place) => {
        return cursor.slice(0, place) + (character === 'A' ? 'B' : 'A') + cursor.slice(place + 1)
      })
      const all = [...changed, `${cursor}=`, ` ${cursor}`, `${cursor}A`, cursor.slice(1), cursor.slice(0, -1)]
      for (const one of all) expect(await codesOf(one)).toEqual(refused)
    })

    it.each([
      ['', 'items'],
      ['orderBy: NAME_ASC', 'items'],
      ['filter: { status: [DRAFT] }', 'items'],
      ['search: "pen"', 'items'],
      ['', 'sharedWithMe'],
      ['', 'trash'],
    ])('as it is of another list: %s %s', async (args, field) => {
      expect(await codesOf(await cursorOf(args, field, asAda))).toEqual(refused)
    })

    it('and go on after one of the same filter in other words', async () => {
      const cursor = async (filter: string) => {
        const { data } = await run(`{ items(first: 1, filter: ${filter}) { pageInfo { endCursor } } }`)
        return (data as { items: Connection }).items.pageInfo.endCursor
      }
      expect(await cursor('{ status: [ACTIVE, DRAFT, ACTIVE], tags: [" Old  Iron ", "b"] }')).toBe(
        await cursor('{ tags: ["b", "old iron", "b"], visibility: null, status: [DRAFT, ACTIVE] }'),
      )
      expect(await cursor('{ status: [], tags: [] }')).toBe(await cursor('{}'))
    })
  })

  it('of many owners are read with a statement for each form of list', async () => {
    const { run, statements } = itemsSubgraph([pen])
    const query = `query($r: [_Any!]!) { _entities(representations: $r) { ... on User {
      few: items(first: 1) { nodes { name } totalCount } many: items(first: 50) { nodes { name } }
    } } }`
    const ids = [adaId, bobId, 'malformed', adaId]
    const variables = { r: ids.map((id) => ({ __typename: 'User', id })) }
    const { data, codes } = await run(query, { variables, identity: asBob })
    const hers = { few: { nodes: [{ name: 'Pen' }], totalCount: 1 }, many: { nodes: [{ name: 'Pen' }] } }
    const none = { few: { nodes: [], totalCount: 0 }, many: { nodes: [] } }
    expect({ data, codes }).toEqual({ data: { _entities: [hers, none, none, hers] }, codes: [] })
    const owners = [adaId, bobId, '00000000-0000-0000-0000-000000000000']
    expect(statements).toEqual([
      ['pagesOfOwners', 1, ...owners],
      ['pagesOfOwners', 50, ...owners],
      ['countsOfOwners', ...owners],
    ])
  })

  it.each(['sharedWithMe', 'trash'])('called %s are for that person alone', async (field) => {
    const { run, statements } = itemsSubgraph([pen])
    const query = `{ _entities(representations: [{ __typename: "User", id: "${adaId}" }]) { ... on User { ${field} { nodes { id } } } } }`
    const codes = async (identity: Identity) => (await run(query, { identity })).codes
    expect(await codes(ANONYMOUS)).toEqual([`_entities.0.${field} UNAUTHENTICATED`])
    expect(await codes({ ...asAda, scopes: ['items:write'] })).toEqual([`_entities.0.${field} FORBIDDEN`])
    expect(await codes(asBob)).toEqual([`_entities.0.${field} FORBIDDEN`])
    expect(statements).toEqual([])
    expect(await codes(asAda)).toEqual([])
  })

  it('show where the words of a search stand, as text', async () => {
    const { run } = itemsSubgraph([pen])
    const { data } = await run(
      '{ items(search: "pen") { edges { snippet { name { text isMatch } description { text } } } } }',
    )
    const name = [
      { text: '<b>Pen</b> and ', isMatch: false },
      { text: 'pen', isMatch: true },
      { text: '!', isMatch: false },
    ]
    expect(data).toEqual({ items: { edges: [{ snippet: { name, description: null } }] } })
  })
})

describe('createItem', () => {
  const mutation = 'mutation($input: CreateItemInput!) { createItem(input: $input) { item { name } } }'

  it('makes an item of the caller, with the defaults of the schema', async () => {
    const { run, created } = itemsSubgraph([])
    await run(mutation, { variables: { input: { name: ' Pen ' } }, identity: asAda })
    await run(mutation, {
      variables: {
        input: {
          name: '😀',
          description: ' # Markdown ',
          status: 'ACTIVE',
          visibility: 'PUBLIC',
          tags: [' Old  Iron ', 'ÄPFEL', 'old iron'],
        },
      },
      identity: asAda,
    })
    expect(created).toEqual([
      { name: 'Pen', description: null, status: 'DRAFT', visibility: 'PRIVATE', tags: [], ownerId: adaId },
      {
        name: '😀',
        description: ' # Markdown ',
        status: 'ACTIVE',
        visibility: 'PUBLIC',
        tags: ['old iron', 'äpfel'],
        ownerId: adaId,
      },
    ])
  })

  it.each<[string, unknown]>([
    ['name', ''],
    ['name', '  \n '],
    ['name', 'a'.repeat(256)],
    ['name', '😀'.repeat(256)],
    ['name', 'a\0'],
    ['name', 'a\ud800'],
    ['description', 'a'.repeat(50_001)],
    ['description', '\0'],
    ['description', '\udc00'],
    ['tags', Array.from({ length: 10_000 }, String)],
    ['tags', Array.from({ length: 21 }, String)],
    ['tags.0', ['']],
    ['tags.1', ['a', 'b'.repeat(51)]],
    ['tags.0', ['a,b']],
    ['tags.0', ['a\0']],
    ['tags.0', ['\ud800']],
    ['idempotencyKey', ''],
    ['idempotencyKey', 'a'.repeat(101)],
    ['idempotencyKey', '\0'],
  ])('refuses a %s of %.20j', async (field, value) => {
    const { run, created } = itemsSubgraph([])
    const variables = { input: { name: 'Pen', [field.split('.')[0]!]: value } }
    expect(await run(mutation, { variables, identity: asAda })).toEqual({
      data: { createItem: null },
      codes: [`createItem BAD_USER_INPUT ${field}`],
    })
    expect(created).toEqual([])
  })

  it.each(['a'.repeat(255), '😀'.repeat(255), ` ${'a'.repeat(255)} `])('takes a name of %.10j…', async (name) => {
    const { run, created } = itemsSubgraph([])
    await run(mutation, { variables: { input: { name } }, identity: asAda })
    expect(created).toMatchObject([{ name: name.trim() }])
  })

  it('is for holders of items:write who have an account', async () => {
    const { run } = itemsSubgraph([])
    const codes = async (identity: Identity) =>
      (await run(mutation, { variables: { input: { name: 'Pen' } }, identity })).codes
    expect(await codes(ANONYMOUS)).toEqual(['createItem UNAUTHENTICATED'])
    expect(await codes({ ...asAda, scopes: ['items:read'] })).toEqual(['createItem FORBIDDEN'])
    expect(await codes({ ...asAda, subject: 'auth0|1' })).toEqual(['createItem FORBIDDEN'])
  })
})

describe('updateItem', () => {
  const mutation = 'mutation($input: UpdateItemInput!) { updateItem(input: $input) { item { name description } } }'

  it('changes what is given and leaves what is left out', async () => {
    const { run, changes } = itemsSubgraph([diary])
    const update = (input: object) =>
      run(mutation, { variables: { input: { id: diary.id, ...input } }, identity: asAda })
    await update({ name: ' Journal ' })
    await update({ description: null })
    await update({ description: '' })
    await update({ status: 'ACTIVE', visibility: 'PUBLIC', description: 'Dear diary' })
    expect(changes).toEqual([
      { name: 'Journal' },
      { description: null },
      { description: null },
      { status: 'ACTIVE', visibility: 'PUBLIC' },
    ])
  })

  it('leaves what is left out of variables inside the input', async () => {
    const { run, changes } = itemsSubgraph([diary])
    const query = `mutation($name: String, $status: ItemStatus, $description: String) {
      updateItem(input: { id: "${diary.id}", name: $name, status: $status, description: $description }) { item { name } }
    }`
    expect((await run(query, { variables: { status: 'ACTIVE' }, identity: asAda })).codes).toEqual([])
    expect((await run(query, { variables: { description: null }, identity: asAda })).codes).toEqual([])
    expect(changes).toEqual([{ status: 'ACTIVE' }, { description: null }])
  })

  it('changes nothing when nothing differs', async () => {
    const { run, changes } = itemsSubgraph([diary])
    const same = {
      id: diary.id,
      name: 'Diary',
      description: 'Dear diary',
      status: 'DRAFT',
      visibility: 'PRIVATE',
      tags: [],
    }
    const { data } = await run(mutation, { variables: { input: same }, identity: asAda })
    await run(mutation, { variables: { input: { id: diary.id } }, identity: asAda })
    expect(data).toEqual({ updateItem: { item: { name: 'Diary', description: 'Dear diary' } } })
    expect(changes).toEqual([{}, {}])
  })

  it.each<[string, unknown]>([
    ['name', null],
    ['name', ' '],
    ['name', 'a'.repeat(256)],
    ['name', 'a\0'],
    ['status', null],
    ['visibility', null],
    ['description', 'a'.repeat(50_001)],
    ['description', 'a\ud800'],
    ['tags', null],
    ['tags.0', ['\0']],
  ])('refuses a %s of %.20j', async (field, value) => {
    const { run, changes } = itemsSubgraph([diary])
    const variables = { input: { id: diary.id, [field.split('.')[0]!]: value } }
    expect(await run(mutation, { variables, identity: asAda })).toEqual({
      data: { updateItem: null },
      codes: [`updateItem BAD_USER_INPUT ${field}`],
    })
    expect(changes).toEqual([])
  })
})

describe.each([
  ['updateItem', 'mutation($id: ID!) { it: updateItem(input: { id: $id, name: "x" }) { item { id } } }'],
  ['deleteItem', 'mutation($id: ID!) { it: deleteItem(input: { id: $id }) { itemId } }'],
])('%s', (_name, mutation) => {
  it.each(noItems)('of what is not there is NOT_FOUND: %j', async (id) => {
    const { run } = itemsSubgraph([pen, gone])
    const { codes } = await run(mutation, { variables: { id }, identity: asAda })
    expect(codes).toEqual(['it NOT_FOUND'])
  })

  it("does not tell of somebody else's private item", async () => {
    const { run, changes } = itemsSubgraph([diary])
    const { codes } = await run(mutation, { variables: { id: diary.id }, identity: asBob })
    expect({ codes, changes }).toEqual({ codes: ['it NOT_FOUND'], changes: [] })
  })

  it("leaves somebody else's public item to them", async () => {
    const { run, changes } = itemsSubgraph([pen])
    const { codes } = await run(mutation, { variables: { id: pen.id }, identity: asBob })
    expect({ codes, changes }).toEqual({ codes: ['it FORBIDDEN'], changes: [] })
  })

  it('is for holders of items:write', async () => {
    const { run } = itemsSubgraph([pen])
    const codes = async (identity: Identity) => (await run(mutation, { variables: { id: pen.id }, identity })).codes
    expect(await codes(ANONYMOUS)).toEqual(['it UNAUTHENTICATED'])
    expect(await codes({ ...asAda, scopes: [] })).toEqual(['it FORBIDDEN'])
  })
})

describe('deleteItem', () => {
  it('keeps the row and marks it', async () => {
    const { run, changes } = itemsSubgraph([pen])
    const query = `mutation { deleteItem(input: { id: "${pen.id}" }) { itemId } }`
    expect((await run(query, { identity: asAda })).data).toEqual({ deleteItem: { itemId: pen.id } })
    expect(changes).toEqual([{ deletedAt: expect.any(Date) as Date, deletedBy: adaId }])
  })
})

interface Connection {
  readonly nodes: readonly { readonly name: string }[]
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly name: string } }[]
  readonly pageInfo: { readonly endCursor: string }
}

/** Ada's. */
function itemRow(number: number, fields: Partial<ItemRow> = {}): ItemRow {
  const createdAt = new Date(Date.UTC(2026, 10, 21, 9, 10, 0, 123))
  return {
    id: `00000000-0000-4000-8000-0000000001${String(number).padStart(2, '0')}`,
    ownerId: adaId,
    name: `Item ${number}`,
    description: null,
    status: 'DRAFT',
    visibility: 'PRIVATE',
    version: 1,
    createdAt,
    updatedAt: createdAt,
    deletedAt: null,
    deletedBy: null,
    tags: [],
    sharedAs: null,
    isOwnerGone: false,
    ...fields,
  }
}

const listed = (row: ItemRow): ListedItem => ({ ...row, place: `1795252200123${row.id.slice(-3)}` })

/** The subgraph on a store in memory, which lists every row whoever asks. */
function itemsSubgraph(rows: readonly ItemRow[]) {
  const statements: unknown[][] = []
  const created: NewItem[] = []
  const changes: ItemChange['changes'][] = []
  const pageOf = (some: readonly ItemRow[], { size }: PageRequest): ReadPage => ({
    match: null,
    ordering: 'CREATED_DESC',
    rows: some.slice(0, size + 1).map(listed),
  })
  const ofOwner = (owner: string) => rows.filter(({ ownerId }) => ownerId === owner)

  const store: Pick<ItemStore, 'findByIds' | 'create' | 'change'> & { lists: Partial<ItemStore['lists']> } = {
    async findByIds(_viewer, ids) {
      statements.push(['findByIds', ...ids])
      return rows.filter(({ id }) => ids.includes(id))
    },
    lists: {
      async page({ of }: ItemList, _viewer, request) {
        statements.push(['page', of, request])
        return pageOf(rows, request)
      },
      async pagesOfOwners(_list, _viewer, owners, request) {
        statements.push(['pagesOfOwners', request.size, ...owners])
        return owners.map((owner) => pageOf(ofOwner(owner), request))
      },
      async isBeyond(_list, _viewer, _reading, side) {
        statements.push(['isBeyond', side])
        return true
      },
      async count() {
        statements.push(['count'])
        return rows.length
      },
      async countsOfOwners(_list, _viewer, owners) {
        statements.push(['countsOfOwners', ...owners])
        return owners.map((owner) => ofOwner(owner).length)
      },
      async snippets(_search, ids) {
        const name = '\u0003b>Pen\u0003/b> and \u0001pen\u0002!'
        return new Map(ids.map((id) => [id, { name, description: null }]))
      },
    },
    async create(item) {
      created.push(item)
      return itemRow(9, item as Partial<ItemRow>)
    },
    async change(id, _reader, decide) {
      const row = rows.find((one) => one.id === id) ?? null
      changes.push(decide(row).changes)
      return { ...row!, ...changes.at(-1) }
    },
  }
  const typeDefs = readFileSync(new URL('../../schema/items.graphql', import.meta.url), 'utf8')
  const compiled = documentCompiler(subgraphSchema({ typeDefs, resolvers }))
  const cursors = signedCursors(['a secret of at least thirty-two characters'])

  return {
    statements,
    created,
    changes,
    async run(query: string, request: { variables?: Record<string, unknown>; identity?: Identity } = {}) {
      const { variables = {}, identity = ANONYMOUS } = request
      const reader = readerOf(identity)
      const context = { identity, reader, store, cursors, loaders: itemLoaders(store as unknown as ItemStore, reader) }
      const { data, errors = [] } = await compiled(query, null).run(context, variables)
      return {
        data: JSON.parse(JSON.stringify(data ?? null)) as unknown,
        codes: publicErrors(errors, { requestId: '', operationName: null, log }).map(({ path, extensions }) =>
          [path?.join('.'), extensions?.['code'], extensions?.['field']].filter(Boolean).join(' '),
        ),
      }
    },
  }
}
