// What is revoked, in memory: asked for every request, so a lookup or two. It holds what can still matter and no more,
// because every revocation says how long that is.
import type { Revocation } from '../../platform/account-events.ts'
import type { VerifiedToken } from '../access-token.ts'

/** By which a source's clock may differ from ours, beside what access tokens are granted. */
const CLOCK_SKEW_S = 60

export interface Revoked {
  /** @returns whether it says something new */
  add(revocation: Revocation): boolean
  has(token: VerifiedToken): boolean
  /** Forgets what no token that is still good can be concerned by. */
  forget(): void
  readonly size: number
}

export function makeRevoked(nowS: () => number = () => Date.now() / 1_000): Revoked {
  /** Until when each matters, in seconds since 1970. */
  const sessions = new Map<string, number>()
  const apiKeys = new Map<string, number>()
  const subjects = new Map<string, { readonly issuedBeforeS: number; readonly untilS: number }>()

  const isOver = (untilS: number) => untilS + CLOCK_SKEW_S < nowS()

  function addTo(known: Map<string, number>, id: string, untilS: number): boolean {
    if ((known.get(id) ?? -Infinity) >= untilS) return false
    known.set(id, untilS)
    return true
  }

  function addSubject(subject: string, issuedBeforeS: number, untilS: number): boolean {
    const known = subjects.get(subject)
    if (known && known.issuedBeforeS >= issuedBeforeS && known.untilS >= untilS) return false
    subjects.set(subject, {
      issuedBeforeS: Math.max(issuedBeforeS, known?.issuedBeforeS ?? -Infinity),
      untilS: Math.max(untilS, known?.untilS ?? -Infinity),
    })
    return true
  }

  return {
    add(revocation) {
      const { untilS } = revocation
      if (isOver(untilS)) return false
      if ('session' in revocation) return addTo(sessions, revocation.session, untilS)
      if ('apiKeySha256' in revocation) return addTo(apiKeys, revocation.apiKeySha256, untilS)
      return addSubject(revocation.subject, revocation.issuedBeforeS, untilS)
    },

    has({ identity: { subject, session }, issuedAtS, apiKey }) {
      if (apiKey) return apiKeys.has(apiKey.sha256)
      if (session !== null && sessions.has(session)) return true
      const known = subject === null ? undefined : subjects.get(subject)
      return known !== undefined && (issuedAtS ?? -Infinity) < known.issuedBeforeS
    },

    forget() {
      for (const [id, untilS] of sessions) if (isOver(untilS)) sessions.delete(id)
      for (const [id, untilS] of apiKeys) if (isOver(untilS)) apiKeys.delete(id)
      for (const [id, { untilS }] of subjects) if (isOver(untilS)) subjects.delete(id)
    },

    get size() {
      return sessions.size + apiKeys.size + subjects.size
    },
  }
}

/** @returns null for what is none that is known here */
export function readRevocation(told: unknown): Revocation | null {
  if (typeof told !== 'object' || told === null) return null
  const { session, subject, issuedBeforeS, apiKeySha256, untilS } = told as Readonly<Record<string, unknown>>
  if (typeof untilS !== 'number') return null
  if (typeof session === 'string') return { session, untilS }
  if (typeof apiKeySha256 === 'string') return { apiKeySha256, untilS }
  if (typeof subject === 'string' && typeof issuedBeforeS === 'number') return { subject, issuedBeforeS, untilS }
  return null
}
