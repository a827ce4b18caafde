import { describe, expect, it, vi } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'
import type { EventStream, Follower } from './event-stream.ts'
import { makeGroup } from './group.ts'
import type { SubscriptionOperation } from './operation.ts'
import type { ReceivedEvent } from './recent-events.ts'

describe('makeGroup', () => {
  it('resolves no more than eight events at the same time, and tells them in their order', async () => {
    const { group, happen, resolving, finish } = open()
    const { told } = subscriber(group, 0)
    for (let n = 1; n <= 20; n++) happen()

    for (let n = 20; n > 0; n--) {
      await vi.waitFor(() => expect(resolving.length).toBeGreaterThan(0))
      expect(resolving.length).toBeLessThanOrEqual(8)
      finish(resolving.at(-1)!) // the latest first
      await settle()
    }

    expect(told).toEqual(facts(1, 20))
  })

  it('resolves another event as soon as the first is told, not when all eight are', async () => {
    const { group, happen, resolving, finish } = open()
    subscriber(group, 0)
    for (let n = 1; n <= 20; n++) happen()
    await settle()
    expect(resolving).toEqual([1, 2, 3, 4, 5, 6, 7, 8])

    finish(1)
    await settle()
    expect(resolving).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
    finish(3) // is not told before the second
    await settle()
    expect(resolving).toEqual([2, 4, 5, 6, 7, 8, 9])
    finish(2)
    await settle()
    expect(resolving).toEqual([4, 5, 6, 7, 8, 9, 10, 11])
  })

  it('resolves what happens while another event is being resolved', async () => {
    const { group, happen, resolving } = open()
    subscriber(group, 0)
    happen()
    await settle()

    happen()
    await settle()

    expect(resolving).toEqual([1, 2])
  })

  it('reads nothing more of the log while it has no room to resolve it', async () => {
    const { group, happen, resolving, reads, finish } = open()
    subscriber(group, 0)
    for (let n = 1; n <= 8; n++) happen()
    await settle()
    happen()
    await settle()
    reads.length = 0

    for (let n = 1; n <= 300; n++) happen()
    await settle()

    expect([resolving.length, reads]).toEqual([8, []])
    finish(1)
    await settle()
    expect([resolving.length, reads]).toEqual([8, [9]])
  })

  it('reads for who comes back no further than it takes what it is told', async () => {
    const { group, happen, reads, runs } = open({ isQuick: true })
    for (let n = 1; n <= 250; n++) happen()
    await vi.waitFor(() => expect(runs).toHaveLength(250)) // the group is past them
    reads.length = 0
    const flushed = Promise.withResolvers<void>()

    const { told } = subscriber(group, 0, { flushed: () => flushed.promise })

    await vi.waitFor(() => expect(told).toHaveLength(100))
    await settle()
    expect(reads).toEqual([0])
    flushed.resolve()
    await vi.waitFor(() => expect(told).toHaveLength(250))
  })

  it('tells what happens while a subscriber is on its way back, once, and waits with it for nobody', async () => {
    const { group, happen, finish } = open()
    const current = subscriber(group, 0)
    happen()
    await settle()
    finish(1)
    await settle()

    const returning = subscriber(group, 0)
    await settle()
    happen()
    await settle()
    finish(2) // for the group; the returning one still waits for the first

    await vi.waitFor(() => expect(current.told).toEqual(['fact 1', 'fact 2']))
    expect(returning.told).toEqual([])
    finish(1)
    await settle()
    finish(2)
    await vi.waitFor(() => expect(returning.told).toEqual(['fact 1', 'fact 2']))
  })

  it('says of a subscriber that comes back no more than it was told', async () => {
    const { group, happen, finish } = open()
    happen()
    happen()

    const { membership } = subscriber(group, 0)

    expect(membership.position()).toBe('s:0')
    await settle()
    finish(1)
    await settle()
    expect(membership.position()).toBe('s:1')
    finish(2)
    await vi.waitFor(() => expect(membership.position()).toBe('s:2'))
  })

  it('says of a current subscriber where the stream is, but not past what is being resolved', async () => {
    const { group, happen, finish } = open()
    const { membership } = subscriber(group, 0)

    happen(['b'])
    expect(membership.position()).toBe('s:1')
    happen()
    happen(['b'])
    expect(membership.position()).toBe('s:1')
    await settle()
    finish(2)
    await vi.waitFor(() => expect(membership.position()).toBe('s:3'))
  })

  it('tells its current subscribers when the log lost what it had not read yet', async () => {
    const { group, happen, forget, finishAll } = open()
    const { told, positions } = subscriber(group, 0)
    for (let n = 1; n <= 8; n++) happen()
    await settle()
    for (let n = 9; n <= 13; n++) happen()
    forget(11)

    await finishAll()

    expect(told).toEqual([...facts(1, 9), 'a gap', ...facts(12, 13)])
    expect(positions.slice(8)).toEqual(['s:9', 's:11', 's:12', 's:13'])
  })

  it('tells who joins beyond what was lost of no gap, although the group is still before it', async () => {
    const { group, happen, forget, finishAll } = open()
    const behind = subscriber(group, 0)
    for (let n = 1; n <= 8; n++) happen()
    await settle()
    for (let n = 9; n <= 13; n++) happen()
    forget(11)

    const beyond = subscriber(group, 12)
    await finishAll()

    expect(behind.told).toEqual([...facts(1, 9), 'a gap', ...facts(12, 13)])
    expect(beyond.told).toEqual(['fact 13'])
  })

  it('tells of a restored log to those alone who were told of what it lacks', async () => {
    const { group, happen, restoreTo, finishAll } = open()
    const current = subscriber(group, 0)
    for (let n = 1; n <= 3; n++) happen()
    await finishAll()
    expect(current.told).toHaveLength(3)
    const returning = subscriber(group, 0)
    await settle()

    restoreTo(2)
    await finishAll()

    await vi.waitFor(() => expect(returning.told).toEqual(['fact 1', 'fact 2']))
    expect(current.told.slice(3)).toEqual(['a gap'])
    expect(current.positions.at(-1)).toBe('s:2')
  })

  it('answers after a restore for what the log holds now', async () => {
    const { group, happen, restoreTo, finishAll } = open()
    subscriber(group, 0)
    for (let n = 1; n <= 3; n++) happen(['a'], `before ${n}`)
    await finishAll()
    subscriber(group, 0) // has the answers made that others could be told
    await finishAll()
    restoreTo(2)
    happen(['a'], 'after 3')
    await finishAll()

    const { told } = subscriber(group, 2)
    await finishAll()

    expect(told).toEqual(['after 3'])
  })

  it('shares what is resolved for who comes back for a second, and keeps it no longer', async () => {
    const { group, happen, pass, runs } = open({ isQuick: true })
    const slowly = { flushed: () => new Promise<void>(() => {}) }
    for (let n = 1; n <= 3; n++) happen()
    await vi.waitFor(() => expect(runs).toHaveLength(3)) // the group is past them
    runs.length = 0
    subscriber(group, 0, slowly)
    await settle()
    const shared = subscriber(group, 0)
    await vi.waitFor(() => expect(shared.told).toHaveLength(3))
    expect(runs).toEqual([1, 2, 3])

    pass(1_000)
    const later = subscriber(group, 0)

    await vi.waitFor(() => expect(later.told).toHaveLength(3))
    expect(runs).toEqual([1, 2, 3, 1, 2, 3])
  })

  it('goes on with another operation in the middle of a run, and misses nothing', async () => {
    const { group, happen, finish, operation } = open()
    const { told } = subscriber(group, 0)
    happen()
    await settle()

    group.replace(operation('replaced '))
    happen()
    finish(1)
    await settle()
    finish(2)

    await vi.waitFor(() => expect(told).toEqual(['fact 1', 'replaced fact 2']))
  })

  it('says nothing of what is for others, and is past it', async () => {
    const { group, happen } = open({ isQuick: true, silentAt: 2 })
    const { told, membership } = subscriber(group, 0)
    for (let n = 1; n <= 3; n++) happen()
    await vi.waitFor(() => expect(told).toEqual(['fact 1', 'fact 3']))

    const returning = subscriber(group, 1)
    await vi.waitFor(() => expect(returning.told).toEqual(['fact 3']))
    expect([membership.position(), returning.membership.position()]).toEqual(['s:3', 's:3'])
  })

  it('ends for all with a last result and where each of them stands', async () => {
    const { group, happen, finish } = open()
    const current = subscriber(group, 0)
    happen()
    await settle()
    finish(1)
    await settle()
    const returning = subscriber(group, 0)
    await settle()
    happen() // nobody is told of it any more
    await settle()

    group.end('{"data":"the end"}')
    for (const n of [1, 2]) finish(n)
    happen()
    await settle()

    expect(current).toMatchObject({ told: ['fact 1', 'the end'], positions: ['s:1', 's:1'], isComplete: true })
    expect(returning).toMatchObject({ told: ['the end'], positions: ['s:0'], isComplete: true })
  })

  it('ends for who is told the last result of all, and nobody joins it then', async () => {
    const { group, happen, onEnd, runs } = open({ isQuick: true, lastAt: 2 })
    const current = subscriber(group, 0)
    for (let n = 1; n <= 3; n++) happen()
    await vi.waitFor(() => expect(current).toMatchObject({ told: ['fact 1', 'fact 2'], isComplete: true }))

    expect(onEnd).toHaveBeenCalledOnce()
    runs.length = 0
    happen()
    await settle()
    expect(runs).toEqual([])
  })

  it('tries again to read what the source does not tell at first', async () => {
    const { group, happen, source, pass } = open({ isQuick: true })
    source.isAway = true
    const { told } = subscriber(group, 0)
    happen()
    await settle()
    expect(told).toEqual([])

    source.isAway = false
    pass(500)

    await vi.waitFor(() => expect(told).toEqual(['fact 1']))
  })
})

const facts = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `fact ${first + index}`)
const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

function subscriber(group: ReturnType<typeof open>['group'], after: number, { flushed = async () => {} } = {}) {
  const told: string[] = []
  const positions: string[] = []
  const followed = { told, positions, isComplete: false }
  const membership = group.join(
    {
      next(text, position) {
        const { data, extensions } = JSON.parse(text) as { data: string; extensions?: { gap?: boolean } }
        told.push(extensions?.gap ? 'a gap' : data)
        positions.push(position)
      },
      flushed,
      complete: () => (followed.isComplete = true),
    },
    after,
  )
  return Object.assign(followed, { membership })
}

/**
 * A group over a stream that has all events of its log at once.
 *
 * @param options.isQuick events are resolved at once, otherwise when a test says so
 * @param options.lastAt nothing follows this one
 * @param options.silentAt this one is for nobody
 */
function open({ isQuick = false, lastAt = 0, silentAt = 0 } = {}) {
  let events: ReceivedEvent[] = []
  let position = 0
  const followers = new Set<Follower>()
  const reads: number[] = []
  const source = { isAway: false }

  const stream: EventStream = {
    source: 's',
    get position() {
      return position
    },
    isFollowed: true,
    completeAtMs: 0,
    ready: async () => position,
    catchUp: async () => position,
    close: () => {},
    follow(follower) {
      followers.add(follower)
      return () => void followers.delete(follower)
    },
    async read(channels, after, upTo) {
      reads.push(after)
      if (source.isAway) throw new Error('the source is away')
      const rest = events.filter((event) => event.position > after && event.position <= upTo)
      const page = rest.filter((event) => event.channels.some((name) => channels.has(name))).slice(0, 100)
      const hasGap = rest[0] !== undefined && rest[0].position > after + 1
      return { events: page, upTo: page.length < 100 ? upTo : page.at(-1)!.position, hasGap }
    },
  }

  const waiting = new Map<number, (() => void)[]>()
  const resolving: number[] = []
  const runs: number[] = []
  const operation = (prefix = ''): SubscriptionOperation => ({
    supergraph: {} as never,
    source: 's',
    channels: new Set(['a']),
    key: 'k',
    async resolve({ fact }, at) {
      const n = Number(at.split(':')[1])
      runs.push(n)
      if (!isQuick) {
        resolving.push(n)
        await new Promise<void>((resolve) => waiting.set(n, [...(waiting.get(n) ?? []), resolve]))
        resolving.splice(resolving.indexOf(n), 1)
      }
      const text = JSON.stringify({ data: `${prefix}${String(fact)}`, extensions: { position: at } })
      return { text: n === silentAt ? null : text, isLast: n === lastAt }
    },
    audience: 'PERSON',
    prepareAgain: () => expect.fail(),
  })

  function finish(n: number): void {
    const resolves = waiting.get(n) ?? []
    waiting.delete(n)
    for (const resolve of resolves) resolve()
  }

  const timers = new Set<() => void>()
  const clock = {
    nowMs: () => 0,
    after(_delayMs: number, callback: () => void) {
      timers.add(callback)
      return () => void timers.delete(callback)
    },
  }

  const onEnd = vi.fn()
  const context = { requestId: 'r', identity: ANONYMOUS, clientAddress: null }
  const log = makeLog('test', 'silent')
  return {
    group: makeGroup({ stream, operation: operation(), context, log, clock, onEnd }),
    operation,
    onEnd,
    reads,
    runs,
    resolving,
    source,
    happen(channels = ['a'], fact = `fact ${position + 1}`) {
      position += 1
      events.push({ position, channels, event: { fact }, receivedAt: 0 })
      for (const each of followers) if (channels.some((name) => each.channels.has(name))) each.onEvent(position)
    },
    /** Has the resolving of an event end. */
    finish,
    /** Until nothing is left to be resolved. */
    async finishAll() {
      await settle()
      for (; waiting.size > 0; await settle()) for (const n of waiting.keys()) finish(n)
    },
    forget: (upTo: number) => void (events = events.filter((event) => event.position > upTo)),
    restoreTo(head: number) {
      events = events.filter((event) => event.position <= head)
      position = head
      for (const each of followers) each.onGap(head)
    },
    /** Long enough for all that waits. */
    pass(_durationMs: number) {
      for (const callback of [...timers]) if (timers.delete(callback)) callback()
    },
  }
}
