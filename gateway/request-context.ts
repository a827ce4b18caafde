// What belongs to one request, or to one socket, from its transport down to the subgraphs.
import type { Identity } from '../platform/identity.ts'
import type { ApiKey } from './access-token.ts'
import type { RateLimitState } from './rate-limits/count.ts'

export interface RequestContext {
  /** Made here, sent to every subgraph as `x-request-id`, and back to the client. */
  readonly requestId: string
  readonly identity: Identity
  /** The client's address, past the proxies that are trusted; null for work done for several clients at once. */
  readonly clientAddress: string | null
  /** The key that it came with; null for an access token, and for none. */
  readonly apiKey?: ApiKey | null
  /** What subgraphs are told of the client's program with mutations. */
  readonly client?: ClientHeaders
  /** Told, before anything is fetched, how the tightest limit of an operation stands that has fields with a rate limit. */
  readonly onCounted?: (state: RateLimitState) => void
  /** Aborts when the client has left before it was answered: queries still under way for it are dropped. */
  readonly left?: AbortSignal
  /**
   * On the clock of `performance.now()`: when the event that is delivered came in. A query begun earlier for somebody
   * else may not have seen what the event tells of, and is not shared.
   */
  readonly notBefore?: number
}

export interface ClientHeaders {
  readonly userAgent: string | null
  /** Null where no cookie may be read or set: not by JSON over HTTP, or from a page of somebody else's. */
  readonly cookies: ClientCookies | null
}

export interface ClientCookies {
  /** The `Cookie` header, with all that the client sent. */
  readonly sent: string | null
  /** @param text of a `Set-Cookie` header */
  set(text: string): void
}
