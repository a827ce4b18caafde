// The statements that read lists of items. Each form of list has a text of its own, so that Postgres plans for what is
// asked and for nothing else, and values are parameters. Who may see what is a part of every one: access.ts.
import { and, asc, desc, eq, getTableColumns, SQL, sql } from 'drizzle-orm'
import type { Column, Placeholder } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { items } from '../../drizzle/items/tables.ts'
import { accessColumns, isOwnerThere, isReadable, isSharedWith, listAccessColumns } from './access.ts'
import type { ItemFilter, ItemList } from './item-lists.ts'
import { SIZE_MAX } from './pages.ts'
import type { Side } from './pages.ts'
import { MATCH_END, MATCH_START, TAG_START } from './search.ts'
import type { Selected } from './selected-columns.ts'

/** How a search finds: items that hold its words, or those whose name looks like it. */
export type Match = 'WORDS' | 'ALIKE'

/** What a list is in the order of: a column, or how well an item fits the search. */
export type Ordering = Exclude<ItemList['order'], 'RELEVANCE'> | 'RANK' | 'LIKENESS'

/** All that the text of a statement depends on. */
export interface ListForm {
  readonly of: ItemList['of']
  readonly filters: readonly (keyof ItemFilter)[]
  readonly match: Match | null
  /** Whether the reader is nobody in particular: nothing is theirs, or shared with them. */
  readonly isAnonymous: boolean
}

export interface PageForm extends ListForm, Selected {
  readonly ordering: Ordering
  readonly isBackward: boolean
  readonly hasAfter: boolean
  readonly hasBefore: boolean
}

const { placeholder } = sql

/** Characters of a description that are looked through for a snippet. */
const SNIPPET_OF_MAX = 20_000
/**
 * What of Markdown is none of its words: marks at the start of a line and around words, all of a link but its text, lines in
 * tables.
 */
const MARKUP = [
  String.raw`^[ \t]*(?:#{1,6}|[-+*>]|\d+[.)])[ \t]+`,
  String.raw`\*+(?=\S)|(?<=\S)\*+|~~|\`+`,
  String.raw`!?\[([^][\n]*)\]\([^()\s]*\)`,
  String.raw`^[ \t|:-]*-[ \t|:-]*$|\|`,
].join('|')

// One more than a page has, see `toPage`. As text: Drizzle would make a parameter of the number, which Postgres plans for
// without knowing it, and takes but a number.
const LONGEST_PAGE = sql.raw(String(SIZE_MAX + 1)) as unknown as number

// The last two are for Postgres alone.
const { nameKey: _nameKey, search: _search, ...storedColumns } = getTableColumns(items)
export { storedColumns }
/** An item, and what decides what its reader, the parameter `viewer`, may do with it. */
export const itemColumns = { ...storedColumns, ...accessColumns(placeholder('viewer')) }

const query = sql`item_query(${placeholder('searchText')}, ${placeholder('isTyped')})`
const searchKey = sql`name_key(${placeholder('searchText')})`

interface OrderBy {
  readonly by: SQL
  readonly isDescending: boolean
  /** The place of a row in it, of which nothing is lost on the way to a cursor and back. */
  readonly place: SQL<string | number>
  /** What sorts, where that is not `by`: what is dear is worked out once for a row. */
  readonly sorter?: SQL
  /** What `place` wrote, as it was. */
  readonly read: (place: SQL) => SQL
}

// Microseconds since 1970: a Date would lose the last three digits, and a cursor skip or repeat items.
const byTime = (column: SQL, isDescending: boolean): OrderBy => ({
  by: column,
  isDescending,
  place: sql`(extract(epoch from ${column}) * 1000000)::bigint::text`,
  read: (place) => sql`timestamptz 'epoch' + ${place}::bigint * interval '1 microsecond'`,
})
const byName = (isDescending: boolean): OrderBy => ({
  by: sql`"items"."name_key"`,
  isDescending,
  place: sql`"items"."name_key"`,
  read: (place) => sql`${place}::text`,
})
const byFit = (fit: SQL): OrderBy => ({
  by: fit,
  isDescending: true,
  place: sql`${fit}`,
  sorter: sql`"place"`,
  read: (place) => sql`${place}::real`,
})

const orderings: Record<Ordering, OrderBy> = {
  CREATED_DESC: byTime(sql`"items"."created_at"`, true),
  CREATED_ASC: byTime(sql`"items"."created_at"`, false),
  UPDATED_DESC: byTime(sql`"items"."updated_at"`, true),
  UPDATED_ASC: byTime(sql`"items"."updated_at"`, false),
  DELETED_DESC: byTime(sql`"items"."deleted_at"`, true),
  NAME_ASC: byName(false),
  NAME_DESC: byName(true),
  RANK: byFit(sql`ts_rank("items"."search", ${query})`),
  LIKENESS: byFit(sql`word_similarity(${searchKey}, "items"."name_key")`),
}

const time = (name: keyof ItemFilter) =>
  sql`timestamptz 'epoch' + ${placeholder(name)}::bigint * interval '1 millisecond'`

const filters: Record<keyof ItemFilter, SQL> = {
  // As one text, `{DRAFT,ACTIVE}`: of texts that are cast one by one Postgres does not know how many items have them.
  status: sql`"items"."status" = any(${placeholder('status')}::item_status[])`,
  visibility: sql`"items"."visibility" = ${placeholder('visibility')}::item_visibility`,
  ownerId: sql`"items"."owner_id" = ${placeholder('ownerId')}::uuid`,
  tags: sql`"items"."tags" @> ${placeholder('tags')}::text[]`,
  createdFrom: sql`"items"."created_at" >= ${time('createdFrom')}`,
  createdBefore: sql`"items"."created_at" < ${time('createdBefore')}`,
  updatedFrom: sql`"items"."updated_at" >= ${time('updatedFrom')}`,
  updatedBefore: sql`"items"."updated_at" < ${time('updatedBefore')}`,
}

const matches: Record<Match, SQL> = {
  WORDS: sql`"items"."search" @@ ${query}`,
  ALIKE: sql`${searchKey} <% "items"."name_key"`,
}

const viewer = placeholder('viewer')
const viewerOf = ({ isAnonymous }: ListForm) => (isAnonymous ? null : viewer)
const publicItems = isReadable(null)
const lists: Record<ItemList['of'], SQL> = {
  READABLE: isReadable(viewer),
  SHARED: sql`${isSharedWith(viewer)} and "items"."owner_id" <> ${viewer} and ${isReadable(viewer)}`,
  TRASH: sql`"items"."deleted_at" is not null and "items"."owner_id" = ${viewer} and ${isOwnerThere}`,
}

const conditionsOf = ({ of, filters: given, match, isAnonymous }: ListForm): SQL[] => [
  of === 'READABLE' && isAnonymous ? publicItems : lists[of],
  ...given.map((name) => filters[name]),
  ...(match ? [matches[match]] : []),
]

/** A page, of an item only what is selected. */
export function pageStatement(db: PostgresJsDatabase, form: PageForm) {
  return pageUpTo(db, form, placeholder('limit'), {})
}

/**
 * The same as a statement that Postgres plans once: of one with a limit that it does not know it thinks so ill that it
 * plans anew each time, which takes longer than to read a small page.
 */
export function plannedPageStatement(db: PostgresJsDatabase, form: PageForm) {
  const { by, isDescending } = orderings[form.ordering]
  // By the name of the table, since columns of that are what is selected from it.
  const page = pageUpTo(db, form, LONGEST_PAGE, { orderedBy: by.as('ordered_by') }).as('items')
  const direction = isDescending === form.isBackward ? asc : desc
  return db
    .select(shownOf(columnsOf(form)))
    .from(page)
    .orderBy(direction(sql`"ordered_by"`), direction(sql`"id"`))
    .limit(placeholder('limit'))
}

// By their names in the page. Columns stay those of the table: those that Drizzle makes of a subquery's are proxies, with
// which it takes twice as long to map a row.
function shownOf<Columns extends Record<string, Column | SQL.Aliased>>(columns: Columns): Columns {
  const shown = Object.entries(columns).map(([name, column]) => [
    name,
    column instanceof SQL.Aliased ? sql`${sql.identifier(column.fieldAlias)}` : column,
  ])
  return Object.fromEntries(shown) as Columns
}

/** @param owner where it says so, the items of one owner, named by an expression */
function pageUpTo<More extends Record<string, SQL.Aliased>>(
  db: PostgresJsDatabase,
  form: PageForm,
  limit: Placeholder | number,
  more: More,
  owner?: SQL,
) {
  const { ordering, isBackward, hasAfter, hasBefore } = form
  const { by, isDescending, read, sorter = by } = orderings[ordering]
  const follows = (side: Side) => {
    const comparison = (side === 'after') === isDescending ? sql`<` : sql`>`
    return sql`(${by}, "items"."id") ${comparison} (${read(sql`${placeholder(`${side}Key`)}`)}, ${placeholder(`${side}Id`)}::uuid)`
  }
  const direction = isDescending === isBackward ? asc : desc
  return db
    .select({ ...columnsOf(form), ...more })
    .from(items)
    .where(
      and(
        owner && eq(items.ownerId, owner),
        ...conditionsOf(form),
        hasAfter ? follows('after') : undefined,
        hasBefore ? follows('before') : undefined,
      ),
    )
    .orderBy(direction(sorter), direction(items.id))
    .limit(limit)
}

// Typed as all that there may be: what is not selected is not looked at.
function columnsOf(form: PageForm) {
  const { columns, hasPlace, ordering } = form
  const { place, sorter } = orderings[ordering]
  const all = { ...storedColumns, ...listAccessColumns(viewerOf(form)), place: place.as('place') }
  const isNeeded = (name: string) => {
    if (name === 'place') return hasPlace || sorter !== undefined
    return name === 'id' || columns === null || columns.some((column) => column === name)
  }
  return Object.fromEntries(Object.entries(all).filter(([name]) => isNeeded(name))) as typeof all
}

/** The same page of each of the owners, who are one parameter. The index is read once for each, and as far as its page goes. */
export function pagesOfOwnersStatement(db: PostgresJsDatabase, form: PageForm) {
  const wanted = sql`unnest(${placeholder('owners')}::uuid[]) with ordinality as wanted(owner, number)`
  const page = pageUpTo(db, { ...form, hasPlace: true }, placeholder('limit'), {}, sql`wanted.owner`).as('page')
  const { isDescending, read } = orderings[form.ordering]
  const direction = isDescending === form.isBackward ? asc : desc
  return db
    .select({ number: sql<string>`wanted.number`, ...page._.selectedFields })
    .from(wanted)
    .crossJoinLateral(page)
    .orderBy(sql`wanted.number`, direction(read(sql`${page.place}`)), direction(page.id))
}

/** Whether there is anything at a place, or on that side of it: a row or none. */
export function beyondStatement(
  db: PostgresJsDatabase,
  form: ListForm & { ordering: Ordering },
  side: Side,
  owner?: SQL,
) {
  const { by, isDescending, read } = orderings[form.ordering]
  const comparison = (side === 'after') === isDescending ? sql`<=` : sql`>=`
  // In the order that leads away from the place, so that its index is read from there.
  const direction = (side === 'after') === isDescending ? desc : asc
  return db
    .select({ isThere: sql<boolean>`true` })
    .from(items)
    .where(
      and(
        owner && eq(items.ownerId, owner),
        ...conditionsOf(form),
        sql`(${by}, "items"."id") ${comparison} (${read(sql`${placeholder('key')}`)}, ${placeholder('id')}::uuid)`,
      ),
    )
    .orderBy(direction(by), direction(items.id))
    .limit(1)
}

/** @param isLimited whether to stop at the parameter `limit` */
export function countStatement(db: PostgresJsDatabase, form: ListForm, isLimited = false) {
  const found = db
    .select({ one: sql`1`.as('one') })
    .from(items)
    .where(and(...conditionsOf(form)))
  return db
    .select({ count: sql<number>`count(*)::int` })
    .from((isLimited ? found.limit(placeholder('limit')) : found).as('found'))
}

/** The name and some words of the description of items, with marks around what was searched for. */
export function snippetsStatement(db: PostgresJsDatabase) {
  // Postgres would leave out what looks like a tag of HTML, so `<` goes in disguise.
  const shown = (value: SQL) => sql`translate(${value}, ${`<${TAG_START}${MATCH_START}${MATCH_END}`}, ${TAG_START})`
  const description = sql`regexp_replace(left("description", ${SNIPPET_OF_MAX}), ${MARKUP}, ${String.raw`\1`}, 'gn')`
  const marks = `StartSel=${MATCH_START}, StopSel=${MATCH_END}`
  return db
    .select({
      id: items.id,
      name: sql<string>`ts_headline('words', ${shown(sql`"name"`)}, ${query}, ${`HighlightAll=true, ${marks}`})`,
      description: sql<string | null>`ts_headline('words', ${shown(description)}, ${query},
        ${`MaxFragments=2, MaxWords=24, MinWords=8, FragmentDelimiter=" … ", ${marks}`})`,
    })
    .from(items)
    .where(sql`"items"."id" = any(${placeholder('ids')}::uuid[])`)
}

export function countsOfOwnersStatement(db: PostgresJsDatabase, form: ListForm) {
  return db
    .select({ ownerId: items.ownerId, count: sql<number>`count(*)::int` })
    .from(items)
    .where(and(sql`"items"."owner_id" = any(${placeholder('owners')}::uuid[])`, ...conditionsOf(form)))
    .groupBy(items.ownerId)
}
