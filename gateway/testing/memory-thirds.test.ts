import { expect, it } from 'vitest'
import { liveSeries, memoryTable, overMargin } from './memory-thirds.ts'

it('finds what grows from the second third to the third, and lets the first one grow', () => {
  const steady = samples('steady', [50, 99, 101, 100, 104, 105], [200, 300, 300, 310, 320, 320])
  const leaking = samples('leaking', [99, 100, 100, 100, 108, 110], [300, 300, 300, 300, 340, 350])

  expect(overMargin([...steady, ...leaking])).toEqual([
    'live of leaking grew by 9.0 %',
    'RSS of leaking grew by 15.0 %',
  ])
})

it('does not take too few samples for a good sign', () => {
  expect(overMargin(samples('short', [100, 100], [200, 200]))).toHaveLength(2)
})

it('shows the medians and the peak', () => {
  const table = memoryTable(samples('gateway', [90, 100, 100, 110, 105, 105], [300, 300, 300, 300, 300, 300]))

  expect(table.split('\n').map((line) => line.split(/ {2,}/).slice(1))).toEqual([
    ['MB', '1st third', '2nd third', '3rd third', 'peak', ''],
    ['live', '95.0', '105.0', '105.0', '110.0', ''],
    ['RSS', '300.0', '300.0', '300.0', '300.0', ''],
  ])
})

it('shows what was counted one after the other, for each process', () => {
  const missing = { process: 'gateway', third: 2, liveMb: null, rssMb: 1 }

  expect(liveSeries([...samples('gateway', [90.4, 100], [1, 1]), missing, ...samples('users', [50], [1])])).toBe(
    'gateway: 90 100\nusers: 50',
  )
})

// Two in each third.
function samples(process: string, liveMb: readonly number[], rssMb: readonly number[]) {
  return liveMb.map((live, nth) => ({ process, third: nth >> 1, liveMb: live, rssMb: rssMb[nth]! }))
}
