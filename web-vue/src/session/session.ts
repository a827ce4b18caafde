// One login as this tab knows it: an access token in memory, exchanged for the next one shortly before it expires.
import { readonly, shallowRef, type Ref } from 'vue'
import { refreshSession, type Grant } from './refresh.ts'

export interface Session {
  /** Null until the first answer, when a page load takes up a login. */
  readonly token: Readonly<Ref<string | null>>
  /** Whether the token is good for a request right now, as far as can be known. */
  isFresh(): boolean
  /**
   * A token that is good right now, asked for where there is none. Those who wait at the same time wait for one answer.
   *
   * @throws when the gateway cannot be reached, or the session has ended
   */
  accessToken(): Promise<string>
  /** Says that the gateway did not take the token: another one is asked for, or it is found that the session has ended. */
  refuse(token: string): void
  /** Keeps a token of a second factor, for what needs one. */
  elevate(token: string, expiresInS: number): void
  /** The token of a second factor for as long as it is good; null where there is none. */
  elevatedToken(): string | null
  close(): void
}

export interface SessionOptions {
  /** Null: a login that an earlier page load began. */
  readonly grant: Grant | null
  /** Called when there is nothing to go on with any more. */
  readonly onRefused: () => void
  /** Called when the browser has been signed in as somebody else meanwhile. */
  readonly onOtherPerson: (grant: Grant) => void
}

/** Another token is asked for this much before the old one expires; for short-lived ones a tenth of their life. */
const LONGEST_MARGIN_MS = 60_000
/** No request is to be refused on its way. */
const ELEVATED_MARGIN_MS = 5_000
/** setTimeout takes no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export function openSession({ grant, onRefused, onOtherPerson }: SessionOptions): Session {
  const token = shallowRef<string | null>(null)
  let userId = grant?.userId
  let staleAtMs = 0
  let elevated: { token: string; staleAtMs: number } | null = null
  let refreshing: Promise<string> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOpen = true

  function take(next: Grant) {
    const lifetimeMs = next.expiresInS * 1_000
    const leftMs = lifetimeMs - Math.min(LONGEST_MARGIN_MS, lifetimeMs / 10)
    token.value = next.token
    userId = next.userId
    staleAtMs = Date.now() + leftMs
    clearTimeout(timer)
    timer = setTimeout(refreshAhead, Math.min(leftMs, LONGEST_TIMER_MS))
  }

  const isFresh = () => token.value !== null && Date.now() < staleAtMs

  async function accessToken(): Promise<string> {
    if (token.value !== null && isFresh()) return token.value
    return (refreshing ??= refresh().finally(() => (refreshing = undefined)))
  }

  async function refresh(): Promise<string> {
    const next = isOpen ? await refreshSession() : null
    if (isOpen && next && (userId === undefined || next.userId === userId)) {
      take(next)
      return next.token
    }
    if (isOpen && next) onOtherPerson(next)
    else if (isOpen) onRefused()
    throw new Error('The session has ended.')
  }

  // Where it fails, the next request tries again.
  const refreshAhead = () => void accessToken().catch(() => {})

  if (grant) take(grant)
  else refreshAhead()

  return {
    token: readonly(token),
    isFresh,
    accessToken,
    refuse: (refused) => {
      if (refused === elevated?.token) elevated = null
      else if (refused !== token.value) return // It has been replaced meanwhile.
      staleAtMs = 0
      refreshAhead()
    },
    elevate: (elevatedToken, expiresInS) => {
      elevated = { token: elevatedToken, staleAtMs: Date.now() + expiresInS * 1_000 - ELEVATED_MARGIN_MS }
    },
    elevatedToken: () => (elevated && Date.now() < elevated.staleAtMs ? elevated.token : null),
    close: () => {
      isOpen = false
      clearTimeout(timer)
    },
  }
}
