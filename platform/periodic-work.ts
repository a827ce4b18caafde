// Work that is done every so often, by one process at a time of all that serve a subgraph.
import type { Sql } from 'postgres'
import { systemClock } from './clock.ts'
import type { Clock } from './clock.ts'
import type { Database } from './database.ts'
import type { Log } from './log.ts'

export interface PeriodicWork {
  /** Ends after what is being done, 5 s at the most. */
  close(): Promise<void>
}

export interface PeriodicWorkOptions {
  /** For the log. */
  readonly name: string
  readonly database: Pick<Database, 'connect'>
  /** An advisory lock that is held meanwhile: any number, as long as nothing else in the database locks with it. */
  readonly lock: number
  /** From the start, and from the end of each time, to the next. */
  readonly everyMs: number
  /** Can be done again from the beginning, whenever it ended. @returns what was done, for the log */
  work(sql: Sql): Promise<Readonly<Record<string, unknown>>>
  readonly log: Log
  readonly clock?: Clock
}

const CLOSE_TIMEOUT_MS = 5_000

/** The first time is after `everyMs`: a process that is started again and again has other things to do. */
export function startPeriodicWork(options: PeriodicWorkOptions): PeriodicWork {
  const { name, database, lock, everyMs, work, log, clock = systemClock } = options
  let isClosed = false
  let running: Promise<void> = Promise.resolve()
  let connection: Sql | null = null
  let callOff = clock.after(everyMs, begin)

  return {
    async close() {
      isClosed = true
      callOff()
      const late = Promise.withResolvers<void>()
      const callOffClose = clock.after(CLOSE_TIMEOUT_MS, late.resolve)
      await Promise.race([running, late.promise]).finally(callOffClose)
      await connection?.end({ timeout: 1 })
    },
  }

  function begin(): void {
    running = doOnce()
      .catch((error: unknown) => log.warn({ err: error, name }, 'periodic work failed and is tried again'))
      .then(() => {
        if (!isClosed) callOff = clock.after(everyMs, begin)
      })
  }

  async function doOnce(): Promise<void> {
    // A connection of its own: a lock belongs to one.
    const sql = (connection = database.connect(() => {}))
    try {
      const [row] = await sql<{ isMine: boolean }[]>`select pg_try_advisory_lock(${lock}) as "isMine"`
      // Another process is at it.
      if (row!.isMine) log.info({ name, ...(await work(sql)) }, 'periodic work was done')
    } finally {
      connection = null
      await sql.end({ timeout: 1 })
    }
  }
}
