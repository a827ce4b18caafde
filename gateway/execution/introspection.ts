// What a query asks of the schema itself: answered by graphql-js, no subgraph knows.
import { Kind, executeSync } from 'graphql'
import type {
  FragmentDefinitionNode,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
} from 'graphql'

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

/** @returns gives the JSON text of each introspection field of the root, by response name */
export function compileIntrospection(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Fragments,
): (variables: Readonly<Record<string, unknown>>) => Readonly<Record<string, string>> {
  const selectionSet = introspectionOf(operation.selectionSet, fragments)
  if (!selectionSet) return () => ({})
  const document = {
    kind: Kind.DOCUMENT as const,
    definitions: [{ ...operation, selectionSet }, ...fragments.values()],
  }
  return (variables) => {
    const { data } = executeSync({ schema, document, variableValues: variables, rootValue: {} })
    return Object.fromEntries(Object.entries(data ?? {}).map(([name, value]) => [name, JSON.stringify(value)]))
  }
}

// The root's introspection fields alone: run on the schema, the other fields would be errors.
function introspectionOf({ selections, ...set }: SelectionSetNode, fragments: Fragments): SelectionSetNode | null {
  const kept = selections.flatMap((selection): SelectionNode[] => {
    if (selection.kind === Kind.FIELD) return /^__(schema|type)$/.test(selection.name.value) ? [selection] : []
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value)! : selection
    const selectionSet = introspectionOf(fragment.selectionSet, fragments)
    const { typeCondition } = fragment
    return selectionSet
      ? [{ kind: Kind.INLINE_FRAGMENT, typeCondition, directives: selection.directives, selectionSet }]
      : []
  })
  return kept.length > 0 ? { ...set, selections: kept } : null
}
