import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { documentCompiler } from '../../platform/compiled-documents.ts'
import { ANONYMOUS } from '../../platform/identity.ts'
import type { Identity } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'
import { publicErrors } from '../../platform/public-errors.ts'
import { subgraphSchema } from '../../platform/subgraph.ts'
import { readerOf } from './access.ts'
import { itemLoaders } from './loaders.ts'
import type { ListedItem, PageRequest } from './pages.ts'
import { resolvers } from './resolvers.ts'
import type { ItemChanges, ItemRow, NewItem } from './store.ts'

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

  it('go on after a cursor', async () => {
    const { run, statements } = itemsSubgraph([itemRow(1), itemRow(2), itemRow(3)])
    const first = (await run('{ items(first: 2) { pageInfo { endCursor } } }')).data as { items: Connection }
    const variables = { after: first.items.pageInfo.endCursor }
    const query =
      'query($after: String) { items(first: 2, after: $after) { nodes { name } pageInfo { hasPreviousPage } } }'
    const { data } = await run(query, { variables })
    expect(data).toMatchObject({ items: { pageInfo: { hasPreviousPage: true } } })
    expect(statements[1]).toEqual([
      'findPage',
      { first: 2, after: { createdAtUs: '1795252200123102', id: itemRow(2).id } },
    ])
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

  it.each([0, -1, 101, 2_147_483_647])('are refused in pages of %i', async (first) => {
    const { run, statements } = itemsSubgraph([pen])
    const variables = { first }
    const query =
      'query($first: Int!) { _entities(representations: [{ __typename: "User", id: "x" }]) { ... on User { items(first: $first) { nodes { id } } } } }'
    expect((await run('query($first: Int!) { items(first: $first) { nodes { id } } }', { variables })).codes).toEqual([
      'items BAD_USER_INPUT first',
    ])
    expect((await run(query, { variables })).codes).toEqual(['_entities.0.items BAD_USER_INPUT first'])
    expect(statements).toEqual([])
  })

  it.each([
    '',
    'x',
    'undefined',
    '%%%',
    cursor('1795252200123002'),
    cursor(`/${pen.id}`),
    cursor(`1795252200123002/${pen.id}x`),
    cursor(`1795252200123002/${pen.id.slice(1)}`),
    cursor(`-1/${pen.id}`),
    cursor(`1.5/${pen.id}`),
    cursor(`17952522001230020/${pen.id}`),
    cursor(`1795252200123002/${pen.id}\n`),
    `${cursor(`1795252200123002/${pen.id}`)}=`,
    ` ${cursor(`1795252200123002/${pen.id}`)}`,
    `${cursor(`1795252200123002/${pen.id}`)}\0`,
    '\ud800',
    'x'.repeat(100_000),
  ])('are refused after what is no cursor: %j', async (after) => {
    const { run, statements } = itemsSubgraph([pen])
    const { codes } = await run('query($after: String) { items(after: $after) { nodes { id } } }', {
      variables: { after },
    })
    expect(codes).toEqual(['items BAD_USER_INPUT after'])
    expect(statements).toEqual([])
  })

  it('of many owners are read with one statement', async () => {
    const { run, statements } = itemsSubgraph([pen])
    const query = `query($r: [_Any!]!) { _entities(representations: $r) { ... on User {
      few: items(first: 1) { nodes { name } } many: items(first: 50) { nodes { name } }
    } } }`
    const ids = [adaId, bobId, 'malformed', adaId]
    const variables = { r: ids.map((id) => ({ __typename: 'User', id })) }
    const { data, codes } = await run(query, { variables, identity: asBob })
    const hers = { few: { nodes: [{ name: 'Pen' }] }, many: { nodes: [{ name: 'Pen' }] } }
    const none = { few: { nodes: [] }, many: { nodes: [] } }
    expect({ data, codes }).toEqual({ data: { _entities: [hers, none, none, hers] }, codes: [] })
    expect(statements).toEqual([['findPagesOfOwners', ...[`${adaId} 1`, `${adaId} 50`, `${bobId} 1`, `${bobId} 50`]]])
  })
})

describe('createItem', () => {
  const mutation = 'mutation($input: CreateItemInput!) { createItem(input: $input) { item { name } } }'

  it('makes an item of the caller, with the defaults of the schema', async () => {
    const { run, created } = itemsSubgraph([])
    await run(mutation, { variables: { input: { name: ' Pen ' } }, identity: asAda })
    await run(mutation, {
      variables: { input: { name: '😀', description: ' # Markdown ', status: 'ACTIVE', visibility: 'PUBLIC' } },
      identity: asAda,
    })
    expect(created).toEqual([
      { name: 'Pen', description: null, status: 'DRAFT', visibility: 'PRIVATE', ownerId: adaId },
      { name: '😀', description: ' # Markdown ', status: 'ACTIVE', visibility: 'PUBLIC', ownerId: adaId },
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
  ])('refuses a %s of %.20j', async (field, value) => {
    const { run, created } = itemsSubgraph([])
    const variables = { input: { name: 'Pen', [field]: value } }
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
    const same = { id: diary.id, name: 'Diary', description: 'Dear diary', status: 'DRAFT', visibility: 'PRIVATE' }
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
  ])('refuses a %s of %.20j', async (field, value) => {
    const { run, changes } = itemsSubgraph([diary])
    const variables = { input: { id: diary.id, [field]: value } }
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

function cursor(text: string): string {
  return Buffer.from(text).toString('base64url')
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

const listed = (row: ItemRow): ListedItem => ({ ...row, createdAtUs: `1795252200123${row.id.slice(-3)}` })

/** The subgraph on a store in memory, which lists every row whoever asks. */
function itemsSubgraph(rows: readonly ItemRow[]) {
  const statements: unknown[][] = []
  const created: NewItem[] = []
  const changes: ItemChanges[] = []

  const store = {
    async findByIds(_viewer: string | null, ids: readonly string[]) {
      statements.push(['findByIds', ...ids])
      return rows.filter(({ id }) => ids.includes(id))
    },
    async findPage(_viewer: string | null, request: PageRequest) {
      statements.push(['findPage', request])
      return rows.slice(0, request.first + 1).map(listed)
    },
    async findPagesOfOwners(_viewer: string | null, wanted: readonly (PageRequest & { ownerId: string })[]) {
      statements.push(['findPagesOfOwners', ...wanted.map(({ ownerId, first }) => `${ownerId} ${first}`)])
      return wanted.map((page) => rows.filter(({ ownerId }) => ownerId === page.ownerId).map(listed))
    },
    async create(item: NewItem) {
      created.push(item)
      return itemRow(9, item as Partial<ItemRow>)
    },
    async change(id: string, _viewer: string | null, decide: (item: ItemRow | null) => ItemChanges) {
      const row = rows.find((one) => one.id === id) ?? null
      changes.push(decide(row))
      return { ...row!, ...changes.at(-1) }
    },
  }
  const typeDefs = readFileSync(new URL('../../schema/items.graphql', import.meta.url), 'utf8')
  const compiled = documentCompiler(subgraphSchema({ typeDefs, resolvers }))

  return {
    statements,
    created,
    changes,
    async run(query: string, request: { variables?: Record<string, unknown>; identity?: Identity } = {}) {
      const { variables = {}, identity = ANONYMOUS } = request
      const reader = readerOf(identity)
      const context = { identity, reader, store, loaders: itemLoaders(store, reader) }
      const { data, errors = [] } = await compiled(query, null).run(context, variables)
      return {
        data: JSON.parse(JSON.stringify(data)) as unknown,
        codes: publicErrors(errors, { requestId: '', operationName: null, log }).map(({ path, extensions }) =>
          [path?.join('.'), extensions?.['code'], extensions?.['field']].filter(Boolean).join(' '),
        ),
      }
    },
  }
}
