import { makeOperation, type Exchange, type Operation } from '@urql/vue'
import { filter, makeSubject, merge, pipe } from 'wonka'

/**
 * Asks again for what an event made the cache forget while the answer was on its way. graphcache keeps the event above the
 * answer and hands out neither: `null` without an error, which no gateway answers. Pages keep what they show meanwhile.
 */
export const overtakenExchange: Exchange = ({ forward }) => {
  const again = makeSubject<Operation>()
  return (operations) =>
    pipe(
      forward(merge([operations, again.source])),
      filter(({ operation, data, error }) => {
        if (operation.kind !== 'query' || data || error) return true
        // Not through the client, which takes an operation for sent until it sees its answer.
        again.next(makeOperation('query', operation, { ...operation.context, requestPolicy: 'network-only' }))
        return false
      }),
    )
}
