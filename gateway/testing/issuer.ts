// For tests: an issuer of access tokens that is not ours.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { SignJWT, exportJWK, generateKeyPair } from 'jose'
import type { JWTPayload } from 'jose'
import { portOf } from './films.ts'

/** Issues tokens as some identity provider would, and serves its keys. */
export async function startIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }]
  const server: Server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ keys }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    server,
    url: `http://127.0.0.1:${portOf(server)}/`,
    publicKey,
    privateKey,
    /** @param claims beside the usual ones, or in their place */
    token: (subject: string, lifetimeS = 60, scope = '', claims: JWTPayload = {}) =>
      new SignJWT({ roles: [], scope, iat: Date.now() / 1000, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setSubject(subject)
        .setIssuer('tributary')
        .setAudience('tributary')
        .setExpirationTime(Math.floor(Date.now() / 1000) + lifetimeS)
        .sign(privateKey),
  }
}
