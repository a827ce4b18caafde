// Work that is done later, once at least, whatever happens in between: jobs in tables of pg-boss, in the database of
// the accounts. They are sent in the transaction of what they are about, so that neither stands without the other.
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { Db, PgBoss } from 'pg-boss'
import type { Sql } from 'postgres'
import type { Log } from '../../platform/log.ts'
import type { Transaction } from './transactions.ts'

/** A start that is not hurried by a first job waits so long, so that the first requests have the process to themselves. */
const BEGIN_AFTER_MS = 1_000
const BEGIN_AGAIN_MS = 2_000
/** How long a request waits for a queue that is not open yet. */
const READY_TIMEOUT_MS = 10_000
const CLOSE_TIMEOUT_MS = 2_000

export interface JobQueue {
  /**
   * Waits until jobs can be sent: to be called before the transaction, which would keep a connection meanwhile.
   *
   * @throws Error after 10 seconds
   */
  ready(): Promise<void>
  /** Sends a job in a transaction: it exists from the commit on. */
  send(tx: Transaction, queue: string, job: object): Promise<void>
  /** Lets those who wait for jobs look at once. To be called after the commit. */
  wake(): void
  close(): Promise<void>
}

/** What is done when the queue is open, once for each process: queues are made and workers begun. */
export type PrepareJobs = (boss: PgBoss) => Promise<{ readonly workers: readonly string[] }>

/** Opens the queue in the background; a database that is not there is waited for. */
export function openJobQueue(database: Sql, prepare: PrepareJobs, log: Log): JobQueue {
  const closing = new AbortController()
  let opened: { readonly boss: PgBoss; readonly inTransaction: (tx: Transaction) => Db } | undefined
  let workers: readonly string[] = []
  let begin = () => {}

  const isHurried = new Promise<void>((resolve) => (begin = resolve))
  const opening = Promise.race([isHurried, sleep(BEGIN_AFTER_MS, undefined, { ref: false })]).then(async () => {
    if (closing.signal.aborted) throw new Error('The process ends.')
    // Loaded only now: it takes a tenth of a second.
    const { PgBoss, fromDrizzle } = await import('pg-boss')
    while (!closing.signal.aborted) {
      const boss = new PgBoss({ db: pgBossDatabase(database) })
      boss.on('error', (err) => log.warn({ err }, 'the job queue failed, and tries again'))
      try {
        await boss.start()
        opened = { boss, inTransaction: (tx) => fromDrizzle(tx as never, sql) }
        workers = (await prepare(boss)).workers
        return opened
      } catch (err) {
        opened = undefined
        await boss.stop({ graceful: false }).catch(() => {})
        if (!closing.signal.aborted) log.warn({ err }, 'the job queue cannot be opened yet')
        await sleep(BEGIN_AGAIN_MS, undefined, { signal: closing.signal, ref: false }).catch(() => {})
      }
    }
    throw new Error('The process ends.')
  })
  opening.catch(() => {})

  async function open() {
    begin()
    const late = sleep(READY_TIMEOUT_MS, undefined, { ref: false }).then(() => {
      throw new Error('The job queue could not be opened in time.')
    })
    late.catch(() => {})
    return Promise.race([opening, late])
  }

  return {
    ready: async () => void (await open()),
    async send(tx, queue, job) {
      const { boss, inTransaction } = opened ?? (await open())
      await boss.send(queue, job, { db: inTransaction(tx) })
    },
    wake: () => workers.forEach((id) => opened?.boss.notifyWorker(id)),
    async close() {
      closing.abort()
      begin()
      await opening.catch(() => {})
      await opened?.boss.stop({ timeout: CLOSE_TIMEOUT_MS })
    },
  }
}

/** Our pool, as pg-boss asks for statements; Drizzle, which shares it, writes dates and JSON itself. */
export function pgBossDatabase(database: Sql): Db {
  return {
    async executeSql(text, values = []) {
      if (/^\s*begin\b/i.test(text)) return executeTransaction(database, text)
      return { rows: rowsOf(await database.unsafe(text, values.map(written) as never[])) }
    },
  }
}

// The making of its tables: many statements in one message, for which the driver wants a connection put aside.
async function executeTransaction(database: Sql, text: string): Promise<{ rows: unknown[] }> {
  const connection = await database.reserve()
  try {
    return { rows: rowsOf(await connection.unsafe(text)) }
  } catch (error) {
    await connection.unsafe('rollback').catch(() => {})
    throw error
  } finally {
    connection.release()
  }
}

// Of several statements in one message, the driver answers with a list for each.
const rowsOf = (result: readonly unknown[]): unknown[] => result.flat()

function written(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return JSON.stringify(value)
  return value ?? null
}
