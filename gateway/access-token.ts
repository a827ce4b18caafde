// Who the bearer of an access token is. Any issuer with a JWKS will do.
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'
import type { JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import { ApiError } from '../platform/errors.ts'
import { ANONYMOUS } from '../platform/identity.ts'
import type { Identity } from '../platform/identity.ts'

export interface VerifiedToken {
  readonly identity: Identity
  /** When the token expires, in milliseconds since 1970; Infinity where there is no token. */
  readonly expiresAtMs: number
}

/** Turns an `Authorization` header, or what stands for it on a socket, into an identity. */
export type ReadToken = (authorization: string | undefined) => Promise<VerifiedToken>

/** Verified tokens kept until they expire, so that each is verified once. */
const TOKENS_KEPT = 10_000
/** Longer than any token of ours, and short enough to be no burden in the cache. */
const TOKEN_LENGTH_MAX = 8_192
/** Seconds by which the issuer's clock may differ from ours. */
const CLOCK_SKEW_S = 5

const anonymous: VerifiedToken = { identity: ANONYMOUS, expiresAtMs: Infinity }

/**
 * @returns a function that answers with an anonymous identity where there is no header, and throws
 *   ApiError UNAUTHENTICATED (as HTTP 401) when a token does not verify or has expired, and
 *   ApiError SUBGRAPH_UNAVAILABLE (as HTTP 503) when the issuer's keys cannot be had: our trouble, not the client's
 * @see https://datatracker.ietf.org/doc/html/rfc8725#section-3.1 why the algorithm is named here and not by the token
 */
export function tokenReader(issuer: { jwksUrl: string | null; issuer: string; audience: string }): ReadToken {
  const keys = issuer.jwksUrl === null ? null : createRemoteJWKSet(new URL(issuer.jwksUrl))
  const verified = new LRUCache<string, VerifiedToken>({ max: TOKENS_KEPT })

  return async (authorization) => {
    if (!authorization) return anonymous
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1]
    if (!keys || !token || token.length > TOKEN_LENGTH_MAX) throw unauthenticated()
    const known = verified.get(token)
    if (known && known.expiresAtMs > Date.now()) return known

    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['ES256'],
      issuer: issuer.issuer,
      audience: issuer.audience,
      clockTolerance: CLOCK_SKEW_S,
      requiredClaims: ['sub', 'exp'],
    }).catch((error: unknown) => {
      throw isIssuersFault(error) ? issuerUnavailable(error) : unauthenticated(error)
    })
    const read: VerifiedToken = {
      identity: readIdentity(payload),
      expiresAtMs: (payload.exp! + CLOCK_SKEW_S) * 1000,
    }
    verified.set(token, read)
    return read
  }
}

/** setTimeout takes no more. A token that lives longer is looked at again then. */
const TIMER_MAX_MS = 2 ** 31 - 1

/** @returns calls it off */
export function whenExpired({ expiresAtMs }: VerifiedToken, callback: () => void): () => void {
  if (expiresAtMs === Infinity) return () => {}
  let timer: NodeJS.Timeout
  const wait = () => {
    const leftMs = expiresAtMs - Date.now()
    timer = setTimeout(() => (leftMs > TIMER_MAX_MS ? wait() : callback()), Math.min(leftMs, TIMER_MAX_MS))
  }
  wait()
  return () => clearTimeout(timer)
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

function unauthenticated(cause?: unknown): ApiError {
  return withStatus(new ApiError('UNAUTHENTICATED', 'The access token is not valid, or no longer.', { cause }), 401)
}

function issuerUnavailable(cause: unknown): ApiError {
  return withStatus(
    new ApiError('SUBGRAPH_UNAVAILABLE', 'The access token cannot be verified at the moment.', { cause }),
    503,
  )
}

// Apollo Server answers with this status when the error concerns the whole request.
function withStatus(error: ApiError, status: number): ApiError {
  error.extensions['http'] = { status }
  return error
}
