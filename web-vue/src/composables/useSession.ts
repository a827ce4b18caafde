// Who is signed in in this tab.
import type { CombinedError } from '@urql/vue'
import { computed, readonly, shallowRef } from 'vue'
import { scopesOf } from '../session/claims.ts'
import type { Grant } from '../session/refresh.ts'
import { forget, isRemembered, onRememberedElsewhere, remember } from '../session/remembered.ts'
import { openSession, type Session } from '../session/session.ts'

export type SessionEnd = 'signed-out' | 'expired'

const session = shallowRef<Session | null>(null)
const number = shallowRef(0)
const lastEnd = shallowRef<SessionEnd | null>(null)
let isLeaving = false
let wasRefused = false

// Asked for while the page is still being put together; who is not signed in waits for nothing.
if (isRemembered()) begin(null)

onRememberedElsewhere((isSignedIn) => {
  if (!isSignedIn) end('signed-out')
  // Perhaps somebody else: the cookie is the whole browser's.
  else if (session.value?.token.value) session.value.refuse(session.value.token.value)
})

export function useSession() {
  return {
    session: computed(() => session.value),
    /** Changes with whoever is signed in, and with nothing else. */
    number: readonly(number),
    /** Also while a page load is asking for the first token. */
    isSignedIn: computed(() => session.value !== null),
    /** What the person may do, as the token has it. */
    scopes: computed(() => scopesOf(session.value?.token.value)),
    /** Whether the person sees the accounts of others, deleted ones too. */
    seesAccounts: computed(() => {
      const scopes = scopesOf(session.value?.token.value)
      return scopes.includes('users:read') || scopes.includes('users:admin')
    }),
    /** How the session before ended; null while there is one. */
    lastEnd: readonly(lastEnd),
    start,
    end,
    leave,
    settle,
  }
}

function start(grant: Grant) {
  remember()
  begin(grant)
}

function end(why: SessionEnd) {
  if (!session.value) return
  session.value.close()
  forget()
  lastEnd.value = why
  session.value = null
  number.value++
}

/**
 * Ends the session by what is sent. The gateway may tell of that in other ways before it answers, and the session goes on
 * here until `send` is done.
 *
 * @returns the error with which the session was not ended
 */
async function leave(send: () => Promise<CombinedError | undefined>): Promise<CombinedError | undefined> {
  isLeaving = true
  wasRefused = false
  const error = await send()
  isLeaving = false
  if (!error || wasRefused) end('signed-out')
  return session.value ? error : undefined
}

function refused() {
  if (isLeaving) wasRefused = true
  else end('expired')
}

/** Resolves once it is known whether the login of an earlier page load goes on. */
async function settle() {
  if (session.value?.token.value === null) await session.value.accessToken().catch(() => {})
}

function begin(grant: Grant | null) {
  session.value?.close()
  session.value = openSession({ grant, onRefused: refused, onOtherPerson: begin })
  lastEnd.value = null
  number.value++
}
