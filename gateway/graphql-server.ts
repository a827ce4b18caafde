// Apollo Server around the supergraph: the one pipeline of queries and mutations, whatever transport brings them.
import { ApolloServer, HeaderMap } from '@apollo/server'
import type { ApolloServerOptionsWithGateway, ApolloServerPlugin, HTTPGraphQLRequest } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError, OperationTypeNode } from 'graphql'
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql'
import type { Log } from '../platform/log.ts'
import type { ApolloGateway } from './apollo.ts'
import { isInternal, publicError } from './errors.ts'
import { inOnePiece } from './execution/json-text.ts'
import { documentStore, isRefusedRequest, persistedQueryStore, wants200, withCode } from './graphql-over-http.ts'
import type { RequestContext } from './request-context.ts'
import { requestedCost } from './operations/cost.ts'
import { DOCUMENT_TOKENS_MAX } from './operations/limits.ts'
import { RefusedOperation } from './operations/operations.ts'
import type { OperationRequest } from './operations/operations.ts'
import type { LoadedSupergraph, SupergraphSource } from './supergraph.ts'

/** Errors of one answer: a list of a thousand faulty elements tells nothing more. */
const ERRORS_MAX = 10

export interface GraphQLServer {
  /** Answers one HTTP request. @param makeContext may throw: its error is the answer */
  answer(
    request: FastifyRequest,
    reply: FastifyReply,
    makeContext: () => Promise<RequestContext>,
  ): Promise<FastifyReply>
  /** The same pipeline for an operation that came another way. @returns the JSON text of its result */
  run(request: OperationRequest, context: RequestContext): Promise<string>
  close(): Promise<void>
}

export async function startGraphQLServer({
  supergraph,
  log,
}: {
  readonly supergraph: SupergraphSource
  readonly log: Log
}): Promise<GraphQLServer> {
  const apollo = new ApolloServer<RequestContext>({
    gateway: withOwnExecution(supergraph),
    // Documents are checked where they are prepared, for every transport alike.
    dangerouslyDisableValidation: true,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: DOCUMENT_TOKENS_MAX },
    formatError: (formatted, error) => publicError(withCode(formatted, error)),
    // GET runs queries alone, POST takes JSON alone, and who asks stands in a header that no browser adds by itself: a
    // page elsewhere can make nobody do anything, and reads no answer without CORS.
    csrfPrevention: false,
    persistedQueries: { cache: persistedQueryStore() },
    documentStore: documentStore(),
    stringifyResult,
    logger: log,
    stopOnTerminationSignals: false, // platform/lifecycle.ts does
    plugins: [ApolloServerPluginLandingPageDisabled(), ApolloServerPluginCacheControlDisabled(), reporting(log)],
  })
  await apollo.start()

  return {
    async answer(request, reply, makeContext) {
      const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: httpRequest(request),
        context: makeContext,
      })
      reply.status(status ?? 200)
      for (const [name, value] of headers) reply.header(name, value)
      if (body.kind === 'complete') return reply.send(body.string)
      throw new Error('Incremental delivery is not served.') // no operation asks for it: @defer is not in the schema
    },

    async run({ query, operationName, variables, extensions }, contextValue) {
      const { body } = await apollo.executeOperation(
        // Of the extensions ours alone: persisted queries are for HTTP.
        {
          query,
          operationName: operationName ?? undefined,
          variables: { ...variables },
          extensions: { cost: extensions?.['cost'] },
        },
        { contextValue },
      )
      if (body.kind === 'single') return stringifyResult(body.singleResult)
      throw new Error('Incremental delivery is not served.')
    },

    close: () => apollo.stop(),
  }
}

/** An answer as JSON text, `{"data":…}`, on its way through Apollo Server in place of the data. */
const jsonText = Symbol('JSON text')

type GatewayInterface = ApolloServerOptionsWithGateway<RequestContext>['gateway']
type Executor = NonNullable<Awaited<ReturnType<GatewayInterface['load']>>['executor']>

interface TextHolder {
  readonly [jsonText]: string
}

// Apollo's gateway keeps the life cycle of the supergraph. What is executed, and how, is ours.
function withOwnExecution(supergraph: SupergraphSource): GatewayInterface {
  return {
    onSchemaLoadOrUpdate: (callback) => supergraph.gateway.onSchemaLoadOrUpdate(callback),
    stop: () => supergraph.gateway.stop(),
    load: async (options) => {
      await supergraph.gateway.load(options as Parameters<ApolloGateway['load']>[0])
      return { executor: (request) => execute(supergraph.current, request) }
    },
  }
}

async function execute({ admit, fetches }: LoadedSupergraph, request: Parameters<Executor>[0]): ReturnType<Executor> {
  const context = request.context as RequestContext
  const { operationName, variables, extensions } = request.request
  try {
    const admitted = await admit({ query: request.source, operationName, variables }, context, request.document)
    const { data, errors } = await admitted.run(fetches(context))
    const holder: TextHolder = { [jsonText]: inOnePiece(`{"data":${data}}`) }
    return {
      data: holder as object as Record<string, unknown>,
      ...(errors.length > 0 && { errors: asGraphQLErrors(errors) }),
      ...requestedCost(extensions, admitted.estimate),
    }
  } catch (error) {
    if (error instanceof RefusedOperation) {
      return { errors: [...error.errors], ...requestedCost(extensions, error.estimate) }
    }
    throw error
  }
}

function asGraphQLErrors(errors: readonly GraphQLFormattedError[]): GraphQLError[] {
  return errors
    .slice(0, ERRORS_MAX)
    .map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions }))
}

function stringifyResult({ data, ...rest }: FormattedExecutionResult): string {
  const text = (data as TextHolder | null | undefined)?.[jsonText]
  if (text === undefined) return JSON.stringify({ ...rest, data })
  const others = JSON.stringify(rest)
  return others === '{}' ? text : `${others.slice(0, -1)},${text.slice(1)}`
}

// With the headers that Apollo Server looks at.
function httpRequest(request: FastifyRequest): HTTPGraphQLRequest {
  const headers = new HeaderMap()
  for (const name of ['accept', 'content-type']) {
    const value = request.headers[name]
    if (typeof value === 'string') headers.set(name, value)
  }
  const search = request.url.indexOf('?')
  return {
    method: request.method,
    headers,
    search: search < 0 ? '' : request.url.slice(search),
    body: request.body,
  }
}

// Refuses what cannot be answered at once. Logs what is ours to mend, and gives its request id to the client, who can
// name it to whoever reads the log.
function reporting(log: Log): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart({ contextValue: { requestId } }) {
      const startedAt = performance.now()
      return {
        async didResolveOperation({ operation }) {
          if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return
          throw new GraphQLError('Subscriptions are answered over WebSocket, or as an event stream.', {
            extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
          })
        },
        async didEncounterErrors({ errors }) {
          for (const error of errors) {
            if (isInternal(error) && !isRefusedRequest(error))
              log.error({ err: error.originalError ?? error, requestId }, 'operation failed')
          }
        },
        async willSendResponse({ request, response, operation, operationName }) {
          if (response.body.kind !== 'single') return
          const { errors } = response.body.singleResult
          if (response.http.status === 400 && wants200(request.http?.headers.get('accept'), errors ?? [])) {
            response.http.status = 200
          }
          for (const error of errors ?? []) {
            if (isInternal(error)) (error.extensions as Record<string, unknown>)['requestId'] = requestId
          }
          log.info(
            {
              requestId,
              operation: operation?.operation,
              operationName,
              errors: errors?.length ?? 0,
              durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
            },
            'operation answered',
          )
        },
      }
    },
  }
}
