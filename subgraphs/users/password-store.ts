// Every SQL statement about changing passwords.
import { and, eq, isNull } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { users } from '../../drizzle/users/tables.ts'
import { profileColumns } from './account-store.ts'
import type { Credentials, UserRow } from './account-store.ts'
import { findMailToken } from './mail-tokens.ts'
import type { RegistrationStore } from './registration-store.ts'
import type { SessionStore } from './session-store.ts'
import type { Transact } from './transactions.ts'

export type PasswordStore = ReturnType<typeof passwordStore>

export function passwordStore(
  db: PostgresJsDatabase,
  transact: Transact,
  sessions: Pick<SessionStore, 'endAll'>,
  registrations: Pick<RegistrationStore, 'proveAddress'>,
) {
  return {
    /**
     * Changes a password and ends every session but this one.
     *
     * @returns null when it was changed, or the account deleted, since it was checked
     */
    change: (
      { user, passwordHash: before }: Credentials,
      passwordHash: string,
      currentSessionId: string | null,
    ): Promise<{ user: UserRow; sessionsEnded: number } | null> =>
      transact(async (tx, tell) => {
        const isSame = and(eq(users.id, user.id), eq(users.passwordHash, before), isNull(users.deletedAt))
        const [changed] = await tx.update(users).set({ passwordHash }).where(isSame).returning(profileColumns)
        if (!changed) return null
        const ended = await sessions.endAll(tx, tell, user.id, currentSessionId)
        return { user: changed, sessionsEnded: ended.length }
      }),

    /** Whose password a token is for, which is not used up by this; null for a token that is no good. */
    async findOwner(token: string): Promise<UserRow | null> {
      const found = await findMailToken(db, token, 'RESET_PASSWORD')
      if (!found) return null
      const [owner] = await db.select(profileColumns).from(users).where(eq(users.id, found.userId))
      return owner ?? null
    },

    /**
     * Changes a password and ends every session. The address is shown to be read.
     *
     * @returns null for a token that is no good
     */
    reset: (token: string, passwordHash: string): Promise<UserRow | null> =>
      transact(async (tx, tell) => {
        const user = await registrations.proveAddress(tx, tell, token, 'RESET_PASSWORD')
        if (!user) return null
        await tx.update(users).set({ passwordHash }).where(eq(users.id, user.id))
        await sessions.endAll(tx, tell, user.id)
        return user
      }),
  }
}
