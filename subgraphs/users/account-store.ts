// Every SQL statement about accounts as such. Those of queries are prepared once, when the process starts.
import { eq, getTableColumns, sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { users } from '../../drizzle/users/tables.ts'

/** The columns of an account without its password's hash, which only whoever checks a password gets to see. */
export const { passwordHash: passwordHashColumn, ...profileColumns } = getTableColumns(users)

export type UserRow = Omit<typeof users.$inferSelect, 'passwordHash'>
export type NewUser = Omit<typeof users.$inferInsert, 'id' | 'createdAt'>
export type AccountStore = ReturnType<typeof accountStore>

const fieldByUniqueIndex = new Map([
  ['users_by_username', 'username'],
  ['users_by_email', 'email'],
])

export function accountStore(db: PostgresJsDatabase) {
  const byIds = db
    .select(profileColumns)
    .from(users)
    .where(sql`${users.id} = any(${sql.placeholder('ids')})`)
    .prepare('users_by_ids')

  const byEmail = db
    .select({ user: profileColumns, passwordHash: passwordHashColumn })
    .from(users)
    .where(eq(users.email, sql.placeholder('email')))
    .prepare('users_by_email')

  return {
    /** Deleted ones too. @param ids uuids: Postgres refuses anything else */
    findByIds: (ids: readonly string[]): Promise<UserRow[]> => byIds.execute({ ids: [...ids] }),

    /** A deleted one too. */
    async findByEmail(email: string): Promise<{ user: UserRow; passwordHash: string } | null> {
      const [found] = await byEmail.execute({ email })
      return found ?? null
    },

    /** @returns the account, or which of its fields somebody else was first with */
    async create(user: NewUser): Promise<UserRow | { readonly taken: string }> {
      try {
        const [created] = await db.insert(users).values(user).returning(profileColumns)
        return created!
      } catch (error) {
        const taken = takenField(error)
        if (taken) return { taken }
        throw error
      }
    },
  }
}

/** The field whose value another account has, when that is why a statement failed. */
export function takenField(error: unknown): string | undefined {
  const reported = error instanceof Error && error.cause ? error.cause : error
  return reported instanceof postgres.PostgresError ? fieldByUniqueIndex.get(reported.constraint_name ?? '') : undefined
}
