import type { Exchange, OperationResult } from '@urql/vue'
import { empty, fromArray, fromValue, makeSubject, merge, mergeMap, pipe, tap } from 'wonka'

/**
 * Keeps events from overtaking answers: they wait as long as something is not answered. What the gateway has read before a
 * change may arrive after the event that tells of it, and the cache keeps what came last: a list without the item that was
 * just made. Worse, graphcache may hand out neither of the two, and a page is empty.
 */
export const eventsAfterAnswers: Exchange =
  ({ forward }) =>
  (operations) => {
    const unanswered = new Set<number>()
    const waiting: OperationResult[] = []
    const { source: released, next: release } = makeSubject<OperationResult>()

    /** @returns the events that need not wait any longer, in the order in which they came */
    function settle(key: number): OperationResult[] {
      unanswered.delete(key)
      return unanswered.size === 0 ? waiting.splice(0) : []
    }

    const results = pipe(
      operations,
      tap(({ kind, key }) => {
        if (kind === 'teardown') settle(key).forEach(release)
        else if (kind !== 'subscription') unanswered.add(key)
      }),
      forward,
      mergeMap((result) => {
        const { kind, key } = result.operation
        if (kind !== 'subscription') return fromArray([result, ...settle(key)])
        if (unanswered.size === 0) return fromValue(result)
        waiting.push(result)
        return empty
      }),
    )
    return merge([results, released])
  }
