// Entities as subgraphs are asked for them: `__typename`, keys and required fields, as JSON text.
import type { GraphQLSchema } from 'graphql'
import type { QueryPlanSelectionNode } from '../apollo.ts'
import { isOfType } from './rewrites.ts'
import type { Rewrite } from './rewrites.ts'
import type { JsonObject } from './run.ts'

/** @returns null for an object that is no such entity, or lacks what is required of it */
export type Represent = (object: JsonObject) => string | null

/** What is written of an object of one type. */
interface Field {
  readonly name: string
  /** Under which name it stands in the data. */
  readonly from: string
  readonly selections: readonly QueryPlanSelectionNode[] | null
}

/**
 * @param nameOf the real name of a field that the plan names otherwise
 */
export function compileRepresentation(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  rewrite: Rewrite | null,
  nameOf: (name: string) => string,
): Represent {
  const select = fieldSelector(schema, nameOf)
  return (object) => {
    const representation = build(object, requires)
    if (representation === null || representation['__typename'] === undefined) return null
    rewrite?.(representation)
    return JSON.stringify(representation)
  }

  // Null where something that is required was never fetched: its fetch failed, and said so.
  function build(object: JsonObject, selections: readonly QueryPlanSelectionNode[]): JsonObject | null {
    const built: JsonObject = {}
    for (const field of select(selections, object['__typename'])) {
      const value = object[field.from]
      if (value === undefined) return null
      const written = field.selections === null ? value : buildNested(value, field.selections)
      if (written === undefined) return null
      built[field.name] = written
    }
    return built
  }

  function buildNested(value: unknown, selections: readonly QueryPlanSelectionNode[]): unknown {
    if (value === null) return null
    if (!Array.isArray(value)) return build(value as JsonObject, selections) ?? undefined
    const elements = value.map((element) => buildNested(element, selections))
    return elements.includes(undefined) ? undefined : elements
  }
}

// The fields that a selection has for an object of a type, fragments resolved: found once for each type.
function fieldSelector(schema: GraphQLSchema, nameOf: (name: string) => string) {
  const kept = new WeakMap<readonly QueryPlanSelectionNode[], Map<unknown, readonly Field[]>>()

  function collect(selections: readonly QueryPlanSelectionNode[], typename: unknown, into: Map<string, Field>): void {
    for (const selection of selections) {
      if (selection.kind === 'InlineFragment') {
        const { typeCondition } = selection
        if (typeCondition === undefined || isOfType(schema, typename, typeCondition)) {
          collect(selection.selections, typename, into)
        }
        continue
      }
      const from = selection.alias ?? selection.name
      const known = into.get(from)
      const selections = selection.selections ?? null
      into.set(from, {
        from,
        name: nameOf(from),
        selections: known?.selections && selections ? [...known.selections, ...selections] : selections,
      })
    }
  }

  return (selections: readonly QueryPlanSelectionNode[], typename: unknown): readonly Field[] => {
    let byType = kept.get(selections)
    if (!byType) kept.set(selections, (byType = new Map()))
    let fields = byType.get(typename)
    if (!fields) {
      const collected = new Map<string, Field>()
      collect(selections, typename, collected)
      byType.set(typename, (fields = [...collected.values()]))
    }
    return fields
  }
}
