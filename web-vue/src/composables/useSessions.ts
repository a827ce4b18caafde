import { useMutation, useQuery, useSubscription } from '@urql/vue'
import { computed } from 'vue'
import {
  LogoutEverywhereDocument,
  RevokeSessionDocument,
  SessionChangedDocument,
  SessionsDocument,
} from '../gql/graphql.ts'
import { onEventGap } from './useConnection.ts'
import { useSession } from './useSession.ts'

/** The person's logins, read again with each thing that happens to one of them. */
export function useSessions() {
  const { leave } = useSession()
  const { data, error, fetching, executeQuery } = useQuery({
    query: SessionsDocument,
    variables: {},
    requestPolicy: 'cache-and-network',
  })
  const reload = () => void executeQuery({ requestPolicy: 'network-only' })
  useSubscription({ query: SessionChangedDocument, variables: {} }, (_before: unknown, event) => (reload(), event))
  onEventGap(reload)

  const { executeMutation: revoke } = useMutation(RevokeSessionDocument)
  const { executeMutation: logoutEverywhere } = useMutation(LogoutEverywhereDocument)

  return {
    sessions: computed(() => data.value?.me?.sessions ?? null),
    isLoading: computed(() => !data.value && !error.value && fetching.value),
    error,
    reload,
    /** Each answers with the error, if there was one. */
    revokeSession: async (id: string) => {
      const { error: refused } = await revoke({ id })
      if (!refused) reload()
      return refused
    },
    signOutEverywhere: () => leave(async () => (await logoutEverywhere({})).error),
  }
}
