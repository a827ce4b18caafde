// Which fields have the same answer for everybody who gets the object they stand on: what `@public` says in the supergraph.
import { isInterfaceType, isObjectType } from 'graphql'
import type { GraphQLField, GraphQLSchema } from 'graphql'
import type { Rules } from './rules.ts'

/** By field as operations select it, `Type.field`. */
export type PublicFields = ReadonlySet<string>

/**
 * A field with a rule is none of them, whatever is said of it. An interface's field stands for the field of every type
 * behind it, so it is one where all of those are.
 */
export function readPublicFields(schema: GraphQLSchema, rules: Rules): PublicFields {
  const found = new Set<string>()
  const isPublic = (type: string, field: GraphQLField<unknown, unknown> | undefined) =>
    field?.astNode?.directives?.some(({ name }) => name.value === 'public') === true &&
    !rules.has(`${type}.${field.name}`)

  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    const behind = isInterfaceType(type) ? schema.getPossibleTypes(type) : [type]
    for (const name of Object.keys(type.getFields())) {
      if (behind.length > 0 && behind.every((each) => isPublic(each.name, each.getFields()[name]))) {
        found.add(`${type.name}.${name}`)
      }
    }
  }
  return found
}

/** Whether all of these are public, and there are such fields at all. */
export function areAllPublic(selected: ReadonlySet<string>, fields: PublicFields): boolean {
  return fields.size > 0 && selected.isSubsetOf(fields)
}
