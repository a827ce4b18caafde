// Goes on with a session: the browser sends the refresh token in its cookie, which no script can read.
import { Client, fetchExchange, formatDocument, mapExchange } from '@urql/vue'
import { RefreshSessionDocument } from '../gql/graphql.ts'
import { hasCode } from '../urql/errors.ts'
import { fetchWithDeadline } from '../urql/fetch.ts'

/** What a login, or its continuation, is answered with. */
export interface Grant {
  readonly token: string
  readonly userId: string
  /** Seconds the token is good for, from now on. */
  readonly expiresInS: number
}

interface Granted {
  readonly accessToken: string
  readonly expiresIn: number
  readonly user: { readonly id: string }
}

export const grantOf = ({ accessToken, expiresIn, user }: Granted): Grant => ({
  token: accessToken,
  userId: user.id,
  expiresInS: expiresIn,
})

/**
 * Outside of every connection: it is what each of them waits for.
 *
 * @returns null when there is no session to go on with, or no longer
 * @throws CombinedError when the gateway gives no answer to that
 */
export async function refreshSession(): Promise<Grant | null> {
  const client = new Client({
    url: `${location.origin}/graphql`,
    preferGetMethod: false,
    fetch: fetchWithDeadline,
    // Formatted as the cache of a connection would, since the manifest lists documents in that form.
    exchanges: [
      mapExchange({ onOperation: (operation) => ({ ...operation, query: formatDocument(operation.query) }) }),
      fetchExchange,
    ],
  })
  const { data, error } = await client.mutation(RefreshSessionDocument, {}).toPromise()
  if (data?.refreshSession) return grantOf(data.refreshSession)
  if (hasCode(error, 'UNAUTHENTICATED')) return null
  throw error ?? new Error('The answer is empty.')
}
