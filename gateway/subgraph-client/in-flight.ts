// Queries that are under way: whoever asks the same of the same subgraph with the same rights waits for the same
// answer. The text is shared and read by each on its own, because merging takes answers apart.

export interface Consumer {
  /** Aborts when whoever asked has left. */
  readonly left?: AbortSignal
  /** Waits no longer than this, on the clock of `performance.now()`. */
  readonly deadlineAt: number
  /** Joins no fetch begun before this, on the same clock: it may not have seen what this one is to see. */
  readonly notBefore?: number
}

export interface InFlight {
  /**
   * @param person whose changes this fetch could miss, see `forget`
   * @param key everything the answer depends on
   * @param begin is called when there is nothing to join; its signal aborts when nobody waits any more
   */
  fetch(
    of: { readonly person: string; readonly key: string },
    consumer: Consumer,
    begin: (signal: AbortSignal) => Promise<string>,
  ): Promise<string>
  /** After a change: nobody joins what this person has under way, which may not have seen the change. */
  forget(person: string): void
}

/** Why a fetch ended before its answer came. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed'
}
export class ClientLeft extends Error {
  override readonly name = 'ClientLeft'
}

interface Flight {
  readonly begunAt: number
  readonly text: Promise<string>
  readonly upstream: AbortController
  consumers: number
}

/** @param fetchTimeoutMs a fetch takes no longer, however many wait for it */
export function makeInFlight(fetchTimeoutMs: number): InFlight {
  const flightsOf = new Map<string, Map<string, Flight>>() // by person, then by key

  function start(person: string, key: string, begin: (signal: AbortSignal) => Promise<string>): Flight {
    const upstream = new AbortController()
    const timer = setTimeout(() => upstream.abort(new DeadlinePassed()), fetchTimeoutMs)
    const text = begin(upstream.signal).finally(() => {
      clearTimeout(timer)
      remove(person, key, flight)
    })
    const flight: Flight = { begunAt: performance.now(), text, upstream, consumers: 0 }
    const flights = flightsOf.get(person) ?? new Map<string, Flight>()
    flightsOf.set(person, flights.set(key, flight))
    return flight
  }

  function remove(person: string, key: string, flight: Flight): void {
    const flights = flightsOf.get(person)
    if (flights?.get(key) !== flight) return // forgotten, or another has taken its place
    flights.delete(key)
    if (flights.size === 0) flightsOf.delete(person)
  }

  return {
    fetch({ person, key }, consumer, begin) {
      const { left, deadlineAt, notBefore = 0 } = consumer
      const now = performance.now()
      if (left?.aborted) return Promise.reject(new ClientLeft())
      if (deadlineAt <= now) return Promise.reject(new DeadlinePassed())

      const known = flightsOf.get(person)?.get(key)
      const flight = known && known.begunAt >= notBefore ? known : start(person, key, begin)
      flight.consumers += 1

      return new Promise((resolve, reject) => {
        const leave = (why: Error) => {
          stopWaiting()
          reject(why)
          flight.consumers -= 1
          if (flight.consumers > 0) return
          remove(person, key, flight) // what is being dropped is not to be joined
          flight.upstream.abort(new ClientLeft())
        }
        const onLeft = () => leave(new ClientLeft())
        // The flight has a deadline of its own; a timer is needed only where this consumer's is nearer.
        const isNearer = deadlineAt < flight.begunAt + fetchTimeoutMs
        const timer = isNearer ? setTimeout(() => leave(new DeadlinePassed()), deadlineAt - now) : undefined
        const stopWaiting = () => {
          clearTimeout(timer)
          left?.removeEventListener('abort', onLeft)
        }
        left?.addEventListener('abort', onLeft)
        flight.text.then(resolve, reject).finally(stopWaiting)
      })
    },

    forget: (person) => void flightsOf.delete(person),
  }
}
