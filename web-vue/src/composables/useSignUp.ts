import { useMutation, type CombinedError } from '@urql/vue'
import { RegisterDocument } from '../gql/graphql.ts'
import { useSignIn } from './useSignIn.ts'
import { useToasts } from './useToasts.ts'

interface NewAccount {
  readonly username: string
  readonly email: string
  readonly password: string
}

/** Opens an account and signs in to it, where that has not to wait until the address is verified. */
export function useSignUp() {
  const { executeMutation: register } = useMutation(RegisterDocument)
  const { signIn } = useSignIn()
  const { toast } = useToasts()

  return async function signUp({
    username,
    email: typed,
    password,
  }: NewAccount): Promise<{ error?: CombinedError; needsVerification?: boolean }> {
    const email = typed.trim()
    const { data, error } = await register({ input: { username, email, password } })
    if (!data?.register) return { error }
    if (data.register.needsVerification) return { needsVerification: true }
    const refused = await signIn({ email, password })
    if (!refused) toast({ text: 'Welcome. We have sent a mail to verify your address.' })
    return { error: refused }
  }
}
