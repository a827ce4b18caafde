// One person's line to the gateway: an urql client with a cache of its own, and a socket. A sign-in or a sign-out makes a
// new one, so that nothing one person was shown is left for the next.
import { Client, fetchExchange, getOperationName, mapExchange, subscriptionExchange } from '@urql/vue'
import { MeDocument } from '../gql/graphql.ts'
import { makeCache } from './cache.ts'
import { hasCode } from './errors.ts'
import { openSocket, type Socket } from './socket.ts'

export interface Connection {
  readonly client: Client
  readonly socket: Socket
  close(): void
}

export interface ConnectionOptions {
  /** Access token; null for an anonymous reader. */
  readonly token: string | null
  /** Called when the gateway no longer takes the token. */
  readonly onTokenRefused: () => void
  /** Where the gateway answers, without a scheme. @default the host the page came from */
  readonly host?: string
}

export function openConnection({ token, onTokenRefused, host = location.host }: ConnectionOptions): Connection {
  const isSecure = location.protocol === 'https:'
  let isOpen = true

  const socket = openSocket({
    url: `${isSecure ? 'wss' : 'ws'}://${host}/graphql`,
    token,
    // A closed socket gives a number and no reason; asked over HTTP, the gateway says whether it is the token.
    onRefused: () => {
      if (isOpen && token) void client.query(MeDocument, {}, { requestPolicy: 'network-only' }).toPromise()
    },
  })

  const client = new Client({
    url: `${isSecure ? 'https' : 'http'}://${host}/graphql`,
    preferGetMethod: false,
    fetch: fetchWithDeadline,
    fetchOptions: token ? { headers: { authorization: `Bearer ${token}` } } : {},
    exchanges: [
      makeCache(),
      mapExchange({
        onError: (error, { query }) => {
          // A wrong password has the same code, and says nothing about the token.
          const isRefusal = hasCode(error, 'UNAUTHENTICATED') || error.response?.status === 401
          if (isOpen && token && isRefusal && getOperationName(query) !== 'Login') onTokenRefused()
        },
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables, operationName }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables, operationName }, sink) }),
        }),
      }),
    ],
  })

  return {
    client,
    socket,
    close: () => {
      isOpen = false
      socket.close()
    },
  }
}

// Longer than the gateway's own deadline: this one is for a network that swallows what is sent.
const DEADLINE_MS = 30_000

const fetchWithDeadline: typeof fetch = (input, init) => {
  const signals = [init?.signal, AbortSignal.timeout(DEADLINE_MS)].filter((signal) => signal != null)
  return fetch(input, { ...init, signal: AbortSignal.any(signals) })
}
