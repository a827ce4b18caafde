import { CombinedError, useMutation } from '@urql/vue'
import { useRoute, useRouter } from 'vue-router'
import { LoginDocument, RestoreMeDocument, type LoginInput } from '../gql/graphql.ts'
import { returnPath } from '../router.ts'
import { grantOf } from '../session/refresh.ts'
import { useSession } from './useSession.ts'

/** Both answer with the error, if there was one, and go to where the way to sign in began, if there was none. */
export function useSignIn() {
  const route = useRoute()
  const router = useRouter()
  const { start } = useSession()
  const { executeMutation: login } = useMutation(LoginDocument)
  const { executeMutation: restore } = useMutation(RestoreMeDocument)

  async function enter(granted: Parameters<typeof grantOf>[0] | null | undefined, error: CombinedError | undefined) {
    if (!granted) return error ?? new CombinedError({ networkError: new Error('The answer is empty.') })
    const next = returnPath(route)
    start(grantOf(granted))
    await router.replace(next)
  }

  const inputOf = ({ email, password, code }: LoginInput): LoginInput => ({
    email,
    password,
    ...(code && { code }),
    keepRefreshToken: 'COOKIE',
  })

  return {
    signIn: async (input: LoginInput) => {
      const { data, error } = await login({ input: inputOf(input) })
      return enter(data?.login, error)
    },
    /** Takes the deletion of the account back as well. */
    restoreAccount: async (input: LoginInput) => {
      const { data, error } = await restore({ input: inputOf(input) })
      return enter(data?.restoreMe, error)
    },
  }
}
