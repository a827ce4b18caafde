// Lists what the web app asks, so that a gateway can be told to run nothing else. Mobile clients and other routers read
// the same format: `apollo-persisted-query-manifest`, version 1. Runs after the documents of web-vue were generated.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createRequest, formatDocument, stringifyDocument } from '@urql/core'
import type { DocumentNode } from 'graphql'
import * as generated from '../web-vue/src/gql/graphql.ts'

export interface ManifestOperation {
  /** SHA-256 of `body` in hexadecimal: what a client sends as `extensions.persistedQuery.sha256Hash`. */
  readonly id: string
  readonly name: string
  readonly type: 'query' | 'mutation' | 'subscription'
  /** The document, byte for byte as urql sends it. */
  readonly body: string
}

export interface Manifest {
  readonly format: 'apollo-persisted-query-manifest'
  readonly version: 1
  readonly operations: readonly ManifestOperation[]
}

export function webManifest(): Manifest {
  const operations = documents()
    .map((document) => {
      const body = sentBody(document)
      const { name, type } = operationOf(document)
      return { id: createHash('sha256').update(body).digest('hex'), name, type, body }
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
  return { format: 'apollo-persisted-query-manifest', version: 1, operations }
}

// urql prints a document once it stands in a request and its cache has added `__typename`: the order matters, since the
// fragments are printed as they stand in the document then.
const sentBody = (document: DocumentNode) => stringifyDocument(formatDocument(createRequest(document, {}).query))

const documents = (): DocumentNode[] =>
  Object.entries(generated).flatMap(([name, value]) => (name.endsWith('Document') ? value : []))

function operationOf(document: DocumentNode) {
  for (const definition of document.definitions) {
    if (definition.kind === 'OperationDefinition' && definition.name) {
      return { name: definition.name.value, type: definition.operation }
    }
  }
  throw new Error('Each document of the web app holds one operation with a name.')
}

if (import.meta.main) {
  const file = new URL('operations/web.json', import.meta.url)
  writeFileSync(file, JSON.stringify(webManifest(), null, 2) + '\n')
}
