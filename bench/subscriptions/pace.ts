import { setTimeout as sleep } from 'node:timers/promises'

export interface Pace {
  readonly perSecond: number
  readonly count: number
}

/** Shorter than what is measured, and long enough for a timer. */
const TICK_MS = 2

/**
 * Does something so many times, evenly over time; what a tick was late for is done in the next.
 *
 * @returns milliseconds that it took
 */
export async function atPace({ perSecond, count }: Pace, act: (number: number) => void): Promise<number> {
  const startedMs = performance.now()
  for (let done = 0; done < count; await sleep(TICK_MS)) {
    const due = Math.min(Math.floor(((performance.now() - startedMs) * perSecond) / 1_000) + 1, count)
    while (done < due) act(done++)
  }
  return performance.now() - startedMs
}
