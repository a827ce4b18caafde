// What `explain (analyze, format json)` says.

export interface Plan {
  readonly 'Node Type': string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly Plan[]
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

/** Each once, in the order of the plan. */
export const indexesOf = (plan: Plan): string[] => [
  ...new Set(
    nodesOf(plan).flatMap((node) => node['Index Name'] ?? (/Seq Scan/.test(node['Node Type']) ? 'no index' : [])),
  ),
]

/** Of any part of the plan. */
export const rowsReadOf = (plan: Plan): number =>
  Math.max(
    ...nodesOf(plan).map(
      (node) => (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
    ),
  )
