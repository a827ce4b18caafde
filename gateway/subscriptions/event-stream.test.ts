import { describe, expect, it, vi } from 'vitest'
import type { EventMessage, FeedPage, FeedRequest, PublishedEvent } from '../../platform/events.ts'
import { makeLog } from '../../platform/log.ts'
import type { PubSub } from '../../platform/pubsub.ts'
import { openEventStream } from './event-stream.ts'

const log = makeLog('test', 'silent')
const onA: ReadonlySet<string> = new Set(['a'])

describe('openEventStream', () => {
  it('hands on what comes, and asks the source for nothing but its head', async () => {
    const { stream, send, write, asked, told } = await open([])

    for (let n = 1; n <= 3; n++) send(write())

    expect(told).toEqual([1, 2, 3])
    expect(stream.position).toBe(3)
    expect(asked).toEqual([null])
  })

  it('hands on an event that came early behind those it waited for, each once', async () => {
    const { send, write, told } = await open([])
    const [first, second, third] = [write(), write(), write()]

    send(third)
    send(first)
    send(second)
    send(third)

    await vi.waitFor(() => expect(told).toEqual([1, 2, 3]))
  })

  it('reads what was lost when a later event comes, and the last one when the head tells of it', async () => {
    const { send, write, told } = await open([])
    write()
    send(write())
    await vi.waitFor(() => expect(told).toEqual([1, 2]))
    write()

    send({ head: 3 })

    await vi.waitFor(() => expect(told).toEqual([1, 2, 3]))
  })

  it('asks the source after three seconds in which nothing was heard of it', async () => {
    const { write, told, pass } = await open([])
    write()

    pass(2_900)
    await settle()
    expect(told).toEqual([])
    pass(200)

    await vi.waitFor(() => expect(told).toEqual([1]))
  })

  it('says until when nothing was missing: as long as heads come, or the source answers after a silence', async () => {
    const { stream, send, write, pass, source } = await open([])
    expect(stream.completeAtMs).toBe(0)
    pass(1_000)
    send({ head: 0 })
    expect(stream.completeAtMs).toBe(1_000)
    pass(3_000)
    await vi.waitFor(() => expect(stream.completeAtMs).toBe(4_000))

    source.isAway = true
    write()
    pass(1_000)
    send(write()) // the one before it is missing
    pass(1_000)
    send({ head: 2 })
    await settle()
    expect(stream.completeAtMs).toBe(4_000)

    source.isAway = false
    pass(500)
    await vi.waitFor(() => expect(stream.completeAtMs).toBe(6_500))
  })

  it('begins without what carries events, by asking the source, and misses nothing when that comes', async () => {
    const { stream, write, told, connect } = await open([], { isConnected: false })
    expect(stream.position).toBe(0)
    write()

    connect()

    await vi.waitFor(() => expect(told).toEqual([1]))
  })

  it('asks again and again while the source does not answer, and hands on what happened meanwhile', async () => {
    const { send, write, told, pass, asked, source } = await open([])
    source.isAway = true
    write()
    send(write())
    for (let n = 0; n < 5; n++) {
      await settle()
      pass(500)
    }
    expect(told).toEqual([])
    expect(asked.length).toBeGreaterThan(4)

    source.isAway = false
    pass(500)

    await vi.waitFor(() => expect(told).toEqual([1, 2]))
  })

  it('has caught up when it has all that the source has, however many pages that is', async () => {
    const { stream, write, told } = await open([], { pageLength: 2 })
    for (let n = 1; n <= 7; n++) write()

    expect(await stream.catchUp()).toBe(7)
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('does not take the answer to an earlier question for one to a later', async () => {
    const { stream, write, source } = await open([])
    const earlier = stream.catchUp()
    const answer = source.holdAnswers()
    await settle()
    write() // after the source has answered, before the answer is here

    const later = stream.catchUp()
    answer()

    expect(await earlier).toBeLessThanOrEqual(await later)
    expect(await later).toBe(1)
  })

  it('tells of a gap, then of what comes after it, when the log no longer reaches back', async () => {
    const { send, write, forget, told, gaps } = await open([])
    for (let n = 1; n <= 5; n++) write()
    forget(3)

    send({ head: 5 })

    await vi.waitFor(() => expect(told).toEqual([4, 5]))
    expect(gaps).toEqual([3])
  })

  it('tells of no gap where what the log no longer has came in while it was asked', async () => {
    const { send, write, forget, source, told, gaps } = await open([])
    const [first, second] = [write(), write()]
    forget(2)
    const answer = source.holdAnswers()

    send(second)
    send(first)
    answer()
    await settle()
    send(write())

    await vi.waitFor(() => expect(told).toEqual([1, 2, 3]))
    expect(gaps).toEqual([])
  })

  it('tells of a gap when the log was restored from before what it has, and goes on from there', async () => {
    const { stream, send, write, restoreTo, told, gaps } = await open([1, 2, 3])
    restoreTo(1)

    send({ head: 1 })
    await vi.waitFor(() => expect(gaps).toEqual([1]))
    send(write())

    expect(told).toEqual([2])
    expect(stream.position).toBe(2)
  })

  it('hands on no event from before a restore under the position of one from after it', async () => {
    const { stream, send, write, restoreTo, facts, gaps } = await open([1, 2, 3])
    write('lost')
    const early = write('from before')
    restoreTo(1)

    send(early)
    await vi.waitFor(() => expect(gaps).toEqual([1]))
    for (const fact of ['second', 'third', 'fourth']) send(write(fact))
    write('fifth') // lost on the way

    expect(stream.position).toBe(4)
    send({ head: 5 })
    await vi.waitFor(() => expect(facts).toEqual(['second', 'third', 'fourth', 'fifth']))
  })

  it('gives up after five seconds on whoever waits for a source that does not answer', async () => {
    const { stream, pass, source } = make([])
    source.isAway = true
    const refused = expect(stream.ready()).rejects.toMatchObject({ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } })
    await settle()

    pass(5_000)

    await refused
  })

  it('gives up as well on whoever knows more than it, when the source does not say whether that is so', async () => {
    const { stream, pass, source } = await open([])
    source.isAway = true
    const refused = expect(stream.catchUp()).rejects.toMatchObject({ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } })
    await settle()

    pass(5_000)

    await refused
  })

  it('says whether anybody follows it', async () => {
    const { stream } = await open([])
    expect(stream.isFollowed).toBe(true)
    const { stream: another } = make([])

    const end = another.follow({ channels: new Set(['a', 'b']), onEvent: () => {}, onGap: () => {} })
    expect(another.isFollowed).toBe(true)
    end()

    expect(another.isFollowed).toBe(false)
  })

  it('lets go whoever waits for it, however long, when it is closed', async () => {
    const { stream, source } = make([])
    source.isAway = true
    const refused = expect(stream.ready(Infinity)).rejects.toMatchObject({
      extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
    })
    await settle()

    stream.close()

    await refused
  })

  it('unsubscribes when it is closed', async () => {
    const { stream, subscribers } = await open([])
    expect(subscribers.size).toBe(1)

    stream.close()

    await vi.waitFor(() => expect(subscribers.size).toBe(0))
  })
})

describe('reading again', () => {
  it('gives the events of the channels, a hundred at a time', async () => {
    const { stream, send, write } = await open([])
    for (let n = 1; n <= 300; n++) send(write('of somebody', n % 2 ? ['a'] : ['b']))

    const first = await stream.read(onA, 0, 300)
    const second = await stream.read(onA, first.upTo, 300)

    expect(first.events).toHaveLength(100)
    expect(first.upTo).toBe(199)
    expect(second.events).toHaveLength(50)
    expect(second).toMatchObject({ upTo: 300, hasGap: false })
  })

  it('asks the source once for all who left at about the same time', async () => {
    const { stream, asked } = await open(upTo(60))
    asked.length = 0

    const [earlier, later] = await Promise.all([stream.read(onA, 40, 60), stream.read(onA, 45, 60)])

    expect(earlier.events.map(({ position }) => position)).toEqual(upTo(60).slice(40))
    expect(later.events.map(({ position }) => position)).toEqual(upTo(60).slice(45))
    await stream.read(onA, 35, 60) // a little before them
    expect(asked).toEqual([30])
  })

  it('asks the source for the channels alone where that is too far back to be kept', async () => {
    const { stream, asked } = await open(upTo(300))
    asked.length = 0

    const { events, upTo: reached } = await stream.read(onA, 10, 300)

    expect(events.map(({ position }) => position)).toEqual(upTo(110).slice(10))
    expect(reached).toBe(110)
    expect(asked).toEqual([10])
  })

  it('goes no further than asked although the source knows more by then', async () => {
    const { stream, write } = await open(upTo(3))
    write()

    expect(await stream.read(onA, 0, 3)).toMatchObject({ upTo: 3, events: [{}, {}, {}] })
  })

  it('shifts nothing where a raised head left positions without events', async () => {
    const { stream } = await open([1, 2, 3, 20, 21, 22])

    expect(positionsOf(await stream.read(onA, 1, 22))).toEqual([2, 3, 20, 21, 22])
    expect(positionsOf(await stream.read(onA, 20, 22))).toEqual([21, 22])
    expect(await stream.read(onA, 5, 22)).toMatchObject({ hasGap: true })
  })

  it('tells where the log no longer reaches back', async () => {
    const { stream, forget } = await open(upTo(10))
    forget(4)

    expect(await stream.read(onA, 2, 10)).toMatchObject({ hasGap: true, upTo: 10 })
    expect(await stream.read(onA, 4, 10)).toMatchObject({ hasGap: false, upTo: 10 })
  })

  it('rejects while the source does not answer', async () => {
    const { stream, source } = await open(upTo(10))
    source.isAway = true

    await expect(stream.read(onA, 2, 10)).rejects.toThrow()
  })
})

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)
const positionsOf = ({ events }: { events: readonly PublishedEvent[] }) => events.map(({ position }) => position)
const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

/** A stream that knows where its source is, and one who follows it. */
async function open(positions: number[], options: { pageLength?: number; isConnected?: boolean } = {}) {
  const made = make(positions, options)
  if (options.isConnected === false) made.pass(3_000)
  await made.stream.ready()
  const [told, facts, gaps]: [number[], unknown[], number[]] = [[], [], []]
  made.stream.follow({
    channels: onA,
    onEvent(position) {
      told.push(position)
      void made.stream.read(onA, position - 1, position).then(({ events }) => facts.push(events[0]?.event['fact']))
    },
    onGap: (position) => gaps.push(position),
  })
  return { ...made, told, facts, gaps }
}

/** @param positions of the events that the source's log has */
function make(
  positions: number[],
  { pageLength = 1_000, isConnected = true }: { pageLength?: number; isConnected?: boolean } = {},
) {
  const { promise: connected, resolve: connect } = Promise.withResolvers<void>()
  if (isConnected) connect()
  let kept: PublishedEvent[] = positions.map((position) => ({ position, channels: ['a'], event: {} }))
  let head = positions.at(-1) ?? 0
  const asked: (number | null)[] = []
  let held: Promise<void> | undefined
  const source = {
    isAway: false,
    /** @returns lets them go */
    holdAnswers() {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      return () => {
        held = undefined
        resolve()
      }
    },
  }

  async function readFeed({ after, channels, limit }: FeedRequest): Promise<FeedPage> {
    asked.push(after)
    if (source.isAway) throw new Error('the source is away')
    const page = answer(after, channels, Math.min(limit, pageLength))
    await settle()
    await held
    return page
  }

  function answer(after: number | null, channels: readonly string[] | null, limit: number): FeedPage {
    if (after === null) return { head, upTo: head, gap: false, events: [] }
    const rest = kept.filter(({ position }) => position > after)
    if (!rest[0]) return { head, upTo: head, gap: after !== head, events: [] }
    const events = rest.filter((each) => !channels || each.channels.some((name) => channels.includes(name)))
    const page = events.slice(0, limit)
    const gap = rest[0].position !== after + 1
    return { head, upTo: page.length < limit ? head : page.at(-1)!.position, gap, events: page }
  }

  const subscribers = new Set<(message: unknown) => void>()
  const pubsub: PubSub = {
    publish: () => expect.fail(),
    subscribe: async (_channel, receive) => {
      await connected
      subscribers.add(receive)
      return async () => void subscribers.delete(receive)
    },
    isHealthy: async () => true,
    close: async () => {},
  }

  let nowMs = 0
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>()
  const clock = {
    nowMs: () => nowMs,
    after(delayMs: number, callback: () => void) {
      const timer = { atMs: nowMs + delayMs, callback }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
  }

  const stream = openEventStream({ source: 's', pubsub, readFeed, log, clock, eventsKept: 100 })
  return {
    stream,
    connect,
    asked,
    source,
    subscribers,
    write(fact = 'a fact', channels = ['a']): PublishedEvent {
      const event = { position: (head += 1), channels, event: { fact } }
      kept.push(event)
      return event
    },
    send(message: EventMessage) {
      for (const receive of subscribers) receive(message)
    },
    forget: (last: number) => void (kept = kept.filter(({ position }) => position > last)),
    restoreTo(last: number) {
      kept = kept.filter(({ position }) => position <= last)
      head = last
    },
    pass(durationMs: number) {
      nowMs += durationMs
      for (const timer of [...timers]) {
        if (timer.atMs <= nowMs && timers.delete(timer)) timer.callback()
      }
    },
  }
}
