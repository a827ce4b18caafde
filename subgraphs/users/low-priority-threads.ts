// Work that keeps a core busy, in threads of its own: beside the event loop, and while nobody else wants a core. On a
// machine that is busy all the time it would never be done that way, and so goes on with a share of a core instead.
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Piscina } from 'piscina'
import { makeTurns } from './turns.ts'

export interface ThreadLimits {
  /** Done at a time. */
  readonly runningMax: number
  /** Waiting at a time: more are refused at once. */
  readonly waitingMax: number
  /** Several times as long as it takes: then there is no core to wait for. */
  readonly patienceMs: number
  /** A thread that has done nothing for so long ends. Default never */
  readonly idleMs?: number
}

/** @param file what the threads run: each kind of work is a function that it exports */
export function makeLowPriorityThreads(
  file: URL,
  { runningMax, waitingMax, patienceMs, idleMs = Infinity }: ThreadLimits,
) {
  const inTurn = makeTurns({ runningMax, waitingMax })
  const options = {
    filename: file.href,
    minThreads: 0, // begun when there is something to do
    maxThreads: runningMax,
    idleTimeout: idleMs,
    // Of a thread on Linux alone: elsewhere it is the process that would wait.
    niceIncrement: process.platform === 'linux' ? constants.priority.PRIORITY_BELOW_NORMAL : 0,
  }
  // Without the flags of the process, of which a thread refuses some.
  const whenIdle = new Piscina({
    ...options,
    execArgv: ['--import', new URL('./run-when-idle.ts', import.meta.url).href],
  })
  const withShare = new Piscina(options)
  /** Given up, and not done yet. */
  let stuck = 0

  async function work(name: string, task: unknown): Promise<unknown> {
    if (stuck > 0) return withShare.run(task, { name })
    const done = whenIdle.run(task, { name })
    const patience = new AbortController()
    const isLate = sleep(patienceMs, true, { signal: patience.signal }).catch(() => false)
    try {
      if (!(await Promise.race([done.then(() => false), isLate]))) return await done
    } finally {
      patience.abort()
    }
    stuck += 1
    const isOver = () => void (stuck -= 1)
    done.then(isOver, isOver)
    return withShare.run(task, { name })
  }

  return {
    /** @throws ApiError RATE_LIMITED when too much waits */
    run: <Result>(name: string, task: unknown) => inTurn(() => work(name, task) as Promise<Result>),
    /** Ends the threads; what they were doing fails. */
    async close(): Promise<void> {
      await Promise.all([whenIdle.destroy(), withShare.destroy()])
    },
  }
}
