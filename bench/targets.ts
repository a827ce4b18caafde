// What the engine is to reach, and whether it did. A target missed is no failure of the bench: it is said, and its reason
// belongs into docs.
import type { QueryName } from './answers.ts'
import type { Results, ScenarioResults } from './results.ts'

interface Target {
  readonly part: 'gateway' | 'end-to-end'
  readonly against: string
  /** Every query without it. */
  readonly query?: QueryName
  /** Ours to theirs. */
  readonly figure: 'cpuRatio' | 'perSecondRatio'
  readonly atMost?: number
  readonly atLeast?: number
}

const targets: readonly Target[] = [
  { part: 'gateway', against: 'apollo', figure: 'cpuRatio', atMost: 1 / 6 },
  { part: 'gateway', against: 'hive-rust', figure: 'cpuRatio', atMost: 2 / 5 },
  { part: 'gateway', against: 'mercurius', query: 'small', figure: 'cpuRatio', atMost: 2 / 3 },
  { part: 'gateway', against: 'mercurius', query: 'large', figure: 'cpuRatio', atMost: 1 / 3 },
  { part: 'gateway', against: 'bare', figure: 'cpuRatio', atMost: 1.8 },
  { part: 'end-to-end', against: 'postgraphile', figure: 'perSecondRatio', atLeast: 1 },
]

export interface Verdict {
  readonly scenario: ScenarioResults
  readonly against: string
  readonly figure: Target['figure']
  readonly wanted: string
  readonly found: number
  readonly isMet: boolean
}

/** One for each target and each scenario that it speaks of and that was measured. */
export function verdicts({ part, scenarios }: Pick<Results, 'part' | 'scenarios'>): Verdict[] {
  return targets
    .filter((target) => target.part === part)
    .flatMap((target) =>
      scenarios
        .filter(({ query, figures }) => (!target.query || target.query === query) && figures[target.against])
        .map((scenario) => verdict(target, scenario)),
    )
}

function verdict({ against, figure, atMost = Infinity, atLeast = 0 }: Target, scenario: ScenarioResults): Verdict {
  const found = scenario.figures[against]![figure].median
  const wanted = atLeast > 0 ? `at least ${atLeast.toFixed(2)}` : `at most ${atMost.toFixed(2)}`
  return { scenario, against, figure, wanted, found, isMet: found <= atMost && found >= atLeast }
}
