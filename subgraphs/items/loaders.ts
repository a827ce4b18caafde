// What turns many lookups of one request into one statement.
import DataLoader from 'dataloader'
import { isUuid } from '../../platform/input.ts'
import type { Reader } from './access.ts'
import type { ListedItem, PageRequest } from './pages.ts'
import type { ItemRow, ItemStore } from './store.ts'

export type ItemLoaders = ReturnType<typeof itemLoaders>

interface OwnersPageRequest extends PageRequest {
  readonly ownerId: string
}

/**
 * Loaders for one request. Made in the context and nowhere else: one that lives longer would show one person's rows to
 * another.
 */
export function itemLoaders(store: Pick<ItemStore, 'findByIds' | 'findPagesOfOwners'>, { id: viewer }: Reader) {
  return {
    /** An item by id, deleted ones too, or null where there is none. One statement, however many together. */
    itemById: new DataLoader<string, ItemRow | null>(async (ids) => {
      const uuids = ids.filter(isUuid)
      const rows = uuids.length > 0 ? await store.findByIds(viewer, uuids) : []
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => byId.get(id) ?? null)
    }),

    /** A page of an owner's items that the viewer may read, and one more. One statement, however many owners. */
    itemsOfOwner: new DataLoader<OwnersPageRequest, ListedItem[], string>(
      (wanted) => store.findPagesOfOwners(viewer, wanted),
      { cacheKeyFn: (wanted) => JSON.stringify(wanted) },
    ),
  }
}
