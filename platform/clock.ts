// Time, for what has to keep its promises at any speed: tests have a clock of their own and make hours pass at once.

export interface Clock {
  /** Moves on steadily, whatever is done to the machine's time of day. */
  nowMs(): number
  /** Calls back once. @returns what calls it off */
  after(delayMs: number, callback: () => void): () => void
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}
