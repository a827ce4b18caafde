// Every SQL statement about the keys that sign access tokens.
import { desc, sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { JWK } from 'jose'
import { signingKeys } from '../../drizzle/users/tables.ts'

export type SigningKeyRow = typeof signingKeys.$inferSelect & { readonly privateJwk: JWK }
export type SigningKeyStore = ReturnType<typeof signingKeyStore>

export function signingKeyStore(db: PostgresJsDatabase) {
  const newestFirst = () => db.select().from(signingKeys).orderBy(desc(signingKeys.createdAt), desc(signingKeys.id))

  return {
    /** Newest first. */
    findSigningKeys: () => newestFirst() as Promise<SigningKeyRow[]>,

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
