// The changes of items. Each is one transaction: the item, its new version, what stands in feeds of it and the events that
// tell of it, all or nothing.
import { randomUUID } from 'node:crypto'
import { and, eq, isNotNull, sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { idempotencyKeys, items, itemVersions, people, shares } from '../../drizzle/items/tables.ts'
import { ApiError } from '../../platform/errors.ts'
import { writeEvent } from '../../platform/outbox.ts'
import { strongest } from './access.ts'
import type { Reader } from './access.ts'
import { writeActivities } from './activity.ts'
import { eventsOf } from './events.ts'
import { storedColumns } from './item-list-statements.ts'
import type { ItemRow, StoredItem } from './store.ts'
import type { ItemContent, VersionKind } from './versions.ts'

type Transaction = Parameters<Parameters<PostgresJsDatabase['transaction']>[0]>[0]

export type NewItem = ItemContent & Pick<StoredItem, 'ownerId'>

/** The same key again, with the same input, makes nothing. */
export interface IdempotencyKey {
  readonly key: string
  readonly inputSha256: string
}

/** What is to be changed about an item. With nothing to change there is no new version and no event. */
export interface ItemChange {
  readonly kind: Exclude<VersionKind, 'CREATED'>
  readonly changes: Partial<ItemContent & Pick<StoredItem, 'deletedAt' | 'deletedBy'>>
}

/** @param afterCommit called when a transaction that wrote events has ended */
export function itemChanges(db: PostgresJsDatabase, afterCommit: () => void) {
  return {
    /**
     * @returns the item, or the id of the one that was made with the key before
     * @throws ApiError CONFLICT for `idempotencyKey` when it was used with another input
     */
    async create(
      item: NewItem,
      idempotency: IdempotencyKey | null,
    ): Promise<ItemRow | { readonly madeBefore: string }> {
      const made = await db.transaction(async (tx) => {
        const id = randomUUID()
        const before = idempotency && (await takeKey(tx, item.ownerId, idempotency, id))
        if (before) return { madeBefore: before }
        const [row] = await tx
          .insert(items)
          .values({ ...item, id })
          .returning(storedColumns)
        const created = { ...row!, sharedAs: null, isOwnerGone: false }
        await writeChange(tx, null, created, 'CREATED', item.ownerId, [])
        return created
      })
      if (!('madeBefore' in made)) afterCommit()
      return made
    },

    /**
     * Changes an item while nobody else can.
     *
     * @param decide is given the item as it is, or null; says what to change, or throws to leave all as it was
     */
    async change(id: string, reader: Reader, decide: (item: ItemRow | null) => ItemChange): Promise<ItemRow> {
      const { row, isChanged } = await db.transaction(async (tx) => {
        const locked = await lockItem(tx, id, reader)
        const { kind, changes } = decide(locked?.item ?? null)
        if (!locked || Object.keys(changes).length === 0) return { row: locked!.item, isChanged: false }
        const { item, sharees } = locked
        const [row] = await tx
          .update(items)
          // The time of the lock and not of the transaction's start: it only moves on.
          .set({ ...changes, version: item.version + 1, updatedAt: sql`clock_timestamp()` })
          .where(eq(items.id, id))
          .returning(storedColumns)
        const changed = { ...item, ...row! }
        await writeChange(tx, item, changed, kind, reader.id!, sharees)
        return { row: changed, isChanged: true }
      })
      if (isChanged) afterCommit()
      return row
    },
  }
}

/**
 * Locks an item until the transaction ends. Whoever changes its shares locks it too, so that what is read of them here
 * stays so until then.
 *
 * @returns null where there is none
 */
export async function lockItem(tx: Transaction, id: string, reader: Reader) {
  // Sent together and done one after the other: what is read after the lock is what was committed when it was had.
  const [[row], shared, [owner]] = await Promise.all([
    tx.select(storedColumns).from(items).where(eq(items.id, id)).for('update'),
    tx
      .select({ userId: shares.userId, permission: shares.permission })
      .from(shares)
      .where(and(eq(shares.itemId, id), isNotNull(shares.userId))),
    tx
      .select({ status: people.status })
      .from(people)
      .innerJoin(items, eq(people.id, items.ownerId))
      .where(eq(items.id, id)),
  ])
  if (!row) return null
  const item: ItemRow = {
    ...row,
    sharedAs: strongest(shared.filter(({ userId }) => userId === reader.id).map(({ permission }) => permission)),
    isOwnerGone: owner !== undefined && owner.status !== 'ACTIVE',
  }
  return { item, sharees: [...new Set(shared.map(({ userId }) => userId!))] }
}

/** @returns the id of what was made with the key before; null when it is taken now. Waits for another that is taking it */
async function takeKey(
  tx: Transaction,
  ownerId: string,
  { key, inputSha256 }: IdempotencyKey,
  itemId: string,
): Promise<string | null> {
  const taken = await tx
    .insert(idempotencyKeys)
    .values({ ownerId, key, inputSha256, itemId })
    .onConflictDoNothing()
    .returning({ key: idempotencyKeys.key })
  if (taken.length > 0) return null
  const [before] = await tx
    .select({ inputSha256: idempotencyKeys.inputSha256, itemId: idempotencyKeys.itemId })
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.ownerId, ownerId), eq(idempotencyKeys.key, key)))
  if (before?.inputSha256 === inputSha256) return before.itemId
  throw new ApiError('CONFLICT', 'This idempotency key was used for something else.', { field: 'idempotencyKey' })
}

async function writeChange(
  tx: Transaction,
  before: ItemRow | null,
  after: ItemRow,
  kind: VersionKind,
  authorId: string,
  sharees: readonly string[],
): Promise<void> {
  const { id: itemId, version, name, description, status, visibility, tags, updatedAt } = after
  // Sent together: while the item is locked, none of them waits for another.
  await Promise.all([
    tx
      .insert(itemVersions)
      .values({ itemId, version, kind, name, description, status, visibility, tags, authorId, createdAt: updatedAt }),
    writeActivities(tx, [
      { userId: after.ownerId, kind: `ITEM_${kind}`, actorId: authorId, itemId, itemName: name, version },
    ]),
    ...eventsOf(before, after, sharees).map((event) => writeEvent(tx, event)),
  ])
}
