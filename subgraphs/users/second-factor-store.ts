// Every SQL statement about second factors.
import { and, isNotNull, eq, sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { secondFactors } from '../../drizzle/users/tables.ts'

export type SecondFactorStore = ReturnType<typeof secondFactorStore>

export function secondFactorStore(db: PostgresJsDatabase) {
  const confirmed = db
    .select({ confirmedAt: secondFactors.confirmedAt })
    .from(secondFactors)
    .where(and(eq(secondFactors.userId, sql.placeholder('userId')), isNotNull(secondFactors.confirmedAt)))
    .prepare('second_factor_confirmed')

  return {
    hasConfirmed: async (userId: string): Promise<boolean> => (await confirmed.execute({ userId })).length > 0,
  }
}
