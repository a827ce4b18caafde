// The planner drops a field whose response name is that of a key or a required field which it needs itself: the client
// would get the key under its alias. So aliases go to the planner under names that no schema has, and come back under
// their own in the answer and in the paths of errors.
import { Kind, visit } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'

export interface PlannedNames {
  /** The document as the planner gets it. */
  rewrite(document: DocumentNode): DocumentNode
  /** The name under which the plan fetches a field. */
  planned(alias: string | undefined, fieldName: string): string
  /** The client's name for a response name of the plan. */
  shown(name: string): string
}

export function plannedNames(schema: GraphQLSchema): PlannedNames {
  const prefix = unusedPrefix(schema)
  const planned = (alias: string | undefined, fieldName: string) =>
    alias === undefined || alias === fieldName ? fieldName : prefix + alias
  return {
    planned,
    shown: (name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name),
    rewrite: (document) =>
      visit(document, {
        Field: ({ alias, name, ...field }) =>
          alias && alias.value !== name.value
            ? { ...field, name, alias: { kind: Kind.NAME, value: planned(alias.value, name.value) } }
            : undefined,
      }),
  }
}

function unusedPrefix(schema: GraphQLSchema): string {
  const names = Object.values(schema.getTypeMap()).flatMap((type) =>
    'getFields' in type ? Object.keys(type.getFields()) : [],
  )
  let prefix = '_c_'
  while (names.some((name) => name.startsWith(prefix))) prefix = `_${prefix}`
  return prefix
}
