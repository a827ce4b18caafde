// A subscription operation, made ready once and run for every event: the event answers the plan's first fetch, the rest
// of the plan fetches what the event does not hold, with the subscriber's own identity.
import { GraphQLError, Kind, execute, getOperationAST, parse, validate } from 'graphql'
import type { DocumentNode, FieldNode, GraphQLFormattedError, SelectionNode } from 'graphql'
import { getArgumentValues, getVariableValues } from 'graphql/execution/values.js'
import { ApiError } from '../../platform/errors.ts'
import type { Identity } from '../../platform/identity.ts'
import { buildOperationContext, executeQueryPlan, operationFromDocument } from '../apollo.ts'
import type { GraphQLDataSource, PlanNode, QueryPlan, SubscriptionNode } from '../apollo.ts'
import { publicError } from '../errors.ts'
import type { RequestContext } from '../request-context.ts'
import type { LoadedSupergraph } from '../supergraph.ts'
import { followedChannels } from './channels.ts'
import type { FollowedChannels } from './channels.ts'

/** What a client sends, whatever carries it. */
export interface OperationRequest {
  readonly query: string
  readonly operationName?: string | null
  readonly variables?: Readonly<Record<string, unknown>> | null
}

/** What a client gets for an event. */
export interface EventResult {
  readonly data?: unknown
  readonly errors?: readonly GraphQLFormattedError[]
}

export interface SubscriptionOperation {
  readonly channels: FollowedChannels
  /** Equal for subscriptions that ask the same with the same variables. */
  readonly key: string
  /** Answers for one event, whose object is not changed: each run owns what it works on. */
  run(event: Readonly<Record<string, unknown>>, context: RequestContext): Promise<EventResult>
}

/** Tokens of a document: a larger one is refused before it is read further. */
export const DOCUMENT_TOKENS_MAX = 2_000

/**
 * @throws GraphQLError GRAPHQL_PARSE_FAILED when the document does not parse or is too long
 * @throws GraphQLError GRAPHQL_VALIDATION_FAILED when it has no operation of that name
 */
export function findOperation({ query, operationName }: OperationRequest) {
  let document: DocumentNode
  try {
    document = parse(query, { maxTokens: DOCUMENT_TOKENS_MAX })
  } catch (error) {
    throw withCode(error as GraphQLError, 'GRAPHQL_PARSE_FAILED')
  }
  const operation = getOperationAST(document, operationName)
  if (!operation) throw invalid('There is no operation of that name.')
  return { document, operation }
}

/** @throws GraphQLError with a code, for whatever makes the operation one that cannot be followed */
export function prepareSubscription(
  supergraph: LoadedSupergraph,
  request: OperationRequest,
  identity: Identity,
): SubscriptionOperation {
  const { document, operation } = findOperation(request)
  const invalid = validationErrors(supergraph, document)
  if (invalid[0]) throw invalid[0]
  const root = rootField(document, operation.selectionSet.selections[0])

  const coerced = getVariableValues(
    supergraph.apiSchema,
    operation.variableDefinitions ?? [],
    { ...request.variables },
    { maxErrors: 10 },
  )
  if (coerced.errors?.[0]) throw withCode(coerced.errors[0], 'BAD_USER_INPUT')
  const variables = coerced.coerced ?? {}

  const field = supergraph.apiSchema.getSubscriptionType()?.getFields()[root.name.value]
  const rules = field && supergraph.channels.get(field.name)
  if (!field || !rules) throw notServed(`Subscription.${root.name.value} is not one that this gateway answers.`)
  const channels = followedChannels(rules, getArgumentValues(field, root, variables), identity)

  const plan = planOf(supergraph, document, request.operationName)
  const primary = parse(plan.primary.operation)
  const queryPlan: QueryPlan = {
    kind: 'QueryPlan',
    node: { kind: 'Sequence', nodes: [plan.primary, plan.rest].filter((node): node is PlanNode => node !== undefined) },
  }
  const operationContext = buildOperationContext({
    schema: supergraph.apiSchema,
    operationDocument: document,
    ...(request.operationName && { operationName: request.operationName }),
  })

  return {
    channels,
    key: JSON.stringify([request.query, request.operationName ?? null, variables]),
    run: async (event, context) => {
      const eventSource: GraphQLDataSource = {
        // The client's aliases are in the plan's first fetch: running it over the event gives them their values.
        process: async () =>
          execute({ schema: supergraph.schema, document: primary, rootValue: event, variableValues: variables }) as {
            data?: Record<string, unknown>
          },
      }
      const serviceMap = { ...Object.fromEntries(supergraph.clients), [plan.primary.serviceName]: eventSource }
      const { data, errors } = await executeQueryPlan(
        queryPlan,
        serviceMap,
        requestOfApollo(request, variables, context),
        operationContext,
        supergraph.schema,
        supergraph.apollo.apiSchema,
      )
      return { data, ...(errors && { errors: errors.map((error) => publicError(error, context.requestId)) }) }
    },
  }
}

function validationErrors(supergraph: LoadedSupergraph, document: DocumentNode): readonly GraphQLError[] {
  try {
    return validate(supergraph.apiSchema, document).map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'))
  } catch (error) {
    // A rule of graphql-js throws where a root field of a subscription hangs on a variable.
    return [invalid(error instanceof Error ? error.message : 'The document cannot be validated.')]
  }
}

// The first selection may be a fragment. Validation has seen to it that there is one field in the end.
function rootField(document: DocumentNode, selection: SelectionNode | undefined): FieldNode {
  if (selection?.kind === Kind.FIELD && !selection.name.value.startsWith('__')) return selection
  if (selection?.kind === Kind.INLINE_FRAGMENT) return rootField(document, selection.selectionSet.selections[0])
  if (selection?.kind === Kind.FRAGMENT_SPREAD) {
    const fragment = document.definitions.find(
      (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
    )
    if (fragment?.kind === Kind.FRAGMENT_DEFINITION) return rootField(document, fragment.selectionSet.selections[0])
  }
  throw invalid('A subscription selects one field that can be followed.')
}

function planOf(supergraph: LoadedSupergraph, document: DocumentNode, operationName?: string | null): SubscriptionNode {
  const { apiSchema, planner } = supergraph.apollo
  const operation = operationFromDocument(apiSchema, document, operationName ? { operationName } : {})
  const { node } = planner.buildQueryPlan(operation)
  if (node?.kind !== 'Subscription') throw notServed('The operation cannot be planned as a subscription.')
  return node
}

// The parts of Apollo Server's request context that executing a plan reads.
function requestOfApollo(request: OperationRequest, variables: Record<string, unknown>, context: RequestContext) {
  return {
    request: { query: request.query, variables },
    context,
    metrics: {},
  } as unknown as Parameters<typeof executeQueryPlan>[2]
}

const invalid = (message: string) => new GraphQLError(message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })

const notServed = (message: string) => new ApiError('BAD_USER_INPUT', message)

function withCode(error: GraphQLError, code: string): GraphQLError {
  error.extensions['code'] ??= code
  return error
}
