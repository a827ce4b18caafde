// docs/one-request.md shows what happens to one query. Here the query happens, and the document has to be right.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { prettyFormatQueryPlan } from '@apollo/query-planner'
import type { FetchNode, PlanNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner'
import { parse } from 'graphql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { operationFromDocument } from '../gateway/apollo.ts'
import { readGraph } from '../gateway/operations/graph.ts'
import { separateSecurity } from '../gateway/security-directives.ts'
import { startLocal } from '../local/index.ts'
import { localConfig } from '../platform/config.ts'
import { apiOf } from './support/api.ts'
import type { Api, Person } from './support/api.ts'
import { readDocument, recordFetches } from './support/one-request.ts'
import type { OneRequestDocument, RecordedFetch } from './support/one-request.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let tributary: Awaited<ReturnType<typeof startLocal>>
let api: Api
let shown: OneRequestDocument
/** By the names of the document's blocks. */
let happened: ReadonlyMap<string, string>
let plan: QueryPlan
let fetches: readonly RecordedFetch[]

beforeAll(async () => {
  shown = await readDocument()
  folder = await temporaryFolder()
  let statements: { subgraph: string; text: string; parameters: readonly unknown[] }[] = []
  tributary = await startLocal(localConfig({ PORT: '0', DATA_DIR: folder.path, LOG_LEVEL: 'warn' }), {
    say: () => {},
    web: false,
    onStatement: (subgraph, text, parameters) => void statements.push({ subgraph, text, parameters }),
  })
  api = apiOf(tributary.url)
  // The newest three items, above those of the seed: two owners, one of them twice.
  const [ada, bob] = [await api.person('ada'), await api.person('bob')]
  const ids: string[] = []
  for (const [owner, name] of [
    [ada, 'Pocket watch'],
    [bob, 'Bicycle'],
    [ada, 'Notebook'],
  ] as const) {
    ids.push(await api.createItem(owner, { name, visibility: 'PUBLIC' }))
  }

  const recorder = recordFetches()
  statements = []
  const { data } = await api.ask(shown.query, shown.variables)
  recorder.end()

  plan = await planOf(shown.query)
  fetches = recorder.fetches
  const named = withNames([ada, bob], ids)
  const [itemsFetch, usersFetch] = fetches
  const statementOf = (wanted: string) =>
    statements
      .filter(({ subgraph }) => subgraph === wanted)
      .map(({ text, parameters }) => writtenStatement(text, parameters))
      .join('\n')
  happened = new Map([
    ['plan', prettyFormatQueryPlan(plan)],
    ['fetch from items', named(writtenJson(itemsFetch?.body ?? 'null'))],
    ['fetch from users', named(writtenJson(usersFetch?.body ?? 'null'))],
    ['statement of items', named(statementOf('items'))],
    ['statement of users', named(statementOf('users'))],
    ['answer', named(writtenJson(JSON.stringify({ data })))],
  ])
})
afterAll(async () => {
  await tributary?.close()
  await folder?.remove()
})

it.each(['plan', 'fetch from items', 'fetch from users', 'statement of items', 'statement of users', 'answer'])(
  'shows the %s as it is',
  (name) => {
    const real = happened.get(name)!
    expect(
      compact(shown.blocks.get(name) ?? ''),
      `Block "${name}" of docs/one-request.md should be:\n\n${real}\n`,
    ).toBe(compact(real))
  },
)

it('shows the plan whose fetches are made, and all of them', () => {
  const sent = fetches.map(({ body }) => (JSON.parse(body) as { query: string }).query)

  expect(sent).toHaveLength(2)
  expect(sent).toEqual(fetchNodes(plan.node!).map(({ operation }) => operation))
})

it('names files that exist', () => {
  const paths = [...shown.text.matchAll(/`([\w./-]+\.(?:ts|graphql|vue))`/g)].map(([, path]) => path!)

  expect(paths.length).toBeGreaterThan(10)
  expect(paths.filter((path) => !existsSync(inProject(path)))).toEqual([])
})

async function planOf(query: string): Promise<QueryPlan> {
  const sdl = await readFile(inProject('schema/supergraph.graphql'), 'utf8')
  const { planner, plannerSchema, names } = readGraph(separateSecurity(sdl))
  return planner.buildQueryPlan(operationFromDocument(plannerSchema, names.rewrite(parse(query))))
}

function fetchNodes(node: PlanNode | SubscriptionNode): FetchNode[] {
  if (node.kind === 'Fetch') return [node]
  if (node.kind === 'Sequence' || node.kind === 'Parallel') return node.nodes.flatMap(fetchNodes)
  return node.kind === 'Flatten' ? fetchNodes(node.node) : []
}

/** What is another at each run, under a name that stays. */
function withNames(people: readonly Person[], itemIds: readonly string[]): (text: string) => string {
  const names = new Map([
    ...people.map(({ id, username }) => [id, `(${nameOf(username)})`] as const),
    ...people.map(({ username }) => [username, nameOf(username)] as const),
    ...itemIds.map((id, index) => [id, `(item ${index + 1})`] as const),
  ])
  return (text) =>
    [...names]
      .reduce((written, [real, name]) => written.replaceAll(real, name), text)
      .replace(/("endCursor": )"[\w-]+"/, '$1"(cursor)"')
}

const nameOf = (username: string) => username.split('-')[0]!

const writtenJson = (text: string) => JSON.stringify(JSON.parse(text), null, 2)

/** With a line for each clause, and the parameters as a comment. */
function writtenStatement(text: string, parameters: readonly unknown[]): string {
  const clauses = text.replace(/\s+/g, ' ').replace(/ (?=from "\w+" where|where |order by |limit )/g, '\n')
  const values = parameters.map((value, index) => `$${index + 1} = ${JSON.stringify(value)}`)
  return `${clauses}\n-- ${values.join(', ')}`
}

/** Spaces and line breaks are up to the document. */
const compact = (text: string) => text.replace(/\s+/g, '')

const inProject = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))
