// One run of chaos: clients follow, people write, and things break in an order that a seed says; then silences, each
// begun by a last event that a fault hits.
import { setTimeout as sleep } from 'node:timers/promises'
import { makeRandom } from '../../drizzle/demo/random.ts'
import { apiOf } from '../support/api.ts'
import type { Person } from '../support/api.ts'
import { makeFaults } from './faults.ts'
import type { FaultKind, Faults } from './faults.ts'
import { follow, followerKinds } from './followers.ts'
import type { Follower } from './followers.ts'
import { startSystem } from './system.ts'
import type { System } from './system.ts'
import { hasLast, judge, missingChanges } from './verdict.ts'
import type { FollowerVerdict } from './verdict.ts'
import { startWriters } from './writers.ts'
import type { Writers } from './writers.ts'

export interface ChaosOptions {
  readonly seed: number
  /** Changes that are answered, at the least. */
  readonly changes: number
  readonly changesPerSecond: number
  readonly clients: number
  readonly gateways: number
  /** How long what was killed is away, at the most. */
  readonly awayMaxMs: number
  /** All of them happen; they begin anew while changes remain. */
  readonly faults: readonly FaultKind[]
  readonly pauseMs: number
  /** Faults that hit a last event, and how long nothing follows it. */
  readonly lastFaults: readonly FaultKind[]
  readonly silenceMs: number
}

export interface ChaosOutcome {
  readonly events: number
  readonly unanswered: number
  readonly missingChanges: readonly string[]
  readonly hasHoles: boolean
  readonly clients: readonly FollowerVerdict[]
  /** How often each was caused, and how often it hit what it was for. */
  readonly faults: ReadonlyMap<FaultKind, { readonly caused: number; readonly hit: number }>
  readonly silences: readonly Silence[]
  readonly durationMs: number
}

export interface Silence {
  readonly fault: FaultKind
  /** From the last event before it until everybody had been told; null when somebody was not within it. */
  readonly toldWithinMs: number | null
  /** Who was behind when it began, by how many events: these were being told what they had missed. */
  readonly behind: readonly string[]
}

const WRITERS = 8
const FOLLOWING_WITHIN_MS = 20_000
/** What is not told so long after the last silence is lost. */
const SETTLE_MAX_MS = 10_000
/** What is told twice may come the second time a little later. */
const DOUBLES_MS = 1_500

export async function runChaos(options: ChaosOptions): Promise<ChaosOutcome> {
  const startedAtMs = performance.now()
  const random = makeRandom(options.seed)
  const system = await startSystem(options.gateways)
  const followers: Follower[] = []
  try {
    const url = `http://${system.host}`
    const api = apiOf(url)
    const people = await Promise.all(Array.from({ length: WRITERS }, () => api.person()))
    for (let nth = 0; nth < options.clients; nth++) followers.push(followNth(nth, system.host, people))
    await untilAllFollow(followers)

    const { changesPerSecond } = options
    const writers = startWriters({ url, people, changesPerSecond, random })
    const caused = new Map<FaultKind, { caused: number; hit: number }>()
    const faults = counted(makeFaults(system, random, options.awayMaxMs), caused)
    await causeFaults(options, faults, writers, random)
    await writers.stop()

    const silences: Silence[] = []
    for (const fault of options.lastFaults) {
      silences.push(await silence(system, faults, writers, followers, fault, options.silenceMs))
    }
    const log = await system.readLog()
    const endsAtMs = performance.now() + SETTLE_MAX_MS
    while (performance.now() < endsAtMs && !followers.every((each) => hasLast(each, log))) await sleep(50)
    await sleep(DOUBLES_MS)
    return {
      events: log.filter(({ itemEvent }) => itemEvent).length,
      unanswered: writers.unanswered(),
      missingChanges: missingChanges(writers.acknowledged, log),
      hasHoles: log.some(({ position }, index) => position !== index + 1),
      clients: followers.map((each) => judge(each, log)),
      faults: caused,
      silences,
      durationMs: performance.now() - startedAtMs,
    }
  } finally {
    for (const each of followers) each.end()
    await system.close()
  }
}

// EventSource is for everybody's events: it cannot send a token. Of the others, two of three follow their own.
function followNth(nth: number, host: string, people: readonly Person[]): Follower {
  const kind = followerKinds[nth % followerKinds.length]!
  const round = Math.floor(nth / followerKinds.length)
  const isMine = kind !== 'EventSource' && round % 3 !== 0
  return follow(kind, { host, scope: isMine ? 'MINE' : 'PUBLIC', person: isMine ? people[nth % people.length]! : null })
}

async function causeFaults(
  options: ChaosOptions,
  faults: Faults,
  writers: Writers,
  random: () => number,
): Promise<void> {
  let isEnough = false
  const enough = writers.untilAcknowledged(options.changes).then(() => (isEnough = true))
  let first = true
  while (first || !isEnough) {
    for (const kind of shuffled(options.faults, random)) {
      if (!first && isEnough) break
      await Promise.race([sleep(options.pauseMs * (0.5 + random())), first ? null : enough])
      await faults.cause(kind)
    }
    first = false
  }
  await enough
}

async function silence(
  system: System,
  faults: Faults,
  writers: Writers,
  followers: readonly Follower[],
  fault: FaultKind,
  silenceMs: number,
): Promise<Silence> {
  const causing = faults.cause(fault)
  await writers.writeOnce()
  const writtenAtMs = performance.now()
  const remainingMs = () => silenceMs - (performance.now() - writtenAtMs)
  const log = await system.readLog()
  const behind = followers.flatMap((each) => {
    const { lost } = judge(each, log)
    return lost.length > 1 ? [`${each.kind} ${each.scope} by ${lost.length}`] : []
  })
  let toldWithinMs: number | null = null
  while (remainingMs() > 0 && toldWithinMs === null) {
    if (followers.every((each) => hasLast(each, log))) toldWithinMs = performance.now() - writtenAtMs
    else await sleep(20)
  }
  await causing
  await sleep(Math.max(0, remainingMs()))
  return { fault, toldWithinMs, behind }
}

function counted(faults: Faults, caused: Map<FaultKind, { caused: number; hit: number }>): Faults {
  return {
    async cause(kind) {
      const hit = await faults.cause(kind)
      const before = caused.get(kind) ?? { caused: 0, hit: 0 }
      caused.set(kind, { caused: before.caused + 1, hit: before.hit + Number(hit) })
      return hit
    },
  }
}

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((one) => [random(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one)
}

async function untilAllFollow(followers: readonly Follower[]): Promise<void> {
  const startedAtMs = performance.now()
  for (;;) {
    const missing = followers.filter((each) => !each.isFollowing())
    if (missing.length === 0) return
    if (performance.now() - startedAtMs > FOLLOWING_WITHIN_MS) {
      const described = missing.map(({ kind, scope, others }) => `${kind} ${scope} ${others.join()}`)
      throw new Error(`These do not follow:\n${described.join('\n')}`)
    }
    await sleep(20)
  }
}
