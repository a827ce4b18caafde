// A subgraph that answers subscriptions itself, over WebSocket (the graphql-transport-ws protocol). One socket for all that
// one identity follows, opened when it is needed and closed when it is not. graphql-ws' own client is not used: it comes
// back by itself after some closings, and nobody would learn what it missed meanwhile.
// @see https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverWebSocket.md
import { randomUUID } from 'node:crypto'
import { GraphQLError } from 'graphql'
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, MessageType, parseMessage, stringifyMessage } from 'graphql-ws'
import type { SubscribePayload } from 'graphql-ws'
import { WebSocket } from 'ws'
import { ApiError } from '../../platform/errors.ts'
import { IDENTITY_HEADER, claimsOf, withoutSession } from '../../platform/identity.ts'
import type { Identity } from '../../platform/identity.ts'
import type { Log } from '../../platform/log.ts'
import { isInternal } from '../errors.ts'
import { errorsOf } from '../execution/fetch-errors.ts'
import type { FetchAnswer } from '../execution/run.ts'
import type { SignIdentity } from '../subgraph-client/subgraph-client.ts'

/** Who is told of what a subgraph sends. */
export interface UpstreamListener {
  /** @param bytes what the answer took to send: what it takes to keep, about */
  next(answer: FetchAnswer, bytes: number): void
  /** Nothing follows. @param failure null where the subgraph has told everything */
  end(failure: GraphQLError | null): void
}

export interface Upstream {
  /** Equal for two that are the same subgraph at the same address. */
  readonly key: string
  /**
   * Follows a subscription of the subgraph, which is never tried again: what happened meanwhile would be missing.
   *
   * @param body the JSON text of a fetch
   * @returns ends it, without a word to the listener
   */
  subscribe(body: string, identity: Identity, listener: UpstreamListener): () => void
  /** Ends everything, without a word to the listeners. */
  close(): void
}

const CONNECT_TIMEOUT_MS = 2_000
/** To be acknowledged, from when the socket is open. */
const ACKNOWLEDGE_TIMEOUT_MS = 3_000
/** Who has not answered a ping by the next one is gone. */
const PING_INTERVAL_MS = 12_000
/** A subgraph that does not answer does not answer that it is left either. */
const CLOSE_TIMEOUT_MS = 1_000
/** Many times an event. More is a fault, and reading it would hold up everybody else. */
const MESSAGE_BYTES_MAX = 1024 * 1024
const CLOSE_NORMAL = 1000

/** @param options.sign null sends no identity: all subscribers share one socket */
export function openUpstream(options: {
  readonly name: string
  /** `ws:` or `wss:` */
  readonly url: string
  readonly sign: SignIdentity | null
  /** Whether it is told which session an identity comes from. */
  readonly isToldSession: boolean
  readonly log: Log
}): Upstream {
  const { name, url, sign, isToldSession, log } = options
  const connections = new Map<string, Connection>()

  function connectionFor(asking: Identity): Connection {
    const identity = isToldSession ? asking : withoutSession(asking)
    const key = sign ? claimsOf(identity) : ''
    let connection = connections.get(key)
    if (!connection) {
      const forget = () => {
        if (connections.get(key) === connection) connections.delete(key)
      }
      connection = connect({
        url,
        // Read once, at the upgrade: the socket is closed before the identity could change.
        headers: sign ? { [IDENTITY_HEADER]: sign({ identity, clientAddress: null }, name) } : {},
        onUnused: forget,
        onLost: (reason) => {
          forget()
          log.warn({ subgraph: name, ...reason }, 'subscriptions of a subgraph were lost')
        },
      })
      connections.set(key, connection)
    }
    return connection
  }

  return {
    key: `${name} ${url}`,
    subscribe: (body, identity, listener) =>
      connectionFor(identity).subscribe(JSON.parse(body) as SubscribePayload, listener),
    close() {
      for (const connection of connections.values()) connection.close()
    },
  }
}

interface Connection {
  subscribe(payload: SubscribePayload, listener: UpstreamListener): () => void
  close(): void
}

function connect(options: {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Nobody follows anything over it any more: it is being closed. */
  readonly onUnused: () => void
  readonly onLost: (reason: { code: number; reason: string; err?: unknown }) => void
}): Connection {
  const { url, headers, onUnused, onLost } = options
  const followed = new Map<string, { readonly payload: SubscribePayload; readonly listener: UpstreamListener }>()
  const socket = new WebSocket(url, GRAPHQL_TRANSPORT_WS_PROTOCOL, {
    headers,
    handshakeTimeout: CONNECT_TIMEOUT_MS,
    maxPayload: MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
  })
  let isAcknowledged = false
  let hasAnsweredPing = true
  let failure: unknown
  let acknowledgeTimer: NodeJS.Timeout | undefined
  let closeTimer: NodeJS.Timeout | undefined
  let pingTimer: NodeJS.Timeout | undefined

  socket.on('open', () => {
    socket.send(stringifyMessage({ type: MessageType.ConnectionInit }))
    acknowledgeTimer = setTimeout(() => {
      close(CloseCode.ConnectionAcknowledgementTimeout, 'Connection acknowledgement timeout')
    }, ACKNOWLEDGE_TIMEOUT_MS)
    pingTimer = setInterval(ping, PING_INTERVAL_MS)
  })
  socket.on('message', (text: Buffer) => {
    try {
      receive(text)
    } catch (error) {
      failure = error
      close(CloseCode.BadResponse, 'Bad response')
    }
  })
  socket.on('error', (error) => (failure = error)) // closed after it
  socket.on('close', (code, reason) => {
    clearTimeout(acknowledgeTimer)
    clearTimeout(closeTimer)
    clearInterval(pingTimer)
    if (followed.size === 0) return
    onLost({ code, reason: String(reason), ...(failure !== undefined && { err: failure }) })
    const listeners = [...followed.values()]
    followed.clear()
    for (const { listener } of listeners) listener.end(unavailable())
  })

  function close(code: number, reason: string): void {
    socket.close(code, reason)
    closeTimer ??= setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS)
  }

  function ping(): void {
    if (!hasAnsweredPing) return socket.terminate()
    hasAnsweredPing = false
    socket.send(stringifyMessage({ type: MessageType.Ping }))
  }

  function receive(text: Buffer): void {
    if (socket.readyState !== socket.OPEN) return // we are closing it
    const message = parseMessage(text.toString())
    switch (message.type) {
      case MessageType.ConnectionAck:
        clearTimeout(acknowledgeTimer)
        isAcknowledged = true
        for (const [id, { payload }] of followed) socket.send(subscribeMessage(id, payload))
        break
      case MessageType.Ping:
        socket.send(stringifyMessage({ type: MessageType.Pong }))
        break
      case MessageType.Pong:
        hasAnsweredPing = true
        break
      case MessageType.Next:
        followed.get(message.id)?.listener.next(message.payload as FetchAnswer, text.byteLength)
        break
      case MessageType.Error:
        remove(message.id)?.end(publicOrUnavailable(errorsOf({ errors: message.payload })))
        break
      case MessageType.Complete:
        remove(message.id)?.end(null)
        break
      default:
        throw new Error(`a server does not send ${message.type}`)
    }
  }

  function remove(id: string): UpstreamListener | undefined {
    const known = followed.get(id)
    followed.delete(id)
    if (known && followed.size === 0) {
      onUnused()
      close(CLOSE_NORMAL, 'Normal Closure')
    }
    return known?.listener
  }

  return {
    subscribe(payload, listener) {
      const id = randomUUID()
      followed.set(id, { payload, listener })
      if (isAcknowledged) socket.send(subscribeMessage(id, payload))
      return () => {
        if (!followed.has(id)) return
        if (isAcknowledged) socket.send(stringifyMessage({ id, type: MessageType.Complete }))
        remove(id)
      }
    },
    close() {
      followed.clear()
      close(CLOSE_NORMAL, 'Normal Closure')
    },
  }
}

function subscribeMessage(id: string, payload: SubscribePayload): string {
  return stringifyMessage({ id, type: MessageType.Subscribe, payload })
}

// A subgraph that refuses with a code says what the client can do. Anything else is between it and the gateway.
function publicOrUnavailable(errors: FetchAnswer['errors']): GraphQLError {
  const told = errors?.find((error) => !isInternal(error))
  return told ? new GraphQLError(told.message, { extensions: told.extensions }) : unavailable()
}

function unavailable(): ApiError {
  return new ApiError('SUBGRAPH_UNAVAILABLE', 'What is followed cannot be had any longer.')
}
