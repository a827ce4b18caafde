import { useMutation, useQuery } from '@urql/vue'
import { computed, shallowRef } from 'vue'
import {
  ApiKeysDocument,
  CreateApiKeyDocument,
  RevokeApiKeyDocument,
  RotateApiKeyDocument,
  type CreateApiKeyInput,
} from '../gql/graphql.ts'

/** Keys of programs that act for the person. What changes them answers with the error, if there was one. */
export function useApiKeys() {
  const { data, error, fetching, executeQuery } = useQuery({
    query: ApiKeysDocument,
    variables: {},
    requestPolicy: 'cache-and-network',
  })
  const { executeMutation: create } = useMutation(CreateApiKeyDocument)
  const { executeMutation: rotate } = useMutation(RotateApiKeyDocument)
  const { executeMutation: revoke } = useMutation(RevokeApiKeyDocument)
  const reload = () => void executeQuery({ requestPolicy: 'network-only' })
  /** The key that was made last, until it is put away: it is nowhere else. */
  const shown = shallowRef<{ name: string; key: string } | null>(null)

  function show(made: { apiKey: { name: string }; key: string } | null | undefined) {
    if (!made) return
    shown.value = { name: made.apiKey.name, key: made.key }
    reload()
  }

  return {
    keys: computed(() => data.value?.me?.apiKeys ?? null),
    isLoading: computed(() => !data.value && !error.value && fetching.value),
    error,
    reload,
    shown,
    createKey: async (input: CreateApiKeyInput) => {
      const answer = await create({ input })
      show(answer.data?.createApiKey)
      return answer.error
    },
    rotateKey: async (id: string) => {
      const answer = await rotate({ id })
      show(answer.data?.rotateApiKey)
      return answer.error
    },
    revokeKey: async (id: string) => {
      const answer = await revoke({ id })
      if (!answer.error) reload()
      return answer.error
    },
  }
}
