// Work of which so much is done at a time, while the rest waits its turn.
import { ApiError } from '../../platform/errors.ts'

const RETRY_AFTER_MS = 2_000

/**
 * @param limits.runningMax done at a time
 * @param limits.waitingMax waiting at a time: more are refused at once
 * @returns what does work when its turn comes, and throws ApiError RATE_LIMITED when too much waits
 */
export function makeTurns({ runningMax, waitingMax }: { readonly runningMax: number; readonly waitingMax: number }) {
  const waiting: (() => void)[] = []
  let running = 0

  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (running < runningMax) running += 1
    else {
      if (waiting.length >= waitingMax) {
        throw new ApiError('RATE_LIMITED', 'Too much is asked for at once.', { retryAfterMs: RETRY_AFTER_MS })
      }
      await new Promise<void>((resolve) => void waiting.push(resolve))
    }
    try {
      return await work()
    } finally {
      // Whoever is next takes over the place, so the count stays.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
