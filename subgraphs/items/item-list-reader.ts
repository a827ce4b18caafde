// Reads pages of lists of items: chooses how a search is to find, and runs the statements. Their number never depends on
// how many items or owners there are.
import { sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { LRUCache } from 'lru-cache'
import { ApiError } from '../../platform/errors.ts'
import type { Place } from './cursors.ts'
import {
  beyondStatement,
  countStatement,
  countsOfOwnersStatement,
  pagesOfOwnersStatement,
  pageStatement,
  plannedPageStatement,
  snippetsStatement,
} from './item-list-statements.ts'
import type { ListForm, Match, Ordering, PageForm } from './item-list-statements.ts'
import type { ItemFilter, ItemList, Search } from './item-lists.ts'
import type { PageRequest, Side } from './pages.ts'
import type { Selected } from './selected-columns.ts'
import type { ItemRow } from './store.ts'

/** An item and its place in the list it was read with; of both only what was selected. */
export interface ListedItem extends ItemRow {
  readonly place: string | number
}

/** How a list is read, decided with its first page and kept in its cursors. */
export interface Reading {
  readonly match: Match | null
  readonly ordering: Ordering
}

export interface ReadPage extends Reading {
  /** In the order in which they were read, and one more than was asked for if there is one. */
  readonly rows: readonly ListedItem[]
}

export interface MarkedSnippet {
  readonly name: string
  readonly description: string | null
}

/** Where this many have the words, their ranks would take too long, and would hardly tell them apart. */
export const RANKED_MAX = 2_000
/** Texts of statements kept. There are thousands of forms, of which a client uses a few. */
const FORMS_KEPT = 1_000
/** Forms that are prepared, the first ones: each is kept by every connection, in Postgres too, as long as that lives. */
const FORMS_PREPARED = 200

export function itemListReader(db: PostgresJsDatabase) {
  const snippets = snippetsStatement(db)
  const kept = new LRUCache<string, Runnable>({ max: FORMS_KEPT })
  const prepared = new Set<string>()

  /** What a statement answers with values for its parameters. */
  function run<Row>(kind: string, form: ListForm, make: () => Statement<Row>, values: Values): Promise<Row[]> {
    const key = JSON.stringify([kind, form])
    let statement = kept.get(key)
    if (!statement) {
      statement = make()
      if (isPlanned(form) && (prepared.has(key) || prepared.size < FORMS_PREPARED)) {
        prepared.add(key)
        statement = (statement as Statement<Row>).prepare(`items_${kind}`)
      }
      kept.set(key, statement)
    }
    return statement.execute(values) as Promise<Row[]>
  }

  const count = async (list: ItemList, viewer: string | null, match: Match | null) => {
    const form = formOf(list, viewer, match)
    const [row] = await run('count', form, () => countStatement(db, form), valuesOf(list, viewer))
    return row!.count
  }

  return {
    /** A page of a list that is not of one owner, or of one owner's trash. */
    async page(list: ItemList, viewer: string | null, request: PageRequest, selected: Selected): Promise<ReadPage> {
      const read = async (reading: Reading): Promise<ReadPage> => {
        const form = pageFormOf(list, viewer, reading, request, selected)
        const statement = isPlanned(form) ? plannedPageStatement : pageStatement
        const values = { ...valuesOf(list, viewer), ...placesOf(request), limit: request.size + 1 }
        return { ...reading, rows: await run('page', form, () => statement(db, form), values) }
      }

      const known = readingOf(request)
      if (known || !list.search) return read(known ?? { match: null, ordering: list.order as Ordering })
      if (list.order === 'RELEVANCE') {
        const form = formOf(list, viewer, 'WORDS')
        const values = { ...valuesOf(list, viewer), limit: RANKED_MAX + 1 }
        const [found] = await run('count_limited', form, () => countStatement(db, form, true), values)
        if (found!.count > RANKED_MAX) return read({ match: 'WORDS', ordering: 'CREATED_DESC' })
        return read(found!.count > 0 ? byRank : byLikeness)
      }
      const byWords = await read({ match: 'WORDS', ordering: list.order })
      return byWords.rows.length > 0 ? byWords : read({ match: 'ALIKE', ordering: list.order })
    },

    /** The same page of the items of each owner, in the order of the owners. */
    async pagesOfOwners(
      list: ItemList,
      viewer: string | null,
      owners: readonly string[],
      request: PageRequest,
      selected: Selected,
    ): Promise<ReadPage[]> {
      const read = async (reading: Reading, some: readonly string[]): Promise<ReadPage[]> => {
        const form = pageFormOf(list, viewer, reading, request, selected)
        const values = {
          ...valuesOf(list, viewer),
          ...placesOf(request),
          limit: request.size + 1,
          owners: [...some],
        }
        const rows = await run('pages_of_owners', form, () => pagesOfOwnersStatement(db, form), values)
        const byNumber = Map.groupBy(rows, ({ number }) => Number(number) - 1)
        return some.map((_owner, number) => ({ ...reading, rows: byNumber.get(number) ?? [] }))
      }

      const known = readingOf(request)
      if (known || !list.search) return read(known ?? { match: null, ordering: list.order as Ordering }, owners)
      const isRanked = list.order === 'RELEVANCE'
      const byWords = await read(isRanked ? byRank : { match: 'WORDS', ordering: list.order as Ordering }, owners)
      const without = owners.filter((_owner, place) => byWords[place]!.rows.length === 0)
      if (without.length === 0) return byWords
      const alike = await read(isRanked ? byLikeness : { match: 'ALIKE', ordering: list.order as Ordering }, without)
      return byWords.map((page, place) => (page.rows.length > 0 ? page : alike[without.indexOf(owners[place]!)]!))
    },

    /** Where the words stand in items, by id; with marks, see `partsOf`. */
    async snippets({ text, isTyped }: Search, ids: readonly string[]): Promise<Map<string, MarkedSnippet>> {
      const rows = await snippets.execute({ searchText: text, isTyped, ids: [...ids] })
      return new Map(rows.map((row) => [row.id, row]))
    },

    async isBeyond(
      list: ItemList,
      viewer: string | null,
      reading: Reading,
      side: Side,
      place: Place,
    ): Promise<boolean> {
      const form = { ...formOf(list, viewer, reading.match), ordering: reading.ordering }
      const owner = list.ownerId === null ? undefined : sql`${sql.placeholder('listOwner')}::uuid`
      const values = { ...valuesOf(list, viewer), listOwner: list.ownerId, key: place[2], id: place[3] }
      const kind = `beyond_${side}${owner ? '_of_owner' : ''}`
      return (await run(kind, form, () => beyondStatement(db, form, side, owner), values)).length > 0
    },

    count,

    /** How many items each owner has in the list, in the order of the owners. */
    async countsOfOwners(
      list: ItemList,
      viewer: string | null,
      owners: readonly string[],
      match: Match | null,
    ): Promise<number[]> {
      const form = formOf(list, viewer, match)
      const values = { ...valuesOf(list, viewer), owners: [...owners] }
      const rows = await run('counts_of_owners', form, () => countsOfOwnersStatement(db, form), values)
      const byOwner = new Map(rows.map(({ ownerId, count }) => [ownerId, count]))
      return owners.map((owner) => byOwner.get(owner) ?? 0)
    },
  }
}

/** The place of an item, as its cursor holds it: how the list is read, what it is in the order of there, and the id. */
export function placeOf({ match, ordering }: Reading, { place, id }: ListedItem): Place {
  return [match ?? '', ordering, String(place), id]
}

interface Runnable {
  execute(values: Values): Promise<unknown>
}
interface Statement<Row> {
  prepare(name: string): { execute(values?: Values): Promise<Row[]> }
  execute(values?: Values): Promise<Row[]>
}
type Values = Record<string, unknown>

const byRank: Reading = { match: 'WORDS', ordering: 'RANK' }
const byLikeness: Reading = { match: 'ALIKE', ordering: 'LIKENESS' }

/** Filters whose every value is in a good part of the items, or in an index of its own order. */
const evenlySpread: readonly (keyof ItemFilter)[] = ['visibility']

function readingOf({ after, before }: PageRequest): Reading | null {
  const place = after ?? before
  if (after && before && (after[0] !== before[0] || after[1] !== before[1])) {
    throw new ApiError('BAD_USER_INPUT', 'after and before are not of one reading of the list.', { field: 'before' })
  }
  return place && { match: (place[0] || null) as Match | null, ordering: place[1] as Ordering }
}

// A plan for any words, tags or times is a bad one for most: with these Postgres plans anew each time.
const isPlanned = ({ match, filters }: ListForm) =>
  match === null && filters.every((name) => evenlySpread.includes(name))

const formOf = ({ of, filter }: ItemList, viewer: string | null, match: Match | null): ListForm => ({
  of,
  filters: (Object.keys(filter) as (keyof ItemFilter)[]).sort(),
  match,
  isAnonymous: viewer === null,
})

const pageFormOf = (
  list: ItemList,
  viewer: string | null,
  { match, ordering }: Reading,
  request: PageRequest,
  selected: Selected,
): PageForm => ({
  ...formOf(list, viewer, match),
  ...selected,
  ordering,
  isBackward: request.isBackward,
  hasAfter: request.after !== null,
  hasBefore: request.before !== null,
})

const valuesOf = ({ filter, search }: ItemList, viewer: string | null): Values => ({
  ...filter,
  status: filter.status && `{${filter.status.join()}}`,
  viewer,
  searchText: search?.text,
  isTyped: search?.isTyped,
})

const placesOf = ({ after, before }: PageRequest): Values => ({
  afterKey: after?.[2],
  afterId: after?.[3],
  beforeKey: before?.[2],
  beforeId: before?.[3],
})
