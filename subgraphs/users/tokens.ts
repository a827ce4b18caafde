// Access tokens: what a gateway learns of somebody without asking again.
import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { UsersConfig } from '../../platform/config.ts'
import type { UserRow } from './account-store.ts'
import { scopesOf } from './roles.ts'
import type { SigningKeys } from './signing-keys.ts'

/** How long the policy `step-up` holds. */
export const STEP_UP_LIFETIME_S = 600

/** The longest that a token is good which is issued now. */
export const longestTokenLifetimeS = ({ accessTokenLifetimeS }: Pick<UsersConfig, 'accessTokenLifetimeS'>): number =>
  Math.max(accessTokenLifetimeS, STEP_UP_LIFETIME_S)

export interface Tokens {
  /** Signs a token for an account, with the rights that it has now. */
  issue(user: Pick<UserRow, 'id' | 'roles'>, of: TokenOptions): Promise<{ accessToken: string; expiresIn: number }>
}

export interface TokenOptions {
  /** The session that it belongs to, and ends with. */
  readonly sessionId: string
  /**
   * When the rights were read, in seconds since 1970 by the clock of the database: what is revoked after it concerns the
   * token. Default now, for rights that cannot have changed since.
   */
  readonly asOfS?: number
  /** What holds for it besides the roles, as `step-up`. Default none. */
  readonly policies?: readonly string[]
  /** Seconds until it expires. Default `ACCESS_TOKEN_LIFETIME_S`. */
  readonly lifetimeS?: number
}

export function makeTokens(
  keys: SigningKeys,
  { issuer, audience, accessTokenLifetimeS }: Pick<UsersConfig, 'issuer' | 'audience' | 'accessTokenLifetimeS'>,
): Tokens {
  return {
    async issue(
      { id, roles },
      { sessionId, asOfS = Date.now() / 1000, policies = [], lifetimeS = accessTokenLifetimeS },
    ) {
      const { kid, key } = await keys.signer()
      // With milliseconds: a token of the second in which others were revoked is told from them.
      const issuedS = Math.floor(asOfS * 1000) / 1000
      const accessToken = await new SignJWT({ sid: sessionId, roles, scope: scopesOf(roles).join(' '), policies })
        .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(id)
        .setJti(randomUUID())
        .setIssuedAt(issuedS)
        .setExpirationTime(Math.floor(issuedS) + lifetimeS)
        .sign(key)
      return { accessToken, expiresIn: lifetimeS }
    },
  }
}
