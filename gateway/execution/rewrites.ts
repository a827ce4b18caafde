// The planner's rewrites: what it asked for under one name and wants under another, and values it sets itself.
import { isAbstractType, isInterfaceType, isObjectType } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import type { FetchDataRewrite } from '../apollo.ts'
import type { JsonObject } from './run.ts'

export type Rewrite = (value: unknown) => void

const TYPE_CONDITION = '... on '

/** @returns null where there is nothing to rewrite */
export function compileRewrites(
  schema: GraphQLSchema,
  rewrites: readonly FetchDataRewrite[] | undefined,
): Rewrite | null {
  if (!rewrites || rewrites.length === 0) return null
  const compiled = rewrites.map((rewrite) => compileRewrite(schema, rewrite))
  return (value) => {
    for (const apply of compiled) apply(value)
  }
}

function compileRewrite(schema: GraphQLSchema, rewrite: FetchDataRewrite): Rewrite {
  const path = rewrite.path.slice(0, -1)
  const field = rewrite.path.at(-1)!
  const change =
    rewrite.kind === 'ValueSetter'
      ? (object: JsonObject) => void (object[field] = rewrite.setValueTo)
      : (object: JsonObject) => {
          if (object[field] === undefined) return
          object[rewrite.renameKeyTo] = object[field]
          delete object[field]
        }
  return (value) => applyAt(schema, path, 0, value, change)
}

function applyAt(
  schema: GraphQLSchema,
  path: readonly string[],
  depth: number,
  value: unknown,
  change: (object: JsonObject) => void,
): void {
  if (Array.isArray(value)) {
    for (const element of value) applyAt(schema, path, depth, element, change)
  } else if (typeof value === 'object' && value !== null) {
    const object = value as JsonObject
    const step = path[depth]
    if (step === undefined) change(object)
    else if (!step.startsWith(TYPE_CONDITION)) applyAt(schema, path, depth + 1, object[step], change)
    // An object whose type was not asked for is taken to fit: the planner would have asked if there were a choice.
    else if (isOfType(schema, object['__typename'], step.slice(TYPE_CONDITION.length)) ?? true) {
      applyAt(schema, path, depth + 1, object, change)
    }
  }
}

/** Whether an object with this `__typename` meets a type condition; null where it has none. */
export function isOfType(schema: GraphQLSchema, typename: unknown, condition: string): boolean | null {
  if (typeof typename !== 'string') return null
  if (typename === condition) return true
  const type = schema.getType(typename)
  const conditionType = schema.getType(condition)
  if (!isAbstractType(conditionType) || !(isObjectType(type) || isInterfaceType(type))) return false
  return schema.isSubType(conditionType, type)
}
