// What `explain (analyze, format json)` says.

export interface Plan {
  readonly 'Node Type': string
  readonly 'Index Name'?: string
  readonly 'Relation Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly Plan[]
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

/** Each once, in the order of the plan; and the tables that are read from end to end. */
export const indexesOf = (plan: Plan): string[] => [...new Set(nodesOf(plan).flatMap((node) => readingOf(node) ?? []))]

const readingOf = (node: Plan) =>
  node['Index Name'] ?? (node['Node Type'] === 'Seq Scan' ? `all of ${node['Relation Name']}` : undefined)

/** Of any part of the plan. */
export const rowsReadOf = (plan: Plan): number =>
  Math.max(
    ...nodesOf(plan).map(
      (node) => (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
    ),
  )
