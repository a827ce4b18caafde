import { describe, expect, it } from 'vitest'
import { scenarioResults } from './results.ts'
import type { Sample } from './rounds.ts'
import { tables } from './table.ts'
import { verdicts } from './targets.ts'

const small = { query: 'small', requests: 'distinct' } as const

describe('results', () => {
  it('are medians over the rounds, and ratios of ours to theirs in the same round', () => {
    const { figures } = scenarioResults(
      small,
      new Map([
        ['ours', [sample(0.1), sample(1), sample(0.1)]],
        ['apollo', [sample(0.5), sample(5), sample(1)]],
      ]),
    )

    expect(figures['apollo']!.cpuMs).toEqual({ median: 1, min: 0.5, max: 5 })
    expect(figures['apollo']!.cpuRatio).toEqual({ median: 0.2, min: 0.1, max: 0.2 })
    expect(figures['ours']!.cpuRatio).toEqual({ median: 1, min: 1, max: 1 })
  })

  it('tell processes apart where there are several', () => {
    const ofThree = { ...sample(0.6), cpuMsOf: { gateway: 0.3, users: 0.1, items: 0.2 } }
    const { figures } = scenarioResults(small, new Map([['ours', [ofThree]]]))

    expect(figures['ours']!.cpuMsOf).toEqual({ gateway: 0.3, users: 0.1, items: 0.2 })
  })

  it('cannot be had without ours, to which all others are compared', () => {
    expect(() => scenarioResults(small, new Map([['apollo', [sample(1)]]]))).toThrow('Ours')
  })
})

describe('a verdict', () => {
  it.each([
    ['is met at the target', 'bare', 1.8, 1, true],
    ['is missed above it', 'bare', 1.81, 1, false],
    ['is met far below it', 'apollo', 0.1, 1, true],
  ])('%s', (_, against, oursMs, theirsMs, isMet) => {
    const found = verdicts({ part: 'gateway', scenarios: [compared(against, oursMs, theirsMs)] })

    expect(found.map((each) => [each.against, each.isMet])).toEqual([[against, isMet]])
  })

  it('is of each query that the target speaks of', () => {
    const scenarios = [compared('mercurius', 0.5, 1), { ...compared('mercurius', 0.5, 1), query: 'large' as const }]

    expect(verdicts({ part: 'gateway', scenarios }).map(({ isMet }) => isMet)).toEqual([true, false])
  })

  it('is not spoken on who was not measured', () => {
    expect(verdicts({ part: 'gateway', scenarios: [compared('hive-js', 1, 1)] })).toEqual([])
  })
})

it('names in the table who was not measured, and why', () => {
  const text = tables({
    part: 'gateway',
    measured: { date: '2026-11-21', commit: null, cores: 2, platform: 'linux-x64', node: 'v24.0.0' },
    settings: { rounds: 5, turnMs: 2_000, connections: 50 },
    contenders: [
      { name: 'ours', title: 'Tributary', version: null, notMeasured: null },
      { name: 'apollo', title: 'Apollo Gateway', version: '2.0.0', notMeasured: 'It ended by itself.' },
    ],
    scenarios: [scenarioResults(small, new Map([['ours', [sample(0.25)]]]))],
  })

  expect(text).toContain('Not measured: Apollo Gateway. It ended by itself.')
  expect(text).toMatch(/Tributary +0\.250/)
})

const sample = (cpuMs: number): Sample => ({
  cpuMs,
  cpuMsOf: { only: cpuMs },
  databaseCpuMs: null,
  fetches: 2,
  perSecond: 1_000,
  p50Ms: 10,
  p99Ms: 20,
})

const compared = (against: string, oursMs: number, theirsMs: number) =>
  scenarioResults(
    small,
    new Map([
      ['ours', [sample(oursMs)]],
      [against, [sample(theirsMs)]],
    ]),
  )
