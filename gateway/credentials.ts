// Whose request it is, and whether it still may be: what stands in an `Authorization` header, or for it on a socket, is an
// access token or an API key, which may have expired or been revoked since it was verified.
import type { Revocation } from '../platform/account-events.ts'
import { NO_TOKEN, unauthenticated, unverifiable } from './access-token.ts'
import type { ReadToken, VerifiedToken } from './access-token.ts'
import type { ApiKeys } from './api-keys.ts'
import type { Revocations } from './revocations/revocations.ts'

/** How a token ends while something is open with it. */
export type TokenEnd = 'expired' | 'revoked'

export interface Credentials {
  /**
   * @returns an anonymous identity where there is no header
   * @throws ApiError UNAUTHENTICATED (as HTTP 401) when the token does not verify, has expired or was revoked
   * @throws ApiError SUBGRAPH_UNAVAILABLE (as HTTP 503) when that cannot be found out now: our trouble, not the client's
   */
  read(authorization: string | undefined, clientAddress: string): Promise<VerifiedToken>
  /**
   * For each operation on a connection that was opened with the token.
   *
   * @throws as `read`
   */
  check(token: VerifiedToken): void
  /** Calls back once, at once where it has ended already. @returns calls it off */
  whenEnded(token: VerifiedToken, callback: (end: TokenEnd) => void): () => void
}

/** Longer than any token of ours, and short enough to be no burden in a cache. */
const TOKEN_LENGTH_MAX = 8_192

/**
 * @param options.apiKeys null: what is no access token is refused
 * @param options.revocations null: nothing is revoked
 * @param options.revocationsTimeoutMs without word of them for so long, nobody knows whether a token is still good
 */
export function makeCredentials(options: {
  readonly readAccessToken: ReadToken
  readonly apiKeys: ApiKeys | null
  readonly revocations: Revocations | null
  readonly revocationsTimeoutMs: number
}): Credentials {
  const { readAccessToken, apiKeys, revocations, revocationsTimeoutMs } = options
  const open = new Set<{ readonly token: VerifiedToken; end(how: TokenEnd): void }>()

  revocations?.onRevoked((revocation) => {
    apiKeys?.purge(revocation)
    // There are few revocations and at most some ten thousand of these.
    for (const each of open) if (isConcerned(each.token, revocation)) each.end('revoked')
  })

  function check(token: VerifiedToken): void {
    if (!revocations || token === NO_TOKEN) return
    if (revocations.isRevoked(token)) throw unauthenticated()
    if (revocations.silentMs() > revocationsTimeoutMs) throw unverifiable()
  }

  return {
    check,

    async read(authorization, clientAddress) {
      if (!authorization) return NO_TOKEN
      const bearer = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1]
      if (!bearer || bearer.length > TOKEN_LENGTH_MAX) throw unauthenticated()
      const token = await readBearer(bearer, clientAddress)
      check(token)
      return token
    },

    whenEnded(token, callback) {
      if (token === NO_TOKEN) return () => {}
      const entry = {
        token,
        end(how: TokenEnd) {
          callOff()
          callback(how)
        },
      }
      const callOffExpiry = whenExpired(token, () => entry.end('expired'))
      const callOff = () => {
        callOffExpiry()
        open.delete(entry)
      }
      open.add(entry)
      // It may have been revoked since it was read.
      if (revocations?.isRevoked(token)) entry.end('revoked')
      return callOff
    },
  }

  function readBearer(bearer: string, clientAddress: string): Promise<VerifiedToken> {
    const isAccessToken = bearer.split('.', 4).length === 3
    if (isAccessToken) return readAccessToken(bearer)
    if (!apiKeys) throw unauthenticated()
    return apiKeys.read(bearer, clientAddress)
  }
}

// A key of a person whose tokens were revoked may be good for less now: whoever uses it on a connection comes back.
function isConcerned({ identity, issuedAtS, apiKey }: VerifiedToken, revocation: Revocation): boolean {
  if ('session' in revocation) return identity.session === revocation.session
  if ('apiKeySha256' in revocation) return apiKey?.sha256 === revocation.apiKeySha256
  if (identity.subject !== revocation.subject) return false
  return apiKey !== null || (issuedAtS ?? -Infinity) < revocation.issuedBeforeS
}

/** setTimeout takes no more. A token that lives longer is looked at again then. */
const TIMER_MAX_MS = 2 ** 31 - 1

/** @returns calls it off */
function whenExpired({ expiresAtMs }: VerifiedToken, callback: () => void): () => void {
  if (expiresAtMs === Infinity) return () => {}
  let timer: NodeJS.Timeout
  const wait = () => {
    const leftMs = expiresAtMs - Date.now()
    timer = setTimeout(() => (leftMs > TIMER_MAX_MS ? wait() : callback()), Math.min(leftMs, TIMER_MAX_MS))
  }
  wait()
  return () => clearTimeout(timer)
}
