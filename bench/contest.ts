// What every comparison has in common: start everybody, compare their answers, measure them in rounds.
import { say } from '../platform/log.ts'
import { compareAnswers } from './answers.ts'
import type { QueryName } from './answers.ts'
import { versionOf } from './gateways.ts'
import type { LoadRequest } from './load.ts'
import { startLoadGenerator } from './load-generator.ts'
import { measuredNow, OURS, scenarioResults } from './results.ts'
import type { MeasuredContender, Results } from './results.ts'
import { CONNECTIONS, measure, requestKinds } from './rounds.ts'
import type { Contender, Measurement } from './rounds.ts'

/** Several times as many as are under way at once. */
export const PAGES = 200

export interface RunOptions {
  readonly rounds: number
  readonly turnMs: number
  readonly queries: readonly QueryName[]
  /** Names of those to measure; null for all. Ours always is. */
  readonly only: readonly string[] | null
  /** Empty, for whatever is written on the way. */
  readonly folder: string
}

export interface Entrant {
  readonly name: string
  /** For people. */
  readonly title: string
  /** Folder of the package it is, below the project's; null for what is ours. */
  readonly installedAt: string | null
  /** What it starts is ended by whoever gave it, also when it throws. */
  start(): Promise<Contender>
}

/** @throws Error when answers differ, or ours does not start */
export async function measureContest(
  part: string,
  entrants: readonly Entrant[],
  surroundings: Pick<Measurement, 'databasePid' | 'countFetches'>,
  { rounds, turnMs, queries, only }: RunOptions,
): Promise<Results> {
  const contenders: Contender[] = []
  const measured: MeasuredContender[] = []
  for (const entrant of entrants.filter(({ name }) => name === OURS || !only || only.includes(name))) {
    const { name, title, installedAt } = entrant
    const version = versionOf(installedAt)
    const notMeasured = await whyNotStarted(entrant, (contender) => contenders.push(contender))
    // Without its output, which tells of this machine.
    measured.push({ name, title, version, notMeasured: notMeasured?.split('\n')[0] ?? null })
    say(`  ${title}${version ? ` ${version}` : ''}${notMeasured ? ` does not start. ${notMeasured}` : ''}`)
    if (name === OURS && notMeasured) throw new Error('There is nothing to compare others with.')
  }

  const requests = new Map<QueryName, ReadonlyMap<string, readonly LoadRequest[]>>()
  for (const query of queries) requests.set(query, await compareAnswers(contenders, query, PAGES))
  say(`  ${PAGES * queries.length} answers of each are equal`)

  const load = startLoadGenerator()
  try {
    const samples = await measure({
      ...surroundings,
      contenders,
      scenarios: queries.flatMap((query) => requestKinds.map((requests) => ({ query, requests }))),
      requests,
      rounds,
      durationMs: turnMs,
      load,
      onRound: (round) => say(`  round ${round + 1} of ${rounds}${round === 0 ? ', which warms up' : ''}`),
    })
    return {
      part,
      measured: measuredNow(),
      settings: { rounds: rounds - 1, turnMs, connections: CONNECTIONS },
      contenders: measured,
      scenarios: [...samples].map(([scenario, each]) => scenarioResults(scenario, each)),
    }
  } finally {
    await load.end()
  }
}

async function whyNotStarted({ installedAt, start }: Entrant, onStarted: (contender: Contender) => void) {
  if (installedAt !== null && versionOf(installedAt) === null) return 'It is not installed.'
  try {
    onStarted(await start())
    return null
  } catch (error) {
    return (error as Error).message
  }
}
