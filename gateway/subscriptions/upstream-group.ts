// Equal subscriptions of equal identities to a field that a subgraph answers itself: one subscription there for all of
// them, each answer made whole and written once. There is no log to wait in and none to go back to: what waits is bounded
// here, and whatever breaks ends the subscription with an error that says so.
import type { GraphQLError } from 'graphql'
import { ApiError } from '../../platform/errors.ts'
import type { Log } from '../../platform/log.ts'
import { publicError } from '../errors.ts'
import type { FetchAnswer } from '../execution/run.ts'
import type { RequestContext } from '../request-context.ts'
import type { Membership, Subscriber } from './group.ts'
import { makeInOrder } from './in-order.ts'
import type { UpstreamOperation } from './upstream-operation.ts'
import type { UpstreamListener } from './upstream.ts'

export interface UpstreamGroup {
  readonly operation: UpstreamOperation
  join(subscriber: Subscriber): Membership
  /** Goes on with another preparation of the same operation, which may ask the subgraph something else. */
  replace(operation: UpstreamOperation): void
  /** Ends the group for all of its members. @param text the last result */
  end(text: string): void
}

/** Answers that wait to be made whole: as much as may wait for one client. */
const ANSWERS_WAITING_MAX = 1_000
const BYTES_WAITING_MAX = 1024 * 1024
/** Answers have no position: nobody can go on after one. */
const NO_POSITION = ''

interface Received {
  readonly answer: FetchAnswer
  readonly bytes: number
  readonly receivedAt: number
}

export function makeUpstreamGroup(options: {
  readonly operation: UpstreamOperation
  readonly context: RequestContext
  readonly log: Log
  /** It has ended, for whatever reason: nobody is to join it any more. */
  readonly onEnd: () => void
}): UpstreamGroup {
  const { context, log, onEnd } = options
  let { operation } = options
  const members = new Set<Subscriber>()
  const waiting: Received[] = []
  let bytesWaiting = 0
  /** Answers that are being made whole. */
  const underWay = makeInOrder()
  /** Nothing more is taken in; what came in is still told. */
  let isEnding = false
  let isEnded = false
  let unsubscribe = subscribe()

  function subscribe(): () => void {
    const listener: UpstreamListener = {
      next: (answer, bytes) => receive({ answer, bytes, receivedAt: performance.now() }),
      end: (failure) => void finish(failure),
    }
    return operation.upstream.subscribe(operation.body, context.identity, listener)
  }

  function receive(received: Received): void {
    if (isEnding) return
    waiting.push(received)
    bytesWaiting += received.bytes
    resolveMore()
    if (waiting.length <= ANSWERS_WAITING_MAX && (waiting.length <= 1 || bytesWaiting <= BYTES_WAITING_MAX)) return
    waiting.length = 0
    unsubscribe()
    void finish(new ApiError('TIMEOUT', 'More came in than could be answered in time.'))
  }

  function resolveMore(): void {
    while (underWay.hasRoom && waiting.length > 0) {
      const { answer, bytes, receivedAt } = waiting.shift()!
      bytesWaiting -= bytes
      underWay.begin(resolve(answer, receivedAt), (text) => {
        tell(text)
        resolveMore()
      })
    }
  }

  // What an answer may be shared with begins after it came in: what it tells of is to be seen.
  async function resolve(answer: FetchAnswer | GraphQLError, receivedAt: number): Promise<string> {
    try {
      return await operation.resolve(answer, { ...context, notBefore: receivedAt })
    } catch (error) {
      log.error({ err: error, requestId: context.requestId }, 'event could not be resolved')
      return JSON.stringify({ data: null, errors: [publicError({ message: '' }, context.requestId)] })
    }
  }

  function tell(text: string): void {
    if (isEnded) return
    for (const subscriber of members) subscriber.next(text, NO_POSITION)
  }

  /** Ends it after all that has come in is told. */
  async function finish(failure: GraphQLError | null): Promise<void> {
    isEnding = true
    onEnd()
    await underWay.idle() // nothing waits unless there is no room
    if (failure) tell(await resolve(failure, performance.now()))
    complete()
  }

  function complete(): void {
    if (isEnded) return
    isEnding = isEnded = true
    for (const subscriber of members) subscriber.complete()
    members.clear()
  }

  return {
    get operation() {
      return operation
    },
    join(subscriber) {
      members.add(subscriber)
      return {
        position: () => NO_POSITION,
        leave() {
          if (!members.delete(subscriber) || members.size > 0 || isEnded) return
          isEnding = isEnded = true
          unsubscribe()
          onEnd()
        },
      }
    },
    replace(next) {
      const asksTheSame = next.body === operation.body && next.upstream.key === operation.upstream.key
      operation = next
      if (asksTheSame || isEnding) return
      const unsubscribeOld = unsubscribe
      unsubscribe = subscribe() // first, so that the socket is in use all the time
      unsubscribeOld()
    },
    end(text) {
      unsubscribe()
      onEnd()
      tell(text)
      complete()
    },
  }
}
