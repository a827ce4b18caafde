// A long list of items, kept true by events and in order while items change.
import type { TypedDocumentNode } from '@urql/vue'
import { computed, type ComputedRef } from 'vue'
import type { ItemCardFragment, ItemOrder, ItemPageFragment, SnippetFragment } from '../gql/graphql.ts'
import { comparisonOf } from '../item-order.ts'
import type { ListQuery } from '../list-query.ts'
import { isDeleted } from './useItemActions.ts'
import { usePages, type PageArguments, type Pages } from './usePages.ts'

export interface ItemList extends Omit<Pages<ItemPageFragment>, 'pages' | 'shown'> {
  /** In their order, each once. */
  readonly items: ComputedRef<readonly ItemCardFragment[]>
  /** The order that they are in. */
  readonly order: ComputedRef<ItemOrder>
  /** Whether the list was asked for by words. */
  readonly isSearched: ComputedRef<boolean>
  /** Whether it holds items of one kind alone. */
  readonly isFiltered: ComputedRef<boolean>
  /** Where the words of the search stand, by the id of the item. */
  readonly snippets: ComputedRef<ReadonlyMap<string, SnippetFragment>>
  /** Nothing holds the words: these are items whose name looks alike. */
  readonly isApproximate: ComputedRef<boolean>
}

type AskedFor = 'filter' | 'search' | 'orderBy' | 'isSearch' | 'first' | 'after'

export interface ItemListOptions<Data, Variables> {
  readonly document: TypedDocumentNode<Data, Variables>
  /** What the document wants besides the page and the query. */
  readonly variables?: Omit<Variables, AskedFor>
  readonly query: () => ListQuery
  readonly connectionOf: (data: Data) => ItemPageFragment | null | undefined
}

interface ListVariables {
  readonly filter?: object
  readonly search?: string
  readonly orderBy?: ItemOrder
  readonly isSearch: boolean
}

export function useItemList<Data, Variables extends object>({
  document,
  variables,
  query,
  connectionOf,
}: ItemListOptions<Data, Variables>): ItemList {
  const { pages, shown, ...list } = usePages<Data, Variables, ItemPageFragment>({
    document,
    variables: () => ({ ...variables, ...variablesOf(query()) }) as unknown as Omit<Variables, PageArguments>,
    connectionOf,
  })
  const asked = computed(() => shown.value as unknown as ListVariables)
  const order = computed(() => asked.value.orderBy ?? (asked.value.search ? 'RELEVANCE' : 'CREATED_DESC'))

  const items = computed(() => {
    const loaded = pages.value.flatMap(({ connection }) => connection.nodes).filter(({ id }) => !isDeleted(id))
    const unique = [...new Map(loaded.map((item) => [item.id, item])).values()]
    const compare = comparisonOf(order.value)
    if (!compare) return unique
    const last = pages.value.at(-1)?.answered.nodes.at(-1)
    const answered = new Set(pages.value.flatMap(({ answered: { nodes } }) => nodes.map(({ id }) => id)))
    // An event may speak of an item further down than has been read: it comes with its page.
    const isRead = (item: ItemCardFragment) => answered.has(item.id) || compare(item, last!) <= 0
    return (list.hasMore.value && last ? unique.filter(isRead) : unique).sort(compare)
  })

  const snippets = computed(() => {
    const edges = pages.value.flatMap(({ connection }) => connection.edges ?? [])
    return new Map(edges.flatMap(({ node, snippet }) => (snippet ? [[node.id, snippet]] : [])))
  })

  return {
    ...list,
    items,
    order,
    isSearched: computed(() => asked.value.search !== undefined),
    isFiltered: computed(() => asked.value.filter !== undefined),
    snippets,
    isApproximate: computed(() => pages.value.some(({ connection }) => connection.isApproximate)),
  }
}

// What is not asked for is left out: the cache would keep `null` and nothing apart.
function variablesOf({ search, statuses, tags, visibility, ownerId, orderBy }: ListQuery): ListVariables {
  const filter = {
    ...(statuses.length > 0 && { status: statuses }),
    ...(tags.length > 0 && { tags }),
    ...(visibility && { visibility }),
    ...(ownerId && { ownerId }),
  }
  return {
    ...(Object.keys(filter).length > 0 && { filter }),
    ...(search && { search }),
    ...(orderBy && { orderBy }),
    isSearch: search !== '',
  }
}
