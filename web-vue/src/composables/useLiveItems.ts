import { useSubscription } from '@urql/vue'
import { inject, onScopeDispose, provide, shallowReactive, watch, type InjectionKey } from 'vue'
import { ItemsChangedDocument, type ItemsChangedSubscription, type ItemsScope } from '../gql/graphql.ts'
import { useConnection } from './useConnection.ts'
import { useSession } from './useSession.ts'

const key: InjectionKey<ReadonlySet<string>> = Symbol('arrivals')

/** How long an item counts as just arrived. */
const ARRIVAL_MS = 6_000
/** A subscription that the gateway ended, rather than the network, is asked for again after this. */
const RETRY_MS = 10_000

/**
 * Follows what happens to items, for the whole app: the cache (urql/cache.ts) carries each event to the lists and pages
 * that show the item. What happens while the socket does not stand is told when it does again; what cannot be told any
 * more is read again by the lists.
 */
export function provideLiveItems() {
  const { socket } = useConnection()
  const { isSignedIn } = useSession()
  const scopes: readonly ItemsScope[] = isSignedIn.value ? ['PUBLIC', 'MINE'] : ['PUBLIC']
  const arrivals = shallowReactive(new Set<string>())
  const timers = new Set<ReturnType<typeof setTimeout>>()
  provide(key, arrivals)
  onScopeDispose(() => timers.forEach(clearTimeout))

  function after(ms: number, run: () => void) {
    const timer = setTimeout(() => (timers.delete(timer), run()), ms)
    timers.add(timer)
  }

  function onEvent({ itemsChanged: { kind, itemId } }: ItemsChangedSubscription) {
    if (kind !== 'CREATED') return
    arrivals.add(itemId)
    after(ARRIVAL_MS, () => arrivals.delete(itemId))
  }

  for (const scope of scopes) {
    const { fetching, executeSubscription } = useSubscription(
      { query: ItemsChangedDocument, variables: { scope } },
      (_before: unknown, event) => onEvent(event),
    )
    watch(fetching, (isFollowing) => {
      if (isFollowing) return
      after(RETRY_MS, () => {
        executeSubscription()
        socket.reportGap()
      })
    })
  }
}

/** The ids of items that came into being in the last seconds. */
export const useArrivals = (): ReadonlySet<string> => inject(key, new Set<string>())
