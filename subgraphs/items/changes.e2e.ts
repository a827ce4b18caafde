// Changes on a real Postgres: versions, what they are compared with, keys that make things once, and the trash.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Identity } from '../../platform/identity.ts'
import { purge } from './purge.ts'
import { person, runningItems } from './testing/running-items.ts'
import type { RunningItems } from './testing/running-items.ts'

const ada = person()
const bob = person()
const moderator = person(['items:read', 'comments:write', 'comments:moderate', 'items:moderate'])

let items: RunningItems
beforeAll(async () => void (items = await runningItems()))
afterAll(() => items?.stop())
beforeEach(() => items.empty())

describe('expectedVersion', () => {
  it('keeps fifty writers from losing an update', async () => {
    const { id } = await create({ name: '0' })
    // Each reads the number, adds one, and tries again when somebody was faster.
    const addOne = async () => {
      for (let tries = 0; tries < 500; tries += 1) {
        const { data } = await items.ask(`{ item(id: "${id}") { name version } }`, { identity: ada })
        const input = { id, name: String(Number(data.item.name) + 1), expectedVersion: data.item.version }
        const { codes } = await change('updateItem', input)
        if (codes.length === 0) return
        expect(codes).toEqual(['it CONFLICT expectedVersion'])
      }
      throw new Error('never got through')
    }
    await Promise.all(Array.from({ length: 50 }, addOne))
    const { data } = await items.ask(`{ item(id: "${id}") { name version versions { totalCount } } }`, {
      identity: ada,
    })
    expect(data.item).toEqual({ name: '50', version: 51, versions: { totalCount: 51 } })
    expect(await items.sql`select count(*)::int as n from item_versions`).toEqual([{ n: 51 }])
  }, 120_000)

  it.each(['updateItem', 'deleteItem', 'revertItem'])(
    'is looked at by %s, which tells the current one',
    async (field) => {
      const { id } = await create({ name: 'Pen' })
      await change('updateItem', { id, name: 'Pencil' })
      const input = {
        id,
        expectedVersion: 1,
        ...(field === 'revertItem' && { toVersion: 1 }),
        ...(field === 'updateItem' && { name: 'x' }),
      }
      const response = await raw(`mutation($input: ${typeOf(field)}!) { it: ${field}(input: $input) { __typename } }`, {
        input,
      })
      expect(response.errors[0].extensions).toMatchObject({
        code: 'CONFLICT',
        field: 'expectedVersion',
        currentVersion: 2,
      })
      expect((await change(field, { ...input, expectedVersion: 2 })).codes).toEqual([])
    },
  )
})

describe('an idempotency key', () => {
  it('sent twenty times at once makes one item', async () => {
    const input = { name: 'Pen', idempotencyKey: randomUUID(), tags: ['a'] }
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(input)))
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    expect(await items.sql`select count(*)::int as n from items`).toEqual([{ n: 1 }])
    expect(await items.sql`select count(*)::int as n from outbox where event ? 'itemChanged'`).toEqual([{ n: 1 }])
  })

  it('answers with the item as it is now', async () => {
    const input = { name: 'Pen', idempotencyKey: 'key' }
    const { id } = await create(input)
    await change('updateItem', { id, name: 'Pencil' })
    expect(await create(input)).toEqual({ id, name: 'Pencil', version: 2 })
    await change('deleteItem', { id })
    expect((await change('createItem', input)).codes).toEqual(['it NOT_FOUND'])
  })

  it('is refused for another input, and is good for others and for oneself after a failure', async () => {
    await create({ name: 'Pen', idempotencyKey: 'key' })
    expect((await change('createItem', { name: 'Pencil', idempotencyKey: 'key' })).codes).toEqual([
      'it CONFLICT idempotencyKey',
    ])
    expect((await change('createItem', { name: 'Pencil', idempotencyKey: 'key' }, bob)).codes).toEqual([])
    expect((await change('createItem', { name: '', idempotencyKey: 'other' })).codes).toEqual([
      'it BAD_USER_INPUT name',
    ])
    expect((await change('createItem', { name: 'Ink', idempotencyKey: 'other' })).codes).toEqual([])
  })
})

describe('versions', () => {
  it('tell everything that an item was, by whom and since when', async () => {
    const { id } = await create({ name: 'Pen', tags: ['blue'] })
    await share(id, bob, 'EDIT')
    await change('updateItem', { id, name: 'Pencil', description: 'Grey', tags: ['grey', 'wood'] }, bob)
    await change('updateItem', { id, visibility: 'PUBLIC' })
    const { data } = await items.ask(
      `{ item(id: "${id}") { versions { totalCount pageInfo { hasNextPage } nodes { version kind name tags author { id } createdAt
        changes { field before after } } } versionAt(version: 1) { name description visibility } diff(from: 1, to: 3) { field before after } } }`,
      { identity: bob },
    )
    const time = expect.stringMatching(/^\d{4}-/) as string
    const [third, second, first] = [
      {
        version: 3,
        kind: 'UPDATED',
        name: 'Pencil',
        tags: ['grey', 'wood'],
        author: { id: ada.subject },
        createdAt: time,
        changes: [{ field: 'VISIBILITY', before: 'PRIVATE', after: 'PUBLIC' }],
      },
      {
        version: 2,
        kind: 'UPDATED',
        name: 'Pencil',
        tags: ['grey', 'wood'],
        author: { id: bob.subject },
        createdAt: time,
        changes: [
          { field: 'NAME', before: 'Pen', after: 'Pencil' },
          { field: 'DESCRIPTION', before: null, after: 'Grey' },
          { field: 'TAGS', before: 'blue', after: 'grey, wood' },
        ],
      },
      {
        version: 1,
        kind: 'CREATED',
        name: 'Pen',
        tags: ['blue'],
        author: { id: ada.subject },
        createdAt: time,
        changes: [
          { field: 'NAME', before: null, after: 'Pen' },
          { field: 'STATUS', before: null, after: 'DRAFT' },
          { field: 'VISIBILITY', before: null, after: 'PRIVATE' },
          { field: 'TAGS', before: null, after: 'blue' },
        ],
      },
    ]
    expect(data.item.versions).toEqual({
      totalCount: 3,
      pageInfo: { hasNextPage: false },
      nodes: [third, second, first],
    })
    expect(data.item.versionAt).toEqual({ name: 'Pen', description: null, visibility: 'PRIVATE' })
    expect(data.item.diff).toEqual(
      [...second!.changes, ...third!.changes].toSorted((one, other) => order(one) - order(other)),
    )
  })

  it('come in pages, both ways', async () => {
    const { id } = await create({ name: '1' })
    for (let number = 2; number <= 7; number += 1) await change('updateItem', { id, name: String(number) })
    const page = async (args: string) => {
      const { data, codes } = await items.ask(
        `{ item(id: "${id}") { versions(${args}) { nodes { version } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
        { identity: ada },
      )
      expect(codes).toEqual([])
      const { nodes, pageInfo } = data.item.versions
      return { numbers: nodes.map(({ version }: any) => version), ...pageInfo }
    }
    const first = await page('first: 3')
    expect(first).toMatchObject({ numbers: [7, 6, 5], hasNextPage: true, hasPreviousPage: false })
    expect(await page(`first: 3, after: "${first.endCursor}"`)).toMatchObject({
      numbers: [4, 3, 2],
      hasNextPage: true,
      hasPreviousPage: true,
    })
    const last = await page('last: 2')
    expect(last).toMatchObject({ numbers: [2, 1], hasNextPage: false, hasPreviousPage: true })
    expect(await page(`last: 9, before: "${last.startCursor}"`)).toMatchObject({
      numbers: [7, 6, 5, 4, 3],
      hasNextPage: true,
      hasPreviousPage: false,
    })
  })

  it('are not shown to those who may only see or comment on the item', async () => {
    const { id } = await create({ name: 'Pen', visibility: 'PUBLIC' })
    const codes = async () =>
      (
        await items.ask(
          `{ item(id: "${id}") { a: versions { totalCount } b: versionAt(version: 1) { name } c: diff(from: 1, to: 1) { field } } }`,
          { identity: bob },
        )
      ).codes
    const refused = ['item.a FORBIDDEN', 'item.b FORBIDDEN', 'item.c FORBIDDEN']
    expect((await codes()).toSorted()).toEqual(refused)
    await share(id, bob, 'COMMENT')
    expect((await codes()).toSorted()).toEqual(refused)
    await items.sql`update shares set permission = 'EDIT'`
    expect(await codes()).toEqual([])
  })

  it('can be gone back to, which is a change like any other', async () => {
    const { id } = await create({ name: 'Pen', description: 'Blue', tags: ['a'] })
    await change('updateItem', {
      id,
      name: 'Pencil',
      description: null,
      status: 'ACTIVE',
      tags: [],
      visibility: 'PUBLIC',
    })
    const { data } = await change(
      'revertItem',
      { id, toVersion: 1 },
      ada,
      '{ item { name description status tags visibility version } }',
    )
    expect(data.it.item).toEqual({
      name: 'Pen',
      description: 'Blue',
      status: 'DRAFT',
      tags: ['a'],
      visibility: 'PUBLIC',
      version: 3,
    })
    expect((await change('revertItem', { id, toVersion: 3 }, ada, '{ item { version } }')).data.it.item).toEqual({
      version: 3,
    })
    for (const toVersion of [0, -1, 9, 2_147_483_647]) {
      expect((await change('revertItem', { id, toVersion })).codes).toEqual(['it NOT_FOUND toVersion'])
    }
    expect((await change('revertItem', { id, toVersion: 1 }, bob)).codes).toEqual(['it FORBIDDEN'])
    expect(await items.sql`select kind from item_versions order by version`).toEqual([
      { kind: 'CREATED' },
      { kind: 'UPDATED' },
      { kind: 'REVERTED' },
    ])
  })
})

describe('a share', () => {
  it.each([
    ['VIEW', ['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']],
    ['COMMENT', ['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']],
    ['EDIT', ['', 'FORBIDDEN', 'FORBIDDEN']],
  ])('that permits %s permits no more', async (permission, [edit, publish, remove]) => {
    const { id } = await create({ name: 'Pen' })
    expect((await change('updateItem', { id, name: 'x' }, bob)).codes).toEqual(['it NOT_FOUND'])
    await share(id, bob, permission)
    const codeOf = async (field: string, input: object) =>
      (await change(field, input, bob)).codes.join().replace('it ', '')
    expect(await codeOf('updateItem', { id, name: 'Pencil' })).toBe(edit)
    expect(await codeOf('updateItem', { id, visibility: 'PUBLIC' })).toBe(publish)
    expect(await codeOf('deleteItem', { id })).toBe(remove)
  })

  it('makes its holder one of those who are told', async () => {
    const { id } = await create({ name: 'Pen' })
    await share(id, bob, 'VIEW')
    await change('updateItem', { id, name: 'Pencil' })
    const [last] = await items.sql`select channels from outbox where event ? 'itemChanged' order by id desc limit 1`
    expect(last!['channels']).toEqual([`item:${id}`, `owner:${ada.subject}`, `viewer:${bob.subject}`])
    const feeds = await items.sql`select user_id, kind, actor_id, version from activities order by created_at, version`
    expect(feeds).toEqual([
      { user_id: ada.subject, kind: 'ITEM_CREATED', actor_id: ada.subject, version: 1 },
      { user_id: ada.subject, kind: 'ITEM_UPDATED', actor_id: ada.subject, version: 2 },
    ])
    const told =
      await items.sql`select event from outbox where ${`activity:${ada.subject}`} = any(channels) order by id desc limit 1`
    expect(told[0]!['event'].activity).toMatchObject({
      kind: 'ITEM_UPDATED',
      itemId: id,
      item: { __typename: 'Item', id },
    })
  })
})

describe('the trash', () => {
  it('keeps what its owner deletes, until it is taken out again', async () => {
    const { id } = await create({ name: 'Pen', visibility: 'PUBLIC' })
    await share(id, bob, 'EDIT')
    await change('deleteItem', { id })
    expect((await items.ask(`{ item(id: "${id}") { id } items { nodes { id } } }`, { identity: ada })).codes).toEqual([
      'item NOT_FOUND',
    ])
    expect((await change('updateItem', { id, name: 'x' })).codes).toEqual(['it NOT_FOUND'])
    expect((await change('restoreItem', { id }, bob)).codes).toEqual(['it NOT_FOUND'])
    expect((await change('restoreItem', { id }, moderator)).codes).toEqual(['it NOT_FOUND'])
    const [listed] = await trashOf(ada)
    expect(listed).toMatchObject({
      id,
      deletedBy: { id: ada.subject },
      viewerPermission: 'OWNER',
      versions: { totalCount: 2 },
    })
    expect(Date.parse(listed.purgedAfter) - Date.parse(listed.deletedAt)).toBe(30 * 86_400_000)

    const { data } = await change('restoreItem', { id }, ada, '{ item { version deletedAt name } }')
    expect(data.it.item).toEqual({ version: 3, deletedAt: null, name: 'Pen' })
    expect(await trashOf(ada)).toEqual([])
    expect((await change('restoreItem', { id })).codes).toEqual(['it NOT_FOUND'])
  })

  it('is where moderators put what they see, and take it out of', async () => {
    const { id } = await create({ name: 'Pen', visibility: 'PUBLIC' })
    const hidden = await create({ name: 'Diary' })
    expect((await change('deleteItem', { id: hidden.id }, moderator)).codes).toEqual(['it NOT_FOUND'])
    expect((await change('updateItem', { id, name: 'x' }, moderator)).codes).toEqual(['it FORBIDDEN'])
    expect((await change('deleteItem', { id }, moderator)).codes).toEqual([])
    expect((await change('restoreItem', { id })).codes).toEqual(['it FORBIDDEN'])
    expect(await trashOf(ada)).toMatchObject([{ id, deletedBy: { id: moderator.subject } }])
    expect((await change('restoreItem', { id }, moderator)).codes).toEqual([])
    expect(await trashOf(ada)).toEqual([])
  })

  it('is emptied of what lay there for 30 days, with all that belongs to it', async () => {
    const [old, young, kept] = await Promise.all([
      create({ name: 'old' }),
      create({ name: 'young' }),
      create({ name: 'kept' }),
    ])
    await create({ name: 'keyed', idempotencyKey: 'key' })
    await share(old.id, bob, 'VIEW')
    await items.sql`update items set deleted_at = now() - interval '30 days 1 minute' where id = ${old.id}`
    await items.sql`update items set deleted_at = now() - interval '29 days' where id = ${young.id}`
    await items.sql`update idempotency_keys set created_at = now() - interval '25 hours'`
    await items.sql`update activities set created_at = now() - interval '91 days' where item_id = ${kept.id}`
    expect(await purge(items.sql)).toEqual({ items: 1, idempotencyKeys: 1, activities: 1 })
    expect((await items.sql`select name from items order by name`).map(({ name }) => name)).toEqual([
      'kept',
      'keyed',
      'young',
    ])
    expect(await items.sql`select count(*)::int as n from item_versions where item_id = ${old.id}`).toEqual([{ n: 0 }])
    expect(await purge(items.sql)).toEqual({ items: 0, idempotencyKeys: 0, activities: 0 })
  })
})

describe('bodies', () => {
  it('of more than the subgraph reads are refused, as text of more than a description holds is', async () => {
    const input = (length: number) => ({ input: { name: 'Pen', description: 'a'.repeat(length) } })
    const mutation = 'mutation($input: CreateItemInput!) { createItem(input: $input) { item { id } } }'
    expect((await items.ask(mutation, { variables: input(1_048_576), identity: ada })).codes).toEqual([
      'createItem BAD_USER_INPUT description',
    ])
    const { status, errors } = await raw(mutation, input(5_000_000))
    expect([status, errors[0].extensions.code]).toEqual([413, 'BAD_REQUEST'])
  })
})

const order = ({ field }: { field: string }) => ['NAME', 'DESCRIPTION', 'STATUS', 'VISIBILITY', 'TAGS'].indexOf(field)
const typeOf = (field: string) => `${field[0]!.toUpperCase()}${field.slice(1)}Input`

const change = (field: string, input: object, identity: Identity = ada, selection = '{ __typename }') =>
  items.ask(`mutation($input: ${typeOf(field)}!) { it: ${field}(input: $input) ${selection} }`, {
    variables: { input },
    identity,
  })

async function create(input: object): Promise<{ id: string; name: string; version: number }> {
  const { data, codes } = await change('createItem', input, ada, '{ item { id name version } }')
  expect(codes).toEqual([])
  return data.it.item
}

const share = (id: string, { subject }: { subject: string }, permission: string) =>
  items.sql`insert into shares (item_id, user_id, permission, granted_by) values (${id}, ${subject}, ${permission}, ${ada.subject})`

async function trashOf({ subject }: { subject: string }) {
  const { data, codes } = await items.ask(
    `query($r: [_Any!]!) { _entities(representations: $r) { ... on User { trash { nodes { id deletedAt purgedAfter deletedBy { id } viewerPermission versions { totalCount } } } } } }`,
    { variables: { r: [{ __typename: 'User', id: subject }] }, identity: ada },
  )
  expect(codes).toEqual([])
  return data._entities[0].trash.nodes
}

/** With everything that an error says. */
async function raw(query: string, variables: object): Promise<{ status: number; errors: any[] }> {
  const response = await fetch(items.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-tributary-identity': items.sign(ada) },
    body: JSON.stringify({ query, variables }),
  })
  return { status: response.status, ...((await response.json()) as { errors: any[] }) }
}
