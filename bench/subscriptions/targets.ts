// What subscriptions are to reach, and whether they did.
import type { Audience, SubscriptionResults } from '../subscriptions.ts'

export interface SubscriptionVerdict {
  readonly what: string
  readonly wanted: string
  readonly found: string
  readonly isMet: boolean
}

const P99_MAX_MS = 250
const LIVE_MAX_KB = 12
const COMMIT_TO_SOCKET_MAX_MS = 50
/** That of items and of their owners: one execution. */
const FETCHES_OF_ONE = 2

export function subscriptionVerdicts(results: SubscriptionResults): SubscriptionVerdict[] {
  const { sockets, people, strangers, signedIn, apart, memory, commitToSocket } = results
  const room = `${sockets} sockets`
  return [
    exactly(`fetches for an event, ${room}, one group`, strangers.fetches, FETCHES_OF_ONE),
    exactly(`fetches for an event, ${room}, ${people} people in one group`, signedIn.fetches, FETCHES_OF_ONE),
    exactly(`fetches for an event, ${room}, ${people} groups`, apart.fetches, people * FETCHES_OF_ONE),
    exactly(`frames that differ within an event, ${room}`, differing(strangers, signedIn, apart), 0),
    below(`p99 of delivery, ${room}, one group`, strangers.p99Ms, P99_MAX_MS, 'ms'),
    below(`memory of a subscriber`, memory.liveKb, LIVE_MAX_KB, 'KB'),
    below(`p99 from commit to socket`, commitToSocket.p99Ms, COMMIT_TO_SOCKET_MAX_MS, 'ms'),
  ]
}

const differing = (...audiences: readonly Audience[]) =>
  audiences.reduce((sum, audience) => sum + audience.differing, 0)

function exactly(what: string, found: number, wanted: number): SubscriptionVerdict {
  return { what, wanted: `${wanted}`, found: `${found}`, isMet: found === wanted }
}

function below(what: string, found: number, max: number, unit: string): SubscriptionVerdict {
  return { what, wanted: `at most ${max} ${unit}`, found: `${found.toFixed(1)} ${unit}`, isMet: found <= max }
}
