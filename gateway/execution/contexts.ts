// What `@fromContext` takes from the objects above an entity: arguments of the entity's fetch, whose values differ from
// place to place.
import { isAbstractType } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import type { FetchDataRewrite } from '../apollo.ts'
import { isObject } from './merge.ts'
import { isOfType } from './rewrites.ts'
import type { JsonObject, PlanPath } from './run.ts'

/** Variables of a fetch, by name. */
export type ContextArguments = Readonly<Record<string, unknown>>

const UP = '..'
const TYPE_CONDITION = '... on '

/**
 * @returns gives the arguments of each object that stands at a path below the root, in order; null where a fetch has none
 */
export function compileContexts(
  schema: GraphQLSchema,
  rewrites: readonly FetchDataRewrite[] | undefined,
): ((root: JsonObject, path: PlanPath) => ContextArguments[]) | null {
  const renamers = (rewrites ?? []).filter((rewrite) => rewrite.kind === 'KeyRenamer')
  if (renamers.length === 0) return null
  return (root, path) =>
    ancestorsAt(root, path).map((ancestors) => {
      const given: Record<string, unknown> = {}
      for (const { path: steps, renameKeyTo } of renamers) {
        const value = valueAt(ancestors, steps)
        if (value !== undefined) given[renameKeyTo] = value
      }
      return given
    })

  // `..` goes up one field. Undefined where the object there is of another type: another rewrite is for that one.
  function valueAt(ancestors: readonly JsonObject[], steps: readonly string[]): unknown {
    const up = steps.filter((step) => step === UP).length
    let value: unknown = ancestors.at(-up)
    for (const step of steps.slice(up)) {
      if (!isObject(value)) return value === null ? null : undefined
      if (!step.startsWith(TYPE_CONDITION)) value = value[step]
      else if (!fits(value, step.slice(TYPE_CONDITION.length))) return undefined
    }
    return value
  }

  function fits(object: JsonObject, condition: string): boolean {
    return isOfType(schema, object['__typename'], condition) ?? !isAbstractType(schema.getType(condition))
  }
}

// The objects that each object at a path stands in, outermost first.
function ancestorsAt(root: JsonObject, path: PlanPath): JsonObject[][] {
  const found: JsonObject[][] = []
  const walk = (value: unknown, depth: number, above: readonly JsonObject[]): void => {
    const step = path[depth]
    if (Array.isArray(value)) {
      if (step === undefined || step === '@') {
        for (const each of value) walk(each, step === undefined ? depth : depth + 1, above)
      }
    } else if (isObject(value) && step !== '@') {
      if (step === undefined) found.push([...above])
      else walk(value[step], depth + 1, [...above, value])
    }
  }
  walk(root, 0, [])
  return found
}
