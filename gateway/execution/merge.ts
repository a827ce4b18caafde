// Fetches write into one tree: what a later one adds to an object joins what is there.
import type { JsonObject } from './run.ts'

/** Moves what `source` holds into `target`. Whoever needs `source` again takes a copy first. */
export function merge(target: JsonObject, source: JsonObject): void {
  for (const key in source) {
    const next = source[key]
    const present = target[key]
    if (isObject(present) && isObject(next)) merge(present, next)
    else if (Array.isArray(present) && Array.isArray(next) && present.length === next.length) mergeLists(present, next)
    else target[key] = next
  }
}

function mergeLists(target: unknown[], source: readonly unknown[]): void {
  source.forEach((next, index) => {
    const present = target[index]
    if (isObject(present) && isObject(next)) merge(present, next)
    else if (Array.isArray(present) && Array.isArray(next) && present.length === next.length) mergeLists(present, next)
    else target[index] = next
  })
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An answer is taken apart by whoever merges it, so all of its users but the last one get a copy. */
export function copyUnlessLast<T>(value: T, nth: number, total: number): T {
  return nth === total - 1 ? value : (copyJson(value) as T)
}

function copyJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyJson)
  const copy: JsonObject = {}
  for (const key in value) copy[key] = copyJson((value as JsonObject)[key])
  return copy
}
