// What is made of the figures of several rounds. Medians, because one round that something else disturbed must not count.

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** @returns NaN for no values */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
}

/** The smallest value that is at least as large as `share` of all. @param ascending sorted @param share 0 to 1 */
export function percentile(ascending: ArrayLike<number>, share: number): number {
  return ascending[Math.max(Math.ceil(ascending.length * share) - 1, 0)]!
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}

/** For files that people read, too. */
export function rounded({ median, min, max }: Spread, decimals: number): Spread {
  const round = (value: number) => Number(value.toFixed(decimals))
  return { median: round(median), min: round(min), max: round(max) }
}

/**
 * How the figures of one compare with those of another, round by round: what slows down a round slows down both, and so
 * goes out of the ratio before the median is taken.
 */
export function ratios(ofOne: readonly number[], toOther: readonly number[]): Spread {
  if (ofOne.length !== toOther.length) throw new Error('Ratios need the same rounds on both sides.')
  return spread(ofOne.map((value, round) => value / toOther[round]!))
}

/**
 * Who comes when in a round. Over twice as many rounds as there are contenders, each has every place twice, and follows
 * now this one and now that.
 */
export function orderOf<Contender>(contenders: readonly Contender[], round: number): Contender[] {
  const first = Math.floor(round / 2) % contenders.length
  const rotated = [...contenders.slice(first), ...contenders.slice(0, first)]
  return round % 2 === 0 ? rotated : rotated.reverse()
}
