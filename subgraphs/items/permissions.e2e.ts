// Who may do what with an item: the table that access.ts keeps, for every way that leads to an item.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import type { Identity } from '../../platform/identity.ts'
import { account } from './testing/accounts-source.ts'
import { person, runningItems } from './testing/running-items.ts'
import type { RunningItems } from './testing/running-items.ts'

const writer = ['items:read', 'items:write', 'shares:write', 'comments:write', 'profile:write']
const people = {
  anonymous: ANONYMOUS,
  owner: person(writer),
  editor: person(writer), // it is shared with these three
  commenter: person(writer),
  viewer: person(writer),
  stranger: person(writer),
  moderator: person([...writer, 'comments:moderate', 'items:moderate']),
  admin: { ...person([...writer, 'users:admin', 'jobs:admin', 'usage:read']), roles: ['admin'], policies: ['step-up'] },
} satisfies Record<string, Identity>

/** yes; n: as if there were none, f: FORBIDDEN, u: UNAUTHENTICATED */
const table = `
  what            visibility  anonymous  owner  editor  commenter  viewer  stranger  moderator  admin
  read            PRIVATE     n          yes    yes     yes        yes     n         n          n
  read            PUBLIC      yes        yes    yes     yes        yes     yes       yes        yes
  subscribe       PRIVATE     n          yes    yes     yes        yes     n         n          n
  subscribe       PUBLIC      yes        yes    yes     yes        yes     yes       yes        yes
  list            PRIVATE     n          yes    yes     yes        yes     n         n          n
  list            PUBLIC      yes        yes    yes     yes        yes     yes       yes        yes
  listOfOwner     PRIVATE     n          yes    yes     yes        yes     n         n          n
  listOfOwner     PUBLIC      yes        yes    yes     yes        yes     yes       yes        yes
  search          PRIVATE     n          yes    yes     yes        yes     n         n          n
  search          PUBLIC      yes        yes    yes     yes        yes     yes       yes        yes
  searchAlike     PRIVATE     n          yes    yes     yes        yes     n         n          n
  searchAlike     PUBLIC      yes        yes    yes     yes        yes     yes       yes        yes
  count           PRIVATE     n          yes    yes     yes        yes     n         n          n
  count           PUBLIC      yes        yes    yes     yes        yes     yes       yes        yes
  versions        PRIVATE     n          yes    yes     f          f       n         n          n
  versions        PUBLIC      f          yes    yes     f          f       f         f          f
  version         PRIVATE     n          yes    yes     f          f       n         n          n
  version         PUBLIC      f          yes    yes     f          f       f         f          f
  comments        PRIVATE     n          yes    yes     yes        yes     n         n          n
  comments        PUBLIC      yes        yes    yes     yes        yes     yes       yes        yes
  shares          PRIVATE     n          yes    f       f          f       n         n          n
  shares          PUBLIC      f          yes    f       f          f       f         f          f
  edit            PRIVATE     u          yes    yes     f          f       n         n          n
  edit            PUBLIC      u          yes    yes     f          f       f         f          f
  publish         PRIVATE     u          yes    f       f          f       n         n          n
  revert          PRIVATE     u          yes    yes     f          f       n         n          n
  revert          PUBLIC      u          yes    yes     f          f       f         f          f
  delete          PRIVATE     u          yes    f       f          f       n         n          n
  delete          PUBLIC      u          yes    f       f          f       f         yes        f
  restore         PRIVATE     u          yes    n       n          n       n         n          n
  restore         PUBLIC      u          yes    n       n          n       n         n          n
  share           PRIVATE     u          yes    f       f          f       n         n          n
  share           PUBLIC      u          yes    f       f          f       f         f          f
  revoke          PRIVATE     u          yes    n       n          n       n         n          n
  revoke          PUBLIC      u          yes    n       n          n       n         n          n
  comment         PRIVATE     u          yes    yes     yes        f       n         n          n
  comment         PUBLIC      u          yes    yes     yes        f       f         f          f
  editComment     PRIVATE     u          f      f       yes        f       n         n          n
  editComment     PUBLIC      u          f      f       yes        f       f         f          f
  deleteComment   PRIVATE     u          yes    f       yes        f       n         n          n
  deleteComment   PUBLIC      u          yes    f       yes        f       f         yes        f
`

interface Given {
  readonly id: string
  readonly shareId: string
  /** The commenter's. */
  readonly commentId: string
  /** A word that stands in its name alone. */
  readonly word: string
}
type Ask = (query: string, variables: object) => Promise<{ data?: any; codes: readonly string[] }>
type Attempt = (ask: Ask, given: Given) => Promise<string>

const owner = people.owner.subject
const inItem = (selection: string) => [
  `item(id: $id) { id ${selection} }`,
  `_entities(representations: $r) { ... on Item { id ${selection} } }`,
  `node(id: $id) { id ... on Item { ${selection} } }`,
]

const variableTypes = { id: 'ID!', shareId: 'ID!', commentId: 'ID!', owner: 'ID!', word: 'String', r: '[_Any!]!' }

/** An operation with this field, called `it`, that declares the variables it has. */
function operation(kind: 'query' | 'mutation', field: string): string {
  const used = Object.entries(variableTypes).filter(([name]) => new RegExp(`\\$${name}\\b`).test(field))
  const declared = used.length > 0 ? `(${used.map(([name, type]) => `$${name}: ${type}`).join(', ')})` : ''
  return `${kind}${declared} { it: ${field} }`
}

/** By root field, as an entity and as a node, which have to answer alike. */
const read =
  (selection: string, field?: string): Attempt =>
  async (ask, { id }) => {
    const answers: string[] = []
    for (const way of inItem(selection)) {
      const { data, codes } = await ask(operation('query', way), { id, r: [{ __typename: 'Item', id }] })
      const item = [data.it].flat()[0]
      answers.push(!item ? 'n' : field && item[field] == null ? letterOf(codes) : 'yes')
    }
    expect(new Set(answers).size, answers.join()).toBe(1)
    return answers[0]!
  }

const listed =
  (list: string, shows: (connection: any, id: string) => boolean): Attempt =>
  async (ask, { id, word }) => {
    const { data, codes } = await ask(operation('query', list), { word, owner, r: [{ __typename: 'User', id: owner }] })
    expect(codes).toEqual([])
    return shows([data.it].flat()[0].items ?? data.it, id) ? 'yes' : 'n'
  }
const holds = (connection: any, id: string) => connection.nodes.some((node: any) => node.id === id)

const change =
  (mutation: string): Attempt =>
  async (ask, given) => {
    const { data, codes } = await ask(operation('mutation', `${mutation} { __typename }`), given)
    return data?.it ? 'yes' : letterOf(codes)
  }

const attempts: Record<string, Attempt> = {
  read: read('name'),
  // What the gateway asks before it lets somebody follow an item, and with each event.
  subscribe: async (ask, { id }) => {
    const query = 'query($representations:[_Any!]!){_entities(representations:$representations){__typename}}'
    const { data } = await ask(query, { representations: [{ __typename: 'Item', id }] })
    return data._entities[0] ? 'yes' : 'n'
  },
  list: listed('items(filter: { ownerId: $owner }, first: 100) { nodes { id } }', holds),
  listOfOwner: listed('_entities(representations: $r) { ... on User { items(first: 100) { nodes { id } } } }', holds),
  search: listed('items(search: $word) { nodes { id } isApproximate }', holds),
  searchAlike: listed('items(search: $word) { nodes { id } }', holds),
  count: listed('items(search: $word) { totalCount nodes { id } isApproximate }', (list, id) => {
    expect(list.totalCount > 0).toBe(holds(list, id))
    return list.totalCount > 0
  }),
  versions: read('versions { totalCount nodes { name } }', 'versions'),
  version: read('versionAt(version: 1) { name }', 'versionAt'),
  comments: read('comments { nodes { body } }', 'comments'),
  shares: read('shares { id }', 'shares'),
  edit: change('updateItem(input: { id: $id, name: "x" })'),
  publish: change('updateItem(input: { id: $id, visibility: PUBLIC })'),
  revert: change('revertItem(input: { id: $id, toVersion: 1 })'),
  delete: change('deleteItem(input: { id: $id })'),
  restore: change('restoreItem(input: { id: $id })'),
  share: change('shareItem(input: { itemId: $id, username: "somebody", permission: VIEW })'),
  revoke: change('revokeShare(input: { id: $shareId })'),
  comment: change('addComment(input: { itemId: $id, body: "x" })'),
  editComment: change('editComment(input: { id: $commentId, body: "x" })'),
  deleteComment: change('deleteComment(input: { id: $commentId })'),
}

let items: RunningItems

beforeAll(async () => {
  items = await runningItems()
  const { id, username, emailSha256 } = account(randomUUID(), { username: 'somebody' })
  await items.sql`insert into people values (${id}, ${username}, ${emailSha256}, true, 'ACTIVE')`
})
afterAll(() => items?.stop())

describe('who may do what with an item', () => {
  const [, ...rows] = table.trim().split('\n')
  it.each(rows.map((row) => row.trim().split(/\s+/)))('%s, %s', async (what, visibility, ...expected) => {
    const found: string[] = []
    for (const identity of Object.values(people)) {
      const given = await make(visibility!, what === 'restore')
      const word = what === 'searchAlike' ? `${given.word.slice(0, -2)}xx` : given.word
      const ask: Ask = (query, variables) => items.ask(query, { variables: { ...variables }, identity })
      found.push(await attempts[what!]!(ask, { ...given, word }))
    }
    const names = Object.keys(people)
    expect(Object.fromEntries(names.map((name, n) => [name, found[n]]))).toEqual(
      Object.fromEntries(names.map((name, n) => [name, expected[n]])),
    )
  })

  it('is all in the table: every field and mutation of an item', () => {
    expect(new Set(rows.map((row) => row.trim().split(/\s+/)[0]))).toEqual(new Set(Object.keys(attempts)))
  })
})

/** An item of the owner's with two versions, three shares and a comment. */
async function make(visibility: string, isDeleted: boolean): Promise<Given> {
  const word = `w${randomUUID().replaceAll('-', '')}`
  const [row] = await items.sql<Omit<Given, 'word'>[]>`
    with made as (
      insert into items (owner_id, name, visibility, version, deleted_at, deleted_by)
      values (${owner}, ${word}, ${visibility}, 2, ${isDeleted ? new Date() : null}, ${isDeleted ? owner : null}) returning id
    ), kept as (
      insert into item_versions (item_id, version, kind, name, author_id)
      select id, n, 'UPDATED', ${word} || n, ${owner} from made, generate_series(1, 2) n
    ), shared as (
      insert into shares (item_id, user_id, permission, granted_by)
      select made.id, with_whom.id::uuid, permission::share_permission, ${owner} from made, (values
        (${people.editor.subject}, 'EDIT'), (${people.commenter.subject}, 'COMMENT'), (${people.viewer.subject}, 'VIEW')
      ) as with_whom (id, permission) returning id, permission
    ), said as (
      insert into comments (item_id, author_id, body) select id, ${people.commenter.subject}, 'x' from made returning id
    )
    select made.id, shared.id as "shareId", said.id as "commentId" from made, shared, said where permission = 'VIEW'`
  return { ...row!, word }
}

function letterOf(codes: readonly string[]): string {
  expect(codes).toHaveLength(1)
  const letters: Record<string, string> = { NOT_FOUND: 'n', FORBIDDEN: 'f', UNAUTHENTICATED: 'u' }
  return letters[codes[0]!.split(' ')[1]!] ?? codes[0]!
}
