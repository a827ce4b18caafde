// Gateways and their clients in a world of chance: the real publisher, event stream, groups and hub over one log and a bus
// that loses messages. Gateways and publishers die or pause, connections are cut at any moment, and clients come back to
// any gateway with the last position they know. The same seed makes the same history, and SEEDS is how many are tried:
//   SEED=4711 npm run test:unit -- hub.simulation
import { expect, it } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'
import { startPublisher } from '../../platform/publisher.ts'
import type { Publisher } from '../../platform/publisher.ts'
import type { PubSub } from '../../platform/pubsub.ts'
import { memoryEventLog } from '../../platform/testing/memory-event-log.ts'
import { feedOf, logOf, simulatedBus } from '../../platform/testing/simulated-network.ts'
import { NO_FAULTS, simulate } from '../../platform/testing/simulation.ts'
import type { SimulatedProcess } from '../../platform/testing/simulation.ts'
import type { LoadedSupergraph } from '../supergraph.ts'
import type { Membership, Subscriber } from './group.ts'
import { makeHub } from './hub.ts'
import type { Hub } from './hub.ts'
import type { SubscriptionOperation } from './operation.ts'
import { readPosition } from './position.ts'

const SEEDS = Number(process.env['SEEDS'] ?? 500)
const TROUBLE_MS = 20_000
/** Nothing but heads comes: whoever lacks the last event has to find out by itself. */
const SILENCE_MS = 30_000
/** Those who know more than a restored log have so long to learn of it, before it has as many events again. */
const CALM_MS = 12_000

const log = makeLog('simulation', 'silent')

it('tells every client every event of its channels, in order and once, or that a gap is where the log no longer reaches back', async () => {
  const only = process.env['SEED']
  const seeds = only ? [Number(only)] : Array.from({ length: SEEDS }, (_, seed) => seed)
  const all = { events: 0, gaps: 0, cuts: 0 }
  for (const seed of seeds) {
    const { eras, clients, outdated } = await history(seed)
    const problems = clients.flatMap((client) => problemsOf(client, eras))
    expect({ seed, problems, outdated }).toEqual({ seed, problems: [], outdated: 0 })
    all.events += clients.flatMap(({ told }) => told).filter(({ kind }) => kind === 'event').length
    all.gaps += clients.flatMap(({ told }) => told).filter(({ kind }) => kind === 'gap').length
    all.cuts += clients.reduce((cuts, client) => cuts + client.cuts, 0)
  }
  if (!only) expect(Math.min(all.events, all.gaps, all.cuts)).toBeGreaterThan(SEEDS / 10)
}, 600_000)

it('makes the same history of the same seed', async () => {
  expect(await history(7)).toEqual(await history(7))
  expect(await history(7)).not.toEqual(await history(8))
})

/** What a log held, by position. It begins anew when it is restored. */
type Era = Map<number, { readonly channels: readonly string[]; readonly fact: string }>

type Told =
  /** Whatever comes after this position is to be told. */
  | { readonly kind: 'start'; readonly position: number }
  /** Without a fact where the event could not be resolved. */
  | { readonly kind: 'event'; readonly position: number; readonly fact: string | null }
  /** `removedUpTo`: what the log no longer had by then. Null after it was restored, which may be a gap for anybody. */
  | { readonly kind: 'gap'; readonly position: number; readonly removedUpTo: number | null }

interface Client {
  readonly name: string
  readonly channels: readonly string[]
  readonly told: Told[]
  /** What it comes back with. */
  last: string | null
  cuts: number
}

interface Gateway {
  readonly process: SimulatedProcess
  readonly hub: Hub
  supergraph: LoadedSupergraph
  /** The last one whose swap was the last one too when it was over. */
  preparedFor: LoadedSupergraph | null
}

/** What a gateway sends: as `id:` blocks and pings, as `next`, as `complete`. */
type Message =
  | { readonly kind: 'position'; readonly position: string }
  | { readonly kind: 'next'; readonly text: string; readonly position: string }
  | { readonly kind: 'complete' }

async function history(seed: number) {
  const simulation = simulate(seed)
  const { chance, clock, pause } = simulation
  let agedMs = 0
  const memory = memoryEventLog({ nowMs: () => clock.nowMs() + agedMs, positionsReadMax: chance.integer(1, 50) })
  const bus = simulatedBus(simulation)
  bus.lost = chance.pick([0, 0.1, 0.5])
  const weather = { lost: chance.pick([0, 0, 0.05]), unanswered: chance.pick([0, 0, 0.05]) }
  const eras: Era[] = [new Map()]
  let removedUpTo = 0
  let calmUntilMs = 0
  let isFeedAway = false
  const isOver = () => clock.nowMs() > TROUBLE_MS

  // What was written: facts a person could tell apart, also when a restored log gives a position for the second time.
  let facts = 0
  async function write(): Promise<void> {
    const hurry = chance.pick([10, 300, 2_000])
    for (let left = chance.integer(1, 25); left > 0; left--) {
      await pause(chance.between(0, hurry))
      while (clock.nowMs() < calmUntilMs) await pause(calmUntilMs - clock.nowMs())
      if (isOver()) return
      const channels = chance.pick([['a'], ['a'], ['b'], ['a', 'b'], ['c']])
      const { commit } = memory.begin({ channels, event: { fact: `fact ${(facts += 1)}` } })
      await pause(chance.between(0, chance.pick([5, 5, 1_000])))
      commit()
      if (publishers.length > 0) chance.pick(publishers).publisher.wake()
    }
  }

  /** Keeps what the log holds, before a part of it is removed. */
  async function remember(): Promise<void> {
    for (let after = removedUpTo; ;) {
      const page = await memory.feed.read({ after, channels: null, limit: 1_000 })
      for (const { position, channels, event } of page.events) {
        eras.at(-1)!.set(position, { channels, fact: String(event['fact']) })
      }
      if (page.upTo >= page.head) return
      after = page.upTo
    }
  }

  async function removeOldest(): Promise<void> {
    await remember()
    const session = memory.log.open(() => {})
    agedMs += 3_600_000
    removedUpTo += await session.prune(1, chance.integer(1, 20))
    await session.close()
  }

  const publishers: { readonly process: SimulatedProcess; readonly publisher: Publisher }[] = []
  function startOnePublisher(): void {
    // It would give positions to what the restored log still has without.
    if (clock.nowMs() < calmUntilMs) return void clock.after(calmUntilMs - clock.nowMs(), startOnePublisher)
    const process = simulation.startProcess()
    const events = logOf(simulation, process, memory, weather)
    const pubsub = bus.pubsubOf(process, weather)
    const batchSize = chance.integer(1, 10)
    const options = { source: 'source', events, pubsub, retentionHours: 1_000, batchSize, log, clock: process.clock }
    publishers.push({ process, publisher: startPublisher(options) })
    process.onDeath(() => void removeFrom(publishers, process))
  }

  let supergraphs = 0
  const newSupergraph = (): LoadedSupergraph => {
    const channels = new Map([['changed', [{ name: 'a', source: 'source' }]]])
    return { channels, nth: (supergraphs += 1) } as unknown as LoadedSupergraph
  }
  const gateways: Gateway[] = []
  async function swap(gateway: Gateway): Promise<void> {
    const supergraph = (gateway.supergraph = newSupergraph())
    await gateway.hub.use(supergraph)
    if (gateway.supergraph === supergraph) gateway.preparedFor = supergraph
  }
  function startOneGateway(): void {
    const process = simulation.startProcess()
    const feed = feedOf(process, memory, weather)
    const deafFromMs = chance.is(0.2) ? chance.between(0, TROUBLE_MS) : Infinity
    const hub = makeHub({
      pubsub: goingDeaf(bus.pubsubOf(process, NO_FAULTS), () => clock.nowMs() >= deafFromMs),
      readFeed: () => async (request) => {
        if (isFeedAway) throw new Error('the source is away')
        return feed.read(request)
      },
      log,
      clock: process.clock,
      eventsKept: chance.pick([1, 5, 20, 100]),
    })
    const gateway: Gateway = { process, hub, supergraph: newSupergraph(), preparedFor: null }
    void swap(gateway)
    gateways.push(gateway)
    process.onDeath(() => void removeFrom(gateways, process))
  }

  const resolving = chance.pick([[0], [0, 50], [0, 0, 0, 3_000]])
  const failing = chance.pick([0, 0, 0.1])
  /** Events that were resolved as before a swap although it was over. */
  let outdated = 0
  function operation(
    gateway: Gateway,
    channels: readonly string[],
    supergraph = gateway.supergraph,
  ): SubscriptionOperation {
    const { process } = gateway
    return {
      supergraph,
      source: 'source',
      channels: new Set(channels),
      key: channels.join(),
      async resolve({ fact }, position) {
        if (gateway.preparedFor === gateway.supergraph && supergraph !== gateway.supergraph) outdated += 1
        await pauseOf(process, isOver() ? 0 : chance.between(0, chance.pick(resolving)))
        if (chance.is(failing)) throw new Error('it could not be resolved')
        return { text: JSON.stringify({ data: fact, extensions: { position } }), isLast: false }
      },
      audience: 'PERSON',
      async prepareAgain(supergraph) {
        await pauseOf(process, chance.between(0, 100))
        if (chance.is(0.2)) throw new Error('it no longer fits')
        return operation(gateway, channels, supergraph)
      },
    }
  }

  const clients: Client[] = []
  async function startClient(): Promise<void> {
    const client: Client = {
      name: `client ${clients.length}`,
      channels: chance.pick([['a'], ['a'], ['b'], ['a', 'c']]),
      told: [],
      last: null,
      cuts: 0,
    }
    clients.push(client)
    const identity = chance.pick([ANONYMOUS, ANONYMOUS, { ...ANONYMOUS, subject: 'ada' }])
    const staysMs = chance.pick([100, 3_000, TROUBLE_MS])
    const staysAwayMs = chance.pick([0, 1_000, 8_000])
    await pause(chance.between(0, chance.pick([0, 10_000])))
    for (;;) {
      await pause(chance.between(1, isOver() ? 1_000 : staysAwayMs))
      if (gateways.length > 0) await follow(client, identity, chance.between(0, staysMs))
      client.cuts += 1
    }
  }

  /** One connection, until it ends. */
  function follow(client: Client, identity: typeof ANONYMOUS, staysMs: number): Promise<void> {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    const gateway = chance.pick(gateways)
    const { process, hub } = gateway
    const asksForAcknowledgement = chance.is(0.5)
    const pingIntervalMs = chance.pick([500, 5_000])
    const flushing = chance.pick([[0], [0, 0, 100], [3_000]])
    let membership: Membership | undefined
    let isCut = false
    let isGone = false // noticed by the gateway
    let arrivesMs = 0

    const cut = () => {
      if (isCut) return
      isCut = true
      clock.after(chance.between(0, 2_000), () => process.notice(leave))
      end()
    }
    const leave = () => {
      isGone = true
      membership?.leave()
    }
    const send = (message: Message) => {
      arrivesMs = Math.max(arrivesMs, clock.nowMs() + chance.between(0, 20))
      clock.after(arrivesMs - clock.nowMs(), () => {
        if (isCut) return
        take(client, message)
        if (message.kind === 'complete') cut()
      })
    }
    const subscriber: Subscriber = {
      next: (text, position) => send({ kind: 'next', text, position }),
      flushed: () => pauseOf(process, isOver() ? 0 : chance.pick(flushing)),
      complete: () => send({ kind: 'complete' }),
    }
    const ping = () => {
      if (isGone) return
      send({ kind: 'position', position: membership!.position() })
      process.clock.after(pingIntervalMs, ping)
    }
    const serve = async () => {
      const acknowledged = asksForAcknowledgement && client.last === null && hub.position() !== ''
      if (acknowledged) send({ kind: 'position', position: hub.position() })
      const after = acknowledged ? hub.position() : client.last
      try {
        const context = { requestId: 'r', identity, clientAddress: null }
        const prepared = operation(gateway, client.channels)
        await pauseOf(process, chance.pick([0, 0, 200]))
        membership = await hub.follow(prepared, context, after, subscriber)
      } catch {
        return send({ kind: 'complete' })
      }
      if (isGone) membership.leave()
      else ping()
    }

    process.onDeath(cut)
    clock.after(chance.between(0, 20), () => process.notice(() => void serve()))
    clock.after(staysMs, () => {
      if (!isOver() && clock.nowMs() >= calmUntilMs) cut()
    })
    return ended
  }

  function take(client: Client, message: Message): void {
    if (message.kind === 'complete') return
    const position = readPosition(message.position, 'source')!
    if (client.last === null) client.told.push({ kind: 'start', position })
    client.last = message.position
    if (message.kind === 'position') return
    const { data, extensions } = JSON.parse(message.text) as {
      data: string | null
      extensions?: { position: string; gap?: true }
    }
    if (!extensions) return // the end of the operation
    if (extensions.gap) {
      client.told.push({ kind: 'gap', position, removedUpTo: eras.length > 1 ? null : removedUpTo })
    } else client.told.push({ kind: 'event', position, fact: data })
  }

  async function restore(): Promise<void> {
    const bringBack = memory.backUp()
    const era = new Map(eras[0])
    await pause(chance.between(0, 4_000))
    await remember()
    eras.push(era)
    for (const { process } of [...publishers]) process.kill()
    clock.after(chance.between(500, 2_000), startOnePublisher)
    if (chance.is(0.5)) bringBack(chance.integer(100, 200))
    else {
      bringBack()
      calmUntilMs = clock.nowMs() + CALM_MS
    }
  }

  const troubles: (() => void)[] = [
    () => {
      if (gateways.length === 0) return
      chance.pick(gateways).process.kill()
      clock.after(chance.between(0, 3_000), startOneGateway)
    },
    () => {
      // One pause after another may be longer than all the time there is to notice a restore.
      if (gateways.length > 0 && clock.nowMs() >= calmUntilMs) {
        chance.pick(gateways).process.pause(chance.between(0, 8_000))
      }
    },
    () => {
      if (gateways.length === 0) return
      const gateway = chance.pick(gateways)
      void swap(gateway)
      if (chance.is(0.5)) clock.after(chance.between(0, 100), () => gateway.process.notice(() => void swap(gateway)))
    },
    () => {
      if (publishers.length === 0) return
      chance.pick(publishers).process.kill()
      clock.after(chance.between(0, 3_000), startOnePublisher)
    },
    () => publishers.length > 0 && chance.pick(publishers).process.pause(chance.between(0, 8_000)),
    () => {
      bus.isAway = true
      clock.after(chance.between(0, 4_000), () => (bus.isAway = false))
    },
    () => {
      isFeedAway = true
      clock.after(chance.between(0, 4_000), () => (isFeedAway = false))
    },
    memory.cutLeader,
    memory.forgetLeader,
  ]
  // Not both: what a restored log lacks may be a gap for anybody, whatever was removed of it.
  const isRestored = chance.is(0.2)
  if (isRestored) clock.after(chance.between(1_000, 6_000), () => void restore())
  else if (chance.is(0.4)) troubles.push(() => void removeOldest())

  for (let count = chance.integer(1, 2); count > 0; count--) startOnePublisher()
  for (let count = chance.integer(1, 3); count > 0; count--) startOneGateway()
  for (let count = chance.integer(1, 4); count > 0; count--) void startClient()
  for (let count = chance.integer(1, 3); count > 0; count--) void write()
  for (let count = chance.integer(0, 10); count > 0; count--) {
    clock.after(chance.between(0, TROUBLE_MS - 4_000), chance.pick(troubles))
  }
  await simulation.runUntil(TROUBLE_MS)
  Object.assign(weather, NO_FAULTS)
  bus.lost = 0
  await simulation.runUntil(TROUBLE_MS + SILENCE_MS)
  await remember()

  return { eras, clients, outdated }
}

function pauseOf(process: SimulatedProcess, durationMs: number): Promise<void> {
  return durationMs === 0 ? Promise.resolve() : new Promise((resolve) => process.clock.after(durationMs, resolve))
}

/** A connection to the bus that stands, and brings nothing any more. */
function goingDeaf(pubsub: PubSub, isDeaf: () => boolean): PubSub {
  const subscribe: PubSub['subscribe'] = (channel, receive) =>
    pubsub.subscribe(channel, (message) => {
      if (!isDeaf()) receive(message)
    })
  return { ...pubsub, subscribe }
}

function removeFrom(all: { readonly process: SimulatedProcess }[], process: SimulatedProcess): void {
  all.splice(
    all.findIndex((each) => each.process === process),
    1,
  )
}

/** What a client was told, against what the log held. */
function problemsOf({ name, channels, told }: Client, eras: readonly Era[]): string[] {
  if (told[0]?.kind !== 'start') return [`${name} was told nothing`]
  const problems: string[] = []
  const isConcerned = (of: readonly string[]) => of.some((channel) => channels.includes(channel))
  const expected = (era: Era, after: number, upTo: number) =>
    [...era].filter(([position, event]) => position > after && position <= upTo && isConcerned(event.channels))

  let from = told[0].position
  let events: Extract<Told, { kind: 'event' }>[] = []
  const endStretch = (upTo: number, possible: readonly Era[], mayLack = false) => {
    const positions = new Set(events.map(({ position }) => position))
    const fits = possible.some((era) => {
      const complete = expected(era, from, upTo).sort(([a], [b]) => a - b)
      const all = mayLack ? complete.filter(([position]) => positions.has(position)) : complete
      return (
        all.length === events.length &&
        all.every(([position, { fact }], nth) => {
          const event = events[nth]!
          return event.position === position && (event.fact === fact || event.fact === null)
        })
      )
    })
    const facts = events.map(({ position, fact }) => `${position} ${fact}`)
    const lists = () => JSON.stringify(possible.map((era) => expected(era, from, upTo)))
    if (!fits) problems.push(`${name} was told after ${from}: ${facts.join()}, and not ${lists()}`)
  }

  for (const each of told.slice(1)) {
    if (each.kind === 'event') events.push(each)
    if (each.kind !== 'gap') continue
    const { position, removedUpTo } = each
    const before = events.at(-1)?.position ?? from
    // What a restored log lacks, and is about to be told as a gap, may be lacking among the last events before it.
    endStretch(before, eras, removedUpTo === null)
    if (removedUpTo !== null) {
      if (removedUpTo <= before) problems.push(`${name} was told of a gap after ${before} where there was none`)
      const passedOver = expected(eras[0]!, removedUpTo, position)
      if (passedOver.length > 0) problems.push(`${name} was told a gap up to ${position} which is too far`)
    }
    from = position
    events = []
  }
  endStretch(Infinity, [eras.at(-1)!])
  return problems
}
