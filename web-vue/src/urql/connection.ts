// One person's line to the gateway: an urql client with a cache of its own, and a socket. A sign-in or a sign-out makes a
// new one, so that nothing one person was shown is left for the next. Tokens come and go within it.
import { authExchange } from '@urql/exchange-auth'
import { Client, fetchExchange, subscriptionExchange, type Operation } from '@urql/vue'
import type { Session } from '../session/session.ts'
import { makeCache } from './cache.ts'
import { hasCode } from './errors.ts'
import { eventsAfterAnswers } from './events-after-answers.ts'
import { fetchWithDeadline } from './fetch.ts'
import { openSocket, type Socket } from './socket.ts'

export interface Connection {
  readonly client: Client
  readonly socket: Socket
  close(): void
}

export interface ConnectionOptions {
  /** Null for an anonymous reader. */
  readonly session: Session | null
  /** Where the gateway answers, without a scheme. @default the host the page came from */
  readonly host?: string
}

/** Given with a mutation that needs a second factor. */
export const ELEVATED = { isElevated: true }

export function openConnection({ session, host = location.host }: ConnectionOptions): Connection {
  const isSecure = location.protocol === 'https:'
  const socket = openSocket({ url: `${isSecure ? 'wss' : 'ws'}://${host}/graphql`, session })
  const client = new Client({
    url: `${isSecure ? 'https' : 'http'}://${host}/graphql`,
    preferGetMethod: false,
    fetch: fetchWithDeadline,
    exchanges: [
      makeCache(),
      eventsAfterAnswers,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables, operationName }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables, operationName }, sink) }),
        }),
      }),
      ...(session ? [withToken(session)] : []),
      fetchExchange,
    ],
  })
  return { client, socket, close: socket.close }
}

// Waits for a token where there is none that is good, and repeats once what the gateway refused for want of one.
function withToken(session: Session) {
  return authExchange(async ({ appendHeaders }) => ({
    addAuthToOperation: (operation) => {
      const token = (operation.context.isElevated && session.elevatedToken()) || session.token.value
      return token ? appendHeaders(operation, { authorization: `Bearer ${token}` }) : operation
    },
    willAuthError: () => !session.isFresh(),
    didAuthError: (error, operation) => {
      const isRefused = hasCode(error, 'UNAUTHENTICATED') || error.response?.status === 401
      if (isRefused) session.refuse(tokenOf(operation))
      return isRefused
    },
    refreshAuth: async () => void (await session.accessToken()),
  }))
}

function tokenOf({ context: { fetchOptions } }: Operation): string {
  const { headers } = (typeof fetchOptions === 'function' ? fetchOptions() : fetchOptions) ?? {}
  return new Headers(headers).get('authorization')?.replace(/^Bearer /, '') ?? ''
}
