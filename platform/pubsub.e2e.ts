import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { describeWithRedis, startRedis } from '../e2e/support/redis.ts'
import { makeLog } from './log.ts'
import { pubSubContract } from './pubsub.contract.ts'
import { makePubSub } from './pubsub.ts'

const log = makeLog('test', 'silent')

describe('pub/sub over a Redis that takes connections and answers nothing', () => {
  it('refuses to publish within 10 s', async () => {
    const sockets = new Set<Socket>()
    const silent = createServer((socket) => sockets.add(socket))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const pubsub = makePubSub({ redisUrl: `redis://127.0.0.1:${port}`, log })

    const startedMs = performance.now()
    await expect(pubsub.publish('a', 'hello')).rejects.toThrow()
    expect(performance.now() - startedMs).toBeLessThan(10_000)
    expect(await pubsub.isHealthy()).toBe(false)

    await pubsub.close()
    for (const socket of sockets) socket.destroy()
    silent.close()
  })
})

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
