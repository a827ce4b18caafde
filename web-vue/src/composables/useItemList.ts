// A long list of items, read page by page and kept true by events.
import { type CombinedError, type OperationResult, type RequestPolicy, type TypedDocumentNode } from '@urql/vue'
import { computed, onScopeDispose, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { ItemCardFragment, ItemPageFragment } from '../gql/graphql.ts'
import { isDeleted } from './useItemActions.ts'
import { onEventGap, useConnection } from './useConnection.ts'

export interface ItemList {
  /** Newest first, each once. */
  readonly items: ComputedRef<readonly ItemCardFragment[]>
  readonly hasMore: ComputedRef<boolean>
  /** Nothing to show yet. */
  readonly isLoading: ComputedRef<boolean>
  readonly isLoadingMore: Ref<boolean>
  /** Of the newest answer that had one; there may be items nonetheless. */
  readonly error: ComputedRef<CombinedError | undefined>
  loadMore(): Promise<void>
  readonly isReloading: Ref<boolean>
  /** Reads again what has been loaded so far, and shows it once all of it is there. */
  reload(): Promise<void>
}

interface PageVariables {
  readonly first: number
  readonly after?: string | null
}

export interface ItemListOptions<Data, Variables extends PageVariables> {
  readonly document: TypedDocumentNode<Data, Variables>
  /** What the document wants besides the page. */
  readonly variables: Omit<Variables, keyof PageVariables>
  readonly connectionOf: (data: Data) => ItemPageFragment | null | undefined
}

interface Page<Data> {
  readonly result: ShallowRef<OperationResult<Data> | undefined>
  /** Comes with the first answer that is not only from the cache. */
  readonly settled: Promise<OperationResult<Data>>
  close(): void
}

const PAGE_SIZE = 20
/** The most the gateway gives at once. */
const LARGEST_PAGE_SIZE = 100

/**
 * Each page is a live query of its own. The pages are kept here and not merged by the cache (Graphcache's
 * `relayPagination`), because after a lost connection they must be replaced together: a first page read again no longer
 * ends where the second one begins.
 */
export function useItemList<Data, Variables extends PageVariables>(
  options: ItemListOptions<Data, Variables>,
): ItemList {
  const { client } = useConnection()
  const open = new Set<Page<Data>>()
  const pages = shallowRef<readonly Page<Data>[]>([openPage(null, PAGE_SIZE, 'cache-and-network')])
  const isLoadingMore = shallowRef(false)
  const isReloading = shallowRef(false)
  const reloadError = shallowRef<CombinedError>()
  let lastStep = Promise.resolve()
  let reloading: Promise<void> | undefined

  function openPage(after: string | null, first: number, requestPolicy: RequestPolicy): Page<Data> {
    const result: Page<Data>['result'] = shallowRef()
    const { promise: settled, resolve: settle } = Promise.withResolvers<OperationResult<Data>>()
    const variables = { ...options.variables, first, after } as unknown as Variables
    const { unsubscribe } = client.query(options.document, variables, { requestPolicy }).subscribe((next) => {
      // An answer that failed altogether takes nothing off the screen.
      result.value = next.data ? next : { ...next, data: result.value?.data }
      if (!next.stale) settle(next)
    })
    const page = { result, settled, close: () => (unsubscribe(), void open.delete(page)) }
    open.add(page)
    return page
  }

  const connectionOf = ({ result }: Page<Data>) => result.value?.data && options.connectionOf(result.value.data)
  const lastConnection = computed(() => pages.value.map(connectionOf).findLast(Boolean))
  const hasMore = computed(() => lastConnection.value?.pageInfo.hasNextPage ?? false)

  const items = computed(() => {
    const loaded = pages.value.map((page) => connectionOf(page)?.nodes.filter(({ id }) => !isDeleted(id)) ?? [])
    const newestFirst = [...new Map(loaded.flat().map((item) => [item.id, item])).values()].sort(byAge)
    // An event may speak of an item further down than has been read: it comes with its page.
    const oldest = loaded.findLast((nodes) => nodes.length > 0)?.at(-1)
    return hasMore.value && oldest ? newestFirst.filter((item) => byAge(item, oldest) <= 0) : newestFirst
  })

  /** One after the other: each replaces the pages that it began with. */
  const inTurn = (step: () => Promise<void>) => (lastStep = lastStep.then(step))

  async function readOn() {
    // Past the cache: it asks for nothing that it has just failed to get, and a second attempt would wait for ever.
    const next = openPage(lastConnection.value?.pageInfo.endCursor ?? null, PAGE_SIZE, 'network-only')
    await next.settled
    const failed = pages.value.filter((page) => !connectionOf(page))
    for (const page of failed) page.close()
    pages.value = [...pages.value.filter(connectionOf), next]
  }

  async function readAgain() {
    const wanted = items.value.length
    const fresh: Page<Data>[] = []
    let count = 0
    let end: ItemPageFragment['pageInfo'] | undefined
    do {
      const size = Math.min(Math.max(wanted - count, PAGE_SIZE), LARGEST_PAGE_SIZE)
      const page = openPage(end?.endCursor ?? null, size, 'network-only')
      fresh.push(page)
      const { error } = await page.settled
      const connection = connectionOf(page)
      if (!connection) {
        for (const { close } of fresh) close()
        reloadError.value = error
        return
      }
      count += connection.nodes.length
      end = connection.pageInfo
    } while (count < wanted && end.hasNextPage)
    for (const { close } of pages.value) close()
    pages.value = fresh
    reloadError.value = undefined
  }

  async function loadMore() {
    if (isLoadingMore.value) return
    isLoadingMore.value = true
    await inTurn(readOn)
    isLoadingMore.value = false
  }

  function reload() {
    isReloading.value = true
    return (reloading ??= inTurn(readAgain).finally(() => {
      reloading = undefined
      isReloading.value = false
    }))
  }

  onEventGap(reload)
  onScopeDispose(() => {
    for (const page of open) page.close()
  })

  return {
    items,
    hasMore,
    isLoading: computed(() => pages.value.every(({ result }) => !result.value)),
    isLoadingMore,
    error: computed(
      () => reloadError.value ?? pages.value.map(({ result }) => result.value?.error).findLast((error) => error),
    ),
    loadMore,
    isReloading,
    reload,
  }
}

// Moments are written with a fixed number of digits, so text order is time order. Equal ones stay in the server's order.
const byAge = (one: ItemCardFragment, other: ItemCardFragment) =>
  one.createdAt === other.createdAt ? 0 : one.createdAt > other.createdAt ? -1 : 1
