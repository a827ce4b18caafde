// Every SQL statement the users subgraph runs. Those of queries are prepared once, when the process starts.
import { desc, eq, getTableColumns, sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { JWK } from 'jose'
import postgres from 'postgres'
import { signingKeys, users } from '../../drizzle/users/tables.ts'

const { passwordHash, ...profile } = getTableColumns(users)

/** An account without its password's hash, which only a login gets to see. */
export type UserRow = Omit<typeof users.$inferSelect, 'passwordHash'>
export type NewUser = Omit<typeof users.$inferInsert, 'id' | 'createdAt'>
export type SigningKeyRow = typeof signingKeys.$inferSelect & { readonly privateJwk: JWK }
export type UserStore = ReturnType<typeof userStore>

const fieldByUniqueIndex = new Map([
  ['users_by_username', 'username'],
  ['users_by_email', 'email'],
])

export function userStore(db: PostgresJsDatabase) {
  const byIds = db
    .select(profile)
    .from(users)
    .where(sql`${users.id} = any(${sql.placeholder('ids')})`)
    .prepare('users_by_ids')

  const byEmail = db
    .select({ user: profile, passwordHash })
    .from(users)
    .where(eq(users.email, sql.placeholder('email')))
    .prepare('users_by_email')

  const keysNewestFirst = () => db.select().from(signingKeys).orderBy(desc(signingKeys.createdAt), desc(signingKeys.id))

  return {
    /** @param ids uuids: Postgres refuses anything else */
    findByIds: (ids: readonly string[]): Promise<UserRow[]> => byIds.execute({ ids: [...ids] }),

    async findByEmail(email: string): Promise<{ user: UserRow; passwordHash: string } | null> {
      const [found] = await byEmail.execute({ email })
      return found ?? null
    },

    /** @returns the account, or which of its fields somebody else was first with */
    async create(user: NewUser): Promise<UserRow | { readonly taken: string }> {
      try {
        const [created] = await db.insert(users).values(user).returning(profile)
        return created!
      } catch (error) {
        const taken = fieldByUniqueIndex.get(violatedConstraint(error) ?? '')
        if (taken) return { taken }
        throw error
      }
    },

    /** Newest first. */
    findSigningKeys: () => keysNewestFirst() as Promise<SigningKeyRow[]>,

    /** Adds a key if there is none, and answers with all. Of processes that start at once, one is first. */
    addFirstSigningKey: (key: Pick<SigningKeyRow, 'id' | 'privateJwk'>): Promise<SigningKeyRow[]> =>
      db.transaction(async (tx) => {
        await tx.execute(sql`lock table ${signingKeys} in exclusive mode`)
        await tx.execute(sql`
          insert into ${signingKeys} (id, private_jwk)
          select ${key.id}, ${JSON.stringify(key.privateJwk)}::text::jsonb
          where not exists (select from ${signingKeys})
        `)
        return (await tx.select().from(signingKeys).orderBy(desc(signingKeys.createdAt))) as SigningKeyRow[]
      }),
  }
}

function violatedConstraint(error: unknown): string | undefined {
  const reported = error instanceof Error && error.cause ? error.cause : error
  return reported instanceof postgres.PostgresError ? reported.constraint_name : undefined
}
