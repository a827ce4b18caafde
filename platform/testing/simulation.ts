// A world in which time passes only when nothing else can happen, and chance is a seed: the same seed makes the same
// history, down to the order of each answer. Processes in it run the real code; what they call over a network takes a
// while, and may fail or outlive the caller.
import type { Clock } from '../clock.ts'

export interface Simulation {
  readonly chance: Chance
  /** Of the world: it calls back whoever died. A process has a clock of its own. */
  readonly clock: Clock
  startProcess(): SimulatedProcess
  /** Resolves after a time of the world. */
  pause(durationMs: number): Promise<void>
  /** Lets everything happen until then. */
  runUntil(endMs: number): Promise<void>
}

export interface SimulatedProcess {
  readonly clock: Clock
  readonly isAlive: boolean
  /** Nothing of it happens any more; what it sent and has not arrived is lost. */
  kill(): void
  /** Nothing of it happens for a while, and then all at once. What it sent before arrives. */
  pause(durationMs: number): void
  /** Something from outside, that a dead process does not notice and a paused one later. */
  notice(what: () => void): void
  /** Called when it is killed. */
  onDeath(callback: () => void): void
  connect(faults?: Faults): Connection
}

/** Requests arrive in the order in which they are sent. */
export interface Connection {
  /**
   * @param effect happens when the request arrives. Its result comes back later, or never to a process that is dead by
   *   then
   */
  call<Result>(effect: () => Result | Promise<Result>): Promise<Result>
}

/** Of all requests, how many fail before they arrive, and how many after their effect; from 0 to 1. May change. */
export interface Faults {
  readonly lost: number
  readonly unanswered: number
}

type Chance = ReturnType<typeof makeChance>

export const NO_FAULTS: Faults = { lost: 0, unanswered: 0 }

const LATENCY_MAX_MS = 20

export function simulate(seed: number): Simulation {
  const chance = makeChance(seed)
  const agenda: { readonly atMs: number; readonly happen: () => void }[] = []
  let nowMs = 0

  function schedule(delayMs: number, happen: () => void): { readonly atMs: number; readonly happen: () => void } {
    const entry = { atMs: nowMs + Math.max(0, delayMs), happen }
    // Behind all of the same time. Nearly everything is soon, so the place is near the front.
    const place = agenda.findIndex(({ atMs }) => atMs > entry.atMs)
    agenda.splice(place < 0 ? agenda.length : place, 0, entry)
    return entry
  }

  const clock: Clock = {
    nowMs: () => nowMs,
    after: (delayMs, callback) => {
      const entry = schedule(delayMs, callback)
      return () => {
        const place = agenda.indexOf(entry)
        if (place >= 0) agenda.splice(place, 1)
      }
    },
  }

  function startProcess(): SimulatedProcess {
    let isAlive = true
    let pausedUntilMs = 0
    const mourners: (() => void)[] = []
    const process: SimulatedProcess = {
      get isAlive() {
        return isAlive
      },
      clock: { nowMs: clock.nowMs, after: (delayMs, callback) => clock.after(delayMs, () => process.notice(callback)) },
      kill: () => {
        isAlive = false
        for (const callback of mourners.splice(0)) callback()
      },
      pause: (durationMs) => (pausedUntilMs = Math.max(pausedUntilMs, nowMs + durationMs)),
      notice: (what) => {
        if (!isAlive) return
        if (nowMs < pausedUntilMs) schedule(pausedUntilMs - nowMs, () => process.notice(what))
        else what()
      },
      onDeath: (callback) => void mourners.push(callback),
      connect: (faults = NO_FAULTS) => connect(process, faults),
    }
    return process
  }

  function connect(process: SimulatedProcess, faults: Faults): Connection {
    let lastArrivalMs = 0
    const latency = () => chance.between(0, LATENCY_MAX_MS)
    return {
      call: (effect) =>
        new Promise((resolve, reject) => {
          const fail = () => schedule(latency(), () => process.notice(() => reject(new Error('connection reset'))))
          lastArrivalMs = Math.max(lastArrivalMs, nowMs + latency())
          schedule(lastArrivalMs - nowMs, async () => {
            if (!process.isAlive) return
            if (chance.is(faults.lost)) return void fail()
            const answer = await settled(effect)
            if (chance.is(faults.unanswered)) return void fail()
            schedule(latency(), () =>
              process.notice(() => ('value' in answer ? resolve(answer.value) : reject(answer.error as Error))),
            )
          })
        }),
    }
  }

  return {
    chance,
    clock,
    startProcess,
    pause: (durationMs) => new Promise((resolve) => void schedule(durationMs, resolve)),
    async runUntil(endMs) {
      for (;;) {
        await untilNothingRuns()
        if (agenda.length === 0 || agenda[0]!.atMs > endMs) break
        const { atMs, happen } = agenda.shift()!
        nowMs = atMs
        happen()
      }
      nowMs = endMs
    },
  }
}

/** Ticks come when no promise has anything left to do. */
const untilNothingRuns = () => new Promise<void>((resolve) => process.nextTick(resolve))

async function settled<Result>(
  effect: () => Result | Promise<Result>,
): Promise<{ readonly value: Result } | { readonly error: unknown }> {
  try {
    return { value: await effect() }
  } catch (error) {
    return { error }
  }
}

function makeChance(seed: number) {
  let state = seed
  // mulberry32
  function random(): number {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    /** True that often, 0 to 1. */
    is: (share: number) => random() < share,
    between: (min: number, max: number) => min + random() * (max - min),
    integer: (min: number, max: number) => min + Math.floor(random() * (max - min + 1)),
    pick: <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!,
  }
}
