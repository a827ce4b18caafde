import { useQuery } from '@urql/vue'
import { computed } from 'vue'
import { ItemDocument } from '../gql/graphql.ts'
import { hasCode } from '../urql/errors.ts'
import { onEventGap } from './useConnection.ts'

/** One item, kept up to date while it is shown. */
export function useItem(id: string) {
  const { data, error, fetching, executeQuery } = useQuery({
    query: ItemDocument,
    variables: { id },
    requestPolicy: 'cache-and-network',
  })
  const reload = () => executeQuery({ requestPolicy: 'network-only' })
  onEventGap(reload)

  const item = computed(() => data.value?.item ?? null)
  return {
    item,
    isLoading: computed(() => !data.value && !error.value && fetching.value),
    /** It is not there, or not for this reader: the gateway does not tell which. Or it has just gone. */
    isMissing: computed(() => !item.value && (hasCode(error.value, 'NOT_FOUND') || data.value?.item === null)),
    error,
    reload,
  }
}
