// The publisher's real loop in a world of chance: several processes over one log, of which any may die or pause between
// any two steps, with a bus that loses messages. The same seed makes the same history, and SEEDS is how many are tried:
//   SEED=4711 npm run test:unit -- publisher.simulation
import { expect, it } from 'vitest'
import type { EventFeed } from './event-feed.ts'
import { eventsChannel } from './events.ts'
import type { EventMessage, PublishedEvent } from './events.ts'
import { makeLog } from './log.ts'
import { startPublisher } from './publisher.ts'
import type { Publisher } from './publisher.ts'
import type { PubSub } from './pubsub.ts'
import { memoryEventLog } from './testing/memory-event-log.ts'
import { feedOf, logOf, simulatedBus } from './testing/simulated-network.ts'
import { NO_FAULTS, simulate } from './testing/simulation.ts'
import type { SimulatedProcess } from './testing/simulation.ts'

const SEEDS = Number(process.env['SEEDS'] ?? 1_000)
const TROUBLE_MS = 20_000
/** The longest pause, then time to notice, to lead, to send a head and to read what was missed. */
const RECOVERY_MS = 15_000

const log = makeLog('simulation', 'silent')

it('loses nothing, doubles nothing and keeps the order, whoever dies or pauses when, for those who read what they miss', async () => {
  const only = process.env['SEED']
  const seeds = only ? [Number(only)] : Array.from({ length: SEEDS }, (_, seed) => seed)
  let events = 0
  for (const seed of seeds) {
    const { written, seen, problems } = await history(seed)
    expect({ seed, problems }).toEqual({ seed, problems: [] })
    expect({ seed, positions: seen.map(({ position }) => position) }).toEqual({
      seed,
      positions: written.map((_, index) => index + 1),
    })
    expect({ seed, seen: byEntity(seen.map(({ event }) => event as unknown as Fact)) }).toEqual({
      seed,
      seen: byEntity(written),
    })
    events += seen.length
  }
  expect(events).toBeGreaterThan(0)
}, 600_000)

it('makes the same history of the same seed', async () => {
  expect(await history(7)).toEqual(await history(7))
  expect(await history(7)).not.toEqual(await history(8))
})

/** What an event says: the n-th change of an entity. */
interface Fact {
  readonly entity: string
  readonly n: number
}

async function history(seed: number) {
  const simulation = simulate(seed)
  const { chance, clock, pause } = simulation
  const memory = memoryEventLog({ nowMs: clock.nowMs, positionsReadMax: chance.integer(1, 50) })
  const batchSize = chance.integer(1, 10)
  const written: Fact[] = []
  const problems: string[] = []
  const told: string[] = []

  const sent = new Set<number>()
  const bus = simulatedBus(simulation, (channel, message) => {
    if (channel !== eventsChannel('source')) return
    told.push(`${clock.nowMs()} ${JSON.stringify(message)}`)
    if ('position' in (message as EventMessage)) sent.add((message as PublishedEvent).position)
    else {
      const { head } = message as { head: number }
      for (let position = 1; position <= head; position++) {
        if (!sent.has(position)) problems.push(`the head ${head} was sent before the event at ${position}`)
      }
    }
  })
  bus.lost = chance.pick([0, 0.1, 0.5])
  const weather = { lost: chance.pick([0, 0, 0.02]), unanswered: chance.pick([0, 0, 0.02]) }

  const publishers: { readonly process: SimulatedProcess; readonly publisher: Publisher }[] = []
  function start(): void {
    const process = simulation.startProcess()
    const publisher = startPublisher({
      source: 'source',
      events: logOf(simulation, process, memory, weather),
      pubsub: bus.pubsubOf(process, weather),
      retentionHours: 1,
      batchSize,
      log,
      clock: process.clock,
    })
    publishers.push({ process, publisher })
    process.onDeath(() =>
      publishers.splice(
        publishers.findIndex((each) => each.process === process),
        1,
      ),
    )
  }

  async function change(entity: string, changes: number): Promise<void> {
    const hurry = chance.pick([10, 500, 3_000])
    for (let n = 1; n <= changes;) {
      await pause(chance.between(0, hurry))
      if (clock.nowMs() > TROUBLE_MS) return
      const { commit, rollback } = memory.begin({ channels: [entity], event: { entity, n } })
      await pause(chance.between(0, chance.pick([5, 5, 2_000])))
      if (chance.is(0.1)) rollback()
      else {
        commit()
        written.push({ entity, n: n++ })
        if (publishers.length > 0) chance.pick(publishers).publisher.wake()
      }
    }
  }

  const troubles: (() => void)[] = [
    () => {
      if (publishers.length === 0) return
      chance.pick(publishers).process.kill()
      clock.after(chance.between(0, 3_000), start)
    },
    () => publishers.length > 0 && chance.pick(publishers).process.pause(chance.between(0, 8_000)),
    () => {
      if (publishers.length === 0) return
      const { process, publisher } = chance.pick(publishers)
      void publisher.close().then(process.kill)
      clock.after(chance.between(0, 3_000), start)
    },
    () => {
      bus.isAway = true
      clock.after(chance.between(0, 4_000), () => (bus.isAway = false))
    },
    memory.cutLeader,
    memory.forgetLeader,
  ]

  for (let count = chance.integer(1, 3); count > 0; count--) start()
  const listener = simulation.startProcess()
  const seen = follow(bus.pubsubOf(listener, NO_FAULTS), feedOf(listener, memory, NO_FAULTS), problems)
  for (const entity of ['a', 'b', 'c'].slice(chance.integer(0, 2))) void change(entity, chance.integer(1, 12))
  const ofThisHistory = troubles.filter(() => chance.is(0.5))
  for (let count = chance.integer(0, 8); count > 0; count--) {
    if (ofThisHistory.length > 0) clock.after(chance.between(0, TROUBLE_MS - 4_000), chance.pick(ofThisHistory))
  }
  await simulation.runUntil(TROUBLE_MS)
  Object.assign(weather, NO_FAULTS)
  bus.lost = 0
  await simulation.runUntil(TROUBLE_MS + RECOVERY_MS)

  return { written, seen, problems, told }
}

/** Takes what is next, ignores what it knows, and reads the feed whenever something must be missing. */
function follow(pubsub: PubSub, feed: EventFeed, problems: string[]): readonly PublishedEvent[] {
  const seen: PublishedEvent[] = []
  const position = () => seen.length
  let isReading = false

  function take(event: PublishedEvent): void {
    if (event.position === position() + 1) seen.push(event)
  }

  async function readMissing(): Promise<void> {
    if (isReading) return
    isReading = true
    for (let head = position() + 1; position() < head;) {
      const page = await feed.read({ after: position(), channels: null, limit: 5 })
      if (page.gap) problems.push(`a gap after ${position()}`)
      for (const event of page.events) take(event)
      if (position() < page.upTo) problems.push(`the feed lacks what is after ${position()}`)
      head = page.gap ? 0 : page.head
    }
    isReading = false
  }

  void pubsub.subscribe(eventsChannel('source'), (received) => {
    const message = received as EventMessage
    if ('position' in message) take(message)
    if (('position' in message ? message.position : message.head) > position()) void readMissing()
  })
  return seen
}

function byEntity(facts: readonly Fact[]): Readonly<Record<string, readonly number[]>> {
  const entities = Map.groupBy(facts, ({ entity }) => entity)
  return Object.fromEntries([...entities].map(([entity, of]) => [entity, of.map(({ n }) => n)]))
}
