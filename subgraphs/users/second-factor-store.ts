// Every SQL statement about second factors and recovery codes. What is good once is taken by one statement, which finds
// it unused and marks it: of many who send it at the same moment one is first.
import { and, eq, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { recoveryCodes, secondFactors } from '../../drizzle/users/tables.ts'

export type SecondFactorStore = ReturnType<typeof secondFactorStore>

/** A second factor that counts. */
export interface SecondFactorRow {
  readonly userId: string
  readonly confirmedAt: Date
  readonly recoveryCodesLeft: number
}

export function secondFactorStore(db: PostgresJsDatabase) {
  const { placeholder } = sql

  const confirmedOfUsers = db
    .select({
      userId: secondFactors.userId,
      confirmedAt: sql<Date>`${secondFactors.confirmedAt}`.mapWith(secondFactors.confirmedAt),
      recoveryCodesLeft: sql<number>`(
        select count(*)::int from ${recoveryCodes}
        where ${recoveryCodes.userId} = ${secondFactors.userId} and ${recoveryCodes.usedAt} is null
      )`,
    })
    .from(secondFactors)
    .where(and(sql`${secondFactors.userId} = any(${placeholder('userIds')})`, isNotNull(secondFactors.confirmedAt)))
    .prepare('second_factors_of_users')

  const ofUser = db
    .select({ secret: secondFactors.secret, confirmedAt: secondFactors.confirmedAt })
    .from(secondFactors)
    .where(eq(secondFactors.userId, placeholder('userId')))
    .prepare('second_factor_of_user')

  return {
    /** Those that count, in any order. @param userIds uuids */
    findConfirmed: (userIds: readonly string[]): Promise<SecondFactorRow[]> =>
      confirmedOfUsers.execute({ userIds: [...userIds] }),

    /** With its secret, whether it counts already or not. */
    async findSecret(userId: string): Promise<{ secret: string; isConfirmed: boolean } | null> {
      const [found] = await ofUser.execute({ userId })
      return found ? { secret: found.secret, isConfirmed: found.confirmedAt !== null } : null
    },

    /** Keeps a secret that is not confirmed yet, in place of an earlier one. @returns false where one counts already */
    async begin(userId: string, secret: string): Promise<boolean> {
      const begun = await db
        .insert(secondFactors)
        .values({ userId, secret })
        .onConflictDoUpdate({
          target: secondFactors.userId,
          set: { secret, lastStep: null },
          setWhere: isNull(secondFactors.confirmedAt),
        })
        .returning({ userId: secondFactors.userId })
      return begun.length > 0
    },

    /** @returns null where somebody was first: the secret counts already, or is another one by now */
    confirm: (
      userId: string,
      { secret, step, codesSha256 }: { secret: string; step: number; codesSha256: readonly string[] },
    ): Promise<SecondFactorRow | null> =>
      db.transaction(async (tx) => {
        const [confirmed] = await tx
          .update(secondFactors)
          .set({ confirmedAt: sql`now()`, lastStep: step })
          .where(
            and(eq(secondFactors.userId, userId), eq(secondFactors.secret, secret), isNull(secondFactors.confirmedAt)),
          )
          .returning({ confirmedAt: secondFactors.confirmedAt })
        if (!confirmed) return null
        await replaceRecoveryCodes(tx, userId, codesSha256)
        return { userId, confirmedAt: confirmed.confirmedAt!, recoveryCodesLeft: codesSha256.length }
      }),

    /** Uses up the codes of this time step and of those before. @returns whether that of this one was unused */
    async takeStep(userId: string, secret: string, step: number): Promise<boolean> {
      const taken = await db
        .update(secondFactors)
        .set({ lastStep: step })
        .where(
          and(
            eq(secondFactors.userId, userId),
            eq(secondFactors.secret, secret),
            isNotNull(secondFactors.confirmedAt),
            or(isNull(secondFactors.lastStep), lt(secondFactors.lastStep, step)),
          ),
        )
        .returning({ userId: secondFactors.userId })
      return taken.length > 0
    },

    /** @returns whether there is such a code and it was unused */
    async takeRecoveryCode(userId: string, sha256: string): Promise<boolean> {
      const taken = await db
        .update(recoveryCodes)
        .set({ usedAt: sql`now()` })
        .where(and(eq(recoveryCodes.userId, userId), eq(recoveryCodes.sha256, sha256), isNull(recoveryCodes.usedAt)))
        .returning({ userId: recoveryCodes.userId })
      return taken.length > 0
    },

    /** @returns false where no second factor counts any more */
    renewRecoveryCodes: (userId: string, codesSha256: readonly string[]): Promise<boolean> =>
      db.transaction(async (tx) => {
        // Locked, so that of two renewals the codes of one stay, and none stay of a factor that is removed meanwhile.
        const [found] = await tx
          .select({ confirmedAt: secondFactors.confirmedAt })
          .from(secondFactors)
          .where(eq(secondFactors.userId, userId))
          .for('update')
        if (!found?.confirmedAt) return false
        await replaceRecoveryCodes(tx, userId, codesSha256)
        return true
      }),

    remove: (userId: string): Promise<void> =>
      db.transaction(async (tx) => {
        await tx.delete(secondFactors).where(eq(secondFactors.userId, userId))
        await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId))
      }),
  }
}

async function replaceRecoveryCodes(
  tx: Pick<PostgresJsDatabase, 'delete' | 'insert'>,
  userId: string,
  codesSha256: readonly string[],
): Promise<void> {
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId))
  await tx.insert(recoveryCodes).values(codesSha256.map((sha256) => ({ userId, sha256 })))
}
