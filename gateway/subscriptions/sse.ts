// GraphQL over Server-Sent Events, in the protocol's distinct connections mode: one request, one operation, `next` and
// `complete` as events. Serves EventSource (GET), fetch and urql's `fetchSubscriptions` (POST).
// @see https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Log } from '../../platform/log.ts'
import { thrownErrors } from '../errors.ts'
import { requestedCost } from '../operations/cost.ts'
import { RefusedOperation, operationKind } from '../operations/operations.ts'
import type { OperationRequest } from '../operations/operations.ts'
import type { RequestContext } from '../request-context.ts'
import type { LoadedSupergraph } from '../supergraph.ts'
import type { Hub } from './hub.ts'
import { prepareSubscription } from './operation.ts'

/** Proxies close a connection on which nothing happens. */
const PING_INTERVAL_MS = 12_000

/**
 * Whether a request is to be answered as a stream. urql accepts streams for every operation and wants JSON for queries,
 * so where both are accepted the kind of operation decides.
 */
export function wantsEventStream(accept: string | undefined, request: OperationRequest): boolean {
  if (!accept?.toLowerCase().includes('text/event-stream')) return false
  if (!/application\/(json|graphql-response\+json)|\*\/\*/i.test(accept)) return true
  // Every query of urql comes here: the word is looked for first, which is all that most have to be parsed for.
  if (!request.query.includes('subscription')) return false
  try {
    return operationKind(request) === 'subscription'
  } catch {
    return false // no operation is found: told as JSON
  }
}

/** Answers with a stream until the client leaves, the operation ends or the gateway does. */
export async function serveEventStream(options: {
  readonly response: ServerResponse
  readonly headers: Readonly<Record<string, string>>
  readonly request: OperationRequest
  readonly context: RequestContext
  readonly supergraph: LoadedSupergraph
  readonly hub: Hub
  /** Aborts when the gateway ends: the connection is cut without `complete`, so that clients come back. */
  readonly closing: AbortSignal
  /** Runs a query or mutation as over plain HTTP. */
  readonly run: (request: OperationRequest, context: RequestContext) => Promise<unknown>
  readonly log: Log
}): Promise<void> {
  const { response, headers, request, context, closing } = options
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no', // nginx would hold events back
  })
  response.flushHeaders()
  const ping = setInterval(() => response.write(':\n\n'), PING_INTERVAL_MS)
  const cut = () => response.destroy()
  closing.addEventListener('abort', cut)

  try {
    const results = await start(options)
    response.once('close', () => void results.return())
    // The client may have left while the start was waited for.
    if (response.destroyed) await results.return()
    for await (const result of results) {
      if (!response.write(`event: next\ndata: ${JSON.stringify(result)}\n\n`) && !response.destroyed) {
        await drained(response)
      }
    }
  } catch (error) {
    const errors = thrownErrors(error, context.requestId, options.log)
    const cost = requestedCost(request.extensions, error instanceof RefusedOperation ? error.estimate : null)
    response.write(`event: next\ndata: ${JSON.stringify({ errors, ...cost })}\n\n`)
  } finally {
    clearInterval(ping)
    closing.removeEventListener('abort', cut)
    if (!response.destroyed) response.end('event: complete\ndata:\n\n')
  }

  async function start({ supergraph, hub, run }: typeof options): Promise<AsyncGenerator<unknown, void, void>> {
    if (operationKind(request) !== 'subscription') return one(await run(request, context))
    return hub.follow(await prepareSubscription(supergraph, request, context), context)
  }
}

// Or closed. What is no longer waited for leaves no listener behind.
async function drained(response: ServerResponse): Promise<void> {
  const waiting = new AbortController()
  const { signal } = waiting
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })])
  waiting.abort()
}

async function* one<T>(value: T): AsyncGenerator<T, void, void> {
  yield value
}
