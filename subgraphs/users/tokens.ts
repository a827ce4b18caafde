// Access tokens: what a gateway learns of somebody without asking again.
import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { UsersConfig } from '../../platform/config.ts'
import { scopesOf } from './roles.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { UserRow } from './store.ts'

export interface Tokens {
  /** Signs a token for an account, with the rights that it has now. */
  issue(user: Pick<UserRow, 'id' | 'roles'>): Promise<{ accessToken: string; expiresIn: number }>
}

export function makeTokens(
  keys: SigningKeys,
  { issuer, audience, accessTokenLifetimeS }: Pick<UsersConfig, 'issuer' | 'audience' | 'accessTokenLifetimeS'>,
): Tokens {
  return {
    async issue({ id, roles }) {
      const { kid, key } = await keys.newest()
      const issuedS = Math.floor(Date.now() / 1000)
      const accessToken = await new SignJWT({ roles, scope: scopesOf(roles).join(' '), policies: [] })
        .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(id)
        .setJti(randomUUID())
        .setIssuedAt(issuedS)
        .setExpirationTime(issuedS + accessTokenLifetimeS)
        .sign(key)
      return { accessToken, expiresIn: accessTokenLifetimeS }
    },
  }
}
