// The events of one source as one gateway gets them: every one, once, in the order of their positions, although what
// carries them loses some and brings others twice. What is missing is read from the source's feed before anything goes on.
import { ApiError } from '../../platform/errors.ts'
import { FEED_LIMIT_MAX, eventsChannel } from '../../platform/events.ts'
import type { EventMessage, FeedPage, FeedRequest, PublishedEvent } from '../../platform/events.ts'
import type { Clock } from '../../platform/clock.ts'
import { systemClock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { PubSub } from '../../platform/pubsub.ts'
import { makeRecentEvents } from './recent-events.ts'
import type { ReceivedEvent } from './recent-events.ts'

/** Who is told of events. */
export interface Follower {
  readonly channels: ReadonlySet<string>
  /** An event of one of the channels has come; `read` has it. */
  onEvent(position: number): void
  /** Events are missing for good before this position: they are too old, or the log was restored from before them. */
  onGap(position: number): void
}

/** A stretch of the log. */
export interface Stretch {
  /** Those of the channels asked for, in order. */
  readonly events: readonly ReceivedEvent[]
  /** Complete up to here. */
  readonly upTo: number
  /** Events after the position asked for are missing for good. */
  readonly hasGap: boolean
}

export interface EventStream {
  readonly source: string
  /** Everything up to here has come in; null before the first answer of the source. */
  readonly position: number | null
  readonly isFollowed: boolean
  /** When nothing was missing last, on the clock: what the source tells has come in up to then. Null before it ever has. */
  readonly completeAtMs: number | null
  /**
   * @returns the position, when it is known
   * @throws ApiError SUBGRAPH_UNAVAILABLE when the source does not say in time, or the stream is closed
   */
  ready(timeoutMs?: number): Promise<number>
  /** @returns ends it */
  follow(follower: Follower): () => void
  /**
   * Reads events again, a part of them at a time.
   *
   * @param upTo not beyond `position`
   * @throws ApiError SUBGRAPH_UNAVAILABLE when they are no longer in memory and the source does not answer
   */
  read(channels: ReadonlySet<string>, after: number, upTo: number): Promise<Stretch>
  /**
   * Asks the source where it is: a client may know of events that have not come in here yet.
   *
   * @returns the position
   * @throws ApiError SUBGRAPH_UNAVAILABLE when the source does not say in time, or the stream is closed
   */
  catchUp(): Promise<number>
  close(): void
}

export type ReadFeed = (request: FeedRequest) => Promise<FeedPage>

/** A minute of a busy source, and a few MiB. */
const EVENTS_KEPT = 5_000
/** Events that came in while earlier ones are still missing. More are read with those. */
const EARLY_EVENTS_MAX = 1_000
/**
 * Clients that come back after an outage left at about the same time: what is read for one is read for all of them, and
 * so many before it, as a part of what is kept.
 */
const READ_BEFORE = 1 / 10
/** Handed on at a time, so that a long way back does not stand in memory. */
const STRETCH_EVENTS_MAX = 100
/** Whoever wants to follow does not wait longer for a source that does not answer. */
const READY_TIMEOUT_MS = 5_000
const RETRY_MS = 500
/** Heads come every second. Without one for so long, the connection that carries them may be dead without knowing. */
const SILENCE_MS = 3_000

export function openEventStream(options: {
  readonly source: string
  readonly pubsub: PubSub
  readonly readFeed: ReadFeed
  readonly log: Log
  readonly clock?: Clock
  readonly eventsKept?: number
}): EventStream {
  const { source, pubsub, readFeed, log, clock = systemClock, eventsKept = EVENTS_KEPT } = options
  const recent = makeRecentEvents(eventsKept)
  const readBefore = Math.floor(eventsKept * READ_BEFORE)
  const early = new Map<number, PublishedEvent>()
  const followers = new Map<string, Set<Follower>>() // by channel
  const sharedReads = new Map<string, Promise<FeedPage>>()
  const closing = new AbortController()
  let isKnown = false
  /** The highest position heard of. */
  let heardOf = 0
  /** A head before our own was heard of: the log may have been restored. */
  let isInDoubt = false
  let reading: Promise<void> | null = null
  let isFailing = false
  let completeAtMs: number | null = null

  // Asked for the head after it is followed: what happens in between is not missed. While it cannot be followed, as
  // long as what carries the messages is away, the source is asked after each silence.
  const following = pubsub.subscribe(eventsChannel(source), (message) => receive(message as EventMessage))
  const { promise: known, resolve: becomeKnown } = Promise.withResolvers<void>()
  following.then(askAgain).catch(() => {}) // the gateway is closing

  let heardAtMs = clock.nowMs()
  let callOffListening = clock.after(SILENCE_MS, listen)

  function listen(): void {
    const silentMs = clock.nowMs() - heardAtMs
    if (silentMs >= SILENCE_MS) void askAgain()
    callOffListening = clock.after(SILENCE_MS, listen)
  }

  function askAgain(): Promise<void> {
    isInDoubt = true
    return readWhatIsMissing()
  }

  function receive(message: EventMessage): void {
    heardAtMs = clock.nowMs()
    if ('head' in message) {
      if (message.head < recent.last) isInDoubt = true
    } else if (message.position > recent.last && early.size < EARLY_EVENTS_MAX) {
      early.set(message.position, message)
    }
    heardOf = Math.max(heardOf, 'head' in message ? message.head : message.position)
    if (!isKnown) return
    takeEarly()
    if (isBehind()) void readWhatIsMissing()
    else completeAtMs = heardAtMs
  }

  const isBehind = () => !isKnown || recent.last < heardOf || isInDoubt

  /** Takes those events that have come in and follow on what is there. */
  function takeEarly(): void {
    if (early.size === 0) return
    const receivedAt = performance.now()
    for (let event; (event = early.get(recent.last + 1));) take({ ...event, receivedAt })
    for (const position of early.keys()) if (position <= recent.last) early.delete(position)
  }

  function take(event: ReceivedEvent): void {
    recent.add(event)
    const concerned = new Set<Follower>()
    for (const channel of event.channels) for (const follower of followers.get(channel) ?? []) concerned.add(follower)
    for (const follower of concerned) follower.onEvent(event.position)
  }

  function readWhatIsMissing(): Promise<void> {
    if (!reading && isBehind()) reading = readUntilComplete()
    return reading ?? Promise.resolve()
  }

  /** To be called when something is missing: it ends `reading` in the very moment in which nothing is any more. */
  async function readUntilComplete(): Promise<void> {
    while (isBehind()) {
      try {
        const heardBefore = heardOf
        // A doubt that comes up from here on is about what the source says after this.
        isInDoubt = false
        const askedAtMs = clock.nowMs()
        const after = isKnown ? recent.last : null
        const page = await readFeed({ after, channels: null, limit: FEED_LIMIT_MAX })
        takePage(page, after)
        // Its head is what the source has. What else was heard of before is not in its log, and not to come.
        if (heardOf > heardBefore) heardOf = Math.max(heardOf, page.head)
        else {
          heardOf = page.head
          for (const position of early.keys()) if (position > heardOf) early.delete(position)
        }
        if (isFailing) log.info({ source }, 'events are read again')
        isFailing = false
        if (!isBehind()) completeAtMs = askedAtMs
      } catch (error) {
        isInDoubt = true
        if (!isFailing) log.warn({ err: error, source }, 'missing events could not be read, tried again until they can')
        isFailing = true
        await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve))
        if (closing.signal.aborted) break
      }
    }
    reading = null
  }

  function takePage(page: FeedPage, after: number | null): void {
    const before = page.events[0] ? page.events[0].position - 1 : page.upTo
    if (after === null) {
      recent.restart(before)
      isKnown = true
      becomeKnown()
    } else if (page.gap && (before > recent.last || page.head < after)) {
      // Not where all that the log no longer has came in while it was read.
      recent.restart(before)
      log.warn({ source, after, before }, 'events are missing for good')
      for (const follower of new Set([...followers.values()].flatMap((each) => [...each]))) follower.onGap(before)
    }
    const receivedAt = performance.now()
    for (const event of page.events) if (event.position === recent.last + 1) take({ ...event, receivedAt })
    takeEarly()
  }

  // Not beyond what has come in: that is handed on by whoever waits for it.
  async function readFromFeed(channels: ReadonlySet<string>, after: number, upTo: number): Promise<Stretch> {
    const request = { after, channels: [...channels], limit: STRETCH_EVENTS_MAX }
    const key = JSON.stringify(request)
    let shared = sharedReads.get(key)
    if (!shared) sharedReads.set(key, (shared = readFeed(request).finally(() => sharedReads.delete(key))))
    const page = await shared
    const receivedAt = performance.now()
    return {
      events: page.events.filter(({ position }) => position <= upTo).map((event) => ({ ...event, receivedAt })),
      upTo: Math.min(page.upTo, upTo),
      hasGap: page.gap,
    }
  }

  let readingBack: { readonly from: number; readonly done: Promise<void> } | null = null

  /** Reads what is before the recent events, for all who came back from about there. */
  function readBack(after: number): Promise<void> {
    if (readingBack && readingBack.from <= after) return readingBack.done
    const from = Math.max(0, after - readBefore)
    const done = (readingBack?.done ?? Promise.resolve()).then(async () => {
      const earlier: ReceivedEvent[] = []
      const receivedAt = performance.now()
      for (let at = from; at < recent.first - 1;) {
        const page = await readFeed({ after: at, channels: null, limit: FEED_LIMIT_MAX })
        for (const event of page.events) {
          // What is kept has no holes. A log that was restored may have one, where its head was raised.
          if (event.position !== (earlier.at(-1)?.position ?? event.position - 1) + 1) earlier.length = 0
          if (event.position < recent.first) earlier.push({ ...event, receivedAt })
        }
        if (page.upTo <= at) return
        at = page.upTo
      }
      if (earlier.at(-1)?.position === recent.first - 1) recent.prepend(earlier)
    })
    readingBack = { from, done }
    const forget = () => {
      if (readingBack?.done === done) readingBack = null
    }
    done.then(forget, forget)
    return done
  }

  async function inTime(done: Promise<void>, timeoutMs = READY_TIMEOUT_MS): Promise<void> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const giveUp = () => reject(new ApiError('SUBGRAPH_UNAVAILABLE', 'Events cannot be followed at the moment.'))
    const callOff = timeoutMs === Infinity ? () => {} : clock.after(timeoutMs, giveUp)
    closing.signal.addEventListener('abort', giveUp)
    await Promise.race([done, late]).finally(() => {
      callOff()
      closing.signal.removeEventListener('abort', giveUp)
    })
  }

  return {
    source,
    get position() {
      return isKnown ? recent.last : null
    },
    get isFollowed() {
      return followers.size > 0
    },
    get completeAtMs() {
      return completeAtMs
    },

    async ready(timeoutMs = READY_TIMEOUT_MS) {
      if (!isKnown) await inTime(known, timeoutMs)
      return recent.last
    },

    follow(follower) {
      for (const channel of follower.channels) {
        const known = followers.get(channel) ?? new Set<Follower>()
        followers.set(channel, known.add(follower))
      }
      return () => {
        for (const channel of follower.channels) {
          const known = followers.get(channel)
          if (known?.delete(follower) && known.size === 0) followers.delete(channel)
        }
      }
    },

    async read(channels, after, upTo) {
      if (after + 1 < recent.first && recent.last - after <= eventsKept - readBefore) await readBack(after)
      if (after + 1 < recent.first) return readFromFeed(channels, after, upTo)
      const events: ReceivedEvent[] = []
      for (const event of recent.between(after, upTo)) {
        if (!event.channels.some((channel) => channels.has(channel))) continue
        events.push(event)
        if (events.length === STRETCH_EVENTS_MAX) return { events, upTo: event.position, hasGap: false }
      }
      return { events, upTo, hasGap: false }
    },

    async catchUp() {
      await inTime(askAgain())
      return recent.last
    },

    close() {
      closing.abort()
      callOffListening()
      // Not waited for: it is not followed yet while Redis is away.
      following.then((unsubscribe) => unsubscribe()).catch(() => {})
    },
  }
}
