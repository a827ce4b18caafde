// One subgraph over HTTP: a pool of connections, a deadline, a signed identity.
import { Pool } from 'undici'
import { ApiError } from '../../platform/errors.ts'
import { IDENTITY_HEADER } from '../../platform/identity.ts'
import type { ForwardedIdentity } from '../../platform/identity.ts'
import type { Log } from '../../platform/log.ts'
import type { FetchAnswer, FetchRequest } from '../execution/run.ts'
import type { RequestContext } from '../request-context.ts'

/** Connections to one subgraph; fetches beyond wait their turn. */
const CONNECTIONS = 50
const CONNECT_TIMEOUT_MS = 2_000
/** A subgraph cancels its statements after 2 s: one that has said nothing by now will not. */
const FETCH_TIMEOUT_MS = 10_000

export type SignIdentity = (forwarded: ForwardedIdentity, subgraph: string) => string

export interface SubgraphClient {
  /** @throws ApiError SUBGRAPH_UNAVAILABLE or TIMEOUT */
  fetch(request: FetchRequest, context: RequestContext): Promise<FetchAnswer>
  /** Asks for a path beside the subgraph's GraphQL endpoint and answers with the HTTP status, or null for none. */
  probe(path: string): Promise<number | null>
  close(): Promise<void>
}

/** @param sign null sends no identity: the subgraphs are somebody else's */
export function subgraphClient(options: {
  readonly name: string
  readonly url: string
  readonly sign: SignIdentity | null
  readonly log: Log
}): SubgraphClient {
  const { name, sign, log } = options
  const url = new URL(options.url)
  const path = url.pathname + url.search
  const pool = new Pool(url.origin, { connections: CONNECTIONS, connect: { timeout: CONNECT_TIMEOUT_MS } })

  async function send(body: string, context: RequestContext): Promise<unknown> {
    const response = await pool.request({
      method: 'POST',
      path,
      body,
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        'x-request-id': context.requestId,
        ...(sign && {
          [IDENTITY_HEADER]: sign({ identity: context.identity, clientAddress: context.clientAddress }, name),
        }),
      },
      signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    })
    const text = await response.body.text()
    // A 401 or 403 is about the gateway's own signature, not about the client, who would misread it.
    if (response.statusCode === 401 || response.statusCode === 403 || response.statusCode >= 500) {
      throw new Error(`status ${response.statusCode}`)
    }
    return JSON.parse(text)
  }

  return {
    async fetch({ body }, context) {
      try {
        const answer = await send(body, context)
        if (!isGraphQLAnswer(answer)) throw new Error('not an answer of a GraphQL server')
        return answer
      } catch (error) {
        log.warn({ err: error, subgraph: name, requestId: context.requestId }, 'fetch from subgraph failed')
        throw fetchError(error)
      }
    },

    async probe(probed) {
      try {
        const { statusCode, body } = await pool.request({
          method: 'GET',
          path: new URL(probed, url).pathname,
          signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS + 1_000),
        })
        await body.dump()
        return statusCode
      } catch {
        return null
      }
    },

    // Waits for the fetches that are under way.
    close: () => pool.close(),
  }
}

function isGraphQLAnswer(answer: unknown): answer is FetchAnswer {
  return typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer)
}

function fetchError(error: unknown): ApiError {
  const isLate = error instanceof Error && error.name === 'TimeoutError'
  return isLate
    ? new ApiError('TIMEOUT', 'A part of the answer did not come in time.', { cause: error })
    : new ApiError('SUBGRAPH_UNAVAILABLE', 'A part of the answer could not be had.', { cause: error })
}
