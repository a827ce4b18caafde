// Every SQL statement about API keys.
import { and, desc, eq, getTableColumns, gt, isNull, or, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { apiKeys, users } from '../../drizzle/users/tables.ts'
import { revocationEvent } from '../../platform/account-events.ts'
import type { Tell, Transact, Transaction } from './transactions.ts'

const { sha256: sha256Column, ...shownColumns } = getTableColumns(apiKeys)

/** A key without its hash. */
export type ApiKeyRow = Omit<typeof apiKeys.$inferSelect, 'sha256'>
export type NewApiKey = Pick<
  typeof apiKeys.$inferInsert,
  'name' | 'prefix' | 'sha256' | 'scopes' | 'ratePerMinute' | 'expiresAt'
>
export type ApiKeyStore = ReturnType<typeof apiKeyStore>

/** Keys that an account can have at a time. */
export const API_KEYS_MAX = 50

/**
 * How long gateways are to remember that a key has ended: by far longer than they keep what they were told of it before,
 * and than an answer can be on its way.
 */
const ENDED_KEY_REMEMBERED_S = 300

/** A key that is used a hundred times a second is written twice a minute. */
const LAST_USE_ACCURACY = sql`interval '30 seconds'`

export function apiKeyStore(db: PostgresJsDatabase, transact: Transact) {
  const { placeholder } = sql

  const ofUsers = db
    .select(shownColumns)
    .from(apiKeys)
    .where(and(sql`${apiKeys.userId} = any(${placeholder('userIds')})`, isGood()))
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
    .prepare('api_keys_of_users')

  const bearer = db
    .select({
      id: apiKeys.id,
      userId: apiKeys.userId,
      scopes: apiKeys.scopes,
      ratePerMinute: apiKeys.ratePerMinute,
      expiresAt: apiKeys.expiresAt,
      roles: users.roles,
      isUseToBeWritten: sql<boolean>`${isLastUseOld()}`,
    })
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .where(and(eq(sha256Column, placeholder('sha256')), isGood(), isNull(users.deletedAt)))
    .prepare('api_key_bearer')

  return {
    /** Those that are good, newest first. @param userIds uuids */
    findOfUsers: (userIds: readonly string[]): Promise<ApiKeyRow[]> => ofUsers.execute({ userIds: [...userIds] }),

    /** Whose the key is, if it is good, and what the owner may do now. */
    async findBearer(sha256: string) {
      const [found] = await bearer.execute({ sha256 })
      return found ?? null
    },

    /** Writes when and where a key was used, unless that was done a short time ago. */
    writeUse: async (id: string, address: string | null): Promise<void> => {
      await db
        .update(apiKeys)
        .set({ lastUsedAt: sql`now()`, lastUsedAddress: address })
        .where(and(eq(apiKeys.id, id), isLastUseOld()))
    },

    /**
     * Keeps a key, while no other one of the account can be made.
     *
     * @param decide is given the roles that the account has, and says what to keep, or throws
     * @returns null where there is no such account, `full` where it has as many keys as can be
     */
    create: (userId: string, decide: (roles: readonly string[]) => NewApiKey): Promise<ApiKeyRow | 'full' | null> =>
      transact(async (tx) => {
        const owner = await lockOwner(tx, userId)
        if (!owner) return null
        const key = decide(owner.roles)
        const [count] = await tx
          .select({ keys: sql<number>`count(*)::int` })
          .from(apiKeys)
          .where(and(eq(apiKeys.userId, userId), isGood()))
        if (count!.keys >= API_KEYS_MAX) return 'full'
        const [created] = await tx
          .insert(apiKeys)
          .values({ ...key, userId })
          .returning(shownColumns)
        return created!
      }),

    /**
     * Ends a key and keeps another one of the same name, scopes, rate and length of life.
     *
     * @returns null where the account has no such key that is good
     */
    rotate: (userId: string, id: string, fresh: Pick<NewApiKey, 'prefix' | 'sha256'>): Promise<ApiKeyRow | null> =>
      transact(async (tx, tell) => {
        // A deletion of the account ends every key: this one is among them, or comes too late.
        if (!(await lockOwner(tx, userId))) return null
        const [ended] = await end(tx, tell, and(eq(apiKeys.id, id), eq(apiKeys.userId, userId)))
        if (!ended) return null
        const { name, scopes, ratePerMinute, createdAt, expiresAt } = ended
        const lifetimeMs = expiresAt && expiresAt.getTime() - createdAt.getTime()
        const [created] = await tx
          .insert(apiKeys)
          .values({
            ...fresh,
            userId,
            name,
            scopes,
            ratePerMinute,
            expiresAt: lifetimeMs === null ? null : sql`now() + ${lifetimeMs} * interval '1 millisecond'`,
          })
          .returning(shownColumns)
        return created!
      }),

    /** @returns whether the account had such a key that was good */
    revoke: (userId: string, id: string): Promise<boolean> =>
      transact(async (tx, tell) => {
        const ended = await end(tx, tell, and(eq(apiKeys.id, id), eq(apiKeys.userId, userId)))
        return ended.length > 0
      }),
  }
}

/**
 * Ends every key of an account, in a transaction that has locked the account.
 *
 * @returns how many there were
 */
export async function endApiKeysOf(tx: Transaction, tell: Tell, userId: string): Promise<number> {
  return (await end(tx, tell, eq(apiKeys.userId, userId))).length
}

/** Not ended, and not expired. */
function isGood() {
  return and(isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, sql`now()`)))
}

function isLastUseOld() {
  return sql`(${apiKeys.lastUsedAt} is null or ${apiKeys.lastUsedAt} < now() - ${LAST_USE_ACCURACY})`
}

async function lockOwner(tx: Transaction, userId: string) {
  const [owner] = await tx
    .select({ roles: users.roles })
    .from(users)
    .where(and(eq(users.id, userId), isNull(users.deletedAt)))
    .for('no key update')
  return owner ?? null
}

async function end(tx: Transaction, tell: Tell, which: SQL | undefined) {
  const ended = await tx
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(and(which, isGood()))
    .returning()
  const untilS = Math.ceil(Date.now() / 1000) + ENDED_KEY_REMEMBERED_S
  for (const { sha256 } of ended) tell(revocationEvent({ apiKeySha256: sha256, untilS }))
  return ended
}
