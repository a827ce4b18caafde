// Sends what the log of a source holds, in order. One process leads and publishes for its subgraph; the others stand by.
// Whatever fails, and whoever dies where: what is not known to have been sent is sent again, under the position it has.
import { systemClock } from './clock.ts'
import type { Clock } from './clock.ts'
import type { EventLog, EventLogSession } from './event-log.ts'
import { eventsChannel } from './events.ts'
import type { EventMessage } from './events.ts'
import type { Log } from './log.ts'
import type { PubSub } from './pubsub.ts'
import { makeSleeper } from './sleeper.ts'

export interface Publisher {
  /** Call after a commit that wrote an event. Without it the event goes out with the next head. */
  wake(): void
  /** @returns whether it leads, or comes to within the time; false when another process does */
  leadsWithin(durationMs: number): Promise<boolean>
  /** Finishes the batch at hand and gives up the lead. */
  close(): Promise<void>
}

export interface PublisherOptions {
  /** The subgraph's name, as `@channel(source:)` has it. */
  readonly source: string
  readonly events: EventLog
  readonly pubsub: PubSub
  /** Events can be read again for so long after they were sent, at the least. */
  readonly retentionHours: number
  readonly log: Log
  /** Events that are given positions and sent at once. Default 500. */
  readonly batchSize?: number
  readonly clock?: Clock
}

const BATCH_SIZE = 500
/** How long whoever missed the last event before a silence does not know, and an event lies whose wake-up was lost. */
const HEAD_INTERVAL_MS = 1_000
/** Between two tries to lead, or to go on after a failure. */
const RETRY_MS = 1_000
const PRUNE_INTERVAL_MS = 3_600_000
/** Small, since events wait for it. */
const PRUNE_BATCH_SIZE = 1_000

export function startPublisher(options: PublisherOptions): Publisher {
  const { source, events, pubsub, retentionHours, log } = options
  const { batchSize = BATCH_SIZE, clock = systemClock } = options
  const wakeChannel = `outbox:${source}`
  const work = makeSleeper(clock)
  const ending = makeSleeper(clock)
  const led = Promise.withResolvers<true>()
  let isLeading = false
  let isFailing = false
  let isClosed = false
  let closing: Promise<void> | undefined
  let unsubscribe: (() => Promise<void>) | undefined

  // The leader may be another process than the one that wrote.
  pubsub
    .subscribe(wakeChannel, () => work.wake())
    .then((end) => (isClosed ? end() : void (unsubscribe = end)))
    .catch((error: unknown) => log.warn({ err: error }, 'publisher listens to no wake-ups and polls only'))

  const running = run()
  return {
    wake: () => {
      if (isLeading) work.wake()
      else pubsub.publish(wakeChannel, null).catch(() => {}) // polling makes up for it
    },
    leadsWithin: async (durationMs) => {
      const late = Promise.withResolvers<false>()
      const callOff = clock.after(durationMs, () => late.resolve(false))
      return Promise.race([led.promise, late.promise]).finally(callOff)
    },
    close: () => (closing ??= close()),
  }

  async function close(): Promise<void> {
    isClosed = true
    work.wake()
    ending.wake()
    await running
    await unsubscribe?.()
  }

  async function run(): Promise<void> {
    while (!isClosed) {
      try {
        await leadWhilePossible()
      } catch (error) {
        // Said once, however often it fails in between; `goesOn` says when that is over.
        if (!isClosed && !isFailing) log.warn({ err: error, source, retryMs: RETRY_MS }, 'publisher tries again')
        isFailing = true
      }
      if (!isClosed) await ending.sleep(RETRY_MS)
    }
  }

  // The lead belongs to a session, and is lost with it or given up with a failure: another process may fare better.
  async function leadWhilePossible(): Promise<void> {
    let isLost = false
    const session = events.open(() => {
      isLost = true
      work.wake()
    })
    const mayGoOn = () => !isLost && !isClosed
    try {
      while (!(await session.lead())) {
        goesOn()
        await ending.sleep(RETRY_MS)
        if (!mayGoOn()) return
      }
      isLeading = true
      led.resolve(true)
      if (!isFailing) log.info({ source }, 'publisher leads')
      await publishWhile(mayGoOn, session)
    } finally {
      isLeading = false
      await session.close()
    }
  }

  async function publishWhile(mayGoOn: () => boolean, session: EventLogSession): Promise<void> {
    let headDueMs = clock.nowMs()
    let pruneDueMs = clock.nowMs()
    while (mayGoOn()) {
      await session.givePositions(batchSize)
      // Not only what just got its position: also what a publisher before us may not have sent.
      const { events, upTo } = await session.unpublished(batchSize)
      if (events.length > 0) {
        await send(events)
        await session.markPublished(events[0]!.position, events.at(-1)!.position)
      }
      if (clock.nowMs() >= headDueMs) {
        headDueMs = clock.nowMs() + HEAD_INTERVAL_MS
        await send([{ head: upTo }])
        goesOn()
      }
      if (clock.nowMs() >= pruneDueMs && (await isPruned(session))) pruneDueMs = clock.nowMs() + PRUNE_INTERVAL_MS
      // A batch that is not full was all there is; what is written since then has woken us.
      if (events.length < batchSize) await work.sleep(Math.min(headDueMs, pruneDueMs) - clock.nowMs())
    }
  }

  async function send(messages: readonly EventMessage[]): Promise<void> {
    // One connection keeps the order; waiting for each in turn would only be slower. A failure counts when all have
    // ended, so that nothing of this try comes in between the messages of the next.
    const sent = await Promise.allSettled(messages.map((message) => pubsub.publish(eventsChannel(source), message)))
    for (const each of sent) if (each.status === 'rejected') throw each.reason
  }

  /** Whether nothing is left to remove. What cannot be removed holds up no event. */
  async function isPruned(session: EventLogSession): Promise<boolean> {
    try {
      return (await session.prune(retentionHours, PRUNE_BATCH_SIZE)) < PRUNE_BATCH_SIZE
    } catch (error) {
      log.warn({ err: error, source }, 'old events were not removed')
      return true
    }
  }

  function goesOn(): void {
    if (isFailing) log.info({ source }, 'publisher goes on')
    isFailing = false
  }
}
