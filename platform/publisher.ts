// Sends what the outbox holds, in order. One process leads and publishes for its subgraph; the others stand by. The
// leader's advisory lock only spares work: what keeps positions without holes is the lock on the row of `outbox_head`.
import { setTimeout as pause } from 'node:timers/promises'
import type { Sql } from 'postgres'
import type { Database } from './database.ts'
import type { Log } from './log.ts'
import { eventsChannel } from './outbox.ts'
import type { PublishedEvent } from './outbox.ts'
import type { PubSub } from './pubsub.ts'

export interface Publisher {
  /** Call after a commit that wrote an event. Without it the event goes out with the next poll. */
  wake(): void
  /** Finishes the batch at hand and gives up the lead. */
  close(): Promise<void>
}

const BATCH_SIZE = 500
/** How long an event can lie when its wake-up was lost. */
const IDLE_POLL_MS = 1_000
const RETRY_MS = 1_000
/** Any number, as long as nothing else in a subgraph's database locks with it. */
const LEADER_LOCK = 7_215_001

export function startPublisher(options: {
  /** The subgraph's name, as `@channel(source:)` has it. */
  readonly source: string
  readonly database: Database
  readonly pubsub: PubSub
  readonly log: Log
}): Publisher {
  const { source, database, pubsub, log } = options
  const wakeChannel = `outbox:${source}`
  const sleeper = makeSleeper()
  const ending = new AbortController()
  let isLeading = false
  let isClosed = false
  let closing: Promise<void> | undefined
  let unsubscribe: (() => Promise<void>) | undefined

  // The leader may be another process than the one that wrote.
  pubsub
    .subscribe(wakeChannel, () => sleeper.wake())
    .then((end) => (isClosed ? end() : void (unsubscribe = end)))
    .catch((error: unknown) => log.warn({ err: error }, 'publisher listens to no wake-ups and polls only'))

  const running = run()
  return {
    wake: () => {
      if (isLeading) sleeper.wake()
      else pubsub.publish(wakeChannel, null).catch(() => {}) // polling makes up for it
    },
    close: () => (closing ??= close()),
  }

  async function close(): Promise<void> {
    isClosed = true
    ending.abort()
    sleeper.wake()
    await running
    await unsubscribe?.()
  }

  async function run(): Promise<void> {
    while (!isClosed) {
      try {
        await leadWhilePossible()
      } catch (error) {
        if (!isClosed) log.warn({ err: error, retryMs: RETRY_MS }, 'publisher stopped and tries again')
      }
      // Cut short by the end alone: a connection that is refused wakes the sleeper, too.
      await pause(RETRY_MS, null, { signal: ending.signal }).catch(() => {})
    }
  }

  // The lead belongs to a connection, and is lost with it: then it is asked for anew, on another one.
  async function leadWhilePossible(): Promise<void> {
    let isOpen = true
    const connection = database.connect(() => {
      isOpen = false
      sleeper.wake()
    })
    const mayGoOn = () => isOpen && !isClosed
    try {
      const [lock] = await connection<{ locked: boolean }[]>`select pg_try_advisory_lock(${LEADER_LOCK}) as locked`
      if (!lock?.locked) return
      isLeading = true
      log.info({ source }, 'publisher leads')
      // What a leader before us gave positions, but may not have sent. Who has a position already ignores it.
      while (mayGoOn() && (await publish(connection, await unpublished(connection))) > 0);
      while (mayGoOn()) {
        const sent = await publish(connection, await givePositions(connection))
        if (sent === 0) await sleeper.sleep(IDLE_POLL_MS)
      }
    } finally {
      isLeading = false
      await connection.end({ timeout: 1 })
    }
  }

  async function publish(connection: Sql, events: readonly PublishedEvent[]): Promise<number> {
    if (events.length === 0) return 0
    // One connection keeps the order; waiting for each in turn would only be slower.
    await Promise.all(events.map((event) => pubsub.publish(eventsChannel(source), event)))
    await connection`
      update outbox set published_at = now()
      where position between ${events[0]!.position} and ${events.at(-1)!.position}
    `
    return events.length
  }
}

/** Gives the next events their positions, in one transaction that holds the head's row. */
async function givePositions(connection: Sql): Promise<PublishedEvent[]> {
  // Looked for without the lock first: an idle publisher writes nothing.
  const [waiting] = await connection`select 1 from outbox where position is null limit 1`
  if (!waiting) return []
  return connection.begin(async (transaction) => {
    const [head] = await transaction<{ position: string }[]>`select position from outbox_head for update`
    if (!head) throw new Error('outbox_head has no row: were the migrations applied?')
    const events = await transaction<EventRow[]>`
      with batch as (
        select id, ${head.position}::bigint + row_number() over (order by id) as position
        from outbox where position is null order by id limit ${BATCH_SIZE}
      )
      update outbox set position = batch.position from batch where outbox.id = batch.id
      returning outbox.position, outbox.channels, outbox.event
    `
    await transaction`update outbox_head set position = position + ${events.length}`
    return inOrder(events)
  })
}

async function unpublished(connection: Sql): Promise<PublishedEvent[]> {
  return inOrder(
    await connection<EventRow[]>`
      select position, channels, event from outbox
      where position is not null and published_at is null order by position limit ${BATCH_SIZE}
    `,
  )
}

interface EventRow {
  readonly position: string // a bigint
  readonly channels: string[]
  readonly event: Record<string, unknown>
}

function inOrder(rows: readonly EventRow[]): PublishedEvent[] {
  return rows
    .map(({ position, channels, event }) => ({ position: Number(position), channels, event }))
    .sort((a, b) => a.position - b.position)
}

// Sleeps until woken or out of time. A wake-up that comes while nobody sleeps is remembered: it may tell of an event
// that the batch at hand was too early for.
function makeSleeper() {
  let isWoken = false
  let endSleep: (() => void) | undefined
  return {
    wake(): void {
      isWoken = true
      endSleep?.()
    },
    async sleep(durationMs: number): Promise<void> {
      if (!isWoken) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, durationMs)
          endSleep = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      endSleep = undefined
      isWoken = false
    },
  }
}
