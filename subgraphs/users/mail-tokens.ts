// What a mail holds to prove that its reader has the address: made when the mail is sent, kept as a hash, good once.
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { mailTokens } from '../../drizzle/users/tables.ts'
import { makeOpaqueToken, sha256 } from './opaque-tokens.ts'
import type { Transaction } from './transactions.ts'

export type MailTokenRow = typeof mailTokens.$inferSelect
export type MailTokenPurpose = MailTokenRow['purpose']

export const MAIL_TOKEN_LIFETIME_H: Readonly<Record<MailTokenPurpose, number>> = { VERIFY_EMAIL: 48, RESET_PASSWORD: 1 }

/** Makes a token for the reader of a mail. */
export async function makeMailToken(
  db: Pick<PostgresJsDatabase, 'insert'>,
  of: Pick<MailTokenRow, 'userId' | 'email' | 'purpose'>,
): Promise<string> {
  const token = makeOpaqueToken()
  const expiresAt = sql`now() + make_interval(hours => ${MAIL_TOKEN_LIFETIME_H[of.purpose]})`
  await db.insert(mailTokens).values({ ...of, sha256: sha256(token), expiresAt })
  return token
}

const isGood = (token: string, purpose: MailTokenPurpose) =>
  and(
    eq(mailTokens.sha256, sha256(token)),
    eq(mailTokens.purpose, purpose),
    isNull(mailTokens.usedAt),
    gt(mailTokens.expiresAt, sql`now()`),
  )

/** Looks a token up without using it. */
export async function findMailToken(
  db: Pick<PostgresJsDatabase, 'select'>,
  token: string,
  purpose: MailTokenPurpose,
): Promise<MailTokenRow | null> {
  const [found] = await db.select().from(mailTokens).where(isGood(token, purpose))
  return found ?? null
}

/** Uses a token up, and with it all others of its purpose. False when somebody was first. */
export async function takeMailToken(tx: Transaction, { sha256: of, userId, purpose }: MailTokenRow): Promise<boolean> {
  const isUnused = and(eq(mailTokens.userId, userId), eq(mailTokens.purpose, purpose), isNull(mailTokens.usedAt))
  const used = await tx
    .update(mailTokens)
    .set({ usedAt: sql`now()` })
    .where(isUnused)
    .returning({ sha256: mailTokens.sha256 })
  return used.some((token) => token.sha256 === of)
}

/** Removes tokens that are no good any more. */
export async function removeOldMailTokens(db: Pick<PostgresJsDatabase, 'execute'>): Promise<void> {
  await db.execute(sql`delete from ${mailTokens} where used_at is not null or expires_at < now()`)
}
