// What the items subgraph reads from its database and writes there. Statements of queries are prepared when the process
// starts, or when a form of list is first asked for.
import { sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { items } from '../../drizzle/items/tables.ts'
import type { AccessFacts } from './access.ts'
import { activityReader } from './activity-reader.ts'
import { itemChanges } from './changes.ts'
import { commentChanges } from './comment-changes.ts'
import { commentReader } from './comment-reader.ts'
import { itemListReader } from './item-list-reader.ts'
import { itemColumns } from './item-list-statements.ts'
import { personReader } from './people.ts'
import { shareChanges } from './share-changes.ts'
import { shareReader } from './share-reader.ts'
import { versionReader } from './versions.ts'

export type StoredItem = Omit<typeof items.$inferSelect, 'nameKey' | 'search'>
/** An item, and what decides what its reader may do with it. */
export type ItemRow = StoredItem & AccessFacts
export type ItemStore = ReturnType<typeof itemStore>

/** @param afterCommit called when a transaction that wrote events has ended */
export function itemStore(db: PostgresJsDatabase, afterCommit: () => void) {
  const byIds = db
    .select(itemColumns)
    .from(items)
    .where(sql`"items"."id" = any(${sql.placeholder('ids')})`)
    .prepare('items_by_ids')

  return {
    /** Deleted ones too. @param ids uuids: Postgres refuses anything else */
    findByIds: (viewer: string | null, ids: readonly string[]): Promise<ItemRow[]> =>
      byIds.execute({ viewer, ids: [...ids] }),

    lists: itemListReader(db),
    versions: versionReader(db),
    ...itemChanges(db, afterCommit),

    shares: { ...shareReader(db), ...shareChanges(db, afterCommit) },
    comments: { ...commentReader(db), ...commentChanges(db, afterCommit) },
    activities: activityReader(db),
    people: personReader(db),
  }
}
