// A subgraph's server: SDL, resolvers and a context become POST /graphql, and its events GET /events, for the gateway
// alone. Anything else that reaches the port gets 401 before a byte of it is parsed.
import { randomUUID } from 'node:crypto'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { fastify } from 'fastify'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { parse } from 'graphql'
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql'
import { documentCompiler, RefusedDocument } from './compiled-documents.ts'
import type { CompiledDocument, Variables } from './compiled-documents.ts'
import type { SubgraphConfig } from './config.ts'
import { drainOnClose } from './drain.ts'
import type { EventFeed } from './event-feed.ts'
import { readFeedRequest } from './events.ts'
import { addHealthRoutes } from './health.ts'
import type { HealthChecks } from './health.ts'
import { IDENTITY_HEADER, identityVerifier } from './identity.ts'
import type { ForwardedIdentity, Identity } from './identity.ts'
import type { Log } from './log.ts'
import { publicErrors } from './public-errors.ts'
import { enforceRules } from './rules.ts'

/** A fetch of many entities carries the keys and required fields of each. A gateway's own clients may send far less. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024
/** How long a request may take to arrive: its sender is on the same network. */
const REQUEST_TIMEOUT_MS = 30_000
/** Longer than any gateway keeps an idle connection, so that none is closed while a request is on its way into it. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000

export interface SubgraphOptions<Context extends { readonly identity: Identity }> {
  /** As the supergraph names it: identities are signed for it. */
  readonly name: string
  readonly typeDefs: string
  readonly resolvers: Readonly<Record<string, unknown>>
  /** Called for each request. Loaders belong in it, and nowhere else. */
  makeContext(forwarded: ForwardedIdentity, request: SubgraphRequest): Context
  /** The events it publishes, for gateways that missed some. */
  readonly events?: EventFeed | undefined
  readonly config: Pick<SubgraphConfig, 'host' | 'port' | 'gatewaySecrets'>
  readonly health: HealthChecks
  readonly log: Log
  /** Adds what is open to everybody who reaches the port, for instance public keys. */
  readonly routes?: (server: FastifyInstance) => void
  /** Adds what is for the gateway and other subgraphs alone, who sign these requests as those with operations. */
  readonly signedRoutes?: (server: FastifyInstance) => void
}

/** What a resolver may need of the request that carries its operation. The gateway sends the last three with mutations alone. */
export interface SubgraphRequest {
  readonly id: string
  /** `User-Agent` of the client. */
  readonly userAgent: string | null
  /** `Cookie` of the client: the one cookie that the gateway lets through to this subgraph. */
  readonly cookie: string | null
  /** Sets a cookie for the client: the text of a `Set-Cookie` header. */
  setCookie(text: string): void
}

export interface RunningSubgraph {
  /** Where the gateway posts, for instance `http://127.0.0.1:4001/graphql`. */
  readonly url: string
  /** Answers what is running, then closes every connection. */
  close(): Promise<void>
}

/** @throws Error with the code EADDRINUSE when the port is taken; any for a schema that does not hold */
export async function serveSubgraph<Context extends { readonly identity: Identity }>(
  options: SubgraphOptions<Context>,
): Promise<RunningSubgraph> {
  const { name, config, health, log } = options
  const compiled = documentCompiler(subgraphSchema(options))
  const verify = identityVerifier(config.gatewaySecrets, name)

  const server = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    genReqId: ({ headers }) => readRequestId(headers['x-request-id']),
    forceCloseConnections: 'idle',
    // What arrives on an open connection while the process ends is still answered.
    return503OnClosing: false,
  })
  const close = drainOnClose(server)
  addHealthRoutes(server, health)
  options.routes?.(server)

  const forwardedOf = new WeakMap<FastifyRequest, ForwardedIdentity>()
  // Before the body is read.
  const onlyGateway = async (request: FastifyRequest, reply: FastifyReply) => {
    const header = request.headers[IDENTITY_HEADER]
    const forwarded = verify(typeof header === 'string' ? header : undefined)
    if (!forwarded) return refuse(reply, 401, [failure('UNAUTHENTICATED', 'Only the gateway is served here.')])
    forwardedOf.set(request, forwarded)
    return undefined
  }

  server.post('/graphql', {
    onRequest: onlyGateway,
    handler: async (request, reply) => {
      const body = readBody(request.body)
      if (!body) return refuse(reply, 400, [failure('BAD_REQUEST', 'The body is no GraphQL request.')])
      let document: CompiledDocument
      try {
        document = compiled(body.query, body.operationName)
      } catch (error) {
        if (error instanceof RefusedDocument) return refuse(reply, 400, error.errors)
        throw error
      }

      const startedMs = performance.now()
      const context = options.makeContext(forwardedOf.get(request)!, {
        id: request.id,
        userAgent: request.headers['user-agent'] ?? null,
        cookie: request.headers.cookie ?? null,
        setCookie: (text) => void reply.header('set-cookie', text),
      })
      const { data, errors } = await document.run(context, body.variables)
      const { operationName, operationType } = document
      const shown = errors && publicErrors(errors, { requestId: request.id, operationName, log })
      log.debug(
        {
          requestId: request.id,
          operationName,
          operationType,
          durationMs: Math.round(performance.now() - startedMs),
          errors: shown?.length ?? 0,
        },
        'answered an operation',
      )
      return answer(reply, 200, { ...(data !== undefined && { data }), ...(shown && { errors: shown }) })
    },
  })

  const { events } = options
  if (events) {
    server.get<{ Querystring: Readonly<Record<string, unknown>> }>('/events', {
      onRequest: onlyGateway,
      handler: async (request, reply) => {
        const wanted = readFeedRequest(request.query)
        if (typeof wanted === 'string') return refuse(reply, 400, [failure('BAD_REQUEST', wanted)])
        return answer(reply, 200, await events.read(wanted))
      },
    })
  }

  const { signedRoutes } = options
  if (signedRoutes) {
    // A scope of its own: the check is of every route in it, and of no other.
    void server.register(async (signed) => {
      signed.addHook('onRequest', onlyGateway)
      signedRoutes(signed)
    })
  }

  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500) return refuse(reply, status, [failure('BAD_REQUEST', error.message)])
    return refuse(reply, 500, publicErrors([error], { requestId: request.id, operationName: null, log }))
  })

  await server.listen({ host: config.host, port: config.port })
  return { url: urlOf(server), close }
}

/** What is served: the SDL with federation's own fields, its rules enforced. */
export function subgraphSchema(options: {
  readonly typeDefs: string
  readonly resolvers: Readonly<Record<string, unknown>>
}): GraphQLSchema {
  const schema = buildSubgraphSchema([{ typeDefs: parse(options.typeDefs), resolvers: options.resolvers as never }])
  enforceRules(schema)
  return schema
}

interface GraphQLRequest {
  readonly query: string
  readonly operationName: string | null
  readonly variables: Variables
}

function readBody(body: unknown): GraphQLRequest | null {
  if (!isObject(body)) return null
  const { query, operationName, variables } = body
  if (typeof query !== 'string') return null
  if (!isMissing(operationName) && typeof operationName !== 'string') return null
  if (!isMissing(variables) && !isObject(variables)) return null
  return { query, operationName: operationName || null, variables: variables ?? {} }
}

const isMissing = (value: unknown): value is null | undefined => value === null || value === undefined

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What the gateway calls the request, as long as it can stand in a log. */
function readRequestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w.:-]{1,128}$/.test(header) ? header : randomUUID()
}

const failure = (code: string, message: string): GraphQLFormattedError => ({ message, extensions: { code } })

const refuse = (reply: FastifyReply, status: number, errors: readonly GraphQLFormattedError[]) =>
  answer(reply, status, { errors })

function answer(reply: FastifyReply, status: number, result: object): FastifyReply {
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(result))
}

function urlOf(server: FastifyInstance): string {
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.')
  // One that listens everywhere is reached on this machine, too.
  const host = ['0.0.0.0', '::'].includes(address.address) ? '127.0.0.1' : address.address
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}/graphql`
}
