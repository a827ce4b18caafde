// Trying again: queries only, a few times, and never longer than somebody waits for the answer.
import { setTimeout as sleep } from 'node:timers/promises'

/** A subgraph that has failed three times in a row fails the fourth time too, and every retry is load on it. */
const RETRIES_MAX = 2
/** Before the first retry at the most; twice as long before the second. A process that restarts needs about as much. */
const BACKOFF_MS = 100

/** An attempt that came to nothing. Its message is for the log. */
export class FailedAttempt extends Error {
  /** `at once` where the connection, not the subgraph, was at fault; null where trying again would change nothing. */
  readonly retry: 'at once' | 'later' | null
  /** What the subgraph asked for. */
  readonly retryAfterMs: number | null

  constructor(
    message: string,
    {
      retry = null,
      retryAfterMs = null,
      cause,
    }: { retry?: FailedAttempt['retry']; retryAfterMs?: number | null; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.name = 'FailedAttempt'
    this.retry = retry
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * Makes up to three attempts.
 *
 * @param options.remainingMs how long the answer will still be waited for: nothing is retried that would come too late
 * @param options.signal ends the pause between two attempts
 * @throws the last attempt's error, or the signal's reason
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  options: {
    readonly remainingMs: () => number
    readonly signal: AbortSignal
    readonly random?: () => number
    readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>
  },
): Promise<T> {
  const { remainingMs, signal, random = Math.random, pause = pauseMs } = options
  for (let retries = 0; ; retries += 1) {
    try {
      return await attempt()
    } catch (error) {
      const delayMs = error instanceof FailedAttempt ? retryDelayMs(error, retries, random) : null
      if (delayMs === null || retries === RETRIES_MAX || delayMs >= remainingMs()) throw error
      if (delayMs > 0) await pause(delayMs, signal)
    }
  }
}

// Half of each pause is random: gateways that failed together do not come back together.
function retryDelayMs({ retry, retryAfterMs }: FailedAttempt, retries: number, random: () => number): number | null {
  if (retry === null) return null
  if (retry === 'at once' && retries === 0) return 0
  const backoffMs = BACKOFF_MS * 2 ** retries * (0.5 + random() / 2)
  return retryAfterMs === null ? backoffMs : retryAfterMs + backoffMs
}

async function pauseMs(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted()) // its reason says more
}

/**
 * Reads a `Retry-After` header: seconds, or a date.
 *
 * @returns null where there is none, or none that can be read
 * @see https://datatracker.ietf.org/doc/html/rfc9110#section-10.2.3
 */
export function readRetryAfterMs(header: string | undefined, nowMs = Date.now()): number | null {
  if (header === undefined) return null
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000
  const atMs = Date.parse(header)
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs)
}
