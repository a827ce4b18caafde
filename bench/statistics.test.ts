import { describe, expect, it } from 'vitest'
import { median, orderOf, percentile, ratios, spread } from './statistics.ts'

describe('the median', () => {
  it('is the middle one of an odd number of values, whatever their order', () => {
    expect(median([9, 1, 5])).toBe(5)
  })

  it('is between the middle two of an even number', () => {
    expect(median([4, 1, 100, 2])).toBe(3)
  })

  it('leaves the values as they were', () => {
    const values = [3, 1, 2]
    median(values)
    expect(values).toEqual([3, 1, 2])
  })
})

describe('a percentile', () => {
  const hundred = Float64Array.from({ length: 100 }, (_, index) => index + 1)

  it('is a value that was measured, at least as large as its share of all', () => {
    expect(percentile(hundred, 0.5)).toBe(50)
    expect(percentile(hundred, 0.99)).toBe(99)
    expect(percentile(hundred, 0.991)).toBe(100)
  })

  it('is the only value where there is one', () => {
    expect([percentile([7], 0), percentile([7], 0.5), percentile([7], 1)]).toEqual([7, 7, 7])
  })
})

it('tells of a spread what lies in its middle and at its ends', () => {
  expect(spread([2, 8, 4])).toEqual({ median: 4, min: 2, max: 8 })
})

describe('a ratio', () => {
  it('is taken round by round, so that a slow round counts for neither', () => {
    expect(ratios([1, 10, 1], [2, 20, 2])).toEqual({ median: 0.5, min: 0.5, max: 0.5 })
  })

  it('is not that of the medians', () => {
    const [one, other] = [
      [1, 3, 5],
      [5, 1, 3],
    ] as const
    expect(ratios(one, other).median).toBeCloseTo(5 / 3)
    expect(median(one) / median(other)).toBe(1)
  })

  it('is refused between different rounds', () => {
    expect(() => ratios([1], [1, 2])).toThrow('same rounds')
  })
})

describe('the order of a round', () => {
  const contenders = ['a', 'b', 'c', 'd']
  const rounds = Array.from({ length: 8 }, (_, round) => orderOf(contenders, round))

  it('has everybody once', () => {
    for (const order of rounds) expect([...order].sort()).toEqual(contenders)
  })

  it('puts everybody in every place equally often', () => {
    for (const place of contenders.keys()) {
      expect(rounds.map((order) => order[place]).sort()).toEqual([...contenders, ...contenders].sort())
    }
  })

  it('lets nobody always follow the same one', () => {
    for (const contender of contenders) {
      const before = rounds.map((order) => order[order.indexOf(contender) - 1])
      expect(new Set(before).size).toBeGreaterThan(2)
    }
  })
})
