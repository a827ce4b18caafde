// When the publisher does what, on a clock that the test moves. What it does whatever happens to it is
// publisher.simulation.test.ts, and what it does to a real Postgres publisher.e2e.ts.
import { expect, it } from 'vitest'
import type { EventLogSession } from './event-log.ts'
import { eventsChannel } from './events.ts'
import type { EventMessage } from './events.ts'
import { makeLog } from './log.ts'
import { startPublisher } from './publisher.ts'
import { memoryEventLog } from './testing/memory-event-log.ts'
import { logOf, simulatedBus } from './testing/simulated-network.ts'
import { NO_FAULTS, simulate } from './testing/simulation.ts'

it('sends what it is woken for within a few round trips, also while it is busy', async () => {
  const { simulation, write, publisher, sent } = world()
  const positions = () => sent().filter((message) => 'position' in message).length
  for (let laterMs = 0; laterMs < 200; laterMs++) {
    const startMs = 10_000 + laterMs * 2_000
    const before = positions()
    for (const atMs of [startMs, startMs + laterMs]) {
      await simulation.runUntil(atMs)
      write()
      publisher.wake()
    }
    await simulation.runUntil(startMs + laterMs + 400)
    expect({ laterMs, sent: positions() - before }).toEqual({ laterMs, sent: 2 })
  }
})

it('looks once for what it is woken for', async () => {
  let looks = 0
  const { simulation, write, publisher, sent } = world((session) => ({
    ...session,
    unpublished: async (limit) => {
      looks += 1
      return session.unpublished(limit)
    },
  }))
  await simulation.runUntil(10_000)
  looks = 0
  for (let change = 1; change <= 200; change++) {
    write()
    publisher.wake()
    await simulation.runUntil(10_000 + change * 500)
  }

  expect(sent().filter((message) => 'position' in message)).toHaveLength(200)
  const headsInThatTime = 100
  expect(looks).toBeLessThanOrEqual(200 + headsInThatTime)
})

it('knows whether it leads, or comes to in time', async () => {
  const { simulation, process, memory, publisher } = world()
  const other = memory.log.open(() => {})
  await other.lead()
  const answers: boolean[] = []
  void publisher.leadsWithin(5_000).then((leads) => answers.push(leads))
  await simulation.runUntil(6_000)
  void publisher.leadsWithin(5_000).then((leads) => answers.push(leads))
  await simulation.runUntil(8_000)
  expect(answers).toEqual([false])

  await other.close()
  await simulation.runUntil(10_000)
  expect(answers).toEqual([false, true])
  process.kill()
})

it('sends the head once a second, however long nothing happens', async () => {
  const { simulation, write, sent } = world()
  write()
  await simulation.runUntil(600_000)

  const heads = sent().filter((message) => 'head' in message)
  expect(new Set(heads.map(({ head }) => head))).toEqual(new Set([1]))
  expect(heads.length).toBeGreaterThan(550)
  expect(heads.length).toBeLessThanOrEqual(601)
})

it('tries about once a second while the bus is away, says so once, and says when it goes on', async () => {
  const { simulation, write, bus, publisher, sent, lines, attempts } = world()
  await simulation.runUntil(5_000)
  bus.isAway = true
  write()
  publisher.wake()
  const before = attempts()
  await simulation.runUntil(65_000)
  expect(attempts() - before).toBeGreaterThan(50)
  expect(attempts() - before).toBeLessThanOrEqual(61)
  bus.isAway = false
  await simulation.runUntil(70_000)

  expect(sent().filter((message) => 'position' in message)).toHaveLength(1)
  expect(lines()).toEqual(['publisher leads', 'publisher tries again', 'publisher goes on'])
})

it('removes old events when it begins to lead and every hour, and sends on when that fails', async () => {
  let prunings = 0
  const { simulation, write, sent, lines } = world((session) => ({
    ...session,
    prune: async () => {
      prunings += 1
      throw new Error('it takes too long')
    },
  }))
  await simulation.runUntil(1_000)
  expect(prunings).toBe(1)
  await simulation.runUntil(2.5 * 3_600_000)
  expect(prunings).toBe(3)

  write()
  await simulation.runUntil(2.5 * 3_600_000 + 2_000)
  expect(sent().filter((message) => 'position' in message)).toHaveLength(1)
  expect(lines()).toEqual(['publisher leads', ...Array<string>(3).fill('old events were not removed')])
})

it('ends when it is told to, wherever it is', async () => {
  for (let endMs = 0; endMs < 1_300; endMs += 7) {
    const { simulation, write, publisher, sent } = world()
    write()
    await simulation.runUntil(endMs)
    let isClosed = false
    void publisher.close().then(() => (isClosed = true))
    await simulation.runUntil(endMs + 1_000)
    expect({ endMs, isClosed }).toEqual({ endMs, isClosed: true })

    const before = sent().length
    await simulation.runUntil(endMs + 10_000)
    expect(sent()).toHaveLength(before)
  }
})

/** A publisher that nothing happens to. */
function world(over: (session: EventLogSession) => EventLogSession = (session) => session) {
  const simulation = simulate(1)
  const memory = memoryEventLog({ nowMs: simulation.clock.nowMs, positionsReadMax: 100 })
  const messages: EventMessage[] = []
  const bus = simulatedBus(simulation, (channel, message) => {
    if (channel === eventsChannel('source')) messages.push(message as EventMessage)
  })
  const process = simulation.startProcess()
  const lines: string[] = []
  const events = logOf(simulation, process, memory, NO_FAULTS)
  const pubsub = bus.pubsubOf(process, NO_FAULTS)
  let attempts = 0
  const publisher = startPublisher({
    source: 'source',
    events: { open: (onLost) => over(events.open(onLost)) },
    pubsub: { ...pubsub, publish: (...args) => ((attempts += 1), pubsub.publish(...args)) },
    retentionHours: 1,
    log: makeLog('test', 'info', { write: (line) => void lines.push((JSON.parse(line) as { msg: string }).msg) }),
    clock: process.clock,
  })
  return {
    simulation,
    process,
    memory,
    bus,
    publisher,
    sent: () => messages,
    attempts: () => attempts,
    lines: () => lines,
    write: () => memory.begin({ channels: ['all'], event: {} }).commit(),
  }
}
