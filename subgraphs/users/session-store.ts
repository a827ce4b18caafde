// Every SQL statement about sessions and their refresh tokens.
import { and, desc, eq, gt, isNull, ne, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { refreshTokens, sessions, users } from '../../drizzle/users/tables.ts'
import { holdCredentials, profileColumns } from './account-store.ts'
import type { Credentials, UserRow } from './account-store.ts'
import type { MailQueue } from './mail-queue.ts'
import { makeOpaqueToken, sha256 } from './opaque-tokens.ts'
import { sessionEnded, sessionEvent } from './session-events.ts'
import type { Tell, Transact, Transaction } from './transactions.ts'

export type SessionRow = typeof sessions.$inferSelect
export type SessionStore = ReturnType<typeof sessionStore>

/** Who uses a session. */
export interface SessionUser {
  readonly userAgent: string | null
  readonly address: string | null
}

/** What a login or a refresh gives. */
export interface SessionTokens {
  readonly user: UserRow
  readonly sessionId: string
  readonly refreshToken: string
  /** When the rights of the account were read, in seconds since 1970: what is revoked later concerns the tokens too. */
  readonly asOfS: number
}

export interface SessionLimits {
  readonly refreshTokenLifetimeS: number
  /** The longest that an access token of a session may be good. */
  readonly accessTokenLifetimeMaxS: number
}

/** How long a refresh token that was used is still good: two tabs of a browser may use it at once. */
const REUSE_GRACE_S = 10
/** The list is for people. */
const LISTED_MAX = 100

const nowS = sql<number>`extract(epoch from clock_timestamp())::float8`
const goesOn = and(isNull(sessions.endedAt), gt(sessions.expiresAt, sql`now()`))!

export function sessionStore(db: PostgresJsDatabase, transact: Transact, mail: MailQueue, limits: SessionLimits) {
  const lifetime = sql`make_interval(secs => ${limits.refreshTokenLifetimeS})`

  const byIds = db
    .select()
    .from(sessions)
    .where(and(sql`${sessions.id} = any(${sql.placeholder('ids')})`, goesOn))
    .prepare('sessions_by_ids')

  const ofUser = db
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, sql.placeholder('userId')), goesOn))
    .orderBy(desc(sessions.lastSeenAt), desc(sessions.id))
    .limit(LISTED_MAX)
    .prepare('sessions_of_user')

  async function issueToken(tx: Transaction, sessionId: string): Promise<string> {
    const refreshToken = makeOpaqueToken()
    await tx.insert(refreshTokens).values({ sha256: sha256(refreshToken), sessionId })
    return refreshToken
  }

  /** Begins a session in a transaction that holds the account. */
  async function begin(tx: Transaction, tell: Tell, user: UserRow, by: SessionUser): Promise<SessionTokens> {
    const [started] = await tx
      .insert(sessions)
      .values({ userId: user.id, ...by, expiresAt: sql`now() + ${lifetime}` })
      .returning({ id: sessions.id, userId: sessions.userId, asOfS: nowS })
    tell(sessionEvent('STARTED', started!))
    const refreshToken = await issueToken(tx, started!.id)
    return { user, sessionId: started!.id, refreshToken, asOfS: started!.asOfS }
  }

  /** Ends those that go on. Nothing of them is good from the commit on. */
  async function end(tx: Transaction, tell: Tell, which: SQL): Promise<string[]> {
    const ended = await tx
      .update(sessions)
      .set({ endedAt: sql`now()` })
      .where(and(which, isNull(sessions.endedAt)))
      .returning({ id: sessions.id, userId: sessions.userId, isCurrent: sql<boolean>`${sessions.expiresAt} > now()` })
    for (const session of ended) tell(...sessionEnded(session, limits.accessTokenLifetimeMaxS))
    return ended.filter(({ isCurrent }) => isCurrent).map(({ id }) => id)
  }

  return {
    begin,

    /** @returns ids of the sessions that were ended */
    endAll: (tx: Transaction, tell: Tell, userId: string, except: string | null = null): Promise<string[]> =>
      end(tx, tell, and(eq(sessions.userId, userId), except === null ? undefined : ne(sessions.id, except))!),

    /** @returns null when the password was changed, or the account deleted, since it was checked */
    start: (checked: Credentials, by: SessionUser): Promise<SessionTokens | null> =>
      transact(async (tx, tell) => {
        const user = await holdCredentials(tx, checked)
        return user && begin(tx, tell, user, by)
      }),

    /**
     * Exchanges a refresh token for the next one. One that was used before the grace ends the session, of which the
     * person is told by mail.
     *
     * @returns null for a token that is no good
     */
    async refresh(token: string, by: SessionUser): Promise<SessionTokens | null> {
      await mail.ready()
      const found = await transact(async (tx, tell) => {
        const known = eq(refreshTokens.sha256, sha256(token))
        const [of] = await tx
          .select({ sessionId: sessions.id, userId: sessions.userId })
          .from(refreshTokens)
          .innerJoin(sessions, eq(refreshTokens.sessionId, sessions.id))
          .where(known)
        if (!of) return null
        // The account first, as everybody does: its rights stay as they are read until the commit.
        const [user] = await tx.select(profileColumns).from(users).where(eq(users.id, of.userId)).for('share')
        const [session] = await tx
          .select({ id: sessions.id, userId: sessions.userId, asOfS: nowS })
          .from(sessions)
          .where(and(eq(sessions.id, of.sessionId), goesOn))
          .for('update')
        if (!user || user.deletedAt || !session) return null

        const [used] = await tx
          .update(refreshTokens)
          .set({ usedAt: sql`coalesce(${refreshTokens.usedAt}, clock_timestamp())` })
          .where(and(known, gt(refreshTokens.issuedAt, sql`now() - ${lifetime}`)))
          .returning({
            isReused: sql<boolean>`${refreshTokens.usedAt} < clock_timestamp() - interval '${sql.raw(`${REUSE_GRACE_S} s`)}'`,
          })
        if (!used) return null
        if (used.isReused) {
          await end(tx, tell, eq(sessions.id, session.id))
          await mail.send(tx, { kind: 'REFRESH_TOKEN_REUSED', userId: user.id })
          return null
        }
        await tx
          .update(sessions)
          .set({ ...by, lastSeenAt: sql`now()`, expiresAt: sql`now() + ${lifetime}` })
          .where(eq(sessions.id, session.id))
        tell(sessionEvent('USED', session))
        const refreshToken = await issueToken(tx, session.id)
        return { user, sessionId: session.id, refreshToken, asOfS: session.asOfS }
      })
      mail.wake()
      return found
    },

    /** @returns how many were ended */
    endAllOf: (userId: string): Promise<number> =>
      transact(async (tx, tell) => (await end(tx, tell, eq(sessions.userId, userId))).length),

    /** @returns false where the person has no such session that goes on */
    endOne: (userId: string, id: string): Promise<boolean> =>
      transact(
        async (tx, tell) => (await end(tx, tell, and(eq(sessions.id, id), eq(sessions.userId, userId))!)).length > 0,
      ),

    /** Those that go on. @param ids uuids: Postgres refuses anything else */
    findByIds: (ids: readonly string[]): Promise<SessionRow[]> => byIds.execute({ ids: [...ids] }),

    /** Those that go on, the last used first. */
    findOfUser: (userId: string): Promise<SessionRow[]> => ofUser.execute({ userId }),

    /** Removes sessions that ended or expired, and refresh tokens that are too old to be good. */
    async removeOld(): Promise<void> {
      await db.execute(sql`delete from ${sessions} where ended_at is not null or expires_at < now()`)
      await db.execute(sql`delete from ${refreshTokens} where issued_at < now() - ${lifetime}`)
    },
  }
}
