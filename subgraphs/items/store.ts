// Every SQL statement the items subgraph runs. Those of queries are prepared once, when the process starts.
import { and, desc, eq, getTableColumns, sql } from 'drizzle-orm'
import type { Placeholder, SQL } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { items } from '../../drizzle/items/tables.ts'
import { writeEvent } from '../../platform/outbox.ts'
import { accessColumns, isReadable } from './access.ts'
import type { AccessFacts } from './access.ts'
import { eventsOf } from './events.ts'
import type { ListedItem, PageRequest } from './pages.ts'

type StoredItem = Omit<typeof items.$inferSelect, 'nameKey' | 'search'>
/** An item, and what decides what its reader may do with it. */
export type ItemRow = StoredItem & AccessFacts
export type NewItem = Pick<typeof items.$inferInsert, 'ownerId' | 'name' | 'description' | 'status' | 'visibility'>
export type ItemChanges = Partial<
  Pick<StoredItem, 'name' | 'description' | 'status' | 'visibility' | 'deletedAt' | 'deletedBy'>
>
export type ItemStore = ReturnType<typeof itemStore>

// The last two are for Postgres alone.
const { nameKey: _nameKey, search: _search, ...rowColumns } = getTableColumns(items)
const itemColumns = { ...rowColumns, ...accessColumns(sql.placeholder('viewer')) }
const listed = {
  ...itemColumns,
  createdAtUs: sql<string>`(extract(epoch from ${items.createdAt}) * 1000000)::bigint`.as('created_at_us'),
}

type Parameter = Placeholder | SQL

/** @param afterCommit called when a transaction that wrote events has ended */
export function itemStore(db: PostgresJsDatabase, afterCommit: () => void) {
  const { placeholder } = sql

  const byIds = db
    .select(itemColumns)
    .from(items)
    .where(sql`${items.id} = any(${placeholder('ids')})`)
    .prepare('items_by_ids')

  /** What the viewer may read, newest first, from a place in the list on. */
  const newest = (place: { afterUs: Parameter; afterId: Parameter }, ...conditions: SQL[]) =>
    db
      .select(listed)
      .from(items)
      .where(and(...conditions, isReadable(placeholder('viewer')), isAfter(place.afterUs, place.afterId)))
      .orderBy(desc(items.createdAt), desc(items.id))

  const page = newest({ afterUs: placeholder('afterUs'), afterId: placeholder('afterId') })
    .limit(placeholder('limit'))
    .prepare('items_page')

  // A page for each row of four arrays. The index is read once for each owner, and only as far as the page goes.
  const wanted = sql`unnest(
    ${placeholder('owners')}::uuid[], ${placeholder('limits')}::int[],
    ${placeholder('afterUs')}::bigint[], ${placeholder('afterIds')}::uuid[]
  ) with ordinality as wanted(owner, size, after_us, after_id, place)`
  const pageOfOwner = newest(
    { afterUs: sql`wanted.after_us`, afterId: sql`wanted.after_id` },
    eq(items.ownerId, sql`wanted.owner`),
  )
    .limit(sql`wanted.size` as never) // an expression, which the builder writes well, but its types do not know of
    .as('page')
  const pagesOfOwners = db
    .select({ place: sql<string>`wanted.place`, ...pageOfOwner._.selectedFields })
    .from(wanted)
    .crossJoinLateral(pageOfOwner)
    .orderBy(sql`wanted.place`, desc(pageOfOwner.createdAt), desc(pageOfOwner.id))
    .prepare('items_pages_of_owners')

  return {
    /** Deleted ones too. @param ids uuids: Postgres refuses anything else */
    findByIds: (viewer: string | null, ids: readonly string[]): Promise<ItemRow[]> =>
      byIds.execute({ viewer, ids: [...ids] }),

    /** What the viewer may read, newest first: a page, and one item more if there is one. */
    findPage: (viewer: string | null, { first, after }: PageRequest): Promise<ListedItem[]> =>
      page.execute({ viewer, limit: first + 1, afterUs: after?.createdAtUs ?? null, afterId: after?.id ?? null }),

    /** The same for the items of one owner, for many owners with one statement; in the order of the requests. */
    async findPagesOfOwners(
      viewer: string | null,
      wanted: readonly (PageRequest & { readonly ownerId: string })[],
    ): Promise<ListedItem[][]> {
      const rows = await pagesOfOwners.execute({
        viewer,
        owners: wanted.map(({ ownerId }) => ownerId),
        limits: wanted.map(({ first }) => first + 1),
        afterUs: wanted.map(({ after }) => after?.createdAtUs ?? null),
        afterIds: wanted.map(({ after }) => after?.id ?? null),
      })
      const byPlace = Map.groupBy(rows, ({ place }) => Number(place) - 1)
      return wanted.map((_request, place) => byPlace.get(place) ?? [])
    },

    async create(item: NewItem): Promise<ItemRow> {
      const created = await db.transaction(async (tx) => {
        const [row] = await tx.insert(items).values(item).returning(rowColumns)
        const created = { ...row!, sharedAs: null, isOwnerGone: false }
        for (const event of eventsOf(null, created)) await writeEvent(tx, event)
        return created
      })
      afterCommit()
      return created
    },

    /**
     * Changes an item while nobody else can.
     *
     * @param decide is given the item as it is, or null; says what to change, or throws to leave all as it was.
     *   With nothing to change there is no new version and no event
     */
    async change(id: string, viewer: string | null, decide: (item: ItemRow | null) => ItemChanges): Promise<ItemRow> {
      const { row, isChanged } = await db.transaction(async (tx) => {
        await tx.select({}).from(items).where(eq(items.id, id)).for('update')
        // Read when nobody else can change what it depends on: shares are changed under the same lock.
        const [before] = await tx
          .select(itemColumns)
          .from(items)
          .where(eq(items.id, id))
          .prepare('')
          .execute({ viewer })
        const changes = decide(before ?? null)
        if (!before || Object.keys(changes).length === 0) return { row: before!, isChanged: false }
        const [after] = await tx
          .update(items)
          // The time of the lock and not of the transaction's start: it only moves on.
          .set({ ...changes, version: before.version + 1, updatedAt: sql`clock_timestamp()` })
          .where(eq(items.id, id))
          .returning(rowColumns)
        const changed = { ...before, ...after! }
        for (const event of eventsOf(before, changed)) await writeEvent(tx, event)
        return { row: changed, isChanged: true }
      })
      if (isChanged) afterCommit()
      return row
    },
  }
}

/** Everything is after no cursor. Postgres reads the index from there. */
function isAfter(createdAtUs: Parameter, id: Parameter): SQL {
  return sql`(${items.createdAt}, ${items.id}) < (
    coalesce(timestamptz 'epoch' + ${createdAtUs}::bigint * interval '1 microsecond', 'infinity'),
    coalesce(${id}::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  )`
}
