// One subgraph over HTTP: a pool of connections, deadlines, retries, one fetch for equal queries, a signed identity.
import { Pool } from 'undici'
import { ApiError } from '../../platform/errors.ts'
import { feedUrl } from '../../platform/events.ts'
import type { FeedPage, FeedRequest } from '../../platform/events.ts'
import { ANONYMOUS, IDENTITY_HEADER, claimsOf, withoutSession } from '../../platform/identity.ts'
import type { ForwardedIdentity, Identity } from '../../platform/identity.ts'
import type { Log } from '../../platform/log.ts'
import type { FetchAnswer, FetchRequest } from '../execution/run.ts'
import type { RequestContext } from '../request-context.ts'
import { readAnswer } from './answer.ts'
import { circuitBreaker } from './circuit-breaker.ts'
import type { Outcome } from './circuit-breaker.ts'
import { cookieNamed, cookiesSet } from './cookie.ts'
import { ClientLeft, DeadlinePassed } from './in-flight.ts'
import type { InFlight } from './in-flight.ts'
import { post } from './post.ts'
import type { HttpAnswer } from './post.ts'
import { FailedAttempt, readRetryAfterMs, withRetries } from './retry.ts'

/** Connections to one subgraph; fetches beyond wait their turn. */
const CONNECTIONS = 50
const CONNECT_TIMEOUT_MS = 2_000
/** Browsers send some hundred; whatever is longer tells nothing more. */
const USER_AGENT_LENGTH_MAX = 512
/** Several times the largest page. More is a fault, and one answer that is read holds up everybody else's. */
const ANSWER_BYTES_MAX = 8 * 1024 * 1024
/** These pass: the subgraph, or what stands before it, has no room now. */
const passing = new Set([429, 502, 503, 504])

/** How long things may take. Settable for tests, which would take as long. */
export interface FetchLimits {
  /** One fetch with its retries. Subgraphs cancel statements after 2 s: one that has said nothing by now will not. */
  readonly fetchTimeoutMs: number
  /** All fetches of one operation, which may follow one another. */
  readonly operationTimeoutMs: number
}
export const FETCH_LIMITS: FetchLimits = { fetchTimeoutMs: 10_000, operationTimeoutMs: 20_000 }

export type SignIdentity = (forwarded: ForwardedIdentity, subgraph: string) => string

export interface SubgraphClient {
  /** Where the subgraph takes operations. */
  readonly url: string
  /**
   * @param deadlineAt when the operation ends, on the clock of `performance.now()`
   * @throws ApiError SUBGRAPH_UNAVAILABLE or TIMEOUT
   */
  fetch(request: FetchRequest, context: RequestContext, deadlineAt: number): Promise<FetchAnswer>
  /**
   * Reads the subgraph's events again, for the gateway itself.
   *
   * @throws Error when it does not answer with a page of them
   */
  readEvents(request: FeedRequest): Promise<FeedPage>
  /**
   * Posts JSON to a path of the subgraph's server, once, for the gateway itself.
   *
   * @throws Error when it does not answer
   */
  ask(path: string, body: string): Promise<{ readonly status: number; readonly text: string }>
  /** Asks for a path beside the subgraph's GraphQL endpoint and answers with the HTTP status, or null for none. */
  probe(path: string): Promise<number | null>
  close(): Promise<void>
}

/** @param options.sign null sends no identity: the subgraphs are somebody else's */
export function subgraphClient(options: {
  readonly name: string
  readonly url: string
  readonly sign: SignIdentity | null
  /** Whether it is told which session an identity comes from. */
  readonly isToldSession: boolean
  /** The name of the one cookie that it gets and may set, with mutations; null: none. */
  readonly cookie: string | null
  /** Of all subgraphs together: a change in one may show in another. */
  readonly inFlight: InFlight
  readonly limits: FetchLimits
  readonly log: Log
}): SubgraphClient {
  const { name, sign, isToldSession, cookie, inFlight, limits, log } = options
  const url = new URL(options.url)
  const path = url.pathname + url.search
  const place = `${name} ${url.href}`
  const pool = new Pool(url.origin, {
    connections: CONNECTIONS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    // Deadlines are our own, and for the whole answer: drops that keep coming would never be late to these.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const breaker = circuitBreaker({
    onChange: (state) =>
      state === 'open'
        ? log.warn({ subgraph: name }, 'subgraph does not answer, it is tried once a second from now on')
        : log.info({ subgraph: name }, 'subgraph answers again'),
  })

  async function query(body: string, context: RequestContext, deadlineAt: number): Promise<string> {
    const { left, notBefore } = context
    const of = { person: personOf(context), key: `${place} ${forwardedKey(context)} ${body}` }
    return inFlight.fetch(of, { left, notBefore, deadlineAt }, (signal) => {
      const endsAt = performance.now() + limits.fetchTimeoutMs
      return withRetries(async () => textOf(await send(path, body, headersFor(context), signal)), {
        remainingMs: () => endsAt - performance.now(),
        signal,
      })
    })
  }

  // Sent once, and to its end also when the client leaves: half a mutation is worse than one whose answer nobody reads.
  async function mutate(body: string, context: RequestContext, deadlineAt: number): Promise<string> {
    const controller = new AbortController()
    const timeoutMs = Math.min(limits.fetchTimeoutMs, deadlineAt - performance.now())
    if (timeoutMs <= 0) throw new DeadlinePassed()
    const timer = setTimeout(() => controller.abort(new DeadlinePassed()), timeoutMs)
    try {
      const headers = { ...headersFor(context), ...clientHeaders(context) }
      const answer = await send(path, body, headers, controller.signal)
      const text = textOf(answer)
      const cookies = cookie === null ? null : context.client?.cookies
      if (cookies) for (const each of cookiesSet(answer.headers['set-cookie'], cookie!)) cookies.set(each)
      return text
    } finally {
      clearTimeout(timer)
      inFlight.forget(personOf(context))
    }
  }

  async function send(
    path: string,
    body: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const admission = breaker.admit()
    if (!admission) throw new SubgraphLeftAlone()
    let outcome: Outcome = 'failed'
    try {
      const answer = await post(pool, { path, headers, body, bytesMax: ANSWER_BYTES_MAX }, signal)
      if (answer.status < 500) outcome = 'answered'
      return answer
    } catch (error) {
      if (error instanceof ClientLeft) outcome = 'abandoned'
      throw error
    } finally {
      breaker.report(admission, outcome)
    }
  }

  function headersFor({ requestId, identity, clientAddress }: RequestContext): Record<string, string> {
    return {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      'x-request-id': requestId,
      ...(sign && { [IDENTITY_HEADER]: sign({ identity: told(identity), clientAddress }, name) }),
    }
  }

  const told = (identity: Identity) => (isToldSession ? identity : withoutSession(identity))

  // Not with queries, whose answers are shared.
  function clientHeaders({ client }: RequestContext): Record<string, string> {
    const sent = cookie === null ? null : cookieNamed(client?.cookies?.sent, cookie)
    return {
      ...(client?.userAgent && { 'user-agent': client.userAgent.slice(0, USER_AGENT_LENGTH_MAX) }),
      ...(sent !== null && { cookie: sent }),
    }
  }

  // Of nobody: for what the gateway asks for itself.
  const ownHeaders = (): Record<string, string> =>
    sign ? { [IDENTITY_HEADER]: sign({ identity: ANONYMOUS, clientAddress: null }, name) } : {}

  // All that a subgraph is told of who asks. Where it is told nothing, everybody gets the same answer.
  function forwardedKey({ identity, clientAddress }: RequestContext): string {
    return sign ? `${claimsOf(told(identity))} ${clientAddress}` : ''
  }

  // Not all claims: what somebody changed in one session is to be seen in the other.
  function personOf({ identity }: RequestContext): string {
    return sign ? (identity.subject ?? '') : ''
  }

  return {
    url: url.href,

    async fetch({ body, isMutation }, context, deadlineAt) {
      try {
        return readAnswer(await (isMutation ? mutate : query)(body, context, deadlineAt))
      } catch (error) {
        if (!(error instanceof SubgraphLeftAlone || error instanceof ClientLeft)) {
          log.warn({ err: error, subgraph: name, requestId: context.requestId }, 'fetch from subgraph failed')
        }
        throw publicErrorOf(error)
      }
    },

    async readEvents(request) {
      const { pathname, search } = new URL(feedUrl(url.href, request))
      const { statusCode, body } = await pool.request({
        method: 'GET',
        path: pathname + search,
        headers: ownHeaders(),
        signal: AbortSignal.timeout(limits.fetchTimeoutMs),
      })
      if (statusCode === 200) return (await body.json()) as FeedPage
      await body.dump()
      throw new Error(`${name} answered with status ${statusCode} when asked for its events`)
    },

    async ask(asked, body) {
      const headers = { ...ownHeaders(), 'content-type': 'application/json', accept: 'application/json' }
      return send(new URL(asked, url).pathname, body, headers, AbortSignal.timeout(limits.fetchTimeoutMs))
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

class SubgraphLeftAlone extends Error {
  override readonly name = 'SubgraphLeftAlone'
}

/** @throws FailedAttempt when its status says that there is no answer in it */
function textOf({ status, headers, text }: HttpAnswer): string {
  if (passing.has(status)) {
    const retryAfterMs = readRetryAfterMs(headers['retry-after'])
    throw new FailedAttempt(`status ${status}`, { retry: 'later', retryAfterMs })
  }
  // A 401 or 403 is about the gateway's own signature, not about the client, who would misread it.
  if (status === 401 || status === 403 || status >= 500) throw new FailedAttempt(`status ${status}`)
  return text
}

// Without the cause, which tells addresses and is in the log.
function publicErrorOf(error: unknown): ApiError {
  return error instanceof DeadlinePassed
    ? new ApiError('TIMEOUT', 'A part of the answer did not come in time.')
    : new ApiError('SUBGRAPH_UNAVAILABLE', 'A part of the answer could not be had.')
}
