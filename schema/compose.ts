// Joins the three contracts of this folder into what the gateway reads (supergraph.graphql) and what clients see
// (api.graphql). Both are committed, so that a change of the contract is read as a diff.
import { readFileSync, writeFileSync } from 'node:fs'
import { composeServices } from '@apollo/composition'
import { parse, printSchema } from 'graphql'

/**
 * Where each subgraph listens when nobody says otherwise; `SUBGRAPH_URLS` of the gateway overrides it.
 * `events` has no server, and so no http address: the gateway answers its fields itself.
 */
const services = [
  { name: 'users', url: 'http://localhost:4001/graphql' },
  { name: 'items', url: 'http://localhost:4002/graphql' },
  { name: 'events', url: 'gateway:events' },
]

/** @throws Error that lists every composition error with its code */
export function composeSupergraph(): { supergraph: string; api: string } {
  const { errors, hints, schema, supergraphSdl } = composeServices(
    services.map(({ name, url }) => ({ name, url, typeDefs: parse(readFileSync(file(`${name}.graphql`), 'utf8')) })),
  )
  if (errors)
    throw new Error(['The subgraphs do not compose:', ...errors.map((error) => `- ${error.message}`)].join('\n'))
  for (const hint of hints) process.stderr.write(`hint: ${hint.toString()}\n`)
  return {
    supergraph: supergraphSdl.trimEnd() + '\n',
    api: printSchema(schema.toAPISchema().toGraphQLJSSchema()) + '\n',
  }
}

const file = (name: string) => new URL(name, import.meta.url)

if (import.meta.main) {
  try {
    const { supergraph, api } = composeSupergraph()
    writeFileSync(file('supergraph.graphql'), supergraph)
    writeFileSync(file('api.graphql'), api)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exitCode = 1
  }
}
