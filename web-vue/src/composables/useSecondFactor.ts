import { useMutation, useQuery } from '@urql/vue'
import { computed, shallowRef } from 'vue'
import {
  BeginSecondFactorDocument,
  ConfirmSecondFactorDocument,
  RemoveSecondFactorDocument,
  RenewRecoveryCodesDocument,
  SecondFactorDocument,
} from '../gql/graphql.ts'

/** The person's second factor, and its life. What changes it answers with the error, if there was one. */
export function useSecondFactor() {
  const { data, error, fetching, executeQuery } = useQuery({
    query: SecondFactorDocument,
    variables: {},
    requestPolicy: 'cache-and-network',
  })
  const reload = () => void executeQuery({ requestPolicy: 'network-only' })
  const { executeMutation: begin } = useMutation(BeginSecondFactorDocument)
  const { executeMutation: confirm } = useMutation(ConfirmSecondFactorDocument)
  const { executeMutation: renew } = useMutation(RenewRecoveryCodesDocument)
  const { executeMutation: remove } = useMutation(RemoveSecondFactorDocument)
  /** What an authenticator app has to be given, while it is set up. */
  const offered = shallowRef<{ secret: string; uri: string } | null>(null)
  /** Recovery codes that were just made, until they are put away: they are nowhere else. */
  const shownCodes = shallowRef<readonly string[] | null>(null)

  function show(codes: readonly string[] | undefined) {
    if (!codes) return
    offered.value = null
    shownCodes.value = codes
    reload()
  }

  return {
    secondFactor: computed(() => data.value?.me?.secondFactor ?? null),
    /** Whether it is known if there is one. */
    isKnown: computed(() => Boolean(data.value?.me)),
    isLoading: computed(() => !data.value && !error.value && fetching.value),
    error,
    reload,
    offered,
    shownCodes,
    begin: async (password: string) => {
      const answer = await begin({ password })
      offered.value = answer.data?.beginSecondFactor ?? null
      return answer.error
    },
    confirm: async (code: string) => {
      const answer = await confirm({ code })
      show(answer.data?.confirmSecondFactor?.recoveryCodes)
      return answer.error
    },
    renew: async (code: string) => {
      const answer = await renew({ code })
      show(answer.data?.renewRecoveryCodes?.recoveryCodes)
      return answer.error
    },
    remove: async (input: { password: string; code: string }) => {
      const answer = await remove({ input })
      if (!answer.error) reload()
      return answer.error
    },
  }
}

export type SecondFactorActions = ReturnType<typeof useSecondFactor>
