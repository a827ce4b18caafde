import { useQuery } from '@urql/vue'
import { computed } from 'vue'
import { PersonDocument } from '../gql/graphql.ts'
import { hasCode } from '../urql/errors.ts'
import { useSession } from './useSession.ts'

/** Somebody's public profile. */
export function usePerson(id: string) {
  const { seesAccounts } = useSession()
  const { data, error, fetching, executeQuery } = useQuery({
    query: PersonDocument,
    variables: () => ({ id, seesAccounts: seesAccounts.value }),
  })
  const person = computed(() => data.value?.user ?? null)
  return {
    person,
    isLoading: computed(() => !data.value && !error.value && fetching.value),
    isMissing: computed(() => !person.value && hasCode(error.value, 'NOT_FOUND')),
    error,
    reload: () => executeQuery({ requestPolicy: 'network-only' }),
  }
}
