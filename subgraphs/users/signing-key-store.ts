// Every SQL statement about the keys that sign access tokens.
import { asc, inArray, sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { signingKeys } from '../../drizzle/users/tables.ts'
import type { KeyChange, SigningKeyRow } from './signing-key-schedule.ts'

/** The keys, and what time it is for all processes: that of the database, however wrong their own clocks are. */
export interface ReadKeys {
  /** The first to sign first. */
  readonly rows: readonly SigningKeyRow[]
  /** Milliseconds since 1970. */
  readonly nowMs: number
}

export type SigningKeyStore = ReturnType<typeof signingKeyStore>

export function signingKeyStore(db: PostgresJsDatabase) {
  return {
    read: (): Promise<ReadKeys> => read(db),

    /**
     * Changes the keys while no other process can. Readers do not wait.
     *
     * @param decide is given the keys as they are, and says what to change
     * @returns the keys as they are then
     */
    change: (decide: (keys: ReadKeys) => KeyChange): Promise<ReadKeys> =>
      db.transaction(async (tx) => {
        await tx.execute(sql`lock table ${signingKeys} in exclusive mode`)
        const before = await read(tx)
        const { add, removeIds } = decide(before)
        if (add) {
          // As text: Drizzle would write a string of JSON into the column.
          await tx.execute(sql`
            insert into ${signingKeys} (id, private_jwk, created_at, signs_from)
            values (${add.id}, ${JSON.stringify(add.privateJwk)}::text::jsonb, ${moment(before.nowMs)}, ${moment(add.signsFromMs)})
          `)
        }
        if (removeIds.length > 0) await tx.delete(signingKeys).where(inArray(signingKeys.id, [...removeIds]))
        return add || removeIds.length > 0 ? read(tx) : before
      }),
  }
}

async function read(db: Pick<PostgresJsDatabase, 'select' | 'execute'>): Promise<ReadKeys> {
  const rows = await db
    .select({
      id: signingKeys.id,
      privateJwk: signingKeys.privateJwk,
      createdAtMs: ms(sql`${signingKeys.createdAt}`),
      signsFromMs: ms(sql`${signingKeys.signsFrom}`),
    })
    .from(signingKeys)
    .orderBy(asc(signingKeys.signsFrom), asc(signingKeys.id))
  const [time] = await db.execute<{ now_ms: number }>(sql`select ${ms(sql`clock_timestamp()`)} as now_ms`)
  return { rows: rows as SigningKeyRow[], nowMs: time!.now_ms }
}

const ms = (time: ReturnType<typeof sql>) => sql<number>`(extract(epoch from ${time}) * 1000)::float8`

const moment = (timeMs: number) => sql`timestamptz 'epoch' + ${timeMs}::float8 * interval '1 millisecond'`
