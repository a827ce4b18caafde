import { onScopeDispose, readonly, shallowRef } from 'vue'

/** What GET /health/all answers, with 200 or 503. */
export interface Health {
  readonly status: string
  readonly timestamp: string
  readonly services: Readonly<Record<string, { readonly status: string }>>
  readonly system: {
    /** Seconds. */
    readonly uptime: number
    /** MiB. */
    readonly memory: { readonly used: number; readonly total: number }
    readonly platform: string
  }
}

const EVERY_MS = 10_000

/** How the service is, asked again every 10 s while the page is in view. */
export function useHealth() {
  const health = shallowRef<Health | null>(null)
  const isUnreachable = shallowRef(false)
  const asking = new AbortController()

  async function ask() {
    if (document.hidden) return
    try {
      const response = await fetch('/health/all', { signal: asking.signal })
      health.value = (await response.json()) as Health
      isUnreachable.value = false
    } catch {
      if (asking.signal.aborted) return
      health.value = null
      isUnreachable.value = true
    }
  }

  void ask()
  const timer = setInterval(() => void ask(), EVERY_MS)
  onScopeDispose(() => {
    clearInterval(timer)
    asking.abort()
  })
  return { health: readonly(health), isUnreachable: readonly(isUnreachable), ask }
}
