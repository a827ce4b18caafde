// Apollo Server around the supergraph: the one pipeline of queries and mutations, whatever transport brings them.
import { ApolloServer, HeaderMap } from '@apollo/server'
import type { ApolloServerPlugin, HTTPGraphQLRequest } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError, OperationTypeNode } from 'graphql'
import type { ExecutionResult } from 'graphql'
import type { Log } from '../platform/log.ts'
import { isInternal, publicError } from './errors.ts'
import type { RequestContext } from './request-context.ts'
import { DOCUMENT_TOKENS_MAX } from './subscriptions/operation.ts'
import type { OperationRequest } from './subscriptions/operation.ts'
import type { SupergraphSource } from './supergraph.ts'

export interface GraphQLServer {
  /** Answers one HTTP request. @param makeContext may throw: its error is the answer */
  answer(
    request: FastifyRequest,
    reply: FastifyReply,
    makeContext: () => Promise<RequestContext>,
  ): Promise<FastifyReply>
  /** The same pipeline for an operation that came another way. */
  run(request: OperationRequest, context: RequestContext): Promise<ExecutionResult>
  close(): Promise<void>
}

export async function startGraphQLServer(options: {
  readonly supergraph: SupergraphSource
  readonly isProduction: boolean
  readonly introspection: boolean
  readonly log: Log
}): Promise<GraphQLServer> {
  const { supergraph, isProduction, introspection, log } = options
  const apollo = new ApolloServer<RequestContext>({
    gateway: supergraph.gateway,
    introspection,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: isProduction,
    parseOptions: { maxTokens: DOCUMENT_TOKENS_MAX },
    formatError: (formatted) => publicError(formatted),
    logger: log,
    stopOnTerminationSignals: false, // platform/lifecycle.ts does
    plugins: [ApolloServerPluginLandingPageDisabled(), reporting(log)],
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

    async run({ query, operationName, variables }, contextValue) {
      const { body } = await apollo.executeOperation(
        { query, operationName: operationName ?? undefined, variables: { ...variables } },
        { contextValue },
      )
      if (body.kind === 'single') return body.singleResult as ExecutionResult
      throw new Error('Incremental delivery is not served.')
    },

    close: () => apollo.stop(),
  }
}

function httpRequest(request: FastifyRequest): HTTPGraphQLRequest {
  const headers = new HeaderMap()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  const search = request.url.indexOf('?')
  return {
    method: request.method,
    headers,
    search: search < 0 ? '' : request.url.slice(search),
    body: request.body,
  }
}

// Refuses what cannot be answered at once. Logs what is ours to mend, and gives its request id to the client, who can name it to whoever reads the log.
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
            if (isInternal(error)) log.error({ err: error.originalError ?? error, requestId }, 'operation failed')
          }
        },
        async willSendResponse({ response, operation, operationName }) {
          if (response.body.kind !== 'single') return
          const { errors } = response.body.singleResult
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
