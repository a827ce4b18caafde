// How far a subgraph has followed the events of another one, kept in its own database with what it made of them. The table
// `followed_positions` is in the tables.ts of the subgraph. The lock on its row is the fence: whoever holds it, and finds the
// position that it began with, is the only one to go on from there.
import { sql } from 'drizzle-orm'
import type { Database, Transaction } from './database.ts'

export interface Position {
  /** All events up to here were taken. */
  readonly position: number
  /** Not yet: everything is being read as it is, and events are to be taken from here on. */
  readonly isReadingAll: boolean
}

/** Another process has moved the position meanwhile. Nothing was written. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken'
}

/** A large part may write an event for everything that an account has. */
const PART_TIMEOUT_MS = 300_000

export function followedPosition({ db, sql: driver }: Pick<Database, 'db' | 'sql'>, source: string) {
  /** @throws Overtaken when it is not where it is thought to be */
  const whileAt = <Result>(expected: Position, work: (transaction: Transaction) => Promise<Result>): Promise<Result> =>
    db.transaction(async (transaction) => {
      await transaction.execute(sql`select set_config('statement_timeout', ${String(PART_TIMEOUT_MS)}, true)`)
      const [row] = await transaction.execute<Row>(sql`
        select position, is_reading_all from followed_positions where source = ${source} for update
      `)
      const { position, isReadingAll } = expected
      if (!row || Number(row.position) !== position || row.is_reading_all !== isReadingAll) throw new Overtaken()
      return work(transaction)
    })

  const set = async (transaction: Pick<Transaction, 'execute'>, { position, isReadingAll }: Position) => {
    await transaction.execute(sql`
      insert into followed_positions (source, position, is_reading_all)
      values (${source}, ${position}, ${isReadingAll})
      on conflict (source) do update set position = excluded.position, is_reading_all = excluded.is_reading_all
    `)
  }

  return {
    /** @returns null where nothing was ever followed */
    async read(): Promise<Position | null> {
      const [row] = await driver<Row[]>`
        select position, is_reading_all from followed_positions where source = ${source}
      `
      return row ? { position: Number(row.position), isReadingAll: row.is_reading_all } : null
    },

    /** Does the work and moves the position, both or neither. @throws Overtaken */
    move: (from: Position, position: number, work: (transaction: Transaction) => Promise<void>): Promise<void> =>
      whileAt(from, async (transaction) => {
        // First, so that the work's events are the last that the transaction writes.
        await set(transaction, { position, isReadingAll: false })
        await work(transaction)
      }),

    /** Does the work and leaves the position where it is. @throws Overtaken */
    confirm: whileAt<void>,

    /** @returns what is set from now on, by this process or by another. @throws Overtaken */
    async beginReadingAll(from: Position | null, head: number): Promise<Position> {
      const begun = { position: head, isReadingAll: true }
      if (from) {
        await whileAt(from, (transaction) => set(transaction, begun))
        return begun
      }
      const inserted = await db.execute(sql`
        insert into followed_positions (source, position, is_reading_all) values (${source}, ${head}, true)
        on conflict do nothing returning 1
      `)
      if (inserted.length === 0) throw new Overtaken()
      return begun
    },

    /** @throws Overtaken */
    endReadingAll: (begun: Position): Promise<void> =>
      whileAt(begun, (transaction) => set(transaction, { position: begun.position, isReadingAll: false })),
  }
}

type Row = { readonly position: string; readonly is_reading_all: boolean }
