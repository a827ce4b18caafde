// A long list, read page by page.
import { type CombinedError, type OperationResult, type RequestPolicy, type TypedDocumentNode } from '@urql/vue'
import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { onEventGap, useConnection } from './useConnection.ts'

/** A page as the schema has it. Which half of `pageInfo` is there depends on the end at which reading begins. */
export interface Connection<Node> {
  readonly nodes: readonly Node[]
  readonly pageInfo: {
    readonly hasNextPage?: boolean
    readonly endCursor?: string | null
    readonly hasPreviousPage?: boolean
    readonly startCursor?: string | null
  }
}

/** Which page: `first` with `after`, or `last` with `before`. */
export type PageArguments = 'first' | 'after' | 'last' | 'before'

export interface PagesOptions<Data, Variables, Page> {
  readonly document: TypedDocumentNode<Data, Variables>
  /** What the document wants besides the page. When it changes, the list is read from its beginning. */
  readonly variables: () => Omit<Variables, PageArguments>
  readonly connectionOf: (data: Data) => Page | null | undefined
  /** The last page comes first, and more of it is what stands before. @default false */
  readonly fromEnd?: boolean
  /** @default 20 */
  readonly pageSize?: number
}

export interface Pages<Page extends Connection<unknown>, Variables = unknown> {
  /** Those that are there, from the top of the list to its bottom: as events have made them, and as they were answered. */
  readonly pages: ComputedRef<readonly { readonly connection: Page; readonly answered: Page }[]>
  readonly hasMore: ComputedRef<boolean>
  /** Nothing to show yet. */
  readonly isLoading: ComputedRef<boolean>
  readonly isLoadingMore: Ref<boolean>
  /** What the pages were asked for with. */
  readonly shown: Readonly<Ref<Omit<Variables, PageArguments>>>
  /** What is there was asked for with other variables than those that hold by now. */
  readonly isOutdated: ComputedRef<boolean>
  /** Of the newest answer that had one; there may be pages nonetheless. */
  readonly error: ComputedRef<CombinedError | undefined>
  loadMore(): Promise<void>
  readonly isReloading: Ref<boolean>
  /** Reads again what has been loaded so far, and shows it once all of it is there. */
  reload(): Promise<void>
}

interface OpenPage<Data, Page> {
  readonly result: ShallowRef<OperationResult<Data> | undefined>
  /** The connection as it was when the page was read, before any event changed it. */
  readonly answered: ShallowRef<Page | undefined>
  /** Comes with the first answer that has something to show or will not get better. */
  readonly arrived: Promise<void>
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
export function usePages<Data, Variables extends object, Page extends Connection<unknown>>({
  document,
  variables,
  connectionOf,
  fromEnd = false,
  pageSize = PAGE_SIZE,
}: PagesOptions<Data, Variables, Page>): Pages<Page, Variables> {
  const edgeOf = ({ pageInfo }: Page) => (fromEnd ? pageInfo.startCursor : pageInfo.endCursor) ?? null
  const hasMoreOf = ({ pageInfo }: Page) => (fromEnd ? pageInfo.hasPreviousPage : pageInfo.hasNextPage) ?? false
  const { client } = useConnection()
  const open = new Set<OpenPage<Data, Page>>()
  const shown = shallowRef(variables())
  const pages = shallowRef<readonly OpenPage<Data, Page>[]>([openPage(null, pageSize, 'cache-and-network')])
  const isLoadingMore = shallowRef(false)
  const isReloading = shallowRef(false)
  const reloadError = shallowRef<CombinedError>()
  let lastStep = Promise.resolve()
  let reloading: Promise<void> | undefined

  function openPage(
    beyond: string | null,
    size: number,
    requestPolicy: RequestPolicy,
    asked = shown.value,
  ): OpenPage<Data, Page> {
    const result: OpenPage<Data, Page>['result'] = shallowRef()
    const answered: OpenPage<Data, Page>['answered'] = shallowRef()
    const { promise: settled, resolve: settle } = Promise.withResolvers<OperationResult<Data>>()
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
    const place = fromEnd ? { last: size, before: beyond } : { first: size, after: beyond }
    const all = { ...asked, ...place } as unknown as Variables
    const { unsubscribe } = client.query(document, all, { requestPolicy }).subscribe((next) => {
      // An answer that failed altogether takes nothing off the screen.
      result.value = next.data ? next : { ...next, data: result.value?.data }
      const connection = next.data && connectionOf(next.data)
      // Events put things into a page and take them out; where it ends, an answer says alone.
      if (connection && edgeOf(connection) !== (answered.value && edgeOf(answered.value))) answered.value = connection
      if (connection || !next.stale) arrive()
      if (!next.stale) settle(next)
    })
    const page = { result, answered, arrived, settled, close: () => (unsubscribe(), void open.delete(page)) }
    open.add(page)
    return page
  }

  const pageOf = ({ result }: OpenPage<Data, Page>) => (result.value?.data && connectionOf(result.value.data)) ?? null

  const furthest = computed(() => pages.value.map(pageOf).findLast((page) => page !== null))
  const hasMore = computed(() => (furthest.value ? hasMoreOf(furthest.value) : false))

  const loaded = computed(() => {
    const there = pages.value.flatMap((page) => {
      const connection = pageOf(page)
      return connection ? [{ connection, answered: page.answered.value ?? connection }] : []
    })
    return fromEnd ? there.reverse() : there
  })

  /** One after the other: each replaces the pages that it began with. */
  const inTurn = (step: () => Promise<void>) => (lastStep = lastStep.then(step))

  const wanted = computed(() => JSON.stringify(variables()))
  const isOutdated = computed(() => wanted.value !== JSON.stringify(shown.value))
  watch(wanted, () => void inTurn(beginAnew))

  async function beginAnew() {
    if (!isOutdated.value) return
    const asked = variables()
    const page = openPage(null, pageSize, 'cache-and-network', asked)
    await page.arrived
    // Somebody who types has typed on meanwhile: the next turn is for that.
    if (wanted.value !== JSON.stringify(asked)) return page.close()
    for (const { close } of pages.value) close()
    shown.value = asked
    pages.value = [page]
    reloadError.value = undefined
  }

  async function readOn() {
    // Past the cache: it asks for nothing that it has just failed to get, and a second attempt would wait for ever.
    const next = openPage(furthest.value ? edgeOf(furthest.value) : null, pageSize, 'network-only')
    await next.settled
    const failed = pages.value.filter((page) => !pageOf(page))
    for (const page of failed) page.close()
    pages.value = [...pages.value.filter(pageOf), next]
  }

  async function readAgain() {
    const count = loaded.value.reduce((sum, { connection }) => sum + connection.nodes.length, 0)
    const fresh: OpenPage<Data, Page>[] = []
    let read = 0
    let last: Page | null = null
    do {
      const size = Math.min(Math.max(count - read, pageSize), LARGEST_PAGE_SIZE)
      const page = openPage(last && edgeOf(last), size, 'network-only')
      fresh.push(page)
      const { error } = await page.settled
      last = pageOf(page)
      if (!last) {
        for (const { close } of fresh) close()
        reloadError.value = error
        return
      }
      read += last.nodes.length
    } while (read < count && hasMoreOf(last))
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
    pages: loaded,
    hasMore,
    isLoading: computed(() => pages.value.every(({ result }) => !result.value)),
    isLoadingMore,
    shown,
    isOutdated,
    error: computed(
      () => reloadError.value ?? pages.value.map(({ result }) => result.value?.error).findLast((error) => error),
    ),
    loadMore,
    isReloading,
    reload,
  }
}
