// Who is asking, as the gateway tells the subgraphs. The gateway verifies a token once and signs what it found for each
// subgraph; a subgraph believes this header and nothing else. An anonymous request is signed too, so that a subgraph
// can tell the gateway from anybody else on its network.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/** Who is asking. Frozen; equal claims mean equal rights. */
export interface Identity {
  /** The id of the account; null for somebody who did not log in. */
  readonly subject: string | null
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  /** Policies that hold for this token, as `step-up`. */
  readonly policies: readonly string[]
  /** The login that the token comes from; null for what no login stands behind. Told only to whoever keeps the sessions. */
  readonly session: string | null
}

export const ANONYMOUS: Identity = frozen({ subject: null, roles: [], scopes: [], policies: [], session: null })

/** The header that carries a signed identity from the gateway to a subgraph. */
export const IDENTITY_HEADER = 'x-tributary-identity'

/**
 * A signed identity is good for this long at the least, and for twice as long at the most: its expiry is rounded up to
 * whole windows, so that one signature serves every request of an identity for half a minute.
 */
const SIGNATURE_WINDOW_S = 30

/** Signatures kept ready: those made within a window, for however many identities and addresses, and those verified. */
const SIGNATURES_KEPT = 10_000

/** What a subgraph learns of a request. */
export interface ForwardedIdentity {
  readonly identity: Identity
  /** The address the client came from, as the gateway saw it; null for work that no client asked for. */
  readonly clientAddress: string | null
}

/** Signs identities for subgraphs. Signatures are kept until they expire: signing costs more than a lookup. */
export function identitySigner(secret: string) {
  const keyId = keyIdOf(secret)
  // By identity first: whoever verifies a token once has one object for all of its requests, and need not compare claims.
  let keptOf = new WeakMap<Identity, Map<string, string>>()
  let keptCount = 0
  let keptUntilS = 0

  return ({ identity, clientAddress }: ForwardedIdentity, subgraph: string, nowMs = Date.now()): string => {
    const expiresS = (Math.floor(nowMs / (SIGNATURE_WINDOW_S * 1000)) + 2) * SIGNATURE_WINDOW_S
    // All that were made within a window expire with it.
    if (expiresS !== keptUntilS || keptCount >= SIGNATURES_KEPT) {
      keptOf = new WeakMap()
      keptCount = 0
      keptUntilS = expiresS
    }
    let kept = keptOf.get(identity)
    if (!kept) keptOf.set(identity, (kept = new Map()))
    const key = `${subgraph} ${clientAddress}`
    const known = kept.get(key)
    if (known !== undefined) return known
    const signed = `{"identity":${claimsOf(identity)},${JSON.stringify({ clientAddress, subgraph, expiresS }).slice(1)}`
    const text = `${keyId}.${Buffer.from(signed).toString('base64url')}`
    const header = `${text}.${mac(secret, text).toString('base64url')}`
    kept.set(key, header)
    keptCount += 1
    return header
  }
}

const claimsTexts = new WeakMap<Identity, string>()

/** The claims as text: equal for equal rights. Written once for each identity. */
export function claimsOf(identity: Identity): string {
  let text = claimsTexts.get(identity)
  if (text === undefined) {
    const { subject, roles, scopes, policies, session } = identity
    claimsTexts.set(identity, (text = JSON.stringify({ subject, roles, scopes, policies, session })))
  }
  return text
}

const sessionless = new WeakMap<Identity, Identity>()

/** The same rights, for those who keep no sessions: whoever is logged in twice is one to them. One object for each identity. */
export function withoutSession(identity: Identity): Identity {
  if (identity.session === null) return identity
  let known = sessionless.get(identity)
  if (!known) sessionless.set(identity, (known = frozen({ ...identity, session: null })))
  return known
}

/**
 * Reads what `identitySigner` wrote.
 *
 * @param secrets the current secret, and the previous one while it is being replaced
 * @returns null when the header is missing, malformed, expired, meant for another subgraph or signed with another secret
 */
export function identityVerifier(secrets: readonly string[], subgraph: string) {
  const secretByKeyId = new Map(secrets.map((secret) => [keyIdOf(secret), secret]))
  const verified = new LRUCache<string, { forwarded: ForwardedIdentity; expiresMs: number }>({ max: SIGNATURES_KEPT })

  return (header: string | undefined, nowMs = Date.now()): ForwardedIdentity | null => {
    if (!header) return null
    let found = verified.get(header)
    if (!found) {
      const [keyId, claims, signature, ...rest] = header.split('.')
      const secret = secretByKeyId.get(keyId ?? '')
      if (!secret || !claims || !signature || rest.length > 0) return null
      const expected = mac(secret, `${keyId}.${claims}`)
      const given = Buffer.from(signature, 'base64url')
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
      const read = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as SignedClaims
      if (read.subgraph !== subgraph) return null
      const forwarded = Object.freeze({ identity: frozen(read.identity), clientAddress: read.clientAddress })
      found = { forwarded, expiresMs: read.expiresS * 1000 }
      verified.set(header, found)
    }
    return found.expiresMs > nowMs ? found.forwarded : null
  }
}

interface SignedClaims extends ForwardedIdentity {
  readonly subgraph: string
  readonly expiresS: number
}

/** Many requests share one identity. */
function frozen({ subject, roles, scopes, policies, session = null }: Identity): Identity {
  const list = (names: readonly string[]) => Object.freeze([...names])
  return Object.freeze({ subject, roles: list(roles), scopes: list(scopes), policies: list(policies), session })
}

// Names the secret without telling it, so that a subgraph knows which of two to check with.
function keyIdOf(secret: string): string {
  return createHash('sha256').update(`key id of ${secret}`).digest('hex').slice(0, 8)
}

function mac(secret: string, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest()
}
