// The figures as text, for who runs the bench.
import type { Figures, Results } from './results.ts'
import type { Spread } from './statistics.ts'
import { verdicts } from './targets.ts'

export function tables(results: Results): string {
  const { contenders, scenarios } = results
  const titles = new Map(contenders.map(({ name, title }) => [name, title]))
  const lines: string[] = []
  for (const { query, requests, figures } of scenarios) {
    const rows = Object.entries(figures).map(([name, each]) => [titles.get(name) ?? name, ...row(each)])
    const [first] = Object.values(figures)
    const own = [...(first?.databaseCpuMs ? ['of Postgres'] : []), ...(first?.fetches ? ['fetches'] : [])]
    const head = ['CPU ms/request', ...own, 'ours : it', 'requests/s', 'p50 ms', 'p99 ms']
    lines.push('', ...aligned([[`${query}, ${requests} requests`, ...head], ...rows]))
    for (const [name, { cpuMsOf }] of Object.entries(figures)) {
      const parts = Object.entries(cpuMsOf ?? {}).map(([process, ms]) => `${process} ${ms.toFixed(3)}`)
      if (parts.length > 0) lines.push(`  CPU ms/request of ${titles.get(name) ?? name}: ${parts.join(', ')}`)
    }
  }
  const told = verdicts(results).map(({ scenario, against, figure, wanted, found, isMet }) => [
    isMet ? 'met' : 'MISSED',
    `${figure === 'cpuRatio' ? 'CPU' : 'requests/s'} against ${titles.get(against) ?? against}`,
    `${scenario.query}, ${scenario.requests}`,
    wanted,
    `is ${found.toFixed(2)}`,
  ])
  if (told.length > 0) lines.push('', ...aligned(told))
  for (const { title, notMeasured } of contenders)
    if (notMeasured) lines.push('', `Not measured: ${title}. ${notMeasured}`)
  return lines.join('\n')
}

function row({ cpuMs, databaseCpuMs, fetches, cpuRatio, perSecond, p50Ms, p99Ms }: Figures): string[] {
  return [
    `${cpuMs.median.toFixed(3)} ${ends(cpuMs, 3)}`,
    ...(databaseCpuMs ? [databaseCpuMs.median.toFixed(3)] : []),
    ...(fetches ? [fetches.median.toFixed(2)] : []),
    `${cpuRatio.median.toFixed(2)} ${ends(cpuRatio, 2)}`,
    perSecond.median.toFixed(0),
    p50Ms.median.toFixed(1),
    p99Ms.median.toFixed(1),
  ]
}

const ends = ({ min, max }: Spread, decimals: number) => `(${min.toFixed(decimals)}–${max.toFixed(decimals)})`

/** The first column to the left, the others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)))
  return rows.map((cells) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
  )
}
