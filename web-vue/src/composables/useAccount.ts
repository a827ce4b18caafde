import { useMutation, useQuery } from '@urql/vue'
import { computed } from 'vue'
import {
  AccountDocument,
  DeleteUserDocument,
  SetUserRolesDocument,
  UpdateUserDocument,
  type Role,
  type UpdateUserInput,
} from '../gql/graphql.ts'
import { hasCode } from '../urql/errors.ts'
import { useStepUp } from './useStepUp.ts'

/** Somebody's account, for those who manage accounts. What changes it answers with the error, if there was one. */
export function useAccount(id: string) {
  const { elevated } = useStepUp()
  const { data, error, fetching, executeQuery } = useQuery({
    query: AccountDocument,
    variables: { id, isAdmin: true },
    requestPolicy: 'cache-and-network',
  })
  const { executeMutation: update } = useMutation(UpdateUserDocument)
  const { executeMutation: setRoles } = useMutation(SetUserRolesDocument)
  const { executeMutation: remove } = useMutation(DeleteUserDocument)
  const account = computed(() => data.value?.user ?? null)

  return {
    account,
    isLoading: computed(() => !data.value && !error.value && fetching.value),
    isMissing: computed(() => !account.value && hasCode(error.value, 'NOT_FOUND')),
    error,
    reload: () => executeQuery({ requestPolicy: 'network-only' }),
    update: (change: Omit<UpdateUserInput, 'id'>) =>
      elevated((context) => update({ input: { id, ...change }, isAdmin: true }, context)),
    setRoles: (roles: readonly Role[]) =>
      elevated((context) => setRoles({ input: { id, roles: [...roles] }, isAdmin: true }, context)),
    remove: () => elevated((context) => remove({ id }, context)),
  }
}
