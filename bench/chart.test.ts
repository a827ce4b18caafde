import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { chart, chartFile, readResults } from './chart.ts'

it('is drawn from the committed results', () => {
  expect(readFileSync(chartFile, 'utf8')).toBe(chart(readResults('gateway'), readResults('end-to-end')))
})

it('shows everybody who was measured, by name', () => {
  const gateway = readResults('gateway')
  const svg = chart(gateway, readResults('end-to-end'))

  const measured = gateway.contenders.filter(({ notMeasured }) => notMeasured === null)
  expect(measured.length).toBeGreaterThan(1)
  for (const { title } of measured) expect(svg).toContain(`>${title}</text>`)
})
