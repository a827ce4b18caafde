// Leaves a subgraph alone that has stopped answering: asking it again would cost every client the wait, and the
// subgraph the load that it may be failing under. Closed, everything is let through; open, nothing; half-open, one
// trial, whose outcome closes it or opens it again.

/** Fewer may be chance: a process that restarts, one connection that breaks. */
const FAILURES_TO_OPEN = 10
/**
 * Nothing has been answered for so long. A burst of failures at the same moment opens nothing, and neither does a query
 * that fails every time while others are answered: nobody can take a subgraph away from everybody else.
 */
const FAILING_MS = 1_000
/** Long enough to spare a subgraph that is starting, short enough for its return to be noticed at once. */
const OPEN_MS = 1_000

export type Admission = 'attempt' | 'trial'

/** `answered` is whatever the subgraph said; `abandoned` was given up before its outcome was known. */
export type Outcome = 'answered' | 'failed' | 'abandoned'

export interface CircuitBreaker {
  /** @returns null when no attempt may be made now. Each that is made is reported once. */
  admit(): Admission | null
  report(admission: Admission, outcome: Outcome): void
}

/**
 * @param options.onChange called once when the subgraph is given up and once when it answers again, however many trials
 *   there were in between
 */
export function circuitBreaker(options: {
  readonly onChange: (state: 'open' | 'closed') => void
  /** Milliseconds on a clock that never goes back. */
  readonly now?: () => number
}): CircuitBreaker {
  const { onChange, now = () => performance.now() } = options
  let failures = 0
  let failingSince = 0
  /** When the next trial may be made; null while closed. */
  let openUntil: number | null = null
  let isTrying = false

  return {
    admit() {
      if (openUntil === null) return 'attempt'
      if (isTrying || now() < openUntil) return null
      isTrying = true
      return 'trial'
    },

    report(admission, outcome) {
      if (admission === 'trial') isTrying = false
      if (outcome === 'answered') {
        failures = 0
        if (openUntil === null) return
        openUntil = null
        onChange('closed')
      } else if (outcome === 'failed' && admission === 'trial') {
        openUntil = now() + OPEN_MS
      } else if (outcome === 'failed' && openUntil === null) {
        failures += 1
        if (failures === 1) failingSince = now()
        if (failures < FAILURES_TO_OPEN || now() - failingSince < FAILING_MS) return
        openUntil = now() + OPEN_MS
        onChange('open')
      }
      // Attempts from before it opened go on failing for a while: they tell nothing new.
    },
  }
}
