// With whom items are shared, for their owners to see.
import { sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { shares } from '../../drizzle/items/tables.ts'
import { isThere } from './access.ts'
import type { ShareRow } from './share-changes.ts'

export function shareReader(db: PostgresJsDatabase) {
  const ofItems = db
    .select()
    .from(shares)
    .where(
      sql`${shares.itemId} = any(${sql.placeholder('itemIds')}::uuid[])
        and (${shares.email} is not null or ${isThere(sql`${shares.userId}`)})`,
    )
    .orderBy(shares.createdAt, shares.id)
    .prepare('shares_of_items')

  return {
    /** The shares of each item in the order in which they were made, without those with accounts that are gone. One by e-mail stays whatever becomes of the account. */
    async ofItems(itemIds: readonly string[]): Promise<ShareRow[][]> {
      const rows = await ofItems.execute({ itemIds: [...itemIds] })
      const byItem = Map.groupBy(rows, ({ itemId }) => itemId)
      return itemIds.map((id) => byItem.get(id) ?? [])
    },
  }
}
