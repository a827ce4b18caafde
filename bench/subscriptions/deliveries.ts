// What the deliveries of a number of events say.
import { median, percentile } from '../statistics.ts'
import type { Received } from './followers.ts'

/** In milliseconds from sending an event. */
export interface Delays {
  /** To the first socket of all: medians over the events. */
  readonly firstMs: number
  /** To the last one. */
  readonly lastMs: number
  /** Of all deliveries of all events. */
  readonly p50Ms: number
  readonly p99Ms: number
}

/** @returns NaN for no deliveries */
export function delaysOf({ numbers, delaysMs }: Pick<Received, 'numbers' | 'delaysMs'>): Delays {
  const firstMs = new Map<number, number>()
  const lastMs = new Map<number, number>()
  for (const [index, number] of numbers.entries()) {
    const delayMs = delaysMs[index]!
    firstMs.set(number, Math.min(delayMs, firstMs.get(number) ?? Infinity))
    lastMs.set(number, Math.max(delayMs, lastMs.get(number) ?? -Infinity))
  }
  const ascending = delaysMs.slice().sort()
  return {
    firstMs: median([...firstMs.values()]),
    lastMs: median([...lastMs.values()]),
    p50Ms: percentile(ascending, 0.5),
    p99Ms: percentile(ascending, 0.99),
  }
}

/** Of the events from a number on. */
export function deliveriesFrom(number: number, { numbers, delaysMs }: Pick<Received, 'numbers' | 'delaysMs'>) {
  const isMeant = (_: unknown, index: number) => numbers[index]! >= number
  return { numbers: numbers.filter(isMeant), delaysMs: delaysMs.filter(isMeant) }
}
