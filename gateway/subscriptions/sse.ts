// GraphQL over Server-Sent Events, in the protocol's distinct connections mode: one request, one operation, `next` and
// `complete` as events. Serves EventSource (GET), fetch and urql's `fetchSubscriptions` (POST).
// @see https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Log } from '../../platform/log.ts'
import type { VerifiedToken } from '../access-token.ts'
import type { Credentials } from '../credentials.ts'
import { thrownErrors } from '../errors.ts'
import { requestedCost } from '../operations/cost.ts'
import { RefusedOperation, operationKind } from '../operations/operations.ts'
import type { OperationRequest } from '../operations/operations.ts'
import type { RequestContext } from '../request-context.ts'
import type { LoadedSupergraph } from '../supergraph.ts'
import type { Membership, Subscriber } from './group.ts'
import type { Hub } from './hub.ts'
import { prepareSubscription } from './operation.ts'
import { BYTES_WAITING_MAX, FRAMES_WAITING_MAX } from './socket.ts'

/** Proxies close a connection on which nothing happens. */
const PING_INTERVAL_MS = 12_000
/** A comment. */
const PING = ':\n\n'

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
  /** `Last-Event-ID`: what a client that comes back was told last. */
  readonly lastEventId: string | undefined
  readonly context: RequestContext
  readonly token: VerifiedToken
  readonly whenEnded: Credentials['whenEnded']
  readonly supergraph: LoadedSupergraph
  readonly hub: Hub
  /** Aborts when the gateway ends: the connection is cut without `complete`, so that clients come back. */
  readonly closing: AbortSignal
  /** Runs a query or mutation as over plain HTTP. @returns the JSON text of its result */
  readonly run: (request: OperationRequest, context: RequestContext) => Promise<string>
  readonly log: Log
}): Promise<void> {
  const { response, headers, request, context, closing, supergraph, hub, run, log } = options
  // The client left while its token was read, or the gateway ends: nobody would call off what begins here.
  if (response.destroyed || closing.aborted) return void response.destroy()
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no', // nginx would hold events back
  })
  response.flushHeaders()
  // Without `complete`, so that the client comes back: to another gateway, with a fresh token, or when it can keep up.
  const cut = () => void response.destroy()
  const callOffEnd = options.whenEnded(options.token, cut)
  // Behind `complete` nothing may be written, however long it takes until the client has read that.
  const write = (text: string) => {
    if (!response.writableEnded) response.write(text)
  }
  const ping = setInterval(() => write(membership ? idBlock(membership.position()) : PING), PING_INTERVAL_MS)
  closing.addEventListener('abort', cut)
  let membership: Membership | undefined
  response.once('close', () => {
    clearInterval(ping)
    callOffEnd()
    closing.removeEventListener('abort', cut)
    membership?.leave()
  })

  let eventsWaiting = 0
  const left = () => void (eventsWaiting -= 1)
  const subscriber: Subscriber = {
    next(text, position) {
      if (response.writableEnded) return
      // As a socket that cannot keep up, and comes back.
      if (eventsWaiting >= FRAMES_WAITING_MAX || response.writableLength > BYTES_WAITING_MAX) return cut()
      eventsWaiting += 1
      response.write(`${idLine(position)}event: next\ndata: ${text}\n\n`, left)
    },
    async flushed() {
      if (response.writableNeedDrain && !response.destroyed) await drained(response)
    },
    complete: () => void response.end('event: complete\ndata:\n\n'),
  }

  try {
    if (operationKind(request) !== 'subscription') {
      response.write(`event: next\ndata: ${await run(request, context)}\n\n`)
      return subscriber.complete()
    }
    // What happens while it is prepared is not missed: for instance that it may no longer be seen.
    const now = hub.position()
    const operation = await prepareSubscription(supergraph, request, context)
    const after = options.lastEventId ?? request.extensions?.['after'] ?? now
    membership = await hub.follow(operation, context, after, subscriber)
    // The client may have left while the start was waited for.
    if (response.destroyed) membership.leave()
    else write(idBlock(membership.position()))
  } catch (error) {
    const errors = thrownErrors(error, context.requestId, log)
    const cost = requestedCost(request.extensions, error instanceof RefusedOperation ? error.estimate : null)
    write(`event: next\ndata: ${JSON.stringify({ errors, ...cost })}\n\n`)
    subscriber.complete()
  }
}

// Without an event: the client remembers the position, and tells its page nothing.
function idBlock(position: string): string {
  return position === '' ? PING : `${idLine(position)}\n`
}

// None where there is no position: an empty one would have the client forget the last.
function idLine(position: string): string {
  return position === '' ? '' : `id: ${position}\n`
}

// Or closed. What is no longer waited for leaves no listener behind.
async function drained(response: ServerResponse): Promise<void> {
  const waiting = new AbortController()
  const { signal } = waiting
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })])
  waiting.abort()
}
