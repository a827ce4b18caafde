// Carries messages between processes: through Redis when there is one, inside this process otherwise. Both behave alike
// (pubsub.contract.ts runs over both): a message arrives as frozen JSON, shared by every subscriber, and is lost when
// nobody listens. What must not be lost stands in the outbox.
import { EventEmitter } from 'node:events'
import { RedisPubSub } from 'graphql-redis-subscriptions'
import { PubSub as EmitterPubSub } from 'graphql-subscriptions'
import { Redis } from 'ioredis'
import type { Log } from './log.ts'

export interface PubSub {
  /** @throws when Redis does not take the message: nobody got it, and sending again is right */
  publish(channel: string, message: unknown): Promise<void>
  /**
   * Resolves when the channel is followed, which waits while Redis is away.
   *
   * @param onMessage gets frozen JSON; whoever wants to change it takes a copy
   * @returns ends the subscription
   */
  subscribe(channel: string, onMessage: (message: unknown) => void): Promise<() => Promise<void>>
  /** Whether messages can be sent now. Answers within 2 s. */
  isHealthy(): Promise<boolean>
  close(): Promise<void>
}

const HEALTH_DEADLINE_MS = 2_000
const RECONNECT_DELAY_MAX_MS = 1_000
/** A Redis that owes an answer for so long is taken for gone, also when its connection still stands. */
const SILENCE_MAX_MS = 3_000

export function makePubSub({ redisUrl, log }: { redisUrl: string | null; log: Log }): PubSub {
  return redisUrl === null ? inProcessPubSub() : redisPubSub(redisUrl, log)
}

function inProcessPubSub(): PubSub {
  const eventEmitter = new EventEmitter()
  eventEmitter.setMaxListeners(0) // every subscriber is a listener
  const pubsub = new EmitterPubSub({ eventEmitter })
  return {
    publish: (channel, message) => pubsub.publish(channel, readMessage(JSON.stringify(message))),
    subscribe: async (channel, onMessage) => {
      const id = await pubsub.subscribe(channel, onMessage)
      return async () => pubsub.unsubscribe(id)
    },
    isHealthy: async () => true,
    close: async () => void eventEmitter.removeAllListeners(),
  }
}

function redisPubSub(redisUrl: string, log: Log): PubSub {
  const retryStrategy = (attempt: number) => Math.min(attempt * 50, RECONNECT_DELAY_MAX_MS)
  // The publisher gives up quickly, so that whoever publishes learns of it and tries again.
  const publisher = new Redis(redisUrl, { retryStrategy, maxRetriesPerRequest: 1, socketTimeout: SILENCE_MAX_MS })
  // The subscriber never gives up: a SUBSCRIBE that fails is a rejection nobody waits for, which would end the process.
  const subscriber = new Redis(redisUrl, { retryStrategy, maxRetriesPerRequest: null })
  reportOutages(publisher, log)
  // Without a listener an error event would be thrown; the publisher's listener tells of the same outage.
  subscriber.on('error', () => {})
  const pubsub = new RedisPubSub({ publisher, subscriber, deserializer: readMessage })

  return {
    publish: (channel, message) => pubsub.publish(channel, message),
    subscribe: async (channel, onMessage) => {
      const id = await pubsub.subscribe(channel, onMessage)
      return async () => pubsub.unsubscribe(id)
    },
    isHealthy: async () => {
      const answer = await Promise.race([publisher.ping().catch(() => null), resolvesLater(HEALTH_DEADLINE_MS)])
      return answer === 'PONG'
    },
    close: async () => {
      publisher.disconnect()
      subscriber.disconnect()
    },
  }
}

// One line when Redis goes away and one when it is back, however often reconnecting fails in between.
function reportOutages(redis: Redis, log: Log): void {
  let isAway = false
  redis.on('error', (error: Error) => {
    if (!isAway) log.warn({ err: error }, 'redis went away')
    isAway = true
  })
  redis.on('ready', () => {
    if (isAway) log.info('redis is back')
    isAway = false
  })
}

/** Parses and freezes, so that no subscriber can change what another one gets. */
function readMessage(text: string | Buffer): unknown {
  return frozen(JSON.parse(String(text)))
}

// Not while parsing: calling JavaScript for each value from within costs several times the parsing.
function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  for (const each of Object.values(value)) frozen(each)
  return Object.freeze(value)
}

function resolvesLater(delayMs: number): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, delayMs, null).unref())
}
