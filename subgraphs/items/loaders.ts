// What turns many lookups of one request into one statement.
import DataLoader from 'dataloader'
import { isUuid } from '../../platform/input.ts'
import type { Reader } from './access.ts'
import type { MarkedSnippet, ReadPage, Reading } from './item-list-reader.ts'
import type { ItemList, Search } from './item-lists.ts'
import type { PageRequest } from './pages.ts'
import type { ItemRow, ItemStore } from './store.ts'
import type { VersionKey, VersionRow } from './versions.ts'

export type ItemLoaders = ReturnType<typeof itemLoaders>

/**
 * Loaders for one request. Made in the context and nowhere else: one that lives longer would show one person's rows to
 * another.
 */
export function itemLoaders(store: Pick<ItemStore, 'findByIds' | 'lists' | 'versions'>, { id: viewer }: Reader) {
  const { lists, versions } = store
  return {
    /** An item by id, deleted ones too, or null where there is none. One statement, however many together. */
    itemById: new DataLoader<string, ItemRow | null>(async (ids) => {
      const uuids = ids.filter(isUuid)
      const rows = uuids.length > 0 ? await store.findByIds(viewer, uuids) : []
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => byId.get(id) ?? null)
    }),

    /** A page of an owner's list. As many statements as forms of list are asked for, however many owners. */
    pageOfOwner: grouped(
      ({ list, request }: { list: OwnersList; request: PageRequest }) => [{ ...list, ownerId: null }, request],
      (wanted, { list, request }): Promise<ReadPage[]> => lists.pagesOfOwners(list, viewer, ownersOf(wanted), request),
    ),

    /** How many items are in an owner's list. */
    countOfOwner: grouped(
      ({ list, reading }: { list: OwnersList; reading: Reading }) => [{ ...list, ownerId: null }, reading.match],
      (wanted, { list, reading }) => lists.countsOfOwners(list, viewer, ownersOf(wanted), reading.match),
    ),

    snippet: grouped(
      ({ search }: { search: Search; id: string }) => search,
      async (wanted, { search }): Promise<(MarkedSnippet | null)[]> => {
        const ids = wanted.map(({ id }) => id)
        const byId = await lists.snippets(search, ids)
        return ids.map((id) => byId.get(id) ?? null)
      },
    ),

    version: new DataLoader<VersionKey, VersionRow | null, string>((keys) => versions.byKeys(keys), {
      cacheKeyFn: ({ itemId, version }) => `${itemId} ${version}`,
    }),

    pageOfVersions: grouped(
      ({ request }: { itemId: string; request: PageRequest }) => request,
      (wanted, { request }) =>
        versions.pages(
          wanted.map(({ itemId }) => itemId),
          request,
        ),
    ),

    /** How many versions of an item there are, and which. */
    versionExtremes: new DataLoader((itemIds: readonly string[]) => versions.extremes(itemIds)),
  }
}

interface OwnersList extends ItemList {
  readonly ownerId: string
}

const ownersOf = (wanted: readonly { readonly list: OwnersList }[]) => wanted.map(({ list }) => list.ownerId)

/**
 * A loader for lookups that go together only if they are alike in something.
 *
 * @param likeness what has to be equal
 * @param load looks up what is alike; is given one of them beside them all
 */
function grouped<Wanted, Found>(
  likeness: (wanted: Wanted) => unknown,
  load: (alike: readonly Wanted[], one: Wanted) => Promise<readonly Found[]>,
): DataLoader<Wanted, Found, string> {
  return new DataLoader<Wanted, Found, string>(
    async (all) => {
      const groups = Map.groupBy(all, (wanted) => JSON.stringify(likeness(wanted)))
      const found = new Map<Wanted, Found>()
      await Promise.all(
        Array.from(groups.values(), async (alike) => {
          const ofGroup = await load(alike, alike[0]!)
          for (const [place, wanted] of alike.entries()) found.set(wanted, ofGroup[place]!)
        }),
      )
      return all.map((wanted) => found.get(wanted)!)
    },
    { cacheKeyFn: (wanted) => JSON.stringify(wanted) },
  )
}
