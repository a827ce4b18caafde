// What is removed for good, a while after nobody could see it any more.
import type { Sql } from 'postgres'

/** Days in the trash. */
export const PURGED_AFTER_DAYS = 30
const IDEMPOTENCY_KEYS_KEPT_HOURS = 24
const ACTIVITIES_KEPT_DAYS = 90

export const PURGE_INTERVAL_MS = 3_600_000
/** Any number, as long as nothing else in the subgraph's database locks with it. */
export const PURGE_LOCK = 7_215_010

/** Rows that one statement removes: what hangs on them goes too, and nobody is to wait for it. */
const BATCH_SIZE = 500

/** @returns how many rows were removed of what, for the log */
export async function purge(sql: Sql): Promise<Record<string, number>> {
  return {
    items: await inBatches(
      () => sql`
        delete from items where id in (
          select id from items where deleted_at < now() - make_interval(days => ${PURGED_AFTER_DAYS})
          order by deleted_at limit ${BATCH_SIZE} for update skip locked
        )`,
    ),
    idempotencyKeys: await inBatches(
      () => sql`
        delete from idempotency_keys where (owner_id, key) in (
          select owner_id, key from idempotency_keys
          where created_at < now() - make_interval(hours => ${IDEMPOTENCY_KEYS_KEPT_HOURS}) limit ${BATCH_SIZE}
        )`,
    ),
    activities: await inBatches(
      () => sql`
        delete from activities where id in (
          select id from activities
          where created_at < now() - make_interval(days => ${ACTIVITIES_KEPT_DAYS}) limit ${BATCH_SIZE}
        )`,
    ),
  }
}

async function inBatches(remove: () => Promise<{ readonly count: number }>): Promise<number> {
  let removed = 0
  for (;;) {
    const { count } = await remove()
    removed += count
    if (count < BATCH_SIZE) return removed
  }
}
