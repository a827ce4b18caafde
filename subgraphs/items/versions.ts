// Every state that an item was in. They are written by changes.ts and never change.
import { and, desc, getTableColumns, lt, gt, sql, asc } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { itemVersions } from '../../drizzle/items/tables.ts'
import type { Place } from './cursors.ts'
import type { PageRequest, Side } from './pages.ts'

export type VersionRow = typeof itemVersions.$inferSelect
export type VersionKind = VersionRow['kind']
/** What a change may concern, and what each version keeps. */
export type ItemContent = Pick<VersionRow, 'name' | 'description' | 'status' | 'visibility' | 'tags'>

export interface FieldChange {
  readonly field: (typeof fields)[number][0]
  readonly before: string | null
  readonly after: string | null
}

const fields = [
  ['NAME', 'name'],
  ['DESCRIPTION', 'description'],
  ['STATUS', 'status'],
  ['VISIBILITY', 'visibility'],
  ['TAGS', 'tags'],
] as const

/** @param before null where nothing is known of it */
export function differencesBetween(before: ItemContent | null, after: ItemContent): FieldChange[] {
  return fields.flatMap(([field, name]) => {
    const change = { field, before: before && asText(before[name]), after: asText(after[name]) }
    return change.before === change.after ? [] : [change]
  })
}

export interface VersionKey {
  readonly itemId: string
  readonly version: number
}

/** The cursor's place of a version in the list of an item's. */
export const placeOfVersion = ({ version }: VersionRow): Place => [String(version)]

export function versionReader(db: PostgresJsDatabase) {
  const { placeholder } = sql
  const columns = getTableColumns(itemVersions)

  const byKeys = db
    .select(columns)
    .from(itemVersions)
    .where(
      sql`(item_id, version) in (
        select * from unnest(${placeholder('itemIds')}::uuid[], ${placeholder('versions')}::int[])
      )`,
    )
    .prepare('item_versions_by_keys')

  const wanted = sql`unnest(${placeholder('itemIds')}::uuid[]) with ordinality as wanted(item_id, number)`
  const pages = ([asc, desc] as const).map((direction) => {
    const page = db
      .select(columns)
      .from(itemVersions)
      .where(
        and(
          sql`item_id = wanted.item_id`,
          lt(itemVersions.version, sql`coalesce(${placeholder('below')}::int, 2147483647)`),
          gt(itemVersions.version, sql`coalesce(${placeholder('above')}::int, 0)`),
        ),
      )
      .orderBy(direction(itemVersions.version))
      .limit(placeholder('limit'))
      .as('page')
    return db
      .select({ number: sql<string>`wanted.number`, ...page._.selectedFields })
      .from(wanted)
      .crossJoinLateral(page)
      .orderBy(sql`wanted.number`, direction(page.version))
      .prepare(`item_versions_pages_${direction === asc ? 'up' : 'down'}`)
  })

  const extremes = db
    .select({
      itemId: itemVersions.itemId,
      count: sql<number>`count(*)::int`,
      first: sql<number>`min(version)`,
      last: sql<number>`max(version)`,
    })
    .from(itemVersions)
    .where(sql`item_id = any(${placeholder('itemIds')}::uuid[])`)
    .groupBy(itemVersions.itemId)
    .prepare('item_versions_extremes')

  return {
    /** In the order of the keys, null where there was no such version. */
    async byKeys(keys: readonly VersionKey[]): Promise<(VersionRow | null)[]> {
      const rows = await byKeys.execute({
        itemIds: keys.map(({ itemId }) => itemId),
        versions: keys.map(({ version }) => version),
      })
      const found = new Map(rows.map((row) => [`${row.itemId} ${row.version}`, row]))
      return keys.map(({ itemId, version }) => found.get(`${itemId} ${version}`) ?? null)
    },

    /** The same page, the newest first, of the versions of each item; see `toPage`. */
    async pages(itemIds: readonly string[], { size, isBackward, after, before }: PageRequest): Promise<VersionRow[][]> {
      const rows = await pages[isBackward ? 0 : 1]!.execute({
        itemIds: [...itemIds],
        below: after?.[0] ?? null,
        above: before?.[0] ?? null,
        limit: size + 1,
      })
      const byNumber = Map.groupBy(rows, ({ number }) => Number(number) - 1)
      return itemIds.map((_id, number) => byNumber.get(number) ?? [])
    },

    /** How many versions of each item are kept, and which. */
    async extremes(itemIds: readonly string[]): Promise<{ count: number; first: number; last: number }[]> {
      const rows = await extremes.execute({ itemIds: [...itemIds] })
      const found = new Map(rows.map((row) => [row.itemId, row]))
      return itemIds.map((id) => found.get(id) ?? { count: 0, first: 0, last: 0 })
    },
  }
}

/** Whether there is a version at a place, or on that side of it, in the list of which these are the ends. */
export const isVersionBeyond = ({ first, last }: { first: number; last: number }, side: Side, [version]: Place) =>
  side === 'before' ? last >= Number(version) : first <= Number(version)

const asText = (value: string | readonly string[] | null): string | null =>
  typeof value === 'string' || value === null ? value : value.join(', ') || null
