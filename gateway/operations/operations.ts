// The operations of one supergraph: what was sent before is prepared already. Bounded, and gone with the supergraph.
import { GraphQLError, getOperationAST, parse } from 'graphql'
import type { DocumentNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Graph } from './graph.ts'
import { DOCUMENT_TOKENS_MAX, parseErrorExtensions } from './limits.ts'
import { prepareOperation } from './prepare.ts'
import type { KeptVariants, PreparedOperation, Variant } from './prepare.ts'

/** What a client sends, whatever carries it. */
export interface OperationRequest {
  readonly query: string
  readonly operationName?: string | null
  readonly variables?: Readonly<Record<string, unknown>> | null
  /** `cost: true` asks for the estimate beside the answer. */
  readonly extensions?: Readonly<Record<string, unknown>> | null
}

/** Why an operation is not run: every error a client can mend at once. */
export class RefusedOperation extends Error {
  readonly errors: readonly GraphQLError[]
  /** What it would have cost, where it came so far. */
  readonly estimate: number | null

  constructor(errors: readonly GraphQLError[], estimate: number | null = null) {
    super('The operation is refused.')
    this.errors = errors
    this.estimate = estimate
    // Refusals are kept. A stack holds on to what its functions worked on: the whole request that was refused first, with
    // its connection. Nobody reads it, as it is the client who has something to mend.
    for (const error of [this, ...errors]) error.stack = error.message
  }
}

export interface Operations {
  /**
   * @param document the request's query, where it has been parsed already
   * @throws RefusedOperation with HTTP status 400 for each error
   */
  prepare(request: OperationRequest, document?: DocumentNode): PreparedOperation
}

/** Documents kept ready. Clients have a few hundred; a stranger's endless new ones push out only each other's. */
const OPERATIONS_KEPT = 1_000
/** Text of them in all: what is kept of a document grows with it, and comments are text without a limit of their own. */
export const DOCUMENT_CHARACTERS_KEPT = 1024 * 1024
/**
 * Plans kept ready, of all operations: most have one or two. One whose conditions hang on many variables has as many as
 * those have combinations, and each plan takes a hundred times the room of the text, for whose length it counts again.
 */
const VARIANTS_KEPT = 2_000

export function makeOperations(graph: Graph, options: OperationOptions): Operations {
  const kept = new LRUCache<string, PreparedOperation | RefusedOperation>({
    max: OPERATIONS_KEPT,
    maxSize: DOCUMENT_CHARACTERS_KEPT,
    sizeCalculation: (_, key) => key.length,
  })
  const keptVariants = new LRUCache<string, Variant | RefusedOperation>({
    max: VARIANTS_KEPT,
    maxSize: DOCUMENT_CHARACTERS_KEPT,
  })
  let operations = 0

  return {
    prepare({ query, operationName }, document) {
      // With the length of the name, so that no name and query can pose as another two: refusals are kept as well.
      const key = operationName == null ? `-${query}` : `${operationName.length}:${operationName}${query}`
      let prepared = kept.get(key)
      if (!prepared) {
        try {
          const parsed = document ?? parseDocument(query)
          prepared = prepareOperation(graph, parsed, operationName, options, variantsOf(query))
        } catch (error) {
          if (!(error instanceof RefusedOperation)) throw error
          prepared = error
        }
        kept.set(key, prepared)
      }
      if (prepared instanceof RefusedOperation) throw prepared
      return prepared
    },
  }

  function variantsOf(query: string): KeptVariants {
    const nth = operations++
    return {
      get: (key) => keptVariants.get(`${nth} ${key}`),
      set: (key, variant) => void keptVariants.set(`${nth} ${key}`, variant, { size: query.length }),
    }
  }
}

export interface OperationOptions {
  /** Whether clients may ask for the schema, and are helped with names of it that they mistype. */
  readonly introspection: boolean
}

/** @throws RefusedOperation GRAPHQL_PARSE_FAILED or, when it is too long, OPERATION_TOO_COMPLEX */
export function parseDocument(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens: DOCUMENT_TOKENS_MAX })
  } catch (cause) {
    const error = cause instanceof GraphQLError ? cause : new GraphQLError(String(cause))
    const extensions = parseErrorExtensions(error)
    Object.assign(error.extensions, extensions)
    throw refused([error], extensions.code)
  }
}

/**
 * The kind of operation a request asks for.
 *
 * @param document the request's query, where it has been parsed already
 * @throws RefusedOperation when there is none
 */
export function operationKind(
  { query, operationName }: OperationRequest,
  document = parseDocument(query),
): 'query' | 'mutation' | 'subscription' {
  const operation = getOperationAST(document, operationName)
  if (!operation) {
    throw refused([new GraphQLError('There is no operation of that name.')], 'OPERATION_RESOLUTION_FAILURE')
  }
  return operation.operation
}

/** Gives each error its code, unless it has one, and the status of a bad request. */
export function refused(
  errors: readonly GraphQLError[],
  code: string,
  estimate: number | null = null,
): RefusedOperation {
  for (const { extensions } of errors) {
    extensions['code'] ??= code
    extensions['http'] = { status: 400 }
  }
  return new RefusedOperation(errors, estimate)
}
