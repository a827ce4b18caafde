// Counts requests by key within windows: in Redis, so that all gateways count together, where there is one; in this
// process otherwise, and while Redis is away. A limit that is kept less exactly for a while is better than a login that
// is not answered.
import { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'
import type { RateLimiterRes } from 'rate-limiter-flexible'
import type { Log } from '../../platform/log.ts'

export interface RateCounters {
  /** Adds to the count of a key, whose window begins with the first one. Waits for Redis 250 ms at most. */
  add(key: string, times: number, windowS: number): Promise<Count>
  close(): void
}

export interface Count {
  /** How many there were in this window, with those just added. */
  readonly used: number
  /** How long until the window ends. */
  readonly resetMs: number
}

/** Keys counted in this process: some 300 bytes each. Whoever did not come for longest is forgotten first. */
const KEYS_IN_MEMORY_MAX = 50_000

const CONNECT_TIMEOUT_MS = 1_000
/** A count takes Redis well under a millisecond. */
const COMMAND_TIMEOUT_MS = 250
/** A connection on which nothing comes back for so long is given up: whatever is counted from then on waits no more. */
const SILENT_CONNECTION_MS = 500
const RECONNECT_DELAY_MAX_MS = 1_000

/** Limits differ by field: the window is given with each count, and who counts decides what is too much. */
const saidWithEachCount = { points: 0, duration: 0 }

/** Returns as soon as Redis takes counts, or is found to be away. */
export async function openRateCounters({
  redisUrl,
  log,
}: {
  readonly redisUrl: string | null
  readonly log: Log
}): Promise<RateCounters> {
  const inMemory = memoryCounters()
  if (redisUrl === null) return inMemory

  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SILENT_CONNECTION_MS,
    retryStrategy: (attempt) => Math.min(attempt * 50, RECONNECT_DELAY_MAX_MS),
    // What cannot be counted now is counted in memory: nothing waits, and nothing is counted twice later.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  })
  redis.on('error', () => {}) // told where it makes a difference: at the next count
  const limiter = new RateLimiterRedis({
    ...saidWithEachCount,
    storeClient: redis,
    keyPrefix: 'tributary:rate-limit',
    rejectIfRedisNotReady: true,
  })
  await redis.connect().catch(() => {}) // tried again by itself
  let isAway = false

  // Not the library's own insurance, which does not tell why, nor that, it took over.
  return {
    add: async (key, times, windowS) => {
      try {
        const count = countOf(await limiter.penalty(key, times, { customDuration: windowS }))
        if (isAway) log.info('rate limits are counted in redis again')
        isAway = false
        return count
      } catch (error) {
        if (!isAway) log.warn({ err: error }, 'rate limits are counted by each gateway for itself, redis went away')
        isAway = true
        return inMemory.add(key, times, windowS)
      }
    },
    close: () => redis.disconnect(),
  }
}

function memoryCounters(): RateCounters {
  const limiter = new RateLimiterMemory(saidWithEachCount)
  const keys = new Set<string>() // in the order in which they came last
  return {
    add: async (key, times, windowS) => {
      keys.delete(key)
      keys.add(key)
      const [oldest] = keys
      if (keys.size > KEYS_IN_MEMORY_MAX && oldest !== undefined) {
        keys.delete(oldest)
        await limiter.delete(oldest)
      }
      return countOf(await limiter.penalty(key, times, { customDuration: windowS }))
    },
    close: () => {},
  }
}

function countOf({ consumedPoints, msBeforeNext }: RateLimiterRes): Count {
  return { used: consumedPoints, resetMs: msBeforeNext }
}
