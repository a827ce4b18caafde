// What a part of the bench found, as it is kept in results/*.json.
import { execFileSync } from 'node:child_process'
import os from 'node:os'
import type { Sample, Samples, Scenario } from './rounds.ts'
import { median, ratios, rounded, spread } from './statistics.ts'
import type { Spread } from './statistics.ts'

export interface Results {
  readonly part: string
  readonly measured: Measured
  readonly settings: Settings
  readonly contenders: readonly MeasuredContender[]
  readonly scenarios: readonly ScenarioResults[]
}

/** When, of what, and on what. Nothing that tells whose machine it was. */
export interface Measured {
  readonly date: string
  /** With `+` behind it where files were changed after it; null outside of a checkout. */
  readonly commit: string | null
  readonly cores: number
  readonly platform: string
  readonly node: string
}

export interface Settings {
  /** Without the one that warms up. */
  readonly rounds: number
  readonly turnMs: number
  readonly connections: number
}

export interface MeasuredContender {
  readonly name: string
  readonly title: string
  /** Null for what is ours. */
  readonly version: string | null
  /** Why there are no figures of it; null where there are. */
  readonly notMeasured: string | null
}

export interface ScenarioResults extends Scenario {
  /** By contender. */
  readonly figures: Readonly<Record<string, Figures>>
}

/** Over the rounds. Ratios are ours to theirs, taken round by round. */
export interface Figures {
  readonly cpuMs: Spread
  /** Medians by process, where there are several. */
  readonly cpuMsOf?: Readonly<Record<string, number>>
  readonly databaseCpuMs?: Spread
  readonly fetches?: Spread
  readonly perSecond: Spread
  readonly p50Ms: Spread
  readonly p99Ms: Spread
  readonly cpuRatio: Spread
  readonly perSecondRatio: Spread
}

/** What the bench itself writes changes nothing that is measured. */
const WRITTEN = [':(exclude,top)bench/results', ':(exclude,top)docs/images']

export const OURS = 'ours'

export function scenarioResults(scenario: Scenario, samples: Samples): ScenarioResults {
  const ours = samples.get(OURS)
  if (!ours) throw new Error('Ours is not among the contenders.')
  const figuresOf = (theirs: readonly Sample[]): Figures => {
    const of = (figure: 'cpuMs' | 'perSecond' | 'p50Ms' | 'p99Ms') => theirs.map((sample) => sample[figure])
    const ratio = (figure: 'cpuMs' | 'perSecond') =>
      ratios(
        ours.map((sample) => sample[figure]),
        of(figure),
      )
    const databaseCpuMs = theirs.flatMap((sample) => sample.databaseCpuMs ?? [])
    const processes = Object.keys(theirs[0]?.cpuMsOf ?? {})
    const cpuMsOf = processes.map((name) => [name, median(theirs.map((sample) => sample.cpuMsOf[name]!))] as const)
    const fetches = theirs.flatMap((sample) => sample.fetches ?? [])
    return {
      cpuMs: rounded(spread(of('cpuMs')), 3),
      ...(processes.length > 1 && {
        cpuMsOf: Object.fromEntries(cpuMsOf.map(([name, ms]) => [name, Number(ms.toFixed(3))])),
      }),
      ...(databaseCpuMs.length > 0 && { databaseCpuMs: rounded(spread(databaseCpuMs), 3) }),
      ...(fetches.length > 0 && { fetches: rounded(spread(fetches), 2) }),
      perSecond: rounded(spread(of('perSecond')), 0),
      p50Ms: rounded(spread(of('p50Ms')), 2),
      p99Ms: rounded(spread(of('p99Ms')), 2),
      cpuRatio: rounded(ratio('cpuMs'), 3),
      perSecondRatio: rounded(ratio('perSecond'), 2),
    }
  }
  return {
    ...scenario,
    figures: Object.fromEntries([...samples].map(([name, theirs]) => [name, figuresOf(theirs)])),
  }
}

export function measuredNow(): Measured {
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    cores: os.availableParallelism(),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
  }
}

function commit(): string | null {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  try {
    const isChanged = git('status', '--porcelain', '--untracked-files=no', ':/', ...WRITTEN) !== ''
    return git('rev-parse', '--short', 'HEAD') + (isChanged ? '+' : '')
  } catch {
    return null
  }
}
