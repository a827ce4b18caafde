import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithRedis, startRedis } from './redis.ts'
import type { RedisServer } from './redis.ts'

describeWithRedis('a Redis server of the test', () => {
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  it('takes commands', async () => {
    expect(await ask((redis) => redis.set('a', '1'))).toBe('OK')
  })

  it('refuses connections while stopped', async () => {
    await server.stop()

    await expect(ask((redis) => redis.ping())).rejects.toThrow()
  })

  it('comes back at the same address, with nothing of what it held', async () => {
    await server.start()

    expect(await ask((redis) => redis.get('a'))).toBeNull()
  })

  it('ends by SIGKILL too, and may be stopped twice', async () => {
    await server.stop('SIGKILL')
    await server.stop()

    await expect(ask((redis) => redis.ping())).rejects.toThrow()
  })

  async function ask<Answer>(command: (redis: Redis) => Promise<Answer>): Promise<Answer> {
    const redis = new Redis(server.url, { retryStrategy: () => null, maxRetriesPerRequest: 0 })
    redis.on('error', () => {}) // the command's rejection says the same
    try {
      return await command(redis)
    } finally {
      redis.disconnect()
    }
  }
})
