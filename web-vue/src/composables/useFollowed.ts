import { useSubscription, type AnyVariables, type TypedDocumentNode } from '@urql/vue'
import { onScopeDispose, watch } from 'vue'
import { useConnection } from './useConnection.ts'

/** A subscription that the gateway ended, rather than the network, is asked for again after this. */
const RETRY_MS = 10_000

/**
 * Follows a subscription for as long as the component is there. The cache (urql/cache.ts) carries each event to whatever
 * shows what it is about. What happens while the socket does not stand is told when it does again; what cannot be told any
 * more is read again by the lists.
 */
export function useFollowed<Event, Variables extends AnyVariables>(
  query: TypedDocumentNode<Event, Variables>,
  variables: Variables,
  onEvent?: (event: Event) => void,
) {
  const { socket } = useConnection()
  let timer: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(timer))

  const { fetching, executeSubscription } = useSubscription<Event, Event, Variables>(
    { query, variables } as Parameters<typeof useSubscription<Event, Event, Variables>>[0],
    (_before, event) => (onEvent?.(event), event),
  )
  watch(fetching, (isFollowing) => {
    if (isFollowing) return
    timer = setTimeout(() => {
      executeSubscription()
      socket.reportGap()
    }, RETRY_MS)
  })
}
