// Errors that clients may see. Everything else is masked at the edge of the process that raised it.
import { GraphQLError } from 'graphql'

/** Every code we raise ourselves. Clients switch on the code, never on the message. */
export type ErrorCode =
  | 'UNAUTHENTICATED' // no identity, or a token that does not verify
  | 'FORBIDDEN' // known, but not allowed
  | 'NOT_FOUND' // asked for by id: absent, or not for this reader
  | 'BAD_USER_INPUT' // well-typed, but breaks a rule; `field` says which
  | 'CONFLICT' // lost a race, or already taken; `field` says what
  | 'RATE_LIMITED' // too often; `retryAfterMs` says when to come again
  | 'SUBGRAPH_UNAVAILABLE' // a subgraph did not answer; the rest of the answer stands
  | 'TIMEOUT' // a subgraph did not answer in time; the rest of the answer stands
  | 'INTERNAL_SERVER_ERROR' // ours to mend; `requestId` finds it in the log

/** What is told beside code and message. The cause alone stays here. */
export interface ErrorDetails {
  readonly field?: string
  /** What else there is to know, for programs: a constant. */
  readonly reason?: string
  readonly retryAfterMs?: number
  /** The one that was asked for and is not there. */
  readonly version?: number
  /** The one that a change would have to be made on: `CONFLICT`. */
  readonly currentVersion?: number
  readonly cause?: unknown
}

export class ApiError extends GraphQLError {
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    const { cause, ...extensions } = details
    super(message, {
      extensions: { code, ...extensions },
      originalError: cause instanceof Error ? cause : undefined,
    })
    this.name = 'ApiError'
  }
}
