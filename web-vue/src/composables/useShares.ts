import { useMutation, useQuery } from '@urql/vue'
import { computed } from 'vue'
import { RevokeShareDocument, ShareItemDocument, SharesDocument, type ShareItemInput } from '../gql/graphql.ts'

/** With whom an item is shared. What changes that answers with the error, if there was one. */
export function useShares(itemId: string) {
  const { data, error, fetching, executeQuery } = useQuery({
    query: SharesDocument,
    variables: { itemId },
    requestPolicy: 'cache-and-network',
  })
  const { executeMutation: share } = useMutation(ShareItemDocument)
  const { executeMutation: revoke } = useMutation(RevokeShareDocument)

  return {
    shares: computed(() => data.value?.item?.shares ?? null),
    isLoading: computed(() => !data.value && !error.value && fetching.value),
    error,
    reload: () => void executeQuery({ requestPolicy: 'network-only' }),
    share: async (input: Omit<ShareItemInput, 'itemId'>) => (await share({ input: { itemId, ...input } })).error,
    revoke: async (id: string) => (await revoke({ input: { id } })).error,
  }
}
