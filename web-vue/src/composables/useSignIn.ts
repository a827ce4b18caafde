import { CombinedError, useMutation } from '@urql/vue'
import { useRoute, useRouter } from 'vue-router'
import { LoginDocument, type LoginInput } from '../gql/graphql.ts'
import { returnPath } from '../router.ts'
import { useSession } from './useSession.ts'

/** Signs in, then goes to where the way to sign in began. Answers with the error, if there was one. */
export function useSignIn() {
  const route = useRoute()
  const router = useRouter()
  const { start } = useSession()
  const { executeMutation: login } = useMutation(LoginDocument)

  return async function signIn(input: LoginInput): Promise<CombinedError | undefined> {
    const { data, error } = await login({ input })
    if (!data?.login) return error ?? new CombinedError({ networkError: new Error('The answer is empty.') })
    const next = returnPath(route)
    start(data.login.accessToken, data.login.expiresIn)
    await router.replace(next)
  }
}
