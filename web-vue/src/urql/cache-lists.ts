// Lists in the cache, whatever they are of.
import type { Cache } from '@urql/exchange-graphcache'

/** Puts something into a page, at its beginning or its end, if it is not there. */
export function linked(cache: Cache, connection: string, key: string, where: 'first' | 'last') {
  const nodes = nodesOf(cache, connection)
  if (nodes.includes(key)) return
  cache.link(connection, 'nodes', where === 'first' ? [key, ...nodes] : [...nodes, key])
}

/** Takes something out of a page, if it is there. */
export function without(cache: Cache, connection: string, key: string) {
  const nodes = nodesOf(cache, connection)
  if (!nodes.includes(key)) return
  cache.link(
    connection,
    'nodes',
    nodes.filter((node) => node !== key),
  )
}

/** The keys of what a page holds. */
export const nodesOf = (cache: Cache, connection: string) => (cache.resolve(connection, 'nodes') ?? []) as string[]

export interface CachedList {
  /** The key of a page. */
  readonly connection: string
  /** What the page was asked for with. */
  readonly args: Record<string, unknown> | null
}

/** Every page of a field's lists that the cache holds. */
export function* listsOf(cache: Cache, parent: unknown, field: string): Generator<CachedList> {
  if (typeof parent !== 'string') return
  for (const { fieldName, fieldKey, arguments: args } of cache.inspectFields(parent)) {
    const connection = fieldName === field ? cache.resolve(parent, fieldKey) : null
    if (typeof connection === 'string') yield { connection, args }
  }
}

/** The key of whoever is signed in; null until the cache knows. */
export function keyOfMe(cache: Cache): string | null {
  const key = cache.resolve('Query', 'me')
  return typeof key === 'string' ? key : null
}
