import { inject, onScopeDispose, provide, shallowReactive, type InjectionKey } from 'vue'
import { ItemsChangedDocument, type ItemsChangedSubscription, type ItemsScope } from '../gql/graphql.ts'
import { useFollowed } from './useFollowed.ts'
import { useSession } from './useSession.ts'

const key: InjectionKey<ReadonlySet<string>> = Symbol('arrivals')

/** How long an item counts as just arrived. */
const ARRIVAL_MS = 6_000

/** Follows what happens to items, for the whole app. */
export function provideLiveItems() {
  const { isSignedIn } = useSession()
  const scopes: readonly ItemsScope[] = isSignedIn.value ? ['PUBLIC', 'MINE', 'SHARED'] : ['PUBLIC']
  const arrivals = shallowReactive(new Set<string>())
  const timers = new Set<ReturnType<typeof setTimeout>>()
  provide(key, arrivals)
  onScopeDispose(() => timers.forEach(clearTimeout))

  function onEvent({ itemsChanged: { kind, itemId } }: ItemsChangedSubscription) {
    if (kind !== 'CREATED') return
    arrivals.add(itemId)
    const timer = setTimeout(() => (timers.delete(timer), arrivals.delete(itemId)), ARRIVAL_MS)
    timers.add(timer)
  }

  for (const scope of scopes) useFollowed(ItemsChangedDocument, { scope }, onEvent)
}

/** The ids of items that came into being in the last seconds. */
export const useArrivals = (): ReadonlySet<string> => inject(key, new Set<string>())
