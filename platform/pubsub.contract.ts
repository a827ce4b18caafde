// What holds for every PubSub, whatever carries the messages: run by pubsub.test.ts in process and by pubsub.e2e.ts
// over a real Redis.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { PubSub } from './pubsub.ts'

export function pubSubContract(open: () => Promise<PubSub>): void {
  let pubsub: PubSub

  beforeEach(async () => {
    pubsub = await open()
  })
  afterEach(() => pubsub.close())

  it('delivers messages to every subscriber of the channel, in the order they were published', async () => {
    const [first, second, other] = [await follow('a'), await follow('a'), await follow('b')]

    for (let n = 1; n <= 20; n++) await pubsub.publish('a', { n })

    await vi.waitFor(() => expect([first.length, second.length]).toEqual([20, 20]))
    expect(first).toEqual(Array.from({ length: 20 }, (_, index) => ({ n: index + 1 })))
    expect(second).toEqual(first)
    expect(other).toEqual([])
  })

  it('delivers plain JSON: dates as text, nothing of what was undefined', async () => {
    const received = await follow('a')

    await pubsub.publish('a', { at: new Date(0), nothing: undefined, list: [1, null] })

    await vi.waitFor(() => expect(received).toHaveLength(1))
    expect(received[0]).toStrictEqual({ at: '1970-01-01T00:00:00.000Z', list: [1, null] })
  })

  it('freezes messages through and through, since subscribers share them', async () => {
    const sent = { deep: { list: [1] } }
    const received = await follow('a')

    await pubsub.publish('a', sent)

    await vi.waitFor(() => expect(received).toHaveLength(1))
    const message = received[0] as typeof sent
    expect(message).not.toBe(sent)
    expect([message, message.deep, message.deep.list].every(Object.isFrozen)).toBe(true)
  })

  it('delivers nothing after the subscription was ended, and goes on for the others', async () => {
    const stays = await follow('a')
    const leaves: unknown[] = []
    const end = await pubsub.subscribe('a', (message) => leaves.push(message))

    await end()
    await pubsub.publish('a', 'late')

    await vi.waitFor(() => expect(stays).toEqual(['late']))
    expect(leaves).toEqual([])
  })

  it('takes more than ten subscribers of one channel', async () => {
    const subscribers = await Promise.all(Array.from({ length: 12 }, () => follow('a')))

    await pubsub.publish('a', 'hello')

    await vi.waitFor(() => expect(subscribers.flat()).toHaveLength(12))
  })

  it('says that it is healthy', async () => {
    expect(await pubsub.isHealthy()).toBe(true)
  })

  async function follow(channel: string): Promise<unknown[]> {
    const received: unknown[] = []
    await pubsub.subscribe(channel, (message) => received.push(message))
    return received
  }
}
