// Turns the text of an operation into something that runs, once, and keeps it. Queries are compiled by graphql-jit as
// far as it does what graphql-js does; all else runs on graphql-js. compiled-documents.test.ts runs the same documents
// on both.
//
// One difference is left. Where several fields fail of which one makes their parent null, graphql-js reports those that
// were first, which depends on timing, and graphql-jit all of them. The specification allows both.
import {
  execute,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import type { DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import { jitCompiler } from './jit.ts'

/** More than any plan of a gateway needs. Parsing stops there. */
const TOKENS_MAX = 20_000
/** Documents kept ready: a gateway sends few distinct ones as long as its clients use variables. */
const DOCUMENTS_KEPT = 2_000
/** The length of their texts together. What is made of a text takes some fifty times its room. */
const CHARACTERS_KEPT = 2_000_000
/** Enough to tell a developer what is wrong. */
const VALIDATION_ERRORS_MAX = 5

export type Variables = Readonly<Record<string, unknown>>

export interface CompiledDocument {
  readonly operationType: OperationTypeNode
  readonly operationName: string | null
  /** Why the document runs on graphql-js; null for one that graphql-jit compiled. */
  readonly interpretedBecause: string | null
  /** @param variables as they came; wrong ones are answered with `BAD_USER_INPUT` before anything runs */
  run(context: unknown, variables: Variables): Promise<ExecutionResult>
}

/** A document that cannot run, and what is wrong with it. */
export class RefusedDocument extends Error {
  readonly errors: readonly GraphQLError[]

  constructor(code: 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED', errors: readonly GraphQLError[]) {
    super(code)
    this.name = 'RefusedDocument'
    this.errors = errors.map((error) => withCode(error, code))
  }
}

/**
 * Makes what finds, or compiles, the document with a text.
 *
 * @param schema its resolvers of lists are wrapped, see `jitCompiler`
 * @returns a function that throws RefusedDocument for a text that cannot run
 */
export function documentCompiler(schema: GraphQLSchema) {
  const kept = new LRUCache<string, CompiledDocument>({
    max: DOCUMENTS_KEPT,
    maxSize: CHARACTERS_KEPT,
    sizeCalculation: (_document, key) => key.length,
  })
  const compileByJit = jitCompiler(schema)

  return (text: string, operationName: string | null): CompiledDocument => {
    const key = `${operationName ?? ''}\n${text}`
    let document = kept.get(key)
    if (!document) {
      document = compile(text, operationName)
      kept.set(key, document)
    }
    return document
  }

  function compile(text: string, operationName: string | null): CompiledDocument {
    const document = parseText(text)
    const errors = validateDocument(schema, document)
    if (errors.length > 0) throw new RefusedDocument('GRAPHQL_VALIDATION_FAILED', errors)
    const operation = findOperation(schema, document, operationName)
    const byJit = compileByJit(text, document, operation)

    return {
      operationType: operation.operation,
      operationName: operation.name?.value ?? null,
      interpretedBecause: 'refusal' in byJit ? byJit.refusal : null,

      async run(contextValue, variableValues) {
        const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues)
        if (errors) return { errors: errors.map((error) => withCode(error, 'BAD_USER_INPUT')) }

        if ('run' in byJit) return byJit.run(contextValue, coerced)
        return execute({ schema, document, operationName, contextValue, variableValues })
      },
    }
  }
}

function parseText(text: string): DocumentNode {
  try {
    return parse(text, { maxTokens: TOKENS_MAX })
  } catch (error) {
    throw new RefusedDocument('GRAPHQL_PARSE_FAILED', [error as GraphQLError])
  }
}

function validateDocument(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[] {
  try {
    return validate(schema, document, specifiedRules, { maxErrors: VALIDATION_ERRORS_MAX })
  } catch (error) {
    // On a few invalid documents `validate` itself throws.
    return [new GraphQLError((error as Error).message)]
  }
}

function findOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null,
): OperationDefinitionNode {
  const refuse = (problem: string) => new RefusedDocument('GRAPHQL_VALIDATION_FAILED', [new GraphQLError(problem)])
  const operation = getOperationAST(document, operationName)
  if (!operation && operationName === null) throw refuse('Which of the operations is meant must be said.')
  if (!operation) throw refuse(`There is no operation "${operationName}" in the document.`)
  const kind = operation.operation
  if (kind === OperationTypeNode.SUBSCRIPTION || !schema.getRootType(kind)) throw refuse(`No ${kind} is served here.`)
  return operation
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  const { message, nodes, source, positions } = error
  return new GraphQLError(message, { nodes, source, positions, extensions: { code } })
}
