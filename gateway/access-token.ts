// Who the bearer of an access token is. Any issuer with a JWKS will do. Whether it was revoked is not asked here.
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'
import type { JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import { ApiError } from '../platform/errors.ts'
import { ANONYMOUS } from '../platform/identity.ts'
import type { Identity } from '../platform/identity.ts'

export interface VerifiedToken {
  readonly identity: Identity
  /** When the token expires, in milliseconds since 1970; Infinity where there is no token, or it does not. */
  readonly expiresAtMs: number
  /** Seconds since 1970, with a fraction where the issuer tells it; null where it does not. */
  readonly issuedAtS: number | null
  /** Null for access tokens, and where there is no token. */
  readonly apiKey: ApiKey | null
}

/** What is known of an API key beside whose it is. */
export interface ApiKey {
  readonly sha256: string
  readonly ratePerMinute: number
}

/** Turns a bearer token into an identity. */
export type ReadToken = (token: string) => Promise<VerifiedToken>

/** Verified tokens kept until they expire, so that each is verified once. */
const TOKENS_KEPT = 10_000
/** Seconds by which the issuer's clock may differ from ours. */
const CLOCK_SKEW_S = 5

export const NO_TOKEN: VerifiedToken = { identity: ANONYMOUS, expiresAtMs: Infinity, issuedAtS: null, apiKey: null }

/**
 * @returns a function that throws ApiError UNAUTHENTICATED (as HTTP 401) when a token does not verify or has expired, and
 *   ApiError SUBGRAPH_UNAVAILABLE (as HTTP 503) when the issuer's keys cannot be had: our trouble, not the client's
 * @see https://datatracker.ietf.org/doc/html/rfc8725#section-3.1 why the algorithm is named here and not by the token
 */
export function tokenReader(issuer: { jwksUrl: string | null; issuer: string; audience: string }): ReadToken {
  const keys = issuer.jwksUrl === null ? null : createRemoteJWKSet(new URL(issuer.jwksUrl))
  const verified = new LRUCache<string, VerifiedToken>({ max: TOKENS_KEPT })

  return async (token) => {
    if (!keys) throw unauthenticated()
    const known = verified.get(token)
    if (known && known.expiresAtMs > Date.now()) return known

    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['ES256'],
      issuer: issuer.issuer,
      audience: issuer.audience,
      clockTolerance: CLOCK_SKEW_S,
      requiredClaims: ['sub', 'exp'],
    }).catch((error: unknown) => {
      throw isIssuersFault(error) ? unverifiable(error) : unauthenticated(error)
    })
    const read: VerifiedToken = {
      identity: readIdentity(payload),
      expiresAtMs: (payload.exp! + CLOCK_SKEW_S) * 1000,
      issuedAtS: payload.iat ?? null,
      apiKey: null,
    }
    verified.set(token, read)
    return read
  }
}

function readIdentity(payload: JWTPayload): Identity {
  return Object.freeze({
    subject: payload.sub!,
    roles: strings(payload['roles']),
    scopes: typeof payload['scope'] === 'string' ? payload['scope'].split(' ').filter(Boolean) : [],
    policies: strings(payload['policies']),
    session: typeof payload['sid'] === 'string' ? payload['sid'] : null,
  })
}

function strings(claim: unknown): string[] {
  return Array.isArray(claim) ? claim.filter((entry) => typeof entry === 'string') : []
}

// What went wrong on the way to the keys. A key set that was read, but lacks the token's key, is the token's fault.
function isIssuersFault(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true
  return !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC'
}

/** A token that is not good: the client's to replace. */
export function unauthenticated(cause?: unknown): ApiError {
  return withStatus(new ApiError('UNAUTHENTICATED', 'The token is not valid, or no longer.', { cause }), 401)
}

/** A token that may be good. */
export function unverifiable(cause?: unknown): ApiError {
  return withStatus(new ApiError('SUBGRAPH_UNAVAILABLE', 'The token cannot be verified at the moment.', { cause }), 503)
}

// Apollo Server answers with this status when the error concerns the whole request.
function withStatus(error: ApiError, status: number): ApiError {
  error.extensions['http'] = { status }
  return error
}
