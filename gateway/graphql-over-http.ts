// GraphQL over HTTP where Apollo Server leaves it open: which requests are read, which status an answer has, and how much
// is kept of what clients send.
// @see https://graphql.github.io/graphql-over-http/draft/
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { DocumentNode, GraphQLFormattedError } from 'graphql'
import { LRUCache } from 'lru-cache'
import { parseErrorExtensions } from './operations/limits.ts'
import { DOCUMENT_CHARACTERS_KEPT } from './operations/operations.ts'

/** Text of persisted queries in all. A client's few hundred come to a tenth of it; what is used stays longest. */
const PERSISTED_CHARACTERS_MAX = 8 * 1024 * 1024

/** What is wrong with a request whose body is well-formed. */
const documentErrors = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'])

/**
 * Refuses before the body is read. Compressed bodies are not taken: operations are small, and what a few bytes can swell
 * to need not be bounded twice. Of charsets JSON has one.
 *
 * @throws Error with statusCode 405, 406 or 415
 */
export function checkRequest({ method, headers }: FastifyRequest, reply: FastifyReply): void {
  if (method !== 'GET' && method !== 'POST') {
    reply.header('allow', 'GET, POST')
    throw requestError(405, 'GraphQL is answered to GET and POST.')
  }
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    reply.header('accept-encoding', 'identity')
    throw requestError(415, 'Compressed bodies are not taken.')
  }
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '')?.[1]
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') throw requestError(415, 'Bodies are UTF-8.')
  if (!acceptsAnswer(headers.accept)) {
    throw requestError(406, 'Answers are application/graphql-response+json, application/json or text/event-stream.')
  }
}

/** Before a mutation runs, not after, it has to be known that its answer is taken. */
function acceptsAnswer(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true
  return accept
    .toLowerCase()
    .split(',')
    .some(
      (range) =>
        /^\s*(\*\/\*|application\/(\*|json|graphql-response\+json)|text\/(\*|event-stream))\s*(;|$)/.test(range) &&
        !/;\s*q\s*=\s*0(\.0*)?\s*(;|$)/.test(range),
    )
}

/**
 * A client that asks for `application/json` and does not know `application/graphql-response+json` may take any status but
 * 200 for an answer of something in between, and so gets 200 for every document that could be read.
 */
export function wants200(accept: string | undefined, errors: readonly GraphQLFormattedError[]): boolean {
  if (!accept || !/application\/json/i.test(accept) || /graphql-response\+json/i.test(accept)) return false
  return errors.every(({ extensions }) => documentErrors.has(String(extensions?.['code'])))
}

/** Apollo Server parses before we prepare, so that its codes for that are not ours, and gives some refusals none. */
export function withCode(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { extensions } = formatted
  if (isRefusedRequest(error)) return { ...formatted, extensions: { ...extensions, code: 'BAD_REQUEST' } }
  if (extensions?.['code'] !== 'GRAPHQL_PARSE_FAILED') return formatted
  return { ...formatted, extensions: { ...extensions, ...parseErrorExtensions(formatted) } }
}

/** Whether Apollo Server has refused the request without a code: as with a persisted query of another hash. */
export function isRefusedRequest(error: unknown): boolean {
  const { code, http } = (error as { extensions?: { code?: unknown; http?: { status?: number } } }).extensions ?? {}
  return code === undefined && http?.status !== undefined && http.status >= 400 && http.status < 500
}

/** Where automatic persisted queries are kept. */
export function persistedQueryStore() {
  return boundedStore<string>(PERSISTED_CHARACTERS_MAX, (query) => query.length)
}

/** Where Apollo Server keeps parsed documents. It would count their JSON, which leaves out the text that each holds on to. */
export function documentStore() {
  return boundedStore<DocumentNode>(DOCUMENT_CHARACTERS_KEPT, ({ loc }) => loc?.source.body.length ?? 0)
}

function boundedStore<Value extends object | string>(maxSize: number, charactersOf: (value: Value) => number) {
  const kept = new LRUCache<string, Value>({
    maxSize,
    sizeCalculation: (value, key) => charactersOf(value) + key.length,
  })
  return {
    get: async (key: string) => kept.get(key),
    set: async (key: string, value: Value) => void kept.set(key, value),
    delete: async (key: string) => kept.delete(key),
  }
}

/** The error that refuses a request with this status. */
export function requestError(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode })
}
