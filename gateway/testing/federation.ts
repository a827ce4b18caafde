// For tests: a supergraph in memory. Subgraphs are composed as they would be for production, and an operation runs through
// all of the engine; only what a fetch would send over the network is given to graphql-js instead.
import { composeServices } from '@apollo/composition'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { graphql, parse } from 'graphql'
import type { GraphQLFieldResolver, GraphQLFormattedError } from 'graphql'
import { ANONYMOUS } from '../../platform/identity.ts'
import type { Identity } from '../../platform/identity.ts'
import type { FetchAnswer } from '../execution/run.ts'
import { readGraph } from '../operations/graph.ts'
import { makeOperations } from '../operations/operations.ts'
import { separateSecurity } from '../security-directives.ts'

/** Everything of the federation specification that a subgraph may import; one that links it itself is left as it is. */
const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@provides",
  "@external", "@shareable", "@inaccessible", "@override", "@interfaceObject", "@authenticated", "@requiresScopes", "@policy",
  "@context", "@fromContext", "@cost", "@listSize"])`

export interface SubgraphParts {
  readonly sdl: string
  readonly resolvers?: object
  /** Answers for the fields that have no resolver. */
  readonly fieldResolver?: GraphQLFieldResolver<unknown, unknown>
}

export interface RecordedFetch {
  readonly subgraph: string
  readonly query: string
  readonly variables: Readonly<Record<string, any>>
}

export interface Asking {
  readonly variables?: Readonly<Record<string, unknown>>
  readonly identity?: Identity
  readonly operationName?: string
  /** What a subgraph answers in place of its own answer, which undefined leaves as it is. May throw, as a fetch does. */
  readonly answer?: (fetch: RecordedFetch) => unknown
}

/** @throws Error with every composition error */
export function composeSubgraphs(subgraphs: Readonly<Record<string, SubgraphParts>>): string {
  const { supergraphSdl, errors } = composeServices(
    Object.entries(subgraphs).map(([name, { sdl }]) => ({ name, url: `http://${name}`, typeDefs: parse(linked(sdl)) })),
  )
  if (errors) throw new Error(errors.map(({ message }) => message).join('\n'))
  return supergraphSdl
}

export function federation(subgraphs: Readonly<Record<string, SubgraphParts>>) {
  const graph = readGraph(separateSecurity(composeSubgraphs(subgraphs)))
  const operations = makeOperations(graph, { introspection: true })
  const schemas = new Map(
    Object.entries(subgraphs).map(([name, { sdl, resolvers = {} }]) => [
      name,
      buildSubgraphSchema([{ typeDefs: parse(linked(sdl)), resolvers: resolvers as never }]),
    ]),
  )

  return {
    graph,
    operations,
    /** @throws RefusedOperation as the engine does */
    async ask(query: string, { variables, identity = ANONYMOUS, operationName, answer }: Asking = {}) {
      const fetches: RecordedFetch[] = []
      const admitted = operations.prepare({ query, operationName }).admit(variables, identity)
      const { data, errors } = await admitted.run(async ({ subgraph, body }) => {
        const fetch = { subgraph, ...(JSON.parse(body) as Omit<RecordedFetch, 'subgraph'>) }
        fetches.push(fetch)
        const given = answer?.(fetch)
        if (given !== undefined) return given as FetchAnswer
        const result = await graphql({
          schema: schemas.get(subgraph)!,
          source: fetch.query,
          variableValues: fetch.variables,
          fieldResolver: subgraphs[subgraph]!.fieldResolver,
        })
        return JSON.parse(JSON.stringify(result)) as FetchAnswer
      })
      return {
        data: JSON.parse(data) as any,
        text: data,
        errors: errors.map(({ path, extensions }: GraphQLFormattedError) => ({ path, code: extensions?.['code'] })),
        messages: errors.map(({ message }) => message),
        fetches,
      }
    },
  }
}

/** The representations of each fetch of entities from a subgraph, in order. */
export function representationsOf(fetches: readonly RecordedFetch[], subgraph: string): any[][] {
  return fetches
    .filter((fetch) => fetch.subgraph === subgraph && fetch.variables['representations'])
    .map(({ variables }) => variables['representations'] as any[])
}

export function somebody(rights: Partial<Identity> = {}): Identity {
  return { subject: 'somebody', roles: [], scopes: [], policies: [], session: null, ...rights }
}

function linked(sdl: string): string {
  return sdl.includes('@link(') ? sdl : `${link}\n${sdl}`
}
