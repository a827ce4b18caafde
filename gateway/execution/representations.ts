// Entities as subgraphs are asked for them: `__typename`, keys and required fields, as JSON text.
import type { GraphQLSchema } from 'graphql'
import type { QueryPlanSelectionNode } from '../apollo.ts'
import { quoted } from './json-text.ts'
import { isObject } from './merge.ts'
import { isOfType } from './rewrites.ts'
import type { Rewrite } from './rewrites.ts'
import type { JsonObject } from './run.ts'

/** @returns null for an object that is no such entity, or lacks what is required of it */
export type Represent = (object: JsonObject) => string | null

/** The JSON text of a value; undefined where something that is required was never fetched. */
type WriteValue = (value: unknown) => string | undefined
type WriteObject = (object: JsonObject) => string | undefined

/** What is written of an object of one type. */
interface Field {
  readonly name: string
  /** Under which name it stands in the data. */
  readonly from: string
  readonly selections: readonly QueryPlanSelectionNode[] | null
}

/**
 * @param nameOf the real name of a field that the plan names otherwise
 * @returns what makes the writer of one fetch, which gives equal entities one and the same text
 */
export function compileRepresentation(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  rewrite: Rewrite | null,
  nameOf: (name: string) => string,
): () => Represent {
  const write = objectWriter(requires, { isEntity: true })
  const represent: Represent = (object) => {
    const text = write(object)
    if (text === undefined || !rewrite) return text ?? null
    const representation = JSON.parse(text) as JsonObject
    rewrite(representation)
    return JSON.stringify(representation)
  }
  const sole = rewrite ? null : soleKeyOf(requires)
  if (!sole) return () => represent

  // Most entities are known by one id. Whoever was written is found by that, which is shorter than the text.
  return () => {
    const written = new Map<string, string | null>()
    return (object) => {
      const key = object[sole.key]
      if (typeof key !== 'string' || object['__typename'] !== sole.type) return represent(object)
      let text = written.get(key)
      if (text === undefined) written.set(key, (text = represent(object)))
      return text
    }
  }

  // By type, because fragments select for some types only.
  function objectWriter(selections: readonly QueryPlanSelectionNode[], kind: { isEntity: boolean }): WriteObject {
    const byType = new Map<unknown, WriteObject>()
    return (object) => {
      const typename = object['__typename']
      let write = byType.get(typename)
      if (!write) byType.set(typename, (write = writerFor(selections, typename, kind)))
      return write(object)
    }
  }

  function writerFor(
    selections: readonly QueryPlanSelectionNode[],
    typename: unknown,
    { isEntity }: { isEntity: boolean },
  ): WriteObject {
    const collected = new Map<string, Field>()
    collect(selections, typename, collected)
    // An object of a type that the fetch is not for.
    if (isEntity && !collected.has('__typename')) return () => undefined
    const fields = [...collected.values()].map(({ name, from, selections }, index) => ({
      from,
      // With what stands before it.
      key: `${index === 0 ? '' : ','}${JSON.stringify(name)}:`,
      write: selections === null ? writeLeaf : nestedWriter(selections),
    }))
    return (object) => {
      let text = '{'
      for (const { from, key, write } of fields) {
        const written = write(object[from])
        if (written === undefined) return undefined
        text += key + written
      }
      return text + '}'
    }
  }

  function nestedWriter(selections: readonly QueryPlanSelectionNode[]): WriteValue {
    const write = objectWriter(selections, { isEntity: false })
    const writeNested: WriteValue = (value) => {
      if (value === null) return 'null'
      if (!Array.isArray(value)) return isObject(value) ? write(value) : undefined
      const elements = value.map(writeNested)
      return elements.includes(undefined) ? undefined : `[${elements.join(',')}]`
    }
    return writeNested
  }

  // The fields that a selection has for an object of a type, fragments resolved.
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
}

/** The type and the key of a selection that is of one type, and of one field beside `__typename`. */
function soleKeyOf(requires: readonly QueryPlanSelectionNode[]): { type: string; key: string } | null {
  const [only, ...others] = requires
  if (only?.kind !== 'InlineFragment' || !only.typeCondition || others.length > 0) return null
  const [typename, key, ...more] = only.selections
  if (typename?.kind !== 'Field' || (typename.alias ?? typename.name) !== '__typename') return null
  if (key?.kind !== 'Field' || key.selections || more.length > 0) return null
  return { type: only.typeCondition, key: key.alias ?? key.name }
}

function writeLeaf(value: unknown): string | undefined {
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value)
}
