// When keys that sign access tokens come and go. A key is shown to everybody as soon as there is one, and signs only when
// everybody can have read it; the one before it stays until the last token that it signed has expired.
import type { JWK } from 'jose'

export interface SigningKeyRow {
  /** `kid` in a token's header: the key's JWK thumbprint. */
  readonly id: string
  readonly privateJwk: JWK
  /** Milliseconds since 1970. */
  readonly createdAtMs: number
  readonly signsFromMs: number
}

export interface NewSigningKey {
  readonly id: string
  readonly privateJwk: JWK
}

/** What to do, all at once. */
export interface KeyChange {
  readonly add: (NewSigningKey & { readonly signsFromMs: number }) | null
  readonly removeIds: readonly string[]
}

/** How long whoever verifies tokens may keep the public keys. */
export const JWKS_MAX_AGE_S = 300
/** After this long a process sees a key that was added. */
export const KEYS_KEPT_S = 60

/** For requests on their way, and processes that were held up. */
const SLACK_S = 60
/** After this long a key that was added is known to whoever keeps to `JWKS_MAX_AGE_S`. */
const PUBLISHED_AFTER_S = KEYS_KEPT_S + JWKS_MAX_AGE_S + SLACK_S

const DAY_MS = 86_400_000

interface Keys {
  /** The first to sign first. */
  readonly rows: readonly SigningKeyRow[]
  readonly nowMs: number
}

/** The key that signs now; undefined while there is none. */
export function signerOf({ rows, nowMs }: Keys): SigningKeyRow | undefined {
  // Where every key is still to come, as after a restore of the database, the first of them has to do.
  return rows.findLast(({ signsFromMs }) => signsFromMs <= nowMs) ?? rows[0]
}

/**
 * What a schedule wants done now.
 *
 * @param lifetimeDays how long a key signs before it is replaced
 * @param tokenLifetimeS the longest that a token lives
 */
export function scheduledChange(
  keys: Keys,
  fresh: NewSigningKey,
  { lifetimeDays, tokenLifetimeS }: { lifetimeDays: number; tokenLifetimeS: number },
): KeyChange {
  const last = keys.rows.at(-1)
  const isDue = !last || keys.nowMs >= last.signsFromMs + lifetimeDays * DAY_MS - PUBLISHED_AFTER_S * 1000
  const removeIds = keys.rows
    // A key signs until the next one does, and what it signed last lives its time after that.
    .filter((_key, index) => {
      const next = keys.rows[index + 1]
      return next && next.signsFromMs + (KEYS_KEPT_S + tokenLifetimeS + SLACK_S) * 1000 < keys.nowMs
    })
    .map(({ id }) => id)
  return { add: isDue ? added(keys, fresh) : null, removeIds }
}

/** What a person wants done who asks for another key now. Nothing, where one waits already. */
export function rotationChange(keys: Keys, fresh: NewSigningKey): KeyChange {
  const isWaiting = keys.rows.some(({ signsFromMs }) => signsFromMs > keys.nowMs)
  return { add: isWaiting ? null : added(keys, fresh), removeIds: [] }
}

/** The very first key signs at once: there is nobody who could know another. */
function added({ rows, nowMs }: Keys, fresh: NewSigningKey) {
  return { ...fresh, signsFromMs: rows.length === 0 ? nowMs : nowMs + PUBLISHED_AFTER_S * 1000 }
}
