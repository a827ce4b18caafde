// Transactions whose last statements write the events of what they changed.
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { OutboxEvent } from '../../platform/events.ts'
import { writeEvent } from '../../platform/outbox.ts'

/** A transaction of Drizzle's, which is used as the database is. */
export type Transaction = Pick<PostgresJsDatabase, 'select' | 'insert' | 'update' | 'delete' | 'execute'>

/** Tells of a change: the event is written after everything else of the transaction. */
export type Tell = (...events: readonly OutboxEvent[]) => void

/** Runs the work in one transaction: all of it stands, with its events, or nothing. */
export type Transact = <Result>(work: (tx: Transaction, tell: Tell) => Promise<Result>) => Promise<Result>

/** @param afterCommit called when a transaction that wrote events has ended */
export function transactions(db: PostgresJsDatabase, afterCommit: () => void): Transact {
  return async (work) => {
    const told: OutboxEvent[] = []
    const result = await db.transaction(async (tx) => {
      const done = await work(tx, (...events) => void told.push(...events))
      for (const event of told) await writeEvent(tx, event)
      return done
    })
    if (told.length > 0) afterCommit()
    return result
  }
}
