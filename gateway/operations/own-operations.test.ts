// What our own clients ask is far from what is too much: of the web app, of the typed client, and of whoever opens the
// playground.
import { readFileSync } from 'node:fs'
import { getOperationAST, parse } from 'graphql'
import type { DocumentNode } from 'graphql'
import { describe, expect, it } from 'vitest'
import { openingQuery } from '../playground/opening-query.ts'
import { separateSecurity } from '../security-directives.ts'
import { COST_MAX, LIST_SIZE_MAX, compileCost } from './cost.ts'
import { readGraph } from './graph.ts'
import { limitErrors } from './limits.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const graph = readGraph(separateSecurity(read('schema/supergraph.graphql')))

/** The longest lists, and objects that hold as little as they may. */
const variables = { first: LIST_SIZE_MAX, input: {} }

const manifest = JSON.parse(read('sdk/operations/web.json')) as { operations: { name: string; body: string }[] }
const typedClient = parse(read('sdk/typescript/operations.graphql'))

describe.each([
  ['the web app', manifest.operations.map(({ name, body }): [string, DocumentNode] => [name, parse(body)])],
  ['the typed client', namesOf(typedClient).map((name): [string, DocumentNode] => [name, typedClient])],
  ['the playground', [['its opening query', parse(openingQuery(graph.apiSchema, () => true))]]],
] satisfies [string, [string, DocumentNode][]][])('%s asks', (_client, operations) => {
  it.each(operations)('%s for less than a tenth of what is answered', (name, document) => {
    const operation = getOperationAST(document, name) ?? getOperationAST(document)!
    const { estimate, errors } = compileCost(graph, document, operation)(variables)

    expect([...errors, ...limitErrors(document)]).toEqual([])
    expect(estimate).toBeGreaterThan(0)
    expect(estimate).toBeLessThan(COST_MAX / 10)
  })
})

it.each([
  ['{ items(first: 3) { nodes { name owner { username } } } }', 7],
  [
    '{ items(first: 100) { nodes { name owner { username } } edges { cursor node { id } } pageInfo { endCursor } } }',
    402,
  ],
  ['{ me { items { nodes { id } } } }', 22],
  ['mutation { login(input: { email: "a", password: "b" }) { accessToken user { id } } }', 512],
  ['mutation { createItem(input: { name: "a" }) { item { id owner { id } } } }', 23],
  ['subscription { itemsChanged { kind item { name owner { username } } } }', 3],
])('%s costs %i', (query, cost) => {
  const document = parse(query)

  expect(compileCost(graph, document, getOperationAST(document)!)({}).estimate).toBe(cost)
})

function namesOf(document: DocumentNode): string[] {
  return document.definitions.flatMap((each) =>
    each.kind === 'OperationDefinition' && each.name ? each.name.value : [],
  )
}
