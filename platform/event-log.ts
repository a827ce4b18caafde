// The log of a source's events, as its publisher works on it: the tables `outbox` and `outbox_head` of its database.
// What must hold for any log is event-log.contract.ts, which runs over this one and over the one that simulations use.
import type { Database } from './database.ts'
import type { PublishedEvent } from './events.ts'

export interface EventLog {
  /** @param onLost called when the session has ended, whoever ended it */
  open(onLost: () => void): EventLogSession
}

/** One publisher's connection. Every call rejects once it is lost. */
export interface EventLogSession {
  /**
   * Asks to be the one that publishes; the lead is held until the session ends. It only spares work: everything below
   * is right also when two sessions believe that they lead.
   *
   * @returns false while another session has it
   */
  lead(): Promise<boolean>
  /**
   * Gives events that are committed and have no position the next ones, `limit` at the most: all of them or, if
   * anything goes wrong, none. No position is ever left out or given twice, whoever else does the same at that time.
   */
  givePositions(limit: number): Promise<void>
  /** What has a position and is not known to have been sent, oldest first. */
  unpublished(limit: number): Promise<Unpublished>
  /** To be called when all that was `unpublished` between these positions, and they themselves, have been sent. */
  markPublished(first: number, last: number): Promise<void>
  /**
   * Removes events from the oldest on, `limit` at the most, that were published longer ago than this. Nothing is ever
   * removed that is not marked, nor anything after it: what is kept has no holes.
   *
   * @returns how many were removed
   */
  prune(keptHours: number, limit: number): Promise<number>
  close(): Promise<void>
}

export interface Unpublished {
  readonly events: readonly PublishedEvent[]
  /** When these have been sent, everything up to here has been: by this publisher or by one before it. */
  readonly upTo: number
}

/** Any number, as long as nothing else in a subgraph's database locks with it. */
const LEADER_LOCK = 7_215_001
/**
 * A leader that says nothing for so long is paused, or cut off: Postgres ends its session, so that another can lead.
 * Well above the second in which every session says something.
 */
const SILENCE_MAX_MS = 5_000

/** @param database whose tables `outbox` and `outbox_head` are the log */
export function postgresEventLog(database: Database): EventLog {
  return { open: (onLost) => openSession(database, onLost) }
}

function openSession(database: Database, onLost: () => void): EventLogSession {
  let isLost = false
  const connection = database.connect(() => {
    isLost = true
    onLost()
  })
  // The driver would open another connection, which does not hold the lead.
  const sql = () => {
    if (isLost) throw new Error('the connection to the event log is lost')
    return connection
  }

  return {
    async lead() {
      // Whoever is paused between two messages of one statement is in a transaction, and not idle.
      // Each statement has its index: planned while Postgres knows nothing of the table, they would read all of it for each
      // event, more and more, until it has looked at it, which takes minutes on a new database.
      const [row] = await sql()<{ leads: boolean }[]>`
        select pg_try_advisory_lock(${LEADER_LOCK}) as leads,
          set_config('idle_session_timeout', ${String(SILENCE_MAX_MS)}, false),
          set_config('transaction_timeout', ${String(SILENCE_MAX_MS)}, false),
          set_config('enable_seqscan', 'off', false), set_config('enable_bitmapscan', 'off', false)
      `
      return row!.leads
    },

    async givePositions(limit) {
      // Looked for without the lock first: an idle publisher writes nothing.
      const [waiting] = await sql()`select from outbox where position is null limit 1`
      if (!waiting) return
      // One message, which Postgres runs as one transaction: no publisher can stop, or be paused, with the lock in its
      // hands. The second statement begins when the first has the lock, and so sees what was given before.
      const [, head] = await sql().unsafe(`
        select from outbox_head for update;
        with batch as (
          select id, row_number() over (order by id) as place
          from outbox where position is null order by id limit ${limit}
        ), given as (
          update outbox set position = (select position from outbox_head) + batch.place
          from batch where outbox.id = batch.id returning 1
        )
        update outbox_head set position = position + (select count(*) from given) returning position
      `)
      if (head?.length !== 1) throw new Error('outbox_head has no row: were the migrations applied?')
    },

    async unpublished(limit) {
      // One statement, so that head and events are of one moment.
      const rows = await sql()<(EventRow & { readonly head: string })[]>`
        select head.position as head, batch.*
        from (select position from outbox_head limit 1) as head left join lateral (
          select position, channels, event from outbox
          where position is not null and published_at is null order by position limit ${limit}
        ) as batch on true order by batch.position
      `
      const events = readEvents(rows)
      return { events, upTo: events.length < limit ? Number(rows[0]?.head ?? 0) : events.at(-1)!.position }
    },

    async markPublished(first, last) {
      await sql()`
        update outbox set published_at = clock_timestamp()
        where position between ${first} and ${last} and published_at is null
      `
    },

    async prune(keptHours, limit) {
      const removed = await sql()`
        with oldest as (
          select position, coalesce(published_at < now() - make_interval(hours => ${keptHours}), false) as is_old
          from outbox where position is not null order by position limit ${limit}
        )
        delete from outbox where position between
          (select min(position) from oldest) and
          coalesce((select min(position) from oldest where not is_old) - 1, (select max(position) from oldest))
      `
      return removed.count
    },

    close: () => connection.end({ timeout: 1 }),
  }
}

/** A row of a statement that joins events to something else: all null where there is none. */
export interface EventRow {
  readonly position: string | null // a bigint
  readonly channels: string[]
  readonly event: Record<string, unknown>
}

export function readEvents(rows: readonly EventRow[]): PublishedEvent[] {
  return rows.flatMap(({ position, channels, event }) =>
    position === null ? [] : [{ position: Number(position), channels, event }],
  )
}
