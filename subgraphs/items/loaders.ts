// What turns many lookups of one request into one statement.
import DataLoader from 'dataloader'
import { rowsById } from '../../platform/rows-by-id.ts'
import type { Reader } from './access.ts'
import type { CommentList, CommentsOf, ListedComment } from './comment-reader.ts'
import type { MarkedSnippet, ReadPage, Reading } from './item-list-reader.ts'
import type { ItemList, Search } from './item-lists.ts'
import type { PageRequest } from './pages.ts'
import type { Selected } from './selected-columns.ts'
import type { ItemRow, ItemStore } from './store.ts'
import type { VersionKey, VersionRow } from './versions.ts'

export type ItemLoaders = ReturnType<typeof itemLoaders>

/**
 * Loaders for one request. Made in the context and nowhere else: one that lives longer would show one person's rows to
 * another.
 */
export function itemLoaders(
  store: Pick<ItemStore, 'findByIds' | 'lists' | 'versions' | 'shares' | 'comments' | 'activities' | 'people'>,
  { id: viewer }: Reader,
) {
  const { lists, versions, shares, comments, activities, people } = store
  return {
    /** An item by id, deleted ones too, or null where there is none. One statement, however many together. */
    itemById: byId((ids): Promise<ItemRow[]> => store.findByIds(viewer, ids)),

    /** A page of an owner's list. As many statements as forms of list are asked for, however many owners. */
    pageOfOwner: grouped(
      ({ list, request, selected }: { list: OwnersList; request: PageRequest; selected: Selected }) => [
        { ...list, ownerId: null },
        request,
        selected,
      ],
      (wanted, { list, request, selected }): Promise<ReadPage[]> =>
        lists.pagesOfOwners(list, viewer, ownersOf(wanted), request, selected),
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

    /** With whom an item is shared. */
    sharesOfItem: new DataLoader((itemIds: readonly string[]) => shares.ofItems(itemIds)),

    /** A comment by id, or null where there is none. Whether its item may be seen is not asked. */
    commentById: byId((ids) => comments.byIds(ids)),

    pageOfComments: grouped(
      ({ of, request }: { of: CommentsOf; parentId: string; request: PageRequest }) => [of, request],
      (wanted, { of, request }): Promise<ListedComment[][]> => comments.pages(of, parentsOf(wanted), request),
    ),

    /** How many comments are in a list, and where it ends. */
    commentList: grouped(
      ({ of }: { of: CommentsOf; parentId: string }) => of,
      (wanted, { of }): Promise<CommentList[]> => comments.lists(of, parentsOf(wanted)),
    ),

    /** An activity of the viewer's feed by id. */
    activityById: byId((ids) => (viewer === null ? Promise.resolve([]) : activities.byIds(viewer, ids))),

    /** An account that is there. */
    personById: byId((ids) => people.byIds(ids)),
  }
}

interface OwnersList extends ItemList {
  readonly ownerId: string
}

const parentsOf = (wanted: readonly { readonly parentId: string }[]) => wanted.map(({ parentId }) => parentId)

const byId = <Row extends { readonly id: string }>(find: (ids: readonly string[]) => Promise<readonly Row[]>) =>
  new DataLoader<string, Row | null>(rowsById(find))

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
