import { useQuery } from '@urql/vue'
import { computed } from 'vue'
import { MeDocument } from '../gql/graphql.ts'
import { useSession } from './useSession.ts'

/** The account that is signed in; null for an anonymous reader, and until the first answer. */
export function useMe() {
  const { isSignedIn } = useSession()
  const { data } = useQuery({ query: MeDocument, variables: {}, pause: computed(() => !isSignedIn.value) })
  return computed(() => data.value?.me ?? null)
}
