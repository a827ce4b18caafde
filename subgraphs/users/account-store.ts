// Every SQL statement about accounts as such. Those of queries are prepared once, when the process starts.
import { and, eq, getTableColumns, isNull, sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { users } from '../../drizzle/users/tables.ts'
import { accountChanged } from './account-state.ts'
import type { Transact, Transaction } from './transactions.ts'

/** The columns of an account without its password's hash, which only whoever checks a password gets to see. */
export const { passwordHash: passwordHashColumn, ...profileColumns } = getTableColumns(users)

export type UserRow = Omit<typeof users.$inferSelect, 'passwordHash'>
/** What everybody sees of somebody. */
export type PublicProfile = Pick<UserRow, 'id' | 'username' | 'createdAt'>
export type ProfileChanges = Partial<Pick<UserRow, 'username' | 'firstName' | 'lastName' | 'phoneNumber'>>
export type AccountStore = ReturnType<typeof accountStore>

/** An account and what its password is checked with. */
export interface Credentials {
  readonly user: UserRow
  readonly passwordHash: string
}

const fieldByUniqueIndex = new Map([
  ['users_by_username', 'username'],
  ['users_by_email', 'email'],
])

export function accountStore(db: PostgresJsDatabase, transact: Transact) {
  const byIds = db
    .select(profileColumns)
    .from(users)
    .where(sql`${users.id} = any(${sql.placeholder('ids')})`)
    .prepare('users_by_ids')

  const profilesByIds = db
    .select({ id: users.id, username: users.username, createdAt: users.createdAt })
    .from(users)
    .where(sql`${users.id} = any(${sql.placeholder('ids')}) and ${users.deletedAt} is null`)
    .prepare('users_profiles_by_ids')

  const credentials = db.select({ user: profileColumns, passwordHash: passwordHashColumn }).from(users).$dynamic()
  const byEmail = credentials.where(eq(users.email, sql.placeholder('email'))).prepare('users_by_email')

  return {
    /** Deleted ones too. @param ids uuids: Postgres refuses anything else */
    findByIds: (ids: readonly string[]): Promise<UserRow[]> => byIds.execute({ ids: [...ids] }),

    /** Without deleted ones. @param ids as above */
    findProfilesByIds: (ids: readonly string[]): Promise<PublicProfile[]> => profilesByIds.execute({ ids: [...ids] }),

    /** A deleted one too. */
    async findByEmail(email: string): Promise<Credentials | null> {
      const [found] = await byEmail.execute({ email })
      return found ?? null
    },

    async findPasswordHash(id: string): Promise<string | null> {
      const [found] = await db.select({ passwordHash: passwordHashColumn }).from(users).where(eq(users.id, id))
      return found?.passwordHash ?? null
    },

    /** @returns the account, or which of its fields has a value of somebody else's; null where there is none */
    change: (id: string, changes: ProfileChanges): Promise<UserRow | { readonly taken: string } | null> =>
      orTaken(() =>
        transact(async (tx, tell) => {
          const before = await lockAccount(tx, id)
          if (!before || before.deletedAt) return null
          if (Object.keys(changes).length === 0) return before
          const [after] = await tx.update(users).set(changes).where(eq(users.id, id)).returning(profileColumns)
          if (after!.username !== before.username) tell(accountChanged(after!))
          return after!
        }),
      ),
  }
}

/** The account, which nobody else changes before the end of the transaction. A deleted one too. */
export async function lockAccount(tx: Transaction, id: string): Promise<UserRow | null> {
  const [locked] = await tx.select(profileColumns).from(users).where(eq(users.id, id)).for('update')
  return locked ?? null
}

/**
 * The account as long as its password is still this one and it is not deleted. Neither changes before the end of the
 * transaction, so what begins in it is ended by whoever changes them later.
 */
export async function holdCredentials(tx: Transaction, { user, passwordHash }: Credentials): Promise<UserRow | null> {
  const isSame = and(eq(users.id, user.id), eq(users.passwordHash, passwordHash), isNull(users.deletedAt))
  const [held] = await tx.select(profileColumns).from(users).where(isSame).for('share')
  return held ?? null
}

/** @returns what the work does, or the field whose value another account has when that is why it failed */
export async function orTaken<Result>(work: () => Promise<Result>): Promise<Result | { readonly taken: string }> {
  try {
    return await work()
  } catch (error) {
    const reported = error instanceof Error && error.cause ? error.cause : error
    const constraint = reported instanceof postgres.PostgresError ? reported.constraint_name : undefined
    const taken = fieldByUniqueIndex.get(constraint ?? '')
    if (taken) return { taken }
    throw error
  }
}
