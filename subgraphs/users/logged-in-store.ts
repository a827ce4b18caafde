// The SQL statement about the person who is logged in.
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { sessions, users } from '../../drizzle/users/tables.ts'
import type { UserRow } from './account-store.ts'
import type { LoggedIn } from './logged-in.ts'

export type LoggedInStore = ReturnType<typeof loggedInStore>

export interface RightsOfNow {
  readonly user: Pick<UserRow, 'id' | 'roles'>
  /** When they were read, in seconds since 1970: what is revoked later concerns tokens that tell them. */
  readonly asOfS: number
}

export function loggedInStore(db: PostgresJsDatabase) {
  return {
    /**
     * What the account may do as long as the session goes on; null where either has ended. Waits for a change of the
     * rights that has begun, and is seen by it where it is first.
     */
    async findRights({ userId, sessionId }: LoggedIn): Promise<RightsOfNow | null> {
      const [found] = await db
        .select({
          user: { id: users.id, roles: users.roles },
          asOfS: sql<number>`extract(epoch from clock_timestamp())::float8`,
        })
        .from(users)
        .innerJoin(sessions, eq(sessions.userId, users.id))
        .where(
          and(
            eq(users.id, userId),
            isNull(users.deletedAt),
            eq(sessions.id, sessionId),
            isNull(sessions.endedAt),
            gt(sessions.expiresAt, sql`now()`),
          ),
        )
        .for('share', { of: users })
      return found ?? null
    },
  }
}
