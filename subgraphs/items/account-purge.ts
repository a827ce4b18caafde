// What belongs to an account that is gone for good is removed for good, a part at a time: it may be much. The row of the
// account goes last, so that whoever finds it there, after whatever happened in between, goes on.
import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { Transaction } from '../../platform/database.ts'

/** Stands for the author of what is kept of a comment because it has replies. */
export const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Items removed at once: with each go its versions, shares and comments. */
const ITEMS_MAX = 100
const ROWS_MAX = 1_000

/** @returns false when nobody is left of whom there is something to remove */
export async function purgeSomeOfAnAccount(db: PostgresJsDatabase): Promise<boolean> {
  return db.transaction(async (tx) => {
    // Another process may be at work on the next one.
    const [person] = await tx.execute<{ id: string }>(sql`
      select id from people where status = 'PURGED' order by id limit 1 for update skip locked
    `)
    if (!person) return false
    for (const [remove, limit] of removals(person.id)) if ((await countOf(tx, remove)) >= limit) return true
    await tx.execute(sql`delete from people where id = ${person.id}`)
    return true
  })
}

/** In order; each with how many rows it removes at the most, so that fewer mean that there are no more. */
const removals = (id: string): readonly (readonly [SQL, number])[] => [
  // In the order of ids, as all who lock several items.
  [
    sql`delete from items where id in (
      select id from items where owner_id = ${id} order by id limit ${ITEMS_MAX} for update
    )`,
    ITEMS_MAX,
  ],
  // An address is its account's no longer, and stays for whoever shared by it to see.
  [
    sql`update shares set user_id = null where id in (
      select id from shares where user_id = ${id} and email is not null limit ${ROWS_MAX}
    )`,
    ROWS_MAX,
  ],
  [sql`delete from shares where id in (select id from shares where user_id = ${id} limit ${ROWS_MAX})`, ROWS_MAX],
  // With replies of others under them they stand there, but say nothing and name nobody.
  [
    sql`update comments set author_id = ${NOBODY}, body = '', deleted_at = coalesce(deleted_at, now()), deleted_by = null
      where id in (
        select id from comments as comment where author_id = ${id}
          and exists (select from comments as reply where reply.parent_id = comment.id and reply.author_id <> ${id})
        limit ${ROWS_MAX}
      )`,
    ROWS_MAX,
  ],
  [sql`delete from comments where id in (select id from comments where author_id = ${id} limit ${ROWS_MAX})`, ROWS_MAX],
  [
    sql`delete from activities where id in (select id from activities where user_id = ${id} limit ${ROWS_MAX})`,
    ROWS_MAX,
  ],
  [
    sql`delete from idempotency_keys where (owner_id, key) in (
      select owner_id, key from idempotency_keys where owner_id = ${id} limit ${ROWS_MAX}
    )`,
    ROWS_MAX,
  ],
]

async function countOf(tx: Transaction, remove: SQL): Promise<number> {
  return (await tx.execute(remove)).count
}
