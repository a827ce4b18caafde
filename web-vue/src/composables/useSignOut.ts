import { useMutation } from '@urql/vue'
import { LogoutDocument } from '../gql/graphql.ts'
import { describe } from '../urql/errors.ts'
import { useSession } from './useSession.ts'
import { useToasts } from './useToasts.ts'

/** Ends the session here and at the server, which alone can take the cookie back. Says so when it cannot be reached. */
export function useSignOut() {
  const { leave } = useSession()
  const { toast } = useToasts()
  const { executeMutation: logout } = useMutation(LogoutDocument)

  return async function signOut() {
    const error = await leave(async () => (await logout({})).error)
    if (error) toast({ text: `You are still signed in. ${describe(error)}`, tone: 'bad' })
  }
}
