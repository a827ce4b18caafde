import { TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'

/** The fields that stand in a document, as `Type.field`, with whatever operation and fragment, but for `__typename`. */
export function selectedFields(document: DocumentNode, schema: GraphQLSchema): ReadonlySet<string> {
  const found = new Set<string>()
  const types = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ name }) {
        if (name.value !== '__typename') found.add(`${types.getParentType()?.name}.${name.value}`)
      },
    }),
  )
  return found
}
