// How many SQL statements each operation costs, whatever the size of its pages: the budget of this subgraph. One that is
// over it asks for each of many what can be asked for all of them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { person, runningItems } from './testing/running-items.ts'
import type { RunningItems } from './testing/running-items.ts'

const ada = person()
const OWNERS = 25

const page = 'nodes { id name tags owner { id } viewerPermission deletedBy { id } } pageInfo { hasNextPage endCursor }'
const ofUsers = (selection: string) => `_entities(representations: $r) { ... on User { id ${selection} } }`

/** Operation, what it selects with pages of `$n`, and its statements. */
const budget: readonly (readonly [string, string, number])[] = [
  ['a page of items', `items(first: $n) { ${page} edges { cursor node { id } } }`, 1],
  ['the last page of items', `items(last: $n) { ${page} pageInfo { hasPreviousPage startCursor } }`, 1],
  [
    'a page after a cursor, and what stands before it',
    `items(first: $n, after: $after) { ${page} pageInfo { hasPreviousPage } }`,
    2,
  ],
  ['a page and how many there are', `items(first: $n) { ${page} totalCount }`, 2],
  [
    'a filtered page in another order',
    `items(first: $n, orderBy: NAME_DESC, filter: { status: [DRAFT], tags: ["red"] }) { ${page} }`,
    1,
  ],
  [
    'a search, with snippets and how many there are',
    `items(first: $n, search: "item") { edges { node { id } snippet { name { text } } } totalCount }`,
    4,
  ],
  ['a search that finds what looks alike', `items(first: $n, search: "itme") { ${page} isApproximate }`, 2],
  ['a search in the order of names', `items(first: $n, search: "item", orderBy: NAME_ASC) { ${page} }`, 1],
  ['one item', 'item(id: $id) { id name viewerPermission owner { id } }', 1],
  ['many entities', '_entities(representations: $items) { ... on Item { id name viewerPermission owner { id } } }', 1],
  ['the items of many users, and how many', ofUsers(`items(first: $n) { ${page} totalCount }`), 2],
  [
    'two lists of many users',
    ofUsers(`items(first: $n) { ${page} } byName: items(first: $n, orderBy: NAME_ASC) { ${page} }`),
    2,
  ],
  ['a search in the items of many users', ofUsers(`items(first: $n, search: "item") { ${page} }`), 1],
  ['a search that finds nothing of some of many users', ofUsers(`items(first: $n, search: "itme") { ${page} }`), 2],
  [
    'what is shared with oneself, and how much',
    `_entities(representations: $me) { ... on User { sharedWithMe(first: $n) { ${page} totalCount } } }`,
    2,
  ],
  ['the trash', `_entities(representations: $me) { ... on User { trash(first: $n) { ${page} } } }`, 1],
  [
    'the versions of many items, and how many',
    `items(first: $n, filter: { ownerId: $owner }) { nodes { versions(first: $n) { nodes { version author { id } changes { field } } totalCount } } }`,
    4,
  ],
  [
    'one version of many items',
    `items(first: $n, filter: { ownerId: $owner }) { nodes { versionAt(version: 1) { name } diff(from: 1, to: 1) { field } } }`,
    2,
  ],
]

let items: RunningItems
let variables: Record<string, unknown>
beforeAll(async () => {
  items = await runningItems()
  await items.sql`
    insert into items (owner_id, name, visibility, status, tags, created_at)
    select ('00000000-0000-4000-8000-' || lpad((n % ${OWNERS})::text, 12, '0'))::uuid, 'Item ' || n, 'PUBLIC', 'DRAFT',
      '{red}', now() - n * interval '1 s'
    from generate_series(1, 500) n`
  await items.sql`
    insert into items (owner_id, name, deleted_at, deleted_by)
    select ${ada.subject}, 'Mine ' || n, case when n % 2 = 0 then now() end, case when n % 2 = 0 then ${ada.subject}::uuid end
    from generate_series(1, 100) n`
  await items.sql`
    insert into item_versions (item_id, version, kind, name, author_id)
    select id, number, 'UPDATED', name, owner_id from items, generate_series(1, 2) number`
  await items.sql`
    insert into shares (item_id, user_id, permission, granted_by)
    select id, ${ada.subject}, 'VIEW', owner_id from items where owner_id <> ${ada.subject}`
  const rows = await items.sql`select id from items where visibility = 'PUBLIC' limit 100`
  const { data } = await items.ask('{ items(first: 5) { pageInfo { endCursor } } }', { identity: ada })
  variables = {
    id: rows[0]!['id'],
    after: data.items.pageInfo.endCursor,
    owner: ada.subject,
    me: [{ __typename: 'User', id: ada.subject }],
  }
})
afterAll(() => items?.stop())

describe('the budget of statements', () => {
  it.each(budget)('holds for %s', async (_what, selection, statements) => {
    const counts = []
    for (const n of [1, 5, 40]) {
      const owner = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
      const r = Array.from({ length: Math.min(n, OWNERS) }, (_, number) => ({ __typename: 'User', id: owner(number) }))
      const rows = await items.sql`select id from items where visibility = 'PUBLIC' limit ${n}`
      items.statements.length = 0
      const declared = '$n: Int!, $after: String, $id: ID!, $owner: ID, $r: [_Any!]!, $items: [_Any!]!, $me: [_Any!]!'
      const query = `query(${used(declared, selection)}) { ${selection} }`
      const given = { ...variables, n, r, items: rows.map(({ id }) => ({ __typename: 'Item', id })) }
      const { codes } = await items.ask(query, { variables: given, identity: ada })
      expect(codes).toEqual([])
      counts.push(items.statements.length)
    }
    expect(counts).toEqual([statements, statements, statements])
  })
})

/** The declarations of the variables that a selection uses. */
function used(declared: string, selection: string): string {
  return declared
    .split(', ')
    .filter((one) => new RegExp(`\\${one.split(':')[0]}\\b`).test(selection))
    .join(', ')
}
