// Whether an operation's limited fields may be asked for once more: all of them, or the operation is refused as a whole.
// And whether its API key may be used once more.
import { GraphQLError } from 'graphql'
import type { ApiKey } from '../access-token.ts'
import { RefusedOperation } from '../operations/operations.ts'
import type { RequestContext } from '../request-context.ts'
import { clientNetwork } from './client-network.ts'
import type { RateCounters } from './counters.ts'
import type { LimitedUse } from './uses.ts'

/** How one limit stands for a client. */
export interface RateLimitState {
  readonly max: number
  readonly remaining: number
  /** How long until the window ends and all of `max` is there again. */
  readonly resetMs: number
  readonly isExceeded: boolean
}

/**
 * What is refused counts as well: taking it back could not be done in one step with counting, and whoever sends enough at
 * the end of a window could have the next one begin below zero. No window is made longer by it.
 *
 * The status is 429 whatever media type is asked for: a server that denies a request says so before it is one of GraphQL's.
 *
 * @throws RefusedOperation RATE_LIMITED with HTTP status 429, an error for each limit that is exceeded
 */
export async function countUses(
  uses: readonly LimitedUse[],
  { clientAddress, onCounted }: RequestContext,
  counters: RateCounters,
): Promise<void> {
  if (clientAddress === null) return
  const client = clientNetwork(clientAddress)
  const states = await Promise.all(
    uses.map(async ({ limit, times }) => {
      const { coordinate, max, windowS } = limit
      const { used, resetMs } = await counters.add(`${coordinate}:${windowS}:${client}`, times, windowS)
      return { coordinate, windowS, max, remaining: Math.max(max - used, 0), resetMs, isExceeded: used > max }
    }),
  )
  onCounted?.(states.reduce(tighter))
  const exceeded = states.filter(({ isExceeded }) => isExceeded)
  if (exceeded.length === 0) return
  throw new RefusedOperation(
    exceeded.map(({ coordinate, max, windowS, resetMs }) => {
      const message = `${coordinate} is answered ${max} times in ${windowS} s. Try again in ${Math.ceil(resetMs / 1_000)} s.`
      return new GraphQLError(message, {
        extensions: { code: 'RATE_LIMITED', coordinate, retryAfterMs: resetMs, http: { status: 429 } },
      })
    }),
  )
}

const KEY_WINDOW_S = 60

/**
 * Counts a request of an API key, from wherever it comes.
 *
 * @throws RefusedOperation RATE_LIMITED with HTTP status 429
 */
export async function countRequest(
  { sha256, ratePerMinute }: ApiKey,
  { clientAddress, onCounted }: RequestContext,
  counters: RateCounters,
): Promise<void> {
  if (clientAddress === null) return // prepared again: it was counted when it began
  const { used, resetMs } = await counters.add(`api-key:${sha256}`, 1, KEY_WINDOW_S)
  const state = { max: ratePerMinute, remaining: Math.max(ratePerMinute - used, 0), resetMs }
  const isExceeded = used > ratePerMinute
  onCounted?.({ ...state, isExceeded })
  if (!isExceeded) return
  const message = `The key is good for ${ratePerMinute} requests a minute. Try again in ${Math.ceil(resetMs / 1_000)} s.`
  const extensions = { code: 'RATE_LIMITED', retryAfterMs: resetMs, http: { status: 429 } }
  throw new RefusedOperation([new GraphQLError(message, { extensions })])
}

/**
 * `Retry-After` is for what was refused.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc9110#section-10.2.3
 */
export function rateLimitHeaders({ max, remaining, resetMs, isExceeded }: RateLimitState): Record<string, number> {
  const resetS = Math.ceil(resetMs / 1_000)
  return {
    'ratelimit-limit': max,
    'ratelimit-remaining': remaining,
    'ratelimit-reset': resetS,
    ...(isExceeded && { 'retry-after': resetS }),
  }
}

/** What is exceeded comes before what is used up, and of both what lasts longer. */
export function tighter<State extends RateLimitState>(one: State, other: State): State {
  if (one.isExceeded !== other.isExceeded) return one.isExceeded ? one : other
  if (one.remaining !== other.remaining) return one.remaining < other.remaining ? one : other
  return one.resetMs >= other.resetMs ? one : other
}
