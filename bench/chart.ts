// The chart in the README, drawn from the committed results: node bench/chart.ts
import { readFileSync, writeFileSync } from 'node:fs'
import type { QueryName } from './answers.ts'
import { OURS } from './results.ts'
import type { Figures, Results } from './results.ts'

export const chartFile = new URL('../docs/images/bench.svg', import.meta.url)

const WIDTH = 980
const PANEL_WIDTH = 470
const HEAD_HEIGHT = 44
const ROW_HEIGHT = 24
const BAR_HEIGHT = 14
const NAME_WIDTH = 210
const VALUE_WIDTH = 84

/** Reads `results/` and writes the chart. */
export function drawChart(): void {
  writeFileSync(chartFile, chart(readResults('gateway'), readResults('end-to-end')))
}

export function readResults(part: string): Results {
  return JSON.parse(readFileSync(new URL(`results/${part}.json`, import.meta.url), 'utf8')) as Results
}

/** @returns SVG that is legible on light and on dark pages: it follows the reader's setting and brings its background */
export function chart(gateway: Results, endToEnd: Results): string {
  const cpu = { results: gateway, figure: 'cpuMs', unit: (value: number) => `${value.toFixed(2)} ms` } as const
  const rate = { results: endToEnd, figure: 'perSecond', unit: (value: number) => value.toLocaleString('en') } as const
  const rows = [
    [
      panel({ ...cpu, query: 'small', title: 'Gateway alone, 3 items: CPU per request, less is better' }),
      panel({ ...cpu, query: 'large', title: 'Gateway alone, 100 items: CPU per request, less is better' }),
    ],
    [
      panel({ ...rate, query: 'small', title: 'With Postgres, 3 items: requests per second, more is better' }),
      panel({ ...rate, query: 'large', title: 'With Postgres, 100 items: requests per second, more is better' }),
    ],
  ]
  let top = 0
  const placed = rows.map((panels) => {
    const texts = panels.map(
      ({ svg }, column) => `<g transform="translate(${20 + column * PANEL_WIDTH} ${top})">${svg}</g>`,
    )
    top += Math.max(...panels.map(({ height }) => height))
    return texts.join('\n')
  })
  const { date, commit, cores, node } = gateway.measured
  const caption = `Medians of ${gateway.settings.rounds} rounds, no two requests alike, ${gateway.settings.connections} connections; ${cores} cores for everything, Node ${node.slice(1)}; ${date}, commit ${commit}`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top + 44}" role="img" aria-label="${escaped(caption)}">
<style>
  svg { --back: #ffffff; --text: #1f2328; --faint: #59636e; --bar: #b6bec8; --ours: #1f6feb; font: 13px system-ui, sans-serif }
  @media (prefers-color-scheme: dark) { svg { --back: #0d1117; --text: #e6edf3; --faint: #9198a1; --bar: #4b545e; --ours: #58a6ff } }
  .back { fill: var(--back) } text { fill: var(--text) } .faint { fill: var(--faint); font-size: 12px } .title, .ours { font-weight: 600 }
  rect.theirs { fill: var(--bar) } rect.ours { fill: var(--ours) }
</style>
<rect class="back" width="${WIDTH}" height="${top + 44}" rx="6" />
${placed.join('\n')}
<text class="faint" x="20" y="${top + 24}">${escaped(caption)}</text>
</svg>
`
}

function panel({
  results,
  query,
  figure,
  title,
  unit,
}: {
  readonly results: Results
  readonly query: QueryName
  readonly figure: keyof Pick<Figures, 'cpuMs' | 'perSecond'>
  readonly title: string
  readonly unit: (value: number) => string
}): { readonly svg: string; readonly height: number } {
  const figures = results.scenarios.find((each) => each.query === query && each.requests === 'distinct')?.figures ?? {}
  const shown = results.contenders.flatMap(({ name, title }) => {
    const value = figures[name]?.[figure].median
    return value === undefined ? [] : [{ name, title, value }]
  })
  const max = Math.max(...shown.map(({ value }) => value))
  const bars = shown.map(({ name, title, value }, row) => {
    const y = HEAD_HEIGHT + row * ROW_HEIGHT
    const width = ((value / max) * (PANEL_WIDTH - NAME_WIDTH - VALUE_WIDTH)).toFixed(1)
    const whose = name === OURS ? 'ours' : 'theirs'
    return [
      `<text class="${whose}" x="${NAME_WIDTH - 8}" y="${y + 12}" text-anchor="end">${escaped(title)}</text>`,
      `<rect class="${whose}" x="${NAME_WIDTH}" y="${y}" width="${width}" height="${BAR_HEIGHT}" rx="2" />`,
      `<text class="${whose}" x="${NAME_WIDTH + Number(width) + 6}" y="${y + 12}">${escaped(unit(value))}</text>`,
    ].join('')
  })
  return {
    svg: [`<text class="title" x="0" y="28">${escaped(title)}</text>`, ...bars].join('\n'),
    height: HEAD_HEIGHT + shown.length * ROW_HEIGHT + 8,
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

if (import.meta.main) drawChart()
