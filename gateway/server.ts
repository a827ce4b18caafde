// Fastify in front: who may call from where, what is served on which path, and which transport a request asked for.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import compress from '@fastify/compress'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import proxyAddress from '@fastify/proxy-addr'
import staticFiles from '@fastify/static'
import { fastify } from 'fastify'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError } from 'graphql'
import type { GatewayConfig } from '../platform/config.ts'
import { drainOnClose } from '../platform/drain.ts'
import type { Log } from '../platform/log.ts'
import type { VerifiedToken } from './access-token.ts'
import { clientErrorHandler } from './client-errors.ts'
import type { Credentials } from './credentials.ts'
import { devPages } from './dev-pages.ts'
import { publicError } from './errors.ts'
import { checkRequest, requestError } from './graphql-over-http.ts'
import type { GraphQLServer } from './graphql-server.ts'
import { healthRoutes } from './health.ts'
import { openingQuery } from './playground/opening-query.ts'
import { playgroundRoutes } from './playground/playground.ts'
import { rateLimitHeaders, tighter } from './rate-limits/count.ts'
import type { RateLimitState } from './rate-limits/count.ts'
import type { ClientCookies, RequestContext } from './request-context.ts'
import type { Hub } from './subscriptions/hub.ts'
import { serveEventStream, wantsEventStream } from './subscriptions/sse.ts'
import { operationKind } from './operations/operations.ts'
import type { OperationRequest } from './operations/operations.ts'
import { serveWebSockets } from './subscriptions/websocket.ts'
import type { SupergraphSource } from './supergraph.ts'

/** Operations with their variables. A client that needs more sends files, or too much. */
const BODY_BYTES_MAX = 256 * 1024
/** Answers below this gain nothing from compression. */
const COMPRESS_FROM_BYTES = 1_024
/** A client that takes longer to send its headers holds a socket for nothing. They fit into one packet. */
const HEADERS_TIMEOUT_MS = 10_000
/** The same for all of its request. */
const REQUEST_TIMEOUT_MS = 30_000
/** How often these two are looked at: Node does so every 30 s, which would make twice the time of them. */
const TIMEOUTS_CHECKED_MS = 1_000
/** Longer than load balancers keep their connections, so that they, not we, end them. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000

const GRAPHQL_PATH = '/graphql'
/** Answers are data for whoever asked: no page, nothing to be kept or looked into by others. */
const ANSWER_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
}

/** Headers of ours that pages of other origins may read. */
const EXPOSED_HEADERS = ['x-request-id', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after']

export interface ServerParts {
  readonly config: GatewayConfig
  readonly supergraph: SupergraphSource
  readonly graphql: GraphQLServer
  readonly hub: Hub
  readonly credentials: Credentials
  readonly isReady: () => boolean
  /** Whether who is asking can be known: false when there has been no word of revocations for long. */
  readonly knowsWhoAsks: () => boolean
  readonly log: Log
}

/** @returns where it listens, and what ends it: running requests are answered first */
export async function startServer(parts: ServerParts): Promise<{ url: string; close(): Promise<void> }> {
  const { config, supergraph, graphql, hub, credentials, log } = parts
  const closing = new AbortController()
  const server = fastify({
    bodyLimit: BODY_BYTES_MAX,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: TIMEOUTS_CHECKED_MS },
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    clientErrorHandler: clientErrorHandler(KEEP_ALIVE_TIMEOUT_MS),
    forceCloseConnections: 'idle',
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    genReqId: () => randomUUID(),
    logger: false, // operations are logged with what they were, not as requests
  })

  const drain = drainOnClose(server)

  server.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    // The client left while its answer was being compressed: nobody's fault, and nobody there to be told.
    const hasLeft = error.code === 'ERR_STREAM_PREMATURE_CLOSE' && reply.raw.destroyed
    if (status >= 500 && !hasLeft) log.error({ err: error, requestId: request.id }, 'request failed')
    const shown = publicError(
      { message: error.message, extensions: status < 500 ? { code: 'BAD_REQUEST' } : {} },
      request.id,
    )
    return reply.status(status).send({ errors: [shown] })
  })
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  if (config.corsOrigins.length > 0) {
    await server.register(cors, {
      origin: [...config.corsOrigins],
      // Pages that were allowed may have the one cookie sent and set.
      credentials: config.cookieTo !== null,
      exposedHeaders: [...EXPOSED_HEADERS],
      maxAge: 600,
    })
  }
  await server.register(compress, {
    threshold: COMPRESS_FROM_BYTES,
    globalDecompression: false,
  })

  healthRoutes(server, {
    supergraph: () => supergraph.current,
    isReady: parts.isReady,
    knowsWhoAsks: parts.knowsWhoAsks,
  })
  server.removeContentTypeParser('text/plain') // JSON alone is read: anything else is 415
  server.route({
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: GRAPHQL_PATH,
    onRequest: (request, reply, done) => {
      reply.headers(ANSWER_HEADERS)
      checkRequest(request, reply)
      done()
    },
    handler: answerGraphQL,
  })
  // Helmet puts its headers together anew for each answer, and what they say is about pages.
  await server.register(async (pages) => {
    await pages.register(helmet, { contentSecurityPolicy: { directives: contentSecurityPolicy(config) } })
    if (config.playground) {
      const { apiSchema, rules } = supergraph.current.graph
      playgroundRoutes(
        pages,
        openingQuery(apiSchema, (coordinate) => !rules.has(coordinate)),
      )
    }
    if (config.webRoot !== null) await serveWebApp(pages, config.webRoot)
  })

  const { devPagesFrom } = config
  if (devPagesFrom !== null) {
    await server.register(async (pages) =>
      devPages(pages, { url: () => supergraph.current.clients.get(devPagesFrom)!.url, log }),
    )
  }

  const webSockets = serveWebSockets(server.server, {
    path: GRAPHQL_PATH,
    supergraph: () => supergraph.current,
    hub,
    credentials,
    clientAddress: (request) => proxyAddress(request, [...config.trustedProxies]),
    isAllowedOrigin: (request) => isAllowedOrigin(request, config.corsOrigins),
    run: graphql.run,
    log,
  })

  async function answerGraphQL(request: FastifyRequest, reply: FastifyReply) {
    const readToken = () => credentials.read(request.headers.authorization, request.ip)
    let tightest: RateLimitState | undefined
    const contextOf = ({ identity, apiKey }: VerifiedToken, cookies: ClientCookies | null): RequestContext => ({
      requestId: request.id,
      left: clientLeft(reply.raw),
      clientAddress: request.ip,
      onCounted(state) {
        tightest = tightest ? tighter(tightest, state) : state
        reply.headers(rateLimitHeaders(tightest))
      },
      identity,
      apiKey,
      client: { userAgent: request.headers['user-agent'] ?? null, cookies },
    })
    const operation = operationRequest(request)
    if (!operation || !wantsEventStream(request.headers.accept, operation)) {
      return graphql.answer(request, reply, async () => contextOf(await readToken(), cookiesOf(request, reply)))
    }
    // Apollo Server sees to it elsewhere. Any page can open an event stream, and so make a GET, at any address.
    if (request.method === 'GET' && isMutation(operation)) {
      reply.header('allow', 'POST')
      throw requestError(405, 'Mutations are sent by POST.')
    }
    let token: VerifiedToken
    try {
      token = await readToken()
    } catch (error) {
      return refuse(reply, error)
    }
    const headers = plainHeaders(reply)
    reply.hijack()
    await serveEventStream({
      response: reply.raw,
      headers,
      request: operation,
      lastEventId: lastEventIdOf(request),
      context: contextOf(token, null),
      token,
      whenEnded: credentials.whenEnded,
      supergraph: supergraph.current,
      hub,
      closing: closing.signal,
      run: graphql.run,
      log,
    })
  }

  // What a browser adds by itself counts for nothing where another page makes it send the request.
  function cookiesOf({ raw }: FastifyRequest, reply: FastifyReply): ClientCookies | null {
    if (config.cookieTo === null || !isAllowedOrigin(raw, config.corsOrigins)) return null
    return { sent: raw.headers.cookie ?? null, set: (text) => void reply.header('set-cookie', text) }
  }

  await server.listen({ host: config.host, port: config.port })
  return {
    url: addressOf(server, config.host),
    close: async () => {
      closing.abort()
      await webSockets.close()
      await drain()
    },
  }
}

function lastEventIdOf({ headers }: FastifyRequest): string | undefined {
  const given = headers['last-event-id']
  return typeof given === 'string' && given !== '' ? given : undefined
}

// Aborts when the connection closes before the answer has been sent.
function clientLeft(response: ServerResponse): AbortSignal {
  const leaving = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) leaving.abort()
  })
  return leaving.signal
}

// What stands in the body of a POST or the query of a GET. Null where it is not of that form: Apollo Server says how.
function operationRequest(request: FastifyRequest): OperationRequest | null {
  const given = (request.method === 'GET' ? request.query : request.body) as Record<string, unknown> | null
  if (typeof given !== 'object' || given === null || typeof given['query'] !== 'string') return null
  const { query, operationName } = given
  const variables = readObject(given['variables'])
  const extensions = readObject(given['extensions'])
  if (variables === undefined || extensions === undefined) return null
  if (operationName != null && typeof operationName !== 'string') return null
  return { query, operationName, variables, extensions }
}

function isMutation(operation: OperationRequest): boolean {
  try {
    return operationKind(operation) === 'mutation'
  } catch {
    return false // none is found: told in the stream
  }
}

// Variables and extensions: an object, or the JSON of one. Undefined where it is something else.
function readObject(given: unknown): Record<string, unknown> | null | undefined {
  try {
    const value: unknown = typeof given === 'string' && given !== '' ? JSON.parse(given) : (given ?? null)
    if (value === null || value === '') return null
    return typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function refuse(reply: FastifyReply, error: unknown): FastifyReply {
  const plain = error instanceof GraphQLError ? error.toJSON() : { message: '' }
  const http = plain.extensions?.['http'] as { status?: number } | undefined
  return reply.status(http?.status ?? 500).send({ errors: [publicError(plain, reply.request.id)] })
}

// A page of another origin may open a socket with whatever the browser knows of the person: only pages of our own, or of
// an origin that was allowed, may. Programs send no Origin.
function isAllowedOrigin({ headers }: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = headers
  if (origin === undefined) return true
  return allowed.includes(origin) || (URL.canParse(origin) && new URL(origin).host === host)
}

function plainHeaders(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]))
}

// GraphiQL and the web app set styles from scripts; both run no inline script.
function contentSecurityPolicy({ isProduction }: GatewayConfig): Record<string, string[] | null> {
  return {
    'default-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'https:'],
    'font-src': ["'self'", 'data:'],
    'connect-src': ["'self'", 'ws:', 'wss:'],
    // On one machine there is no TLS that requests could be moved to.
    ...(isProduction ? {} : { 'upgrade-insecure-requests': null }),
  }
}

async function serveWebApp(server: FastifyInstance, root: string): Promise<void> {
  await server.register(staticFiles, {
    root,
    wildcard: true,
    cacheControl: false,
    setHeaders: (response, path) => {
      // Vite names what is in assets by its content.
      const isNamedByContent = path.startsWith(join(root, 'assets'))
      response.header('cache-control', isNamedByContent ? 'public, max-age=31536000, immutable' : 'public, max-age=300')
    },
  })
  // The web app's own paths: its router shows the page, also one that says there is none.
  server.setNotFoundHandler((request, reply) => {
    const isPage = request.method === 'GET' && request.headers.accept?.includes('text/html')
    if (!isPage)
      return reply.status(404).send({ errors: [{ message: 'Not found.', extensions: { code: 'NOT_FOUND' } }] })
    return reply.header('cache-control', 'public, max-age=300').sendFile('index.html')
  })
}

function addressOf(server: FastifyInstance, host: string): string {
  const address = server.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return `http://${host === '0.0.0.0' || host === '::' ? 'localhost' : host}:${port}`
}
