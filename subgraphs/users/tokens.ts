// Access tokens: what a gateway learns of somebody without asking again.
import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { UsersConfig } from '../../platform/config.ts'
import type { UserRow } from './account-store.ts'
import { scopesOf } from './roles.ts'
import type { SigningKeys } from './signing-keys.ts'

export interface Tokens {
  /** Signs a token for an account, with the rights that it has now. */
  issue(user: Pick<UserRow, 'id' | 'roles'>, of: TokenOptions): Promise<{ accessToken: string; expiresIn: number }>
}

export interface TokenOptions {
  /** The session that it belongs to, and ends with. */
  readonly sessionId: string
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
    async issue({ id, roles }, { sessionId, policies = [], lifetimeS = accessTokenLifetimeS }) {
      const { kid, key } = await keys.newest()
      // With milliseconds: a token of the second in which others were revoked is told from them.
      const issuedS = Date.now() / 1000
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
