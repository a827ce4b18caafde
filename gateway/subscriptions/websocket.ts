// GraphQL over WebSocket (the graphql-transport-ws protocol), on the gateway's own port and path. graphql-ws speaks the
// protocol; the frames of events are put together here, around a text that all subscribers of a group share.
// @see https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverWebSocket.md
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import { GraphQLError, buildSchema, parse } from 'graphql'
import type { ExecutionArgs, ExecutionResult } from 'graphql'
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import type { Log } from '../../platform/log.ts'
import type { VerifiedToken } from '../access-token.ts'
import type { Credentials } from '../credentials.ts'
import { isUnavailable, thrownErrors } from '../errors.ts'
import { operationKind, parseDocument } from '../operations/operations.ts'
import type { OperationRequest } from '../operations/operations.ts'
import type { RequestContext } from '../request-context.ts'
import type { LoadedSupergraph } from '../supergraph.ts'
import type { Membership, Subscriber } from './group.ts'
import type { Hub } from './hub.ts'
import { prepareSubscription } from './operation.ts'
import { positionOfAll } from './position.ts'
import { CLOSE_TRY_AGAIN_LATER, openSocket } from './socket.ts'
import type { Socket } from './socket.ts'

/** A message holds one operation and its variables. */
const MESSAGE_BYTES_MAX = 64 * 1024
/** Enough for every part of a page, and a bound on what one socket can make us do. */
const SUBSCRIPTIONS_PER_SOCKET_MAX = 100
const INITIALISATION_TIMEOUT_MS = 3_000
/** Proxies close a connection on which nothing happens. Who has not answered a ping by the next one is gone. */
const PING_INTERVAL_S = 12
/** When a gateway ends, its clients come back to others: not all in the same moment. */
const CLOSING_JITTER_MS = 1_000
/** "Service Restart": clients come back, to another process if there is one. */
const CLOSE_SERVICE_RESTART = 1012

export interface WebSocketOptions {
  readonly path: string
  /** The supergraph that is served at the moment of the call. */
  readonly supergraph: () => LoadedSupergraph
  readonly hub: Hub
  readonly credentials: Credentials
  readonly clientAddress: (request: IncomingMessage) => string
  readonly isAllowedOrigin: (request: IncomingMessage) => boolean
  /** Runs a query or mutation as over HTTP. @returns the JSON text of its result */
  readonly run: (request: OperationRequest, context: RequestContext) => Promise<string>
  readonly log: Log
}

/** One of each kind for all operations: a document for each subscriber would be most of what a subscriber takes. */
const documents = {
  query: parse('query { __typename }'),
  mutation: parse('mutation { __typename }'),
  subscription: parse('subscription { __typename }'),
}
/** Of no supergraph: one that was swapped would be kept for as long as what was followed then. */
const schema = buildSchema('type Query { none: Boolean }')

/** What belongs to one socket. */
interface Connection {
  readonly socket: Socket
  readonly clientAddress: string
  readonly userAgent: string | null
  /** Null before it is initialised. */
  token: VerifiedToken | null
  /** What it follows. */
  readonly memberships: Set<Membership>
  /** Subscriptions that were asked for and do not follow yet: where these stand is not known. */
  starting: number
  /** Aborts when the socket is closed: queries still under way for it are dropped. */
  readonly left: AbortController
  hasAnsweredPing: boolean
  /**
   * Whether it has answered any: what a client sends again when it comes back arrives before that. Until then, a position
   * would be beyond what it is still to be told.
   */
  hasAnsweredOnce: boolean
}

/** What `onSubscribe` leaves for the execution that graphql-ws asks for next. */
interface Prepared {
  readonly start: () => Promise<AsyncGenerator<ExecutionResult, void, void>>
}

/** @returns ends every socket with a code that makes clients come back */
export function serveWebSockets(server: Server, options: WebSocketOptions): { close(): Promise<void> } {
  const { hub, credentials, log } = options
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX, handleProtocols })
  const pings = makePings(hub)
  let isClosing = false

  const graphqlWs = makeServer<{ authorization?: unknown; Authorization?: unknown }, Connection>({
    connectionInitWaitTimeout: INITIALISATION_TIMEOUT_MS,
    // A token that does not verify closes the socket as Forbidden, after which clients come back with a fresh one.
    onConnect: async ({ connectionParams, extra: connection }) => {
      const authorization = connectionParams?.authorization ?? connectionParams?.Authorization
      const { socket } = connection
      try {
        const given = typeof authorization === 'string' ? authorization : undefined
        connection.token = await credentials.read(given, connection.clientAddress)
      } catch (error) {
        // Nobody can say whether the token is good: the same one may be, later.
        if (isUnavailable(error)) socket.close(CLOSE_TRY_AGAIN_LATER, 'Try again later')
        return false
      }
      socket.onClosed(
        credentials.whenEnded(connection.token, (how) => socket.close(CloseCode.Forbidden, `Token ${how}`)),
      )
      const position = hub.position()
      return position === '' ? true : { position }
    },
    onPong: ({ extra: connection }) => {
      connection.hasAnsweredPing = connection.hasAnsweredOnce = true
    },
    onSubscribe: async (protocol, id, request) => {
      const { subscriptions, extra: connection } = protocol
      const operations = Math.max(Object.keys(subscriptions).length, connection.memberships.size + 1)
      if (operations > SUBSCRIPTIONS_PER_SOCKET_MAX) {
        const message = `At most ${SUBSCRIPTIONS_PER_SOCKET_MAX} operations at a time on one socket.`
        return [new GraphQLError(message, { extensions: { code: 'OPERATION_TOO_COMPLEX' } })]
      }
      const token = connection.token!
      const context: RequestContext = {
        requestId: randomUUID(),
        identity: token.identity,
        apiKey: token.apiKey,
        clientAddress: connection.clientAddress,
        client: { userAgent: connection.userAgent, cookies: null },
        left: connection.left.signal,
      }
      try {
        credentials.check(token)
        return await prepare(connection, id, request, context, () => id in protocol.subscriptions)
      } catch (error) {
        return refusal(error, context)
      }
    },
    execute: (args) => (args.contextValue as Prepared).start(),
    subscribe: (args) => ((args as ExecutionArgs).contextValue as Prepared).start(),
  })

  // The shape that graphql-ws wants is the one graphql-js executes; it only looks at the kind of operation in it, and holds
  // on to it for as long as a subscription lasts.
  async function prepare(
    connection: Connection,
    id: string,
    request: OperationRequest,
    context: RequestContext,
    isWanted: () => boolean,
  ) {
    const kind = operationKind(request, parseDocument(request.query))
    const prepared: Prepared = { start: await prepareStart(kind) }
    return { schema, document: documents[kind], contextValue: prepared }

    async function prepareStart(kind: 'query' | 'mutation' | 'subscription'): Promise<Prepared['start']> {
      const beginning = `{"id":${JSON.stringify(id)},"type":"next","payload":`
      const send = (text: string) => {
        if (isWanted()) connection.socket.send(`${beginning}${text}}`)
      }
      if (kind !== 'subscription') {
        return async () => {
          send(await options.run(request, context))
          return ended()
        }
      }
      // What happens while it is prepared is not missed: for instance that it may no longer be seen.
      const now = hub.position()
      connection.starting += 1
      const prepared = await prepareSubscription(options.supergraph(), request, context).catch((error: unknown) => {
        connection.starting -= 1
        throw error
      })
      let operation: typeof prepared | null = prepared
      return async () => {
        const lifetime = makeLifetime(() => {
          if (!membership) return
          connection.memberships.delete(membership)
          membership.leave()
        })
        const subscriber: Subscriber = {
          next: send,
          flushed: () => connection.socket.flushed(),
          complete: () => void lifetime.return(),
        }
        let membership: Membership | undefined
        try {
          const following = hub.follow(operation!, context, request.extensions?.['after'] ?? now, subscriber)
          operation = null // it has the supergraph as well
          membership = await following
        } catch (error) {
          send(JSON.stringify({ errors: thrownErrors(error, context.requestId, log) }))
          return ended()
        } finally {
          connection.starting -= 1
        }
        if (context.left?.aborted) membership.leave()
        else connection.memberships.add(membership)
        return lifetime
      }
    }
  }

  function refusal(error: unknown, { requestId }: RequestContext): GraphQLError[] {
    return thrownErrors(error, requestId, log).map(
      ({ message, extensions }) => new GraphQLError(message, { extensions }),
    )
  }

  function open(webSocket: WebSocket, request: IncomingMessage): void {
    const connection: Connection = {
      socket: openSocket(webSocket),
      clientAddress: options.clientAddress(request),
      userAgent: request.headers['user-agent'] ?? null,
      token: null,
      memberships: new Set(),
      starting: 0,
      left: new AbortController(),
      hasAnsweredPing: true,
      hasAnsweredOnce: false,
    }
    const closed = graphqlWs.opened(
      {
        protocol: webSocket.protocol,
        send: (frame) => connection.socket.send(frame),
        close: (code, reason) => connection.socket.close(code ?? CloseCode.InternalServerError, reason ?? ''),
        onMessage: (handle) =>
          webSocket.on('message', (message: Buffer) => {
            if (webSocket.readyState !== webSocket.OPEN) return // it is being closed, for what was sent before or since
            handle(message.toString()).catch((error: unknown) => {
              if (isOfServer(error)) return connection.socket.close(CloseCode.BadRequest, 'Invalid message received')
              log.error({ err: error }, 'message on a socket failed')
              connection.socket.close(CloseCode.InternalServerError, 'Internal server error')
            })
          }),
      },
      connection,
    )
    connection.socket.onClosed(pings.add(connection))
    webSocket.once('close', (code, reason) => {
      connection.left.abort()
      void closed(code, reason.toString())
      // graphql-ws knows the last operation of an id alone, where a client used one again before it was free.
      for (const membership of connection.memberships) membership.leave()
    })
  }

  server.on('upgrade', (request, socket, head) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname !== options.path) return refuseUpgrade(socket, '404 Not Found')
    if (isClosing) return refuseUpgrade(socket, '503 Service Unavailable')
    if (!options.isAllowedOrigin(request)) return refuseUpgrade(socket, '403 Forbidden')
    sockets.handleUpgrade(request, socket, head, (webSocket) => open(webSocket, request))
  })

  return {
    close: async () => {
      isClosing = true
      pings.end()
      const closings = [...sockets.clients].map(async (socket) => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * CLOSING_JITTER_MS))
        socket.close(CLOSE_SERVICE_RESTART, 'Service restart')
      })
      await Promise.all(closings)
      sockets.close()
    },
  }
}

// Pings of all sockets, a part of them each second. A ping tells the client where it stands: whoever comes back after an
// hour of silence has nothing to read again.
function makePings(hub: Hub): { add(connection: Connection): () => void; end(): void } {
  const parts = Array.from({ length: PING_INTERVAL_S }, () => new Set<Connection>())
  let second = 0
  let added = 0

  const timer = setInterval(() => {
    second = (second + 1) % PING_INTERVAL_S
    for (const connection of parts[second]!) ping(connection)
  }, 1_000)

  function ping(connection: Connection): void {
    if (!connection.hasAnsweredPing) return connection.socket.terminate()
    if (!connection.token) return // not initialised: it has no say yet
    connection.hasAnsweredPing = false
    const isKnown = connection.hasAnsweredOnce && connection.starting === 0
    const position = isKnown ? positionOfAll(hub.position(), connection.memberships) : ''
    connection.socket.send(position === '' ? '{"type":"ping"}' : `{"type":"ping","payload":{"position":"${position}"}}`)
  }

  return {
    add(connection) {
      const part = parts[added++ % PING_INTERVAL_S]!
      part.add(connection)
      return () => part.delete(connection)
    },
    end: () => clearInterval(timer),
  }
}

// What graphql-ws holds for as long as a subscription lasts. Its results take another way.
function makeLifetime(onEnd: () => void): AsyncGenerator<ExecutionResult, void, void> {
  const { promise: end, resolve } = Promise.withResolvers<IteratorResult<ExecutionResult, void>>()
  const done = { value: undefined, done: true } as const
  let isEnded = false
  const lifetime: AsyncGenerator<ExecutionResult, void, void> = {
    next: () => end,
    async return() {
      if (!isEnded) onEnd()
      isEnded = true
      resolve(done)
      return done
    },
    async throw(error) {
      await lifetime.return()
      throw error
    },
    [Symbol.asyncIterator]: () => lifetime,
    [Symbol.asyncDispose]: async () => void (await lifetime.return()),
  }
  return lifetime
}

async function* ended(): AsyncGenerator<ExecutionResult, void, void> {}

// A message of the protocol that servers send: graphql-ws takes it for a fault of its own.
function isOfServer(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unexpected message of type')
}

function refuseUpgrade(socket: NodeJS.WritableStream & { destroy?(): void }, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
