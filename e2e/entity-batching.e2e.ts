// How many SQL statements an operation costs: a constant number, whatever the size of the page.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { startLocal } from '../local/index.ts'
import { localConfig } from '../platform/config.ts'
import { apiOf } from './support/api.ts'
import type { Api, Person } from './support/api.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let tributary: Awaited<ReturnType<typeof startLocal>>
let api: Api
let ada: Person
let statements: { subgraph: string; text: string; parameters: readonly unknown[] }[] = []

beforeAll(async () => {
  folder = await temporaryFolder()
  // With the seed: 300 items of 12 people.
  tributary = await startLocal(localConfig({ PORT: '0', DATA_DIR: folder.path, LOG_LEVEL: 'warn' }), {
    say: () => {},
    web: false,
    onStatement: (subgraph, text, parameters) => void statements.push({ subgraph, text, parameters }),
  })
  api = apiOf(tributary.url)
  ada = await api.person('ada')
  await untilNobodyAsks()
})
beforeEach(() => {
  statements = []
})
afterAll(async () => {
  await tributary?.close()
  await folder?.remove()
})

it('reads a hundred items with the names of their owners with two statements', async () => {
  const { data, errors } = await api.ask('{ items(first: 100) { nodes { name owner { username } } } }')

  expect(errors).toBeUndefined()
  expect(data.items.nodes).toHaveLength(100)
  expect(new Set(data.items.nodes.map(({ owner }: any) => owner.username)).size).toBeGreaterThan(5)
  expect(statements.map(({ subgraph }) => subgraph)).toEqual(['items', 'users'])
})

it.each([1, 10, 100])('reads a page of %i items with as many statements as any other page', async (first) => {
  const { data } = await api.ask(
    'query ($first: Int!) { items(first: $first) { nodes { name owner { username } } } }',
    { first },
  )

  expect(data.items.nodes).toHaveLength(first)
  expect(statements).toHaveLength(2)
})

it('reads the items of every owner on a page with one statement, and their owners with one at the most', async () => {
  const { data, errors } = await api.ask(
    '{ items(first: 50) { nodes { owner { username items(first: 3) { nodes { name owner { username } } } } } } }',
  )

  expect(errors).toBeUndefined()
  expect(data.items.nodes[0].owner.items.nodes[0].owner.username).toBe(data.items.nodes[0].owner.username)
  // The page, its owners' names, their items, and those items' owners: fetched anew, unless the same fetch is under way.
  const asked = statements.map(({ subgraph }) => subgraph)
  expect(asked.filter((subgraph) => subgraph === 'items')).toHaveLength(2)
  expect([1, 2]).toContain(asked.filter((subgraph) => subgraph === 'users').length)
})

it('reads the profile and the items of oneself with one statement each', async () => {
  const { errors } = await api.ask('{ me { username email items { nodes { name } } } }', {}, ada)

  expect(errors).toBeUndefined()
  expect(statements.map(({ subgraph }) => subgraph).sort()).toEqual(['items', 'users'])
})

it('sends every statement of a page as the same text, however many ids it holds', async () => {
  await api.ask('{ items(first: 2) { nodes { owner { username } } } }')
  await api.ask('{ items(first: 100) { nodes { owner { username } } } }')

  const texts = statements.filter(({ subgraph }) => subgraph === 'users').map(({ text }) => text)
  expect(texts).toHaveLength(2)
  expect(new Set(texts).size).toBe(1)
})

/** The items subgraph learns of new accounts by itself, a little later. */
async function untilNobodyAsks(): Promise<void> {
  let before: number
  do {
    before = statements.length
    await sleep(500)
  } while (statements.length > before)
}
