// Every SQL statement about deleting accounts, restoring them and removing them for good.
import { and, asc, eq, gt, isNotNull, lte, sql } from 'drizzle-orm'
import { purgedAccounts, users } from '../../drizzle/users/tables.ts'
import { accountEvent } from '../../platform/account-events.ts'
import { accountChanged, purgedState } from './account-state.ts'
import { lockAccount, passwordHashColumn, profileColumns } from './account-store.ts'
import type { Credentials } from './account-store.ts'
import { hasAdmin, lockAdmins } from './admins.ts'
import { endApiKeysOf } from './api-key-store.ts'
import type { SessionStore, SessionTokens, SessionUser } from './session-store.ts'
import type { Transact } from './transactions.ts'

/** How long a deleted account can be restored. */
const GRACE_DAYS = 14
const GRACE_MS = GRACE_DAYS * 86_400_000

export type DeletionStore = ReturnType<typeof deletionStore>

export type Deletion =
  | { readonly restorableUntil: Date }
  /** Nobody would be left who looks after accounts. */
  | { readonly refused: 'LAST_ADMIN' }

export function deletionStore(transact: Transact, sessions: Pick<SessionStore, 'begin' | 'endAll'>) {
  const grace = sql`make_interval(days => ${GRACE_DAYS})`

  return {
    isRestorable: (deletedAt: Date): boolean => deletedAt.getTime() + GRACE_MS > Date.now(),

    /**
     * Deletes an account, and ends its sessions and keys.
     *
     * @param passwordHash what it has to be still, where its owner has shown to know the password
     * @returns null where there is no such account, or its password was changed
     */
    delete: (id: string, passwordHash?: string): Promise<Deletion | null> =>
      transact(async (tx, tell) => {
        await lockAdmins(tx)
        const before = await lockAccount(tx, id)
        if (!before || before.deletedAt) return null
        if (before.roles.includes('admin') && !(await hasAdmin(tx, id))) return { refused: 'LAST_ADMIN' }
        const isSame = passwordHash === undefined ? undefined : eq(passwordHashColumn, passwordHash)
        const [deleted] = await tx
          .update(users)
          .set({ deletedAt: sql`now()` })
          .where(and(eq(users.id, id), isSame))
          .returning(profileColumns)
        if (!deleted) return null
        await sessions.endAll(tx, tell, id)
        await endApiKeysOf(tx, tell, id)
        tell(accountChanged(deleted))
        return { restorableUntil: new Date(deleted.deletedAt!.getTime() + GRACE_MS) }
      }),

    /**
     * Takes a deletion back and begins a session.
     *
     * @returns null when it can no longer be taken back, or the password was changed since it was checked
     */
    restore: ({ user, passwordHash }: Credentials, by: SessionUser): Promise<SessionTokens | null> =>
      transact(async (tx, tell) => {
        const [before] = await tx
          .select(profileColumns)
          .from(users)
          .where(and(eq(users.id, user.id), eq(passwordHashColumn, passwordHash)))
          .for('update')
        if (!before?.deletedAt) return before ? sessions.begin(tx, tell, before, by) : null
        const [restored] = await tx
          .update(users)
          .set({ deletedAt: null })
          .where(and(eq(users.id, user.id), gt(users.deletedAt, sql`now() - ${grace}`)))
          .returning(profileColumns)
        if (!restored) return null
        tell(accountChanged(restored))
        return sessions.begin(tx, tell, restored, by)
      }),

    /**
     * Removes accounts for good whose time is over. Each on its own, so that whatever stops it has lost nothing: what
     * was not removed is found the next time.
     *
     * @returns how many were removed
     */
    async purge(): Promise<number> {
      let purged = 0
      for (;;) {
        const isPurged = await transact(async (tx, tell) => {
          const [due] = await tx
            .select({ id: users.id })
            .from(users)
            .where(and(isNotNull(users.deletedAt), lte(users.deletedAt, sql`now() - ${grace}`)))
            .orderBy(asc(users.deletedAt))
            .limit(1)
            .for('update', { skipLocked: true })
          if (!due) return false
          await tx.insert(purgedAccounts).values({ id: due.id }).onConflictDoNothing()
          await tx.delete(users).where(eq(users.id, due.id))
          tell(accountEvent(purgedState(due.id)))
          return true
        })
        if (!isPurged) return purged
        purged += 1
      }
    },
  }
}
