// Lists read what is selected and no more, on a real Postgres.
import { readFileSync } from 'node:fs'
import { Kind, parse } from 'graphql'
import type { FieldDefinitionNode } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { ANONYMOUS } from '../../platform/identity.ts'
import { itemListReader } from './item-list-reader.ts'
import type { ItemList } from './item-lists.ts'
import type { ItemColumn } from './selected-columns.ts'
import { person, runningItems } from './testing/running-items.ts'
import type { RunningItems } from './testing/running-items.ts'

const ada = person()
const bob = person()

let items: RunningItems
beforeAll(async () => {
  items = await runningItems()
  const insert = (name: string, owner: string, more: object = {}) => {
    const row = { name, owner_id: owner, visibility: 'PUBLIC', description: 'Of **brass**', tags: ['lamp'], ...more }
    return items.sql`insert into items ${items.sql(row)} returning id`
  }
  await insert('Lamp', ada.subject)
  await insert('Gone', ada.subject, { deleted_at: new Date(), deleted_by: ada.subject })
  const [lent] = await insert('Lent', bob.subject, { visibility: 'PRIVATE' })
  await items.sql`
    insert into shares (item_id, user_id, permission, granted_by) values (${lent!['id']}, ${ada.subject}, 'EDIT', ${bob.subject})`
})
afterAll(() => items?.stop())

const ofAda = (list: string) => (page: string) =>
  `_entities(representations: [{ __typename: "User", id: "${ada.subject}" }]) { ... on User { list: ${list} ${page} } }`

const lists: readonly (readonly [string, (page: string) => string])[] = [
  ['items', (page) => `list: items ${page}`],
  ['User.items', ofAda('items')],
  ['User.sharedWithMe', ofAda('sharedWithMe')],
  ['User.trash', ofAda('trash')],
]

describe('what a list shows of its items', () => {
  const fields = fieldsOfItem().filter(
    (field) => !field.arguments?.some(({ type }) => type.kind === Kind.NON_NULL_TYPE),
  )
  const selected = fields.map((field) => (isLeaf(field) ? field.name.value : `${field.name.value} { __typename }`))
  const found = async (list: (page: string) => string, page: string) => {
    const { data } = await items.ask(`{ ${list(page)} }`, { identity: ada })
    return data._entities ? data._entities[0].list : data.list
  }

  it.each(lists)('is the same whatever else is selected: %s', async (_name, list) => {
    const { nodes } = await found(list, `{ nodes { ${selected.join(' ')} } }`)
    expect(nodes.length).toBeGreaterThan(0)
    for (const selection of selected) {
      const name = selection.split(' ')[0]!
      const expected = nodes.map((node: Record<string, unknown>) => ({ [name]: node[name] }))
      expect((await found(list, `{ nodes { ${selection} } }`)).nodes, name).toEqual(expected)
      const { edges } = await found(list, `{ edges { node { ... on Item { ${selection} } } } }`)
      expect(
        edges.map(({ node }: { node: object }) => node),
        name,
      ).toEqual(expected)
    }
  })

  it('is read, and nothing else', async () => {
    const textOf = async (selection: string, identity = ada) => {
      items.statements.length = 0
      await items.ask(`{ items ${selection} }`, { identity })
      return items.statements.map(({ text }) => text).join()
    }
    expect(await textOf('{ nodes { name owner { id } } }')).not.toMatch(/"description"|"tags"|"shared_as"|"place"/)
    expect(await textOf('{ nodes { name } edges { node { description } } }')).toMatch(/"description"/)
    expect(await textOf('{ nodes { name } pageInfo { hasNextPage } }')).not.toMatch(/"place"/)
    expect(await textOf('{ nodes { name } pageInfo { endCursor } }')).toMatch(/"place"/)
    expect(await textOf('{ nodes { viewerPermission } }')).toMatch(/"shared_as"/)
    expect(await textOf('{ nodes { name } }')).toMatch(/"shares"/)
    // Nothing is shared with nobody.
    expect(await textOf('{ nodes { name } }', ANONYMOUS as typeof ada)).not.toMatch(/"shares"/)
  })
})

describe('statements of lists', () => {
  let database: Database
  beforeAll(() => {
    database = openDatabase(items.databaseUrl, { statementTimeoutMs: 10_000, applicationName: 'test' })
  })
  afterAll(() => database?.close())

  const list: ItemList = { of: 'READABLE', ownerId: null, filter: {}, search: null, order: 'CREATED_DESC' }
  const request = { size: 20, isBackward: false, after: null, before: null }
  // One after the other they are all sent on one connection, which knows what it has prepared.
  const prepared = async () =>
    database.sql`select statement, generic_plans::int, custom_plans::int from pg_prepared_statements`

  it.each([null, ada.subject])('are planned once, for %s', async (viewer) => {
    const reader = itemListReader(database.db)
    for (let time = 0; time < 12; time += 1) {
      await reader.page(list, viewer, { ...request, size: 1 + time }, { columns: ['name'], hasPlace: true })
    }
    const plans = (await prepared()).filter(({ statement }) => /"name", "place"/.test(statement))
    const [plan] = plans.filter(({ statement }) => statement.includes('shares') === (viewer !== null))
    // Postgres plans five times before it compares.
    expect(plan).toMatchObject({ custom_plans: 5, generic_plans: 7 })
  })

  it('are prepared up to a number, and answered beyond it', async () => {
    const reader = itemListReader(database.db)
    const columns: ItemColumn[] = [
      'name',
      'description',
      'status',
      'visibility',
      'tags',
      'version',
      'createdAt',
      'updatedAt',
    ]
    for (let form = 0; form < 256; form += 1) {
      const chosen = columns.filter((_column, place) => form & (1 << place))
      const { rows } = await reader.page(list, null, request, { columns: chosen, hasPlace: false })
      expect(Object.keys(rows[0]!).sort()).toEqual(['id', ...chosen].sort())
    }
    expect((await prepared()).length).toBeLessThan(220)
  })
})

function fieldsOfItem(): readonly FieldDefinitionNode[] {
  const text = readFileSync(new URL('../../schema/items.graphql', import.meta.url), 'utf8')
  const [item] = parse(text).definitions.flatMap((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION && definition.name.value === 'Item' ? [definition] : [],
  )
  return item!.fields!
}

function isLeaf({ type }: FieldDefinitionNode): boolean {
  const named = JSON.stringify(type).match(/"NamedType","name":\{"kind":"Name","value":"(\w+)"/)![1]!
  return ['ID', 'String', 'Int', 'Boolean', 'DateTime', 'ItemStatus', 'ItemVisibility', 'ItemPermission'].includes(
    named,
  )
}
