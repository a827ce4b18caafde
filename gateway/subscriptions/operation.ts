// A subscription operation, made ready for one subscriber and run for every event: the event answers the plan's first
// fetch, the rest of the plan fetches what the event does not hold, with the subscriber's own identity.
import { GraphQLError, Kind, execute, parse } from 'graphql'
import type { DocumentNode, FieldNode, FragmentDefinitionNode, SelectionNode } from 'graphql'
import { getArgumentValues } from 'graphql/execution/values.js'
import { ApiError } from '../../platform/errors.ts'
import { isObject } from '../execution/merge.ts'
import { requestedCost } from '../operations/cost.ts'
import type { OperationRequest } from '../operations/operations.ts'
import { refused } from '../operations/operations.ts'
import type { AdmittedOperation } from '../operations/prepare.ts'
import type { RequestContext } from '../request-context.ts'
import type { LoadedSupergraph } from '../supergraph.ts'
import type { Audience } from './audience.ts'
import { followedChannels } from './channels.ts'
import { resultText } from './result-text.ts'
import { upstreamOperation } from './upstream-operation.ts'
import type { UpstreamOperation } from './upstream-operation.ts'
import { isVisible } from './visibility.ts'
import type { FollowedEntity } from './visibility.ts'

/** What subscribers get for an event. */
export interface EventAnswer {
  /** The JSON text of a result, which ends with its position; null where there is nothing to tell. */
  readonly text: string | null
  /** Nothing follows: the subscriber has lost what it followed. */
  readonly isLast: boolean
}

export interface SubscriptionOperation {
  /** What it was prepared for. */
  readonly supergraph: LoadedSupergraph
  /** The subgraph whose events are followed. */
  readonly source: string
  readonly channels: ReadonlySet<string>
  /** Equal for subscriptions that ask the same with the same variables, and are told the same beside it. */
  readonly key: string
  readonly audience: Audience
  /** Answers for one event, whose object is not changed: each run owns what it works on. */
  resolve(event: Readonly<Record<string, unknown>>, position: string, context: RequestContext): Promise<EventAnswer>
  /** @throws as `prepareSubscription` does, when it no longer fits */
  prepareAgain(supergraph: LoadedSupergraph): Promise<SubscriptionOperation | UpstreamOperation>
}

/**
 * @param options.isRunning it is followed already: whether it may be seen is asked with the next event
 * @throws RefusedOperation when it is one that cannot be followed, or not so often
 * @throws GraphQLError UNAUTHENTICATED or FORBIDDEN when this identity may not follow it, NOT_FOUND when it may not see it
 */
export async function prepareSubscription(
  supergraph: LoadedSupergraph,
  request: OperationRequest,
  context: RequestContext,
  { isRunning = false }: { readonly isRunning?: boolean } = {},
): Promise<SubscriptionOperation | UpstreamOperation> {
  const { graph, admit, channels, visible, upstreams, fetches } = supergraph
  const admitted = await admit(request, context)
  const root = rootField(admitted)
  const denial = admitted.denied(`Subscription.${root.name.value}`)
  if (denial) throw new GraphQLError(denial.message, { extensions: denial.extensions })

  const field = graph.apiSchema.getSubscriptionType()?.getFields()[root.name.value]
  const rules = field && channels.get(field.name)
  const { primary, variables } = admitted
  const upstream = primary && !rules && upstreams.get(primary.serviceName)
  if (upstream) return upstreamOperation(supergraph, upstream, admitted, request, context)
  if (!field || !rules || !primary) {
    throw new ApiError('BAD_USER_INPUT', `Subscription.${root.name.value} is not one that this gateway answers.`)
  }
  const document = documentOf(primary)
  const cost = requestedCost(request.extensions, admitted.estimate)
  const otherExtensions = cost.extensions ? `${JSON.stringify(cost.extensions).slice(1, -1)},` : ''
  const args = getArgumentValues(field, root, variables)
  const { source, names, isPersonal } = followedChannels(rules, args, context.identity)
  const entity = visible.get(field.name)?.(args)
  if (entity && !isRunning && !(await isVisible(fetches(context), source, entity))) {
    throw new ApiError('NOT_FOUND', 'There is nothing of that kind to follow.')
  }

  return {
    supergraph,
    source,
    channels: new Set(names),
    key: JSON.stringify([request.query, request.operationName ?? null, variables, cost]),
    audience: audience(),
    resolve: async (event, position, context) => {
      const isLost = entity !== undefined && entity.isIn(event) && (await isLostTo(context, source, entity))
      if (entity?.isIn(event) && !isLost && entity.isAllOf(event)) return { text: null, isLast: false }
      // The names of the plan are in its first fetch: running it over the event gives them their values.
      const { data: first } = await execute({
        schema: graph.schema,
        document,
        rootValue: isLost ? entity.lost(event) : event,
        variableValues: variables,
      })
      const answer = await admitted.run(fetches(context), isObject(first) ? first : {})
      const extensions = `{${otherExtensions}"position":"${position}"}`
      return { text: resultText(answer, extensions, context.requestId), isLast: isLost }
    },
    // Whoever follows it was counted when it began.
    prepareAgain: (supergraph) =>
      prepareSubscription(supergraph, request, { ...context, clientAddress: null }, { isRunning: true }),
  }

  // What must be seen to be followed is for whoever sees it, and a channel of one person for that person.
  function audience(): Audience {
    if (admitted.isPublic && !isPersonal && !entity) return 'EVERYBODY'
    return entity && source === supergraph.sessionsFrom ? 'SESSION' : audienceOfFetches(supergraph, admitted)
  }

  // A subgraph that does not answer says nothing of what may be seen, and is asked for what is selected all the same.
  async function isLostTo(context: RequestContext, source: string, entity: FollowedEntity): Promise<boolean> {
    return isVisible(fetches(context), source, entity).then(
      (isSeen) => !isSeen,
      () => false,
    )
  }
}

/** Known from the plan: whether a subgraph that it fetches from is told the session, whatever the events hold. */
export function audienceOfFetches(
  { sessionsFrom }: LoadedSupergraph,
  { subgraphs }: AdmittedOperation,
): 'PERSON' | 'SESSION' {
  return sessionsFrom !== null && subgraphs.has(sessionsFrom) ? 'SESSION' : 'PERSON'
}

const documents = new WeakMap<NonNullable<AdmittedOperation['primary']>, DocumentNode>()

// One for all who share the plan: each subscriber holds on to its operation.
function documentOf(primary: NonNullable<AdmittedOperation['primary']>): DocumentNode {
  let document = documents.get(primary)
  if (!document) documents.set(primary, (document = parse(primary.operation, { noLocation: true })))
  return document
}

// The first selection may be a fragment. Validation has seen to it that there is one field in the end.
function rootField({ document, operation }: AdmittedOperation): FieldNode {
  const fragments = document.definitions.filter(
    (definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION,
  )
  const find = (selection: SelectionNode | undefined): FieldNode => {
    if (selection?.kind === Kind.FIELD && !selection.name.value.startsWith('__')) return selection
    const fragment =
      selection?.kind === Kind.FRAGMENT_SPREAD
        ? fragments.find(({ name }) => name.value === selection.name.value)
        : selection
    if (!fragment || fragment.kind === Kind.FIELD) {
      const error = new GraphQLError('A subscription selects one field that can be followed.')
      throw refused([error], 'GRAPHQL_VALIDATION_FAILED')
    }
    return find(fragment.selectionSet.selections[0])
  }
  return find(operation.selectionSet.selections[0])
}
