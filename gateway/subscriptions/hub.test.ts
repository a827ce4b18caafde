import { describe, expect, it, vi } from 'vitest'
import { eventsChannel } from '../../platform/events.ts'
import { ANONYMOUS } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'
import { makePubSub } from '../../platform/pubsub.ts'
import { memoryEventLog } from '../../platform/testing/memory-event-log.ts'
import type { LoadedSupergraph } from '../supergraph.ts'
import type { Audience } from './audience.ts'
import type { Subscriber } from './group.ts'
import { makeHub } from './hub.ts'
import type { SubscriptionOperation } from './operation.ts'

const log = makeLog('test', 'silent')
const context = { requestId: 'r', identity: ANONYMOUS, clientAddress: '127.0.0.1' }
const ada = { ...context, identity: { ...ANONYMOUS, subject: 'ada' } }

describe('makeHub', () => {
  it('resolves an event once for equal operations of one identity, and tells it to each subscriber', async () => {
    const { follow, publish, runs } = open()
    const followed = [await follow(), await follow(), await follow({ context: ada })]

    await publish(['a'])

    await vi.waitFor(() =>
      expect(followed.map(({ told }) => told)).toEqual([['1 for null'], ['1 for null'], ['1 for ada']]),
    )
    expect(runs).toHaveLength(2)
  })

  it('resolves an event once for two sessions of one person, unless it is fetched from whoever is told the session', async () => {
    const inSession = (session: string) => ({ ...ada, identity: { ...ada.identity, session } })
    for (const audience of ['PERSON', 'SESSION'] as const) {
      const { follow, publish, sessions } = open({ audience })
      const followed = [
        await follow({ context: inSession('phone') }),
        await follow({ context: inSession('laptop') }),
        await follow({ context: inSession('phone') }),
      ]

      await publish(['a'])

      await vi.waitFor(() => expect(followed.map(({ told }) => told)).toEqual(Array(3).fill(['1 for ada'])))
      expect(sessions).toEqual(audience === 'SESSION' ? ['phone', 'laptop'] : [null])
    }
  })

  it('resolves an event once for everybody, as nobody, where the answer is for everybody', async () => {
    const { follow, publish, runs } = open({ audience: 'EVERYBODY' })
    const followed = [await follow(), await follow({ context: ada })]

    await publish(['a'])

    await vi.waitFor(() => expect(followed.map(({ told }) => told)).toEqual([['1 for null'], ['1 for null']]))
    expect(runs).toHaveLength(1)
  })

  it.each([
    ['EVERYBODY', 'PERSON'],
    ['EVERYBODY', 'SESSION'],
    ['PERSON', 'SESSION'],
  ] as const)('ends what is shared by %s when a new supergraph has it for each %s alone', async (audience, next) => {
    const options: { audience: Audience } = { audience }
    const { follow, hub } = open(options)
    const { texts, ended } = await follow({ context: ada })

    options.audience = next
    await hub.use({ channels: new Map() } as never)

    expect(JSON.parse(texts[0]!)).toMatchObject({ data: null, errors: [{ extensions: { code: 'CONFLICT' } }] })
    expect(ended).toHaveBeenCalledOnce()
  })

  it('keeps whose answer was their own apart when a new supergraph has it for everybody', async () => {
    const options: { audience: Audience } = { audience: 'PERSON' }
    const { follow, hub, publish } = open(options)
    const { told, ended } = await follow({ context: ada })

    options.audience = 'EVERYBODY'
    await hub.use(supergraph('the next'))
    await publish(['a'])

    await vi.waitFor(() => expect(told).toEqual(['1 for ada by the next']))
    expect(ended).not.toHaveBeenCalled()
  })

  it('keeps the order of events although an earlier one takes longer', async () => {
    const { follow, publish } = open({ delayMs: (n) => (n === 1 ? 300 : 0) })
    const { told } = await follow()

    await publish(['a'])
    await publish(['a'])

    await vi.waitFor(() => expect(told).toEqual(['1 for null', '2 for null']))
  })

  it('tells an event once although a new publisher sends it again', async () => {
    const { follow, publish, send, runs } = open()
    const { told } = await follow()

    await publish(['a'])
    await publish(['a'])
    await send(1)
    await send(2)
    await publish(['a'])

    await vi.waitFor(() => expect(told).toEqual(['1 for null', '2 for null', '3 for null']))
    expect(runs).toHaveLength(3)
  })

  it('reads what was lost on the way before it goes on', async () => {
    const { follow, publish } = open()
    const { told } = await follow()

    await publish(['a'], { isLost: true })
    await publish(['b'], { isLost: true })
    await publish(['a'])

    await vi.waitFor(() => expect(told).toEqual(['1 for null', '3 for null']))
  })

  it('reads the last event before a silence when the head tells of it', async () => {
    const { follow, publish, sendHead } = open()
    const { told } = await follow()

    await publish(['a'], { isLost: true })
    await sendHead()

    await vi.waitFor(() => expect(told).toEqual(['1 for null']))
  })

  it('tells a subscriber that comes back what it missed, in order, once, and goes on from there', async () => {
    const { follow, publish } = open()
    await follow() // so that the group is past it
    for (let n = 0; n < 5; n++) await publish([n % 2 ? 'b' : 'a'])

    const { told } = await follow({ after: 's:1' })
    await publish(['a'])

    await vi.waitFor(() => expect(told).toEqual(['3 for null', '5 for null', '6 for null']))
  })

  it('resolves what several subscribers missed once for all of them', async () => {
    const { follow, publish, runs } = open({ delayMs: () => 5 })
    const first = await follow()
    for (let n = 0; n < 3; n++) await publish(['a'])
    await vi.waitFor(() => expect(first.told).toHaveLength(3))
    runs.length = 0

    const back = [await follow({ after: 's:0' }), await follow({ after: 's:0' }), await follow({ after: 's:1' })]

    await vi.waitFor(() => expect(back.map(({ told }) => told.length)).toEqual([3, 3, 2]))
    expect(runs).toHaveLength(3)
  })

  it('resolves several of the missed events at once: who is far behind catches up with what goes on', async () => {
    const { follow, runs } = open({ eventsBefore: 20, delayMs: (n) => (n === 1 ? 300 : 0) })

    const { told } = await follow({ after: 's:0' })

    await vi.waitFor(() => expect(runs.length).toBeGreaterThan(0))
    expect([told, runs]).toEqual([[], [1, 2, 3, 4, 5, 6, 7, 8]])
    const inOrder = Array.from({ length: 20 }, (_, index) => `${index + 1} for null`)
    await vi.waitFor(() => expect(told).toEqual(inOrder))
  })

  it('tells a gap when the log no longer reaches back', async () => {
    const { follow, publish, forget } = open({ eventsBefore: 5 })
    forget(3)

    const { told, gaps } = await follow({ after: 's:1' })
    await publish(['a'])

    await vi.waitFor(() => expect(told).toEqual(['4 for null', '5 for null', '6 for null']))
    expect(gaps).toEqual(['s:3'])
  })

  it('tells a gap to whoever comes back from beyond the end of the log: it was restored', async () => {
    const { follow, publish } = open({ eventsBefore: 2 })

    const { told, gaps } = await follow({ after: 's:40' })
    await publish(['a'])

    await vi.waitFor(() => expect(told).toEqual(['3 for null']))
    expect(gaps).toEqual(['s:2'])
  })

  it('goes on after an event that could not be resolved, which is told without its reason', async () => {
    const { follow, publish } = open({ failsAt: 1 })
    const { told, texts } = await follow()

    await publish(['a'])
    await publish(['a'])

    await vi.waitFor(() => expect(texts).toHaveLength(2))
    expect(JSON.parse(texts[0]!)).toMatchObject({
      data: null,
      errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
      extensions: { position: 's:1' },
    })
    expect(texts[0]).not.toContain('secret reason')
    expect(told).toEqual([null, '2 for null'])
  })

  it('resolves nothing once the last subscriber has left', async () => {
    const { follow, publish, runs } = open()
    const { membership } = await follow()
    membership.leave()

    await publish(['a'])
    await new Promise((resolve) => setTimeout(resolve, 10))

    expect(runs).toEqual([])
  })

  it('refuses a position that is none', async () => {
    const { follow } = open()

    for (const after of ['x', 's:-1', 's:1;', 7, {}, 's:1'.padEnd(2_000, '1')]) {
      await expect(follow({ after })).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } })
    }
  })

  it('refuses to follow where no events come from', async () => {
    const hub = makeHub({ pubsub: null, readFeed: () => () => expect.fail(), log })

    await expect(hub.follow(operation([]), context, null, expect.fail as never)).rejects.toMatchObject({
      extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
    })
  })
})

describe('a new supergraph', () => {
  const [first, second, third] = [supergraph('first'), supergraph('second'), supergraph('third')]

  it('is what is followed is resolved with, the last one also where an earlier one takes longer', async () => {
    const { hub, follow, publish } = open({ preparesMs: (next) => (next === second ? 50 : 0) })
    await hub.use(first)
    const { told } = await follow({ supergraph: first })

    await Promise.all([hub.use(second), hub.use(third)])
    await publish(['a'])

    await vi.waitFor(() => expect(told).toEqual(['1 for null by third']))
  })

  it('ends nothing that fits the one after it', async () => {
    const { hub, follow, publish, fitsNot } = open({ preparesMs: (next) => (next === second ? 50 : 0) })
    await hub.use(first)
    const { told } = await follow({ supergraph: first })
    fitsNot.add(second)

    await Promise.all([hub.use(second), hub.use(third)])
    await publish(['a'])

    await vi.waitFor(() => expect(told).toEqual(['1 for null by third']))
  })

  it('is what an operation is prepared for again that was prepared before it, and is followed after it', async () => {
    const { hub, follow, publish } = open()
    await hub.use(second)
    const { told } = await follow({ supergraph: first })

    await publish(['a'])

    await vi.waitFor(() => expect(told).toEqual(['1 for null by second']))
  })

  it('is so too where it comes while the source is waited for', async () => {
    const { hub, follow, publish, answers } = open({ answersLater: true })
    await hub.use(first)
    const following = follow({ supergraph: first })
    await hub.use(second)
    answers()

    const { told } = await following
    await publish(['a'])

    await vi.waitFor(() => expect(told).toEqual(['1 for null by second']))
  })

  it('refuses what no longer fits it, although it did when it was prepared', async () => {
    const { hub, follow, fitsNot } = open()
    fitsNot.add(second)
    await hub.use(second)

    await expect(follow({ supergraph: first })).rejects.toThrow('It no longer fits.')
  })

  it('has a source left that none of its fields follows, and followed again when the next one does', async () => {
    const { hub, follow, publish, channels, fitsNot } = open()
    const without = supergraph('without', null)
    await hub.use(first)
    const { texts } = await follow({ supergraph: first })
    expect([channels(), hub.position()]).toEqual([['events:s'], 's:0'])
    fitsNot.add(without)

    await hub.use(without)

    await vi.waitFor(() => expect(channels()).toEqual([]))
    expect(hub.position()).toBe('')
    expect(texts).toHaveLength(1) // its end
    await hub.use(third)
    const { told } = await follow({ supergraph: third })
    await publish(['a'])
    await vi.waitFor(() => expect(told).toEqual(['1 for null by third']))
    expect(channels()).toEqual(['events:s'])
  })

  it('tells whoever waits for a source that it has left', async () => {
    const { hub, follow, fitsNot } = open({ answersLater: true })
    const without = supergraph('without', null)
    fitsNot.add(without)
    await hub.use(first)
    const refused = expect(follow({ supergraph: first, after: 's:0' })).rejects.toThrow('It no longer fits.')

    await hub.use(without)

    await refused
  })
})

function supergraph(name: string, source: string | null = 's'): LoadedSupergraph {
  const channels = new Map(source === null ? [] : [['changed', [{ name: 'a', source }]]])
  return { channels, name } as unknown as LoadedSupergraph
}

interface OperationOptions {
  readonly delayMs?: (n: number) => number
  readonly failsAt?: number
  readonly preparesMs?: (next: LoadedSupergraph) => number
  readonly fitsNot?: ReadonlySet<LoadedSupergraph>
  /** As it is when the operation is prepared. */
  readonly audience?: Audience
}

function operation(
  runs: number[],
  options: OperationOptions = {},
  preparedFor: LoadedSupergraph = supergraph(''),
  sessions: (string | null)[] = [],
): SubscriptionOperation {
  const { name } = preparedFor as unknown as { name: string }
  return {
    supergraph: preparedFor,
    key: 'k',
    source: 's',
    channels: new Set(['a']),
    resolve: async (event, position, { identity }) => {
      const n = event['n'] as number
      runs.push(n)
      sessions.push(identity.session)
      await new Promise((resolve) => setTimeout(resolve, options.delayMs?.(n) ?? 0))
      if (n === options.failsAt) throw new Error('secret reason')
      const data = `${n} for ${identity.subject}${name && ` by ${name}`}`
      return { text: JSON.stringify({ data, extensions: { position } }), isLast: false }
    },
    async prepareAgain(next) {
      await new Promise((resolve) => setTimeout(resolve, options.preparesMs?.(next) ?? 0))
      if (options.fitsNot?.has(next)) throw new Error('It no longer fits.')
      return operation(runs, options, next, sessions)
    },
    audience: options.audience ?? 'PERSON',
  }
}

function open(options: Omit<OperationOptions, 'fitsNot'> & { eventsBefore?: number; answersLater?: boolean } = {}) {
  const sessions: (string | null)[] = []
  const runs: number[] = []
  const fitsNot = new Set<LoadedSupergraph>()
  const pubsub = makePubSub({ redisUrl: null, log })
  const followed: string[] = []
  const subscribe: typeof pubsub.subscribe = async (channel, receive) => {
    const end = await pubsub.subscribe(channel, receive)
    followed.push(channel)
    return async () => {
      followed.splice(followed.indexOf(channel), 1)
      await end()
    }
  }
  const { promise: answering, resolve: answers } = Promise.withResolvers<void>()
  if (!options.answersLater) answers()
  let nowMs = 0
  const { log: events, feed, begin } = memoryEventLog({ nowMs: () => nowMs, positionsReadMax: 10_000 })
  const session = events.open(() => {})
  let written = 0
  const write = async (channels: string[]) => {
    begin({ channels, event: { n: ++written } }).commit()
    await session.givePositions(1)
    await session.markPublished(written, written)
  }
  const ready = (async () => {
    await session.lead()
    for (let n = 0; n < (options.eventsBefore ?? 0); n++) await write(['a'])
  })()
  const hub = makeHub({
    pubsub: { ...pubsub, subscribe },
    readFeed: () => async (request) => {
      await Promise.all([ready, answering])
      return feed.read(request)
    },
    log,
  })
  const send = async (position: number) => {
    const page = await feed.read({ after: position - 1, channels: null, limit: 1 })
    await pubsub.publish(eventsChannel('s'), page.events[0])
  }
  return {
    hub,
    runs,
    /** What prepares for these is refused. */
    fitsNot,
    /** Those that are followed. */
    channels: () => followed,
    /** Has the source answer from now on. */
    answers,
    sessions,
    send,
    sendHead: () => pubsub.publish(eventsChannel('s'), { head: written }),
    async publish(channels: string[], { isLost = false } = {}) {
      await write(channels)
      if (!isLost) await send(written)
    },
    /** Removes events up to a position, by age. */
    forget(upTo: number) {
      void ready.then(async () => {
        nowMs += 10 * 3_600_000
        await session.prune(1, upTo)
      })
    },
    async follow({
      after,
      context: own = context,
      supergraph,
    }: { after?: unknown; context?: typeof context; supergraph?: LoadedSupergraph } = {}) {
      const [texts, told, gaps]: [string[], unknown[], string[]] = [[], [], []]
      const ended = vi.fn()
      const subscriber: Subscriber = {
        next(text, position) {
          const { data, extensions } = JSON.parse(text) as { data: unknown; extensions?: { gap?: boolean } }
          texts.push(text)
          if (extensions?.gap) gaps.push(position)
          else told.push(data)
        },
        flushed: async () => {},
        complete: ended,
      }
      const prepared = operation(runs, Object.assign(options, { fitsNot }), supergraph, sessions)
      const membership = await hub.follow(prepared, own, after, subscriber)
      return { membership, texts, told, gaps, ended }
    },
  }
}
