// What samples of memory say, by thirds of the time: the first fills what is kept on purpose, the other two are compared.

export interface MemorySample {
  readonly process: string
  /** 0, 1 or 2 */
  readonly third: number
  readonly rssMb: number
  /** What is reachable; null where it was not counted. */
  readonly liveMb: number | null
}

/** What the last third may have more than the middle one, as a part of it: caches are not equally full at all times. */
const LIVE_GROWTH_MAX = 0.05
/** The operating system's count has the collector's timing in it. */
const RSS_GROWTH_MAX = 0.1

/** @returns a sentence for each process and measure whose median has grown by more than its margin */
export function overMargin(samples: readonly MemorySample[]): string[] {
  return rowsOf(samples).flatMap(({ process, measure, medians, growthMax }) => {
    const growth = medians[2]! / medians[1]! - 1
    return growth <= growthMax ? [] : [`${measure} of ${process} grew by ${(growth * 100).toFixed(1)} %`]
  })
}

/** The medians in megabytes, and the peak. */
export function memoryTable(samples: readonly MemorySample[]): string {
  const rows = rowsOf(samples).map(({ process, measure, medians, peak }) => [
    process,
    measure,
    ...[...medians, peak].map((megabytes) => megabytes.toFixed(1)),
  ])
  const head = ['process', 'MB', '1st third', '2nd third', '3rd third', 'peak']
  return [head, ...rows].map((row) => row.map((cell) => cell.padEnd(10)).join(' ')).join('\n')
}

/** What was reachable at each count, in order, a line for each process: medians do not tell a slope from a step. */
export function liveSeries(samples: readonly MemorySample[]): string {
  const counted = Map.groupBy(
    samples.filter(({ liveMb }) => liveMb !== null),
    ({ process }) => process,
  )
  return [...counted]
    .map(([process, each]) => `${process}: ${each.map(({ liveMb }) => Math.round(liveMb!)).join(' ')}`)
    .join('\n')
}

function rowsOf(samples: readonly MemorySample[]) {
  const processes = [...new Set(samples.map(({ process }) => process))]
  return processes.flatMap((process) => {
    const own = samples.filter((sample) => sample.process === process)
    return [row('live', LIVE_GROWTH_MAX, ({ liveMb }) => liveMb), row('RSS', RSS_GROWTH_MAX, ({ rssMb }) => rssMb)]

    function row(measure: string, growthMax: number, read: (sample: MemorySample) => number | null) {
      const inThird = (third: number) =>
        own.filter((sample) => sample.third === third).flatMap((each) => read(each) ?? [])
      const thirds = [0, 1, 2].map(inThird)
      return { process, measure, growthMax, medians: thirds.map(median), peak: Math.max(...thirds.flat()) }
    }
  })
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return ((sorted[(sorted.length - 1) >> 1] ?? NaN) + (sorted[sorted.length >> 1] ?? NaN)) / 2
}
