// A subscription to a field that a subgraph answers itself: what that subgraph sends is the answer of the plan's first
// fetch, the rest of the plan fetches what others own, with the subscriber's own identity.
import { GraphQLError } from 'graphql'
import type { FetchAnswer } from '../execution/run.ts'
import { requestedCost } from '../operations/cost.ts'
import type { OperationRequest } from '../operations/operations.ts'
import type { AdmittedOperation } from '../operations/prepare.ts'
import type { RequestContext } from '../request-context.ts'
import type { LoadedSupergraph } from '../supergraph.ts'
import type { Audience } from './audience.ts'
import { audienceOfFetches, prepareSubscription } from './operation.ts'
import type { SubscriptionOperation } from './operation.ts'
import { resultText } from './result-text.ts'
import type { Upstream } from './upstream.ts'

export interface UpstreamOperation {
  /** What it was prepared for. */
  readonly supergraph: LoadedSupergraph
  readonly upstream: Upstream
  /** What the subgraph is asked to follow: the JSON text of the plan's first fetch. */
  readonly body: string
  /** Equal for subscriptions that ask the same with the same variables, and are told the same beside it. */
  readonly key: string
  readonly audience: Audience
  /**
   * @param first what the subgraph sent, whose data are taken apart; or why it sends nothing
   * @returns the JSON text of a result
   */
  resolve(first: FetchAnswer | GraphQLError, context: RequestContext): Promise<string>
  /** @throws as `prepareSubscription` does, when it no longer fits */
  prepareAgain(supergraph: LoadedSupergraph): Promise<SubscriptionOperation | UpstreamOperation>
}

export function upstreamOperation(
  supergraph: LoadedSupergraph,
  upstream: Upstream,
  admitted: AdmittedOperation,
  request: OperationRequest,
  context: RequestContext,
): UpstreamOperation {
  const { variables, primaryBody, estimate } = admitted
  const cost = requestedCost(request.extensions, estimate)
  const extensions = cost.extensions ? JSON.stringify(cost.extensions) : null

  return {
    supergraph,
    upstream,
    body: primaryBody!,
    key: JSON.stringify([request.query, request.operationName ?? null, variables, cost]),
    audience: audienceOfFetches(supergraph, admitted),
    async resolve(first, context) {
      const answer = await admitted.runEvent(supergraph.fetches(context), async () => {
        if (first instanceof GraphQLError) throw first
        return first
      })
      return resultText(answer, extensions, context.requestId)
    },
    // Whoever follows it was counted when it began.
    prepareAgain: (supergraph) =>
      prepareSubscription(supergraph, request, { ...context, clientAddress: null }, { isRunning: true }),
  }
}
