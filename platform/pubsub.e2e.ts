import { expect, it, vi } from 'vitest'
import { describeWithRedis, startRedis } from '../e2e/support/redis.ts'
import { makeLog } from './log.ts'
import { pubSubContract } from './pubsub.contract.ts'
import { makePubSub } from './pubsub.ts'

const log = makeLog('test', 'silent')

describeWithRedis('pub/sub over Redis', () => {
  const servers: Awaited<ReturnType<typeof startRedis>>[] = []
  const redis = async () => (servers[0] ??= await startRedis())

  pubSubContract(async () => makePubSub({ redisUrl: (await redis()).url, log }))

  it('carries messages from one process to another', async () => {
    const [here, there] = [
      makePubSub({ redisUrl: (await redis()).url, log }),
      makePubSub({ redisUrl: (await redis()).url, log }),
    ]
    const received: unknown[] = []
    await there.subscribe('a', (message) => received.push(message))

    await here.publish('a', { n: 1 })

    await vi.waitFor(() => expect(received).toEqual([{ n: 1 }]))
    await Promise.all([here.close(), there.close()])
  })

  it('says so while Redis is away, refuses to publish, and goes on by itself afterwards', async () => {
    const server = await redis()
    const pubsub = makePubSub({ redisUrl: server.url, log })
    const received: unknown[] = []
    await pubsub.subscribe('a', (message) => received.push(message))

    await server.stop('SIGKILL')
    await expect(pubsub.publish('a', 'lost')).rejects.toThrow()
    expect(await pubsub.isHealthy()).toBe(false)
    await server.start()

    await vi.waitFor(async () => expect(await pubsub.isHealthy()).toBe(true), { timeout: 5_000 })
    await vi.waitFor(
      async () => {
        await pubsub.publish('a', 'again')
        expect(received.length).toBeGreaterThan(0)
      },
      { timeout: 5_000, interval: 100 },
    )
    expect(new Set(received)).toEqual(new Set(['again']))
    await pubsub.close()
  })

  it('outlives a Redis that is away when a channel is to be followed', async () => {
    const server = await redis()
    await server.stop()
    const pubsub = makePubSub({ redisUrl: server.url, log })
    const received: unknown[] = []
    const following = pubsub.subscribe('a', (message) => received.push(message))
    await new Promise((resolve) => setTimeout(resolve, 300))

    await server.start()
    await following
    await pubsub.publish('a', 'hello')

    await vi.waitFor(() => expect(received).toEqual(['hello']))
    await pubsub.close()
    await server.stop()
  })
})
