// Follows the events of another subgraph for as long as there are any, across restarts: each is taken in the transaction
// that moves the position, so that it is taken once. Pub/sub only wakes it; what counts is read from the source's feed.
// Several processes may follow at once. They share the position, and whoever comes second takes nothing.
import { systemClock } from './clock.ts'
import type { Clock } from './clock.ts'
import type { Database, Transaction } from './database.ts'
import { FEED_LIMIT_MAX, eventsChannel } from './events.ts'
import type { EventMessage, PublishedEvent } from './events.ts'
import { followedPosition, Overtaken } from './followed-position.ts'
import type { Position } from './followed-position.ts'
import type { Log } from './log.ts'
import type { PubSub } from './pubsub.ts'
import type { SignedSource } from './signed-source.ts'
import { makeSleeper } from './sleeper.ts'

/** Runs a part of the work in a transaction of its own. */
export type Write = (part: (transaction: Transaction) => Promise<void>) => Promise<void>

export interface EventFollower {
  /** Ends it when the transaction at hand has ended. */
  close(): Promise<void>
}

export interface EventFollowerOptions {
  readonly source: Pick<SignedSource, 'name' | 'readEvents'>
  readonly channels: readonly string[]
  /** Its table `followed_positions` holds how far it is. */
  readonly database: Pick<Database, 'db' | 'sql'>
  readonly pubsub: PubSub
  readonly log: Log
  /** Makes of events whatever is to be made of them. */
  take(transaction: Transaction, events: readonly PublishedEvent[]): Promise<void>
  /**
   * Reads all that the events are about as it is now, part by part: at the first start, and when events are missing for
   * good. Called again from the beginning when it fails. It may be behind what `take` will be told.
   */
  takeAll(write: Write): Promise<void>
  /** Called after a commit. */
  onTaken?(): void
  readonly clock?: Clock
}

/** Between two looks at the feed when nothing is heard. */
const POLL_MS = 3_000
/** Between two tries while the source, or our own database, is away. */
const RETRY_MS = 1_000
/** A position that moves without anything to take is kept this often: often enough that the log reaches back to it. */
const IDLE_KEEP_MS = 60_000

export function followEvents(options: EventFollowerOptions): EventFollower {
  const { source, channels, database, pubsub, log, take, takeAll, onTaken, clock = systemClock } = options
  const kept = followedPosition(database, source.name)
  const sleeper = makeSleeper(clock)
  const ending = makeSleeper(clock)
  /** Nothing for us is between `from`, the position kept, and here. */
  let looked = { from: -1, upTo: -1, keptAtMs: clock.nowMs() }
  let isClosed = false
  let isFailing = false
  let closing: Promise<void> | undefined
  let unsubscribe: (() => Promise<void>) | undefined

  pubsub
    .subscribe(eventsChannel(source.name), (message) => {
      if (concerns(message as EventMessage)) sleeper.wake()
    })
    .then((end) => (isClosed ? end() : void (unsubscribe = end)))
    .catch((error: unknown) => log.warn({ err: error, source: source.name }, 'follower hears no events and polls only'))

  const running = run()
  return { close: () => (closing ??= close()) }

  async function close(): Promise<void> {
    isClosed = true
    sleeper.wake()
    ending.wake()
    await running
    await unsubscribe?.()
  }

  // A head tells of events that were not heard, or of a log that was restored.
  function concerns(message: EventMessage): boolean {
    if ('head' in message) return message.head !== looked.upTo
    return message.channels.some((channel) => channels.includes(channel))
  }

  async function run(): Promise<void> {
    while (!isClosed) {
      try {
        await catchUp()
        if (isFailing) log.info({ source: source.name }, 'events are followed again')
        isFailing = false
        await sleeper.sleep(POLL_MS)
      } catch (error) {
        // Said once, however often it fails until it goes on.
        if (!isClosed && !isFailing) log.warn({ err: error, source: source.name }, 'events cannot be followed')
        isFailing = true
        if (!isClosed) await ending.sleep(RETRY_MS)
      }
    }
  }

  async function catchUp(): Promise<void> {
    while (!isClosed) {
      const at = await kept.read()
      if (!at || at.isReadingAll) {
        await readAll(at)
        continue
      }
      if (looked.from !== at.position) looked = { from: at.position, upTo: at.position, keptAtMs: clock.nowMs() }
      const page = await source.readEvents({ after: looked.upTo, channels, limit: FEED_LIMIT_MAX })
      if (page.gap) {
        log.warn({ source: source.name, after: looked.upTo }, 'events are missing for good, all is read anew')
        await readAll(at)
      } else if (page.events.length > 0) {
        await taken(() => kept.move(at, page.upTo, (transaction) => take(transaction, page.events)))
      } else if (page.upTo > at.position && clock.nowMs() - looked.keptAtMs >= IDLE_KEEP_MS) {
        await taken(() => kept.move(at, page.upTo, async () => {}))
      } else {
        const isAtHead = page.upTo >= page.head
        looked = { ...looked, upTo: page.upTo }
        if (isAtHead) return
      }
    }
  }

  /** Goes on with what another process began, whose head is as good: what is read here is read after it. */
  async function readAll(at: Position | null): Promise<void> {
    await taken(async () => {
      const begun = at?.isReadingAll ? at : await begin(at)
      await takeAll((part) => kept.confirm(begun, part))
      await kept.endReadingAll(begun)
    })
  }

  // Asked for the head first: what happens while all is read stands in events after it.
  async function begin(at: Position | null): Promise<Position> {
    const { head } = await source.readEvents({ after: null, channels, limit: 1 })
    return kept.beginReadingAll(at, head)
  }

  async function taken(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      onTaken?.()
    } catch (error) {
      // Another process was faster, and took it.
      if (!(error instanceof Overtaken)) throw error
    }
  }
}
