// GraphQL over WebSocket (the graphql-transport-ws protocol), on the gateway's own port and path. Subscriptions go to the
// hub; queries and mutations through the same pipeline as over HTTP.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import { GraphQLError } from 'graphql'
import type { ExecutionArgs, ExecutionResult } from 'graphql'
import { CloseCode } from 'graphql-ws'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import type { Log } from '../../platform/log.ts'
import type { ReadToken, VerifiedToken } from '../access-token.ts'
import { thrownErrors } from '../errors.ts'
import { operationKind, parseDocument } from '../operations/operations.ts'
import type { OperationRequest } from '../operations/operations.ts'
import type { RequestContext } from '../request-context.ts'
import type { LoadedSupergraph } from '../supergraph.ts'
import type { Hub } from './hub.ts'
import { prepareSubscription } from './operation.ts'

/** A message holds one operation and its variables. */
const MESSAGE_BYTES_MAX = 64 * 1024
/** Enough for every part of a page, and a bound on what one socket can make us do. */
const SUBSCRIPTIONS_PER_SOCKET_MAX = 100
const INITIALISATION_TIMEOUT_MS = 3_000
const PING_INTERVAL_MS = 12_000
/** setTimeout takes no more. A token that lives longer is looked at again then. */
const TIMER_MAX_MS = 2 ** 31 - 1
/** "Service Restart": clients come back, to another process if there is one. */
const CLOSE_SERVICE_RESTART = 1012

export interface WebSocketOptions {
  readonly path: string
  /** The supergraph that is served at the moment of the call. */
  readonly supergraph: () => LoadedSupergraph
  readonly hub: Hub
  readonly readToken: ReadToken
  readonly clientAddress: (request: IncomingMessage) => string
  readonly isAllowedOrigin: (request: IncomingMessage) => boolean
  /** Runs a query or mutation as over HTTP. */
  readonly run: (request: OperationRequest, context: RequestContext) => Promise<ExecutionResult>
  readonly log: Log
}

/** What `onSubscribe` leaves for the execution that graphql-ws asks for next. */
interface Prepared {
  readonly start: () => Promise<AsyncGenerator<unknown, void, void> | ExecutionResult>
}

/** @returns ends every socket with a code that makes clients come back */
export function serveWebSockets(server: Server, options: WebSocketOptions): { close(): Promise<void> } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX })
  const tokens = new WeakMap<WebSocket, VerifiedToken>()

  const graphqlWs = useServer<
    { authorization?: unknown; Authorization?: unknown },
    { socket: WebSocket; request: IncomingMessage }
  >(
    {
      connectionInitWaitTimeout: INITIALISATION_TIMEOUT_MS,
      // A token that does not verify closes the socket as Forbidden, after which clients come back with a fresh one.
      onConnect: async ({ connectionParams, extra }) => {
        const authorization = connectionParams?.authorization ?? connectionParams?.Authorization
        const token = await options
          .readToken(typeof authorization === 'string' ? authorization : undefined)
          .catch(() => null)
        if (!token) return false
        tokens.set(extra.socket, token)
        closeWhenExpired(extra.socket, token.expiresAtMs)
        return true
      },
      onSubscribe: async (connection, _id, request) => {
        if (Object.keys(connection.subscriptions).length > SUBSCRIPTIONS_PER_SOCKET_MAX) {
          const message = `At most ${SUBSCRIPTIONS_PER_SOCKET_MAX} operations at a time on one socket.`
          return [new GraphQLError(message, { extensions: { code: 'OPERATION_TOO_COMPLEX' } })]
        }
        const context: RequestContext = {
          requestId: randomUUID(),
          identity: tokens.get(connection.extra.socket)!.identity,
          clientAddress: options.clientAddress(connection.extra.request),
        }
        try {
          return await prepare(request, context)
        } catch (error) {
          return thrownErrors(error, context.requestId, options.log).map(
            ({ message, extensions }) => new GraphQLError(message, { extensions }),
          )
        }
      },
      execute: (args) => (args.contextValue as Prepared).start() as Promise<ExecutionResult>,
      subscribe: async (args) => {
        const { start } = (args as ExecutionArgs).contextValue as Prepared
        return start() as Promise<AsyncGenerator<ExecutionResult, void, void>>
      },
      // As it is: graphql-ws would ask each error for a method that plain JSON does not have.
      onNext: (_connection, _id, _request, _args, result) => result as ExecutionResult,
    },
    sockets,
    PING_INTERVAL_MS,
  )

  // The shape that graphql-ws wants is the one graphql-js executes; it only looks at the kind of operation in it.
  async function prepare(request: OperationRequest, context: RequestContext) {
    const supergraph = options.supergraph()
    const document = parseDocument(request.query)
    let prepared: Prepared
    if (operationKind(request, document) === 'subscription') {
      const operation = await prepareSubscription(supergraph, request, context)
      prepared = { start: () => options.hub.follow(operation, context) }
    } else {
      prepared = { start: () => options.run(request, context) }
    }
    return {
      schema: supergraph.graph.apiSchema,
      document,
      operationName: request.operationName,
      contextValue: prepared,
    }
  }

  server.on('upgrade', (request, socket, head) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname !== options.path) return refuseUpgrade(socket, '404 Not Found')
    if (!options.isAllowedOrigin(request)) return refuseUpgrade(socket, '403 Forbidden')
    sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request))
  })

  return {
    close: async () => {
      for (const socket of sockets.clients) socket.close(CLOSE_SERVICE_RESTART, 'Service restart')
      await graphqlWs.dispose()
    },
  }
}

function closeWhenExpired(socket: WebSocket, expiresAtMs: number): void {
  if (expiresAtMs === Infinity) return
  const leftMs = expiresAtMs - Date.now()
  const timer = setTimeout(
    () =>
      leftMs > TIMER_MAX_MS
        ? closeWhenExpired(socket, expiresAtMs)
        : socket.close(CloseCode.Forbidden, 'Token expired'),
    Math.min(leftMs, TIMER_MAX_MS),
  )
  socket.once('close', () => clearTimeout(timer))
}

function refuseUpgrade(socket: NodeJS.WritableStream & { destroy?(): void }, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
