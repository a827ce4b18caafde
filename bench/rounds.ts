// Rounds of measurements: in each, every contender has its turn at every scenario, in another order than the round before.
// What the machine does besides, now and then, hits all of them alike.
import type { Asked, QueryName } from './answers.ts'
import { cpuTimeMs } from './cpu-time.ts'
import type { LoadRequest } from './load.ts'
import type { LoadGenerator } from './load-generator.ts'
import { orderOf } from './statistics.ts'

/** As many as clients of one gateway process have at the same time under load. */
export const CONNECTIONS = 50

/** `same`: one request again and again, which joined fetches make cheap. `distinct`: no two at a time have a fetch in common. */
export const requestKinds = ['same', 'distinct'] as const

export interface Scenario {
  readonly query: QueryName
  readonly requests: (typeof requestKinds)[number]
}

export interface Contender extends Asked {
  /** Its processes, whose CPU is its own, by name. */
  readonly pids: Readonly<Record<string, number>>
}

/** Of one contender in one round. */
export interface Sample {
  /** CPU of its processes for one request. */
  readonly cpuMs: number
  /** Of it, by process. */
  readonly cpuMsOf: Readonly<Record<string, number>>
  /** CPU of the database for one request; null where there is none. */
  readonly databaseCpuMs: number | null
  /** Requests to subgraphs for one request; null where they are not counted. */
  readonly fetches: number | null
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** By contender: a sample for each round that counts. */
export type Samples = ReadonlyMap<string, readonly Sample[]>

export interface Measurement {
  readonly contenders: readonly Contender[]
  readonly scenarios: readonly Scenario[]
  /** By query and contender, see `compareAnswers`. */
  readonly requests: ReadonlyMap<QueryName, ReadonlyMap<string, readonly LoadRequest[]>>
  /** The first warms up and does not count. */
  readonly rounds: number
  /** Of each turn. */
  readonly durationMs: number
  readonly databasePid: number | null
  readonly countFetches: (() => Promise<number>) | null
  readonly load: LoadGenerator
  onRound(round: number): void
}

/** @throws Error when an answer under load is not as long as it was, or is an error */
export async function measure(measurement: Measurement): Promise<Map<Scenario, Samples>> {
  const { contenders, scenarios, rounds, onRound } = measurement
  const found = new Map(
    scenarios.map((scenario) => [scenario, new Map(contenders.map(({ name }) => [name, [] as Sample[]]))]),
  )
  for (let round = 0; round < rounds; round += 1) {
    onRound(round)
    for (const [scenario, samples] of found) {
      for (const contender of orderOf(contenders, round)) {
        const sample = await turn(measurement, scenario, contender)
        if (round > 0) samples.get(contender.name)!.push(sample)
      }
    }
  }
  return found
}

async function turn(
  { requests, durationMs, databasePid, countFetches, load }: Measurement,
  scenario: Scenario,
  { name, url, pids }: Contender,
): Promise<Sample> {
  const every = requests.get(scenario.query)!.get(name)!
  const cpuMs = () => Object.entries(pids).map(([process, pid]) => [process, cpuTimeMs(pid)] as const)
  const databaseCpuMs = () => (databasePid === null ? 0 : cpuTimeMs(databasePid))
  const before = { own: cpuMs(), database: databaseCpuMs(), fetches: await countFetches?.() }
  const { answered, elapsedMs, p50Ms, p99Ms } = await load
    .run({
      url,
      requests: scenario.requests === 'same' ? every.slice(0, 1) : every,
      connections: CONNECTIONS,
      durationMs,
    })
    .catch((cause: Error) => {
      throw new Error(`${name}, ${scenario.query}, ${scenario.requests}: ${cause.message}`, { cause })
    })
  const own = cpuMs().map(([process, ms], index) => [process, (ms - before.own[index]![1]) / answered] as const)
  return {
    cpuMs: own.reduce((sum, [, ms]) => sum + ms, 0),
    cpuMsOf: Object.fromEntries(own),
    databaseCpuMs: databasePid === null ? null : (databaseCpuMs() - before.database) / answered,
    fetches: countFetches && ((await countFetches()) - before.fetches!) / answered,
    perSecond: (answered / elapsedMs) * 1_000,
    p50Ms,
    p99Ms,
  }
}
