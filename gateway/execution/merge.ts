// Fetches write into one tree: what a later one adds to an object joins what is there.
import type { JsonObject } from './run.ts'

/**
 * Writes what `source` holds into `target`.
 *
 * @param keepsSource whether `source` is needed again. What is in it goes over as it is otherwise, to be changed by
 *   fetches to come
 */
export function merge(target: JsonObject, source: JsonObject, keepsSource: boolean): void {
  for (const key in source) {
    const next = source[key]
    const present = target[key]
    if (!mergeInto(present, next, keepsSource)) target[key] = keepsSource ? copyJson(next) : next
  }
}

function mergeLists(target: unknown[], source: readonly unknown[], keepsSource: boolean): void {
  source.forEach((next, index) => {
    if (!mergeInto(target[index], next, keepsSource)) target[index] = keepsSource ? copyJson(next) : next
  })
}

/** @returns false where the two have nothing to join */
function mergeInto(present: unknown, next: unknown, keepsSource: boolean): boolean {
  if (typeof present !== 'object' || present === null || typeof next !== 'object' || next === null) return false
  if (isObject(present) && isObject(next)) merge(present, next, keepsSource)
  else if (Array.isArray(present) && Array.isArray(next) && present.length === next.length)
    mergeLists(present, next, keepsSource)
  else return false
  return true
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function copyJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyJson) as T
  const copy: JsonObject = {}
  for (const key in value) copy[key] = copyJson(value[key])
  return copy as T
}
