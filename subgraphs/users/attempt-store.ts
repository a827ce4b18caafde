// Every SQL statement about attempts.
import { and, eq, lt, sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { attempts } from '../../drizzle/users/tables.ts'

export type AttemptStore = ReturnType<typeof attemptStore>

export function attemptStore(db: PostgresJsDatabase) {
  return {
    /** Counts one more in the window that runs, or begins one. @returns the count, which stays one above `max` */
    async count(
      action: string,
      subjectSha256: string,
      { windowS, max }: { windowS: number; max: number },
    ): Promise<{ count: number; windowEndsInMs: number }> {
      const window = sql`make_interval(secs => ${windowS})`
      const isOver = sql`${attempts.windowStartedAt} <= now() - ${window}`
      const [counted] = await db
        .insert(attempts)
        .values({ action, subjectSha256, windowStartedAt: sql`now()`, count: 1 })
        .onConflictDoUpdate({
          target: [attempts.action, attempts.subjectSha256],
          set: {
            windowStartedAt: sql`case when ${isOver} then now() else ${attempts.windowStartedAt} end`,
            count: sql`case when ${isOver} then 1 else least(${attempts.count}, ${max}) + 1 end`,
          },
        })
        .returning({
          count: attempts.count,
          windowEndsInMs: sql<number>`ceil(extract(epoch from ${attempts.windowStartedAt} + ${window} - now()) * 1000)::int`,
        })
      return counted!
    },

    async forget(action: string, subjectSha256: string): Promise<void> {
      await db.delete(attempts).where(and(eq(attempts.action, action), eq(attempts.subjectSha256, subjectSha256)))
    },

    /** Removes windows that ended. */
    async removeOld(windowS: number): Promise<void> {
      await db.delete(attempts).where(lt(attempts.windowStartedAt, sql`now() - make_interval(secs => ${windowS})`))
    },
  }
}
