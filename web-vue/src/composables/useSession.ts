// Who is signed in in this tab. The token is kept in sessionStorage so that a reload keeps the login; it moves to memory,
// beside a refresh token in an HttpOnly cookie, when there are sessions to refresh.
import { computed, readonly, shallowRef } from 'vue'

interface Session {
  readonly token: string
  readonly expiresAtMs: number
}

export type SessionEnd = 'signed-out' | 'expired'

const KEY = 'tributary.session'
/** Ended this much before the token does, so that no request is refused on its way. */
const MARGIN_MS = 5_000
/** setTimeout takes no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

const session = shallowRef<Session | null>(null)
const lastEnd = shallowRef<SessionEnd | null>(null)
let timer: ReturnType<typeof setTimeout> | undefined

begin(restore())

export function useSession() {
  return {
    token: computed(() => session.value?.token ?? null),
    isSignedIn: computed(() => session.value !== null),
    /** How the session before ended; null while there is one. */
    lastEnd: readonly(lastEnd),
    start,
    end,
  }
}

/** @param expiresInS seconds the token is good for, from now on */
function start(token: string, expiresInS: number) {
  const started = { token, expiresAtMs: Date.now() + expiresInS * 1_000 }
  write(JSON.stringify(started))
  begin(started)
}

function end(why: SessionEnd) {
  if (!session.value) return
  clearTimeout(timer)
  write(null)
  lastEnd.value = why
  session.value = null
}

function begin(started: Session | null) {
  clearTimeout(timer)
  if (!started) return
  const leftMs = started.expiresAtMs - MARGIN_MS - Date.now()
  timer = setTimeout(() => end('expired'), Math.min(leftMs, LONGEST_TIMER_MS))
  lastEnd.value = null
  session.value = started
}

function restore(): Session | null {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Session | null
    const isGood = typeof stored?.token === 'string' && stored.expiresAtMs - MARGIN_MS > Date.now()
    if (isGood) return stored
    write(null)
  } catch {
    // Storage is switched off, or what lies there is not ours: nobody is signed in.
  }
  return null
}

function write(text: string | null) {
  try {
    if (text === null) sessionStorage.removeItem(KEY)
    else sessionStorage.setItem(KEY, text)
  } catch {
    // Storage is switched off: the login lasts until the page is left.
  }
}
