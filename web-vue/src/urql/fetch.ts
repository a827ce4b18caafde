// Longer than the gateway's own deadline: this one is for a network that swallows what is sent.
const DEADLINE_MS = 30_000

/** `fetch` that gives up after half a minute. */
export const fetchWithDeadline: typeof fetch = (input, init) => {
  const signals = [init?.signal, AbortSignal.timeout(DEADLINE_MS)].filter((signal) => signal != null)
  return fetch(input, { ...init, signal: AbortSignal.any(signals) })
}
