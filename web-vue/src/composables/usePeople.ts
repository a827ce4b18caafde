import { useQuery } from '@urql/vue'
import { computed, shallowRef, watch } from 'vue'
import { PeopleDocument, type Role } from '../gql/graphql.ts'

const PAGE_SIZE = 20

export interface PeopleFilter {
  readonly search: string
  /** Null: whatever role. */
  readonly role: Role | null
}

/**
 * Accounts for those who look after them, a page at a time, newest first.
 *
 * @param isAdmin whether the reader may see more of an account than everybody
 */
export function usePeople(filter: () => PeopleFilter, isAdmin: () => boolean) {
  /** Where the pages before this one began, the first one's null among them. */
  const starts = shallowRef<readonly (string | null)[]>([null])
  watch([() => filter().search, () => filter().role], () => (starts.value = [null]), { flush: 'sync' })

  const { data, error, fetching, executeQuery } = useQuery({
    query: PeopleDocument,
    variables: () => ({
      first: PAGE_SIZE,
      after: starts.value.at(-1) ?? null,
      search: filter().search || null,
      role: filter().role,
      isAdmin: isAdmin(),
    }),
    requestPolicy: 'cache-and-network',
  })
  const pageInfo = computed(() => data.value?.users?.pageInfo)

  return {
    people: computed(() => data.value?.users?.nodes ?? null),
    isLoading: computed(() => !data.value && !error.value && fetching.value),
    error,
    reload: () => executeQuery({ requestPolicy: 'network-only' }),
    hasPrevious: computed(() => starts.value.length > 1),
    hasNext: computed(() => pageInfo.value?.hasNextPage ?? false),
    previous: () => (starts.value = starts.value.slice(0, -1)),
    next: () => (starts.value = [...starts.value, pageInfo.value?.endCursor ?? null]),
  }
}
