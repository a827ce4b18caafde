import { useMutation, useQuery } from '@urql/vue'
import { computed } from 'vue'
import { ProfileDocument, UpdateMeDocument, type UpdateMeInput } from '../gql/graphql.ts'

/** What the person has told of themselves, and the way to change it. */
export function useProfile() {
  const { data, error, fetching, executeQuery } = useQuery({
    query: ProfileDocument,
    variables: {},
    requestPolicy: 'cache-and-network',
  })
  const { executeMutation } = useMutation(UpdateMeDocument)
  return {
    profile: computed(() => data.value?.me ?? null),
    isLoading: computed(() => !data.value && !error.value && fetching.value),
    error,
    reload: () => executeQuery({ requestPolicy: 'network-only' }),
    update: async (input: UpdateMeInput) => (await executeMutation({ input })).error,
  }
}
