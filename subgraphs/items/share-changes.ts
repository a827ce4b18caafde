// Sharing, and taking it back: each one transaction, in which the item is locked, so that nothing happens to it meanwhile and
// sharing twice at once makes one share.
import { and, count, eq, sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { people, shares } from '../../drizzle/items/tables.ts'
import { emailSha256 } from '../../platform/account-events.ts'
import type { Transaction } from '../../platform/database.ts'
import { ApiError } from '../../platform/errors.ts'
import { writeEvent } from '../../platform/outbox.ts'
import { demand, shareNotFound } from './access.ts'
import type { Reader, SharePermission } from './access.ts'
import { writeActivities } from './activity.ts'
import { lockItem } from './changes.ts'
import { lockAddresses } from './people.ts'
import type { Recipient } from './share-input.ts'
import { foundEvents, sharedEvents, unsharedEvents } from './sight-events.ts'
import type { ItemRow } from './store.ts'

export type ShareRow = typeof shares.$inferSelect

const SHARES_MAX = 100

/** @param afterCommit called when a transaction that wrote events has ended */
export function shareChanges(db: PostgresJsDatabase, afterCommit: () => void) {
  async function committed<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    const result = await db.transaction(work)
    afterCommit()
    return result
  }

  return {
    /**
     * Shares an item, or changes what its share permits.
     *
     * @throws ApiError NOT_FOUND or FORBIDDEN as `demand`; BAD_USER_INPUT for the field `username` that nobody has, for what
     *   names the owner, and for `itemId` of an item with as many shares as there may be
     */
    share: (itemId: string, recipient: Recipient, permission: SharePermission, reader: Reader) =>
      committed(async (tx) => {
        if ('email' in recipient) await lockAddresses(tx)
        const item = demand((await lockItem(tx, itemId, reader))?.item ?? null, reader, 'OWNER')
        const wanted = await columnsOf(tx, recipient, item)
        const [before] = await tx
          .select()
          .from(shares)
          .where(and(eq(shares.itemId, itemId), isWith(wanted)))
        if (before?.permission === permission) return { share: before, item }
        if (!before) await demandRoom(tx, itemId)
        const [share] = before
          ? await tx
              .update(shares)
              .set({ permission, updatedAt: sql`clock_timestamp()` })
              .where(eq(shares.id, before.id))
              .returning()
          : await tx
              .insert(shares)
              .values({
                ...wanted,
                itemId,
                permission,
                grantedBy: reader.id!,
                // The time of the lock, in the order of which they are listed.
                createdAt: sql`clock_timestamp()`,
                updatedAt: sql`clock_timestamp()`,
              })
              .returning()
        await tell(tx, item, share!, before ? 'SHARE_CHANGED' : 'ITEM_SHARED', reader)
        return { share: share!, item }
      }),

    /** @throws ApiError NOT_FOUND where there is no such share of an item of the reader's */
    revoke: (id: string, reader: Reader) =>
      committed(async (tx) => {
        const [found] = await tx.select({ itemId: shares.itemId }).from(shares).where(eq(shares.id, id))
        const item = found ? (await lockItem(tx, found.itemId, reader))?.item : undefined
        // Whose it is not is not to learn that there is one.
        if (!item || item.ownerId !== reader.id) throw shareNotFound()
        demand(item, reader, 'OWNER')
        const [share] = await tx.delete(shares).where(eq(shares.id, id)).returning()
        if (!share) throw shareNotFound()
        await tell(tx, item, share, 'SHARE_REVOKED', reader)
        return { shareId: id, item }
      }),
  }
}

/** Whom a share is with, as it is kept. */
type With = Pick<ShareRow, 'userId' | 'email' | 'emailSha256'>

const isWith = ({ userId, emailSha256 }: With) =>
  emailSha256 === null
    ? sql`${shares.userId} = ${userId} and ${shares.email} is null`
    : eq(shares.emailSha256, emailSha256)

async function columnsOf(tx: Transaction, recipient: Recipient, { ownerId }: ItemRow): Promise<With> {
  if ('username' in recipient) {
    const [person] = await tx
      .select({ id: people.id })
      .from(people)
      .where(sql`lower(${people.username}) = lower(${recipient.username}) and ${people.status} = 'ACTIVE'`)
      // Whoever removes what a person left waits for the share.
      .for('key share')
      .limit(1)
    if (!person) throw badInput('username', 'Nobody has this username')
    if (person.id === ownerId) throw badInput('username', 'The item is yours already')
    return { userId: person.id, email: null, emailSha256: null }
  }
  const { email } = recipient
  const sha256 = emailSha256(email)
  const [person] = await tx
    .select({ id: people.id, isEmailVerified: people.isEmailVerified })
    .from(people)
    .where(and(eq(people.emailSha256, sha256), eq(people.status, 'ACTIVE')))
    .for('key share')
    .limit(1)
  if (person?.id === ownerId) throw badInput('email', 'The item is yours already')
  return { userId: person?.isEmailVerified ? person.id : null, email, emailSha256: sha256 }
}

async function demandRoom(tx: Transaction, itemId: string): Promise<void> {
  const [row] = await tx.select({ shares: count() }).from(shares).where(eq(shares.itemId, itemId))
  if (row!.shares >= SHARES_MAX) throw badInput('itemId', `An item has ${SHARES_MAX} shares at most`)
}

type ShareActivity = 'ITEM_SHARED' | 'SHARE_CHANGED' | 'SHARE_REVOKED'

/** The owner, and whom it concerns if that is known; nobody learns from it whether it is. */
async function tell(
  tx: Transaction,
  item: ItemRow,
  share: ShareRow,
  kind: ShareActivity,
  { id }: Reader,
): Promise<void> {
  const { userId, permission } = share
  const happened = { kind, actorId: id!, itemId: item.id, itemName: item.name, permission }
  const feeds = [item.ownerId, ...(userId === null ? [] : [userId])]
  await writeActivities(
    tx,
    feeds.map((feed) => ({ ...happened, userId: feed })),
  )
  for (const event of await eventsOfShare(tx, item, share, kind)) await writeEvent(tx, event)
}

async function eventsOfShare(tx: Transaction, item: ItemRow, { userId }: ShareRow, kind: ShareActivity) {
  if (kind !== 'SHARE_REVOKED') return sharedEvents(item, userId)
  if (userId === null) return unsharedEvents(item, null)
  const [another] = await tx
    .select({ id: shares.id })
    .from(shares)
    .where(and(eq(shares.itemId, item.id), eq(shares.userId, userId)))
    .limit(1)
  // What it sees of it may be less than before.
  return another ? [...unsharedEvents(item, null), ...foundEvents(item, userId)] : unsharedEvents(item, userId)
}

const badInput = (field: string, problem: string) => new ApiError('BAD_USER_INPUT', `${problem}.`, { field })
