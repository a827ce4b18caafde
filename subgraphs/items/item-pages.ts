// Connections of items: the page that a client asks for, and what belongs to it.
import type { FieldInfo } from '../../platform/selected-fields.ts'
import type { ItemsContext } from './context.ts'
import { placeOf } from './item-list-reader.ts'
import type { ListedItem, ReadPage } from './item-list-reader.ts'
import { isOfNobody, nameOf } from './item-lists.ts'
import type { ItemList } from './item-lists.ts'
import { readPageRequest, toPage } from './pages.ts'
import type { Edge, Page, PageArguments } from './pages.ts'
import { selectedOf } from './selected-columns.ts'

export interface ItemPage extends Page<ListedItem> {
  readonly list: ItemList
  /** Whether it holds what looks like the words of a search, for want of the words. */
  readonly isApproximate: boolean
}

export interface ListedEdge extends Edge<ListedItem> {
  readonly page: ItemPage
}

/**
 * @param info of the field that answers with the page
 * @throws ApiError BAD_USER_INPUT for an argument of the page
 */
export async function itemPage(
  list: ItemList,
  args: PageArguments,
  { cursors, loaders, reader, store }: ItemsContext,
  info: FieldInfo,
): Promise<ItemPage> {
  const name = nameOf(list)
  const request = readPageRequest(args, cursors, name)
  const selected = selectedOf(info)
  // Items of one owner are likely to be asked for together with those of others.
  const { ownerId } = list
  const ofOwner = ownerId !== null && list.of !== 'TRASH' ? { ...list, ownerId } : null

  const read: ReadPage = isOfNobody(list)
    ? { match: null, ordering: 'CREATED_DESC', rows: [] }
    : await (ofOwner
        ? loaders.pageOfOwner.load({ list: ofOwner, request, selected })
        : store.lists.page(list, reader.id, request, selected))
  const reading = { match: read.match, ordering: read.ordering }

  const page = toPage(read.rows, request, {
    cursorOf: (row) => cursors.write(name, placeOf(reading, row)),
    isBeyond: (side, place) => store.lists.isBeyond(list, reader.id, reading, side, place),
    countAll: () => {
      if (isOfNobody(list)) return 0
      return ofOwner
        ? loaders.countOfOwner.load({ list: ofOwner, reading })
        : store.lists.count(list, reader.id, reading.match)
    },
  })
  return { ...page, list, isApproximate: reading.match === 'ALIKE' }
}
