// That there is always an admin, once there was one: those who make the first one, or take one away, do so in turn.
import { and, isNull, ne, sql } from 'drizzle-orm'
import { users } from '../../drizzle/users/tables.ts'
import type { Transaction } from './transactions.ts'

/** Any number, as long as nothing else in a subgraph's database locks with it. */
const ADMINS_LOCK = 7_215_011

/** Keeps others from changing who is an admin, until the end of the transaction. Before any account is locked. */
export async function lockAdmins(tx: Transaction): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${ADMINS_LOCK})`)
}

/** Whether there is an admin, deleted accounts left out. @param except an account that does not count */
export async function hasAdmin(tx: Transaction, except?: string): Promise<boolean> {
  const isAdmin = sql`'admin' = any(${users.roles})`
  const [found] = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(isAdmin, isNull(users.deletedAt), except === undefined ? undefined : ne(users.id, except)))
    .limit(1)
  return found !== undefined
}
