import { describe, expect, it, vi } from 'vitest'
import { eventsChannel } from '../../platform/events.ts'
import { ANONYMOUS } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'
import { makePubSub } from '../../platform/pubsub.ts'
import { makeHub } from './hub.ts'
import type { SubscriptionOperation } from './operation.ts'

const log = makeLog('test', 'silent')
const context = { requestId: 'r', identity: ANONYMOUS, clientAddress: '127.0.0.1' }

describe('makeHub', () => {
  it('runs equal operations of one identity once an event, and gives each subscriber the answer', async () => {
    const { hub, publish, operation } = open()
    const results = [
      await hub.follow(operation(), context),
      await hub.follow(operation(), context),
      await hub.follow(operation(), { ...context, identity: { ...ANONYMOUS, subject: 'ada' } }),
    ]

    await publish(1, ['a'])

    expect(await Promise.all(results.map(async (result) => (await result.next()).value))).toEqual([
      { data: '1 for null' },
      { data: '1 for null' },
      { data: '1 for ada' },
    ])
    expect(runs).toHaveLength(2)
  })

  it('keeps the order of events although an earlier one takes longer', async () => {
    const { hub, publish, operation } = open({ delayMs: (event) => (event['n'] === 1 ? 30 : 0) })
    const results = await hub.follow(operation(), context)

    await publish(1, ['a'])
    await publish(2, ['a'])

    expect([(await results.next()).value, (await results.next()).value]).toEqual([
      { data: '1 for null' },
      { data: '2 for null' },
    ])
  })

  it('delivers an event once although a new publisher sends it again', async () => {
    const { hub, publish, operation } = open()
    const results = await hub.follow(operation(), context)

    for (const position of [1, 2, 1, 2, 3]) await publish(position, ['a'])

    const positions = [await results.next(), await results.next(), await results.next()].map(({ value }) => value)
    expect(positions).toEqual([{ data: '1 for null' }, { data: '2 for null' }, { data: '3 for null' }])
    expect(runs).toHaveLength(3)
  })

  it('goes on after an event that could not be resolved, which is told without its reason', async () => {
    const { hub, publish, operation } = open({ failsAt: 1 })
    const results = await hub.follow(operation(), context)

    await publish(1, ['a'])
    await publish(2, ['a'])

    const first = (await results.next()).value
    expect(first).toMatchObject({ data: null, errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] })
    expect(JSON.stringify(first)).not.toContain('secret reason')
    expect((await results.next()).value).toEqual({ data: '2 for null' })
  })

  it('runs nothing once the last subscriber has left', async () => {
    const { hub, publish, operation } = open()
    const results = await hub.follow(operation(), context)
    await results.return()

    await publish(1, ['a'])
    await new Promise((resolve) => setTimeout(resolve, 10))

    expect(runs).toEqual([])
  })

  it('refuses to follow where no events come from', async () => {
    const { operation } = open()

    await expect(makeHub({ pubsub: null, log }).follow(operation(), context)).rejects.toMatchObject({
      extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
    })
  })
})

let runs: unknown[]

function open(options: { delayMs?: (event: Readonly<Record<string, unknown>>) => number; failsAt?: number } = {}) {
  runs = []
  const pubsub = makePubSub({ redisUrl: null, log })
  return {
    hub: makeHub({ pubsub, log }),
    publish: (position: number, channels: string[]) =>
      pubsub.publish(eventsChannel('s'), { position, channels, event: { n: position } }),
    operation: (): SubscriptionOperation => ({
      key: 'k',
      channels: { source: 's', names: ['a'] },
      run: vi.fn(async (event, { identity }) => {
        runs.push(event)
        await new Promise((resolve) => setTimeout(resolve, options.delayMs?.(event) ?? 0))
        if (event['n'] === options.failsAt) throw new Error('secret reason')
        return { data: `${event['n']} for ${identity.subject}` }
      }),
    }),
  }
}
