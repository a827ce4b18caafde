import { onScopeDispose, readonly, shallowRef } from 'vue'

/** How often what depends on the time of day is written anew. */
const TICK_MS = 20_000

const now = shallowRef(Date.now())
let users = 0
let timer: ReturnType<typeof setInterval> | undefined

/** The time in milliseconds, shared by all who ask, so that all move together. */
export function useNow() {
  if (users++ === 0) {
    now.value = Date.now()
    timer = setInterval(() => (now.value = Date.now()), TICK_MS)
  }
  onScopeDispose(() => {
    if (--users === 0) clearInterval(timer)
  })
  return readonly(now)
}
