// What an operation asks of the schema itself: answered by graphql-js, no subgraph knows.
import { Kind, OperationTypeNode, executeSync } from 'graphql'
import type { FieldNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'

/** Whether a field of the query type asks for the schema. */
export function asksForSchema(fieldName: string): boolean {
  return fieldName === '__schema' || fieldName === '__type'
}

/**
 * @param fields all that are selected under one response name
 * @returns gives the JSON text of the field for the variables of a request
 */
export type Introspect = (fields: readonly FieldNode[]) => (variables: Readonly<Record<string, unknown>>) => string

export function introspection(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Introspect {
  return (fields) => {
    const query: OperationDefinitionNode = {
      ...operation,
      // A mutation may answer with the query type, which has these fields.
      operation: OperationTypeNode.QUERY,
      selectionSet: { kind: Kind.SELECTION_SET, selections: fields },
    }
    const document = { kind: Kind.DOCUMENT as const, definitions: [query, ...fragments.values()] }
    return (variables) => {
      const { data } = executeSync({ schema, document, variableValues: variables, rootValue: {} })
      return JSON.stringify(Object.values(data ?? {})[0] ?? null)
    }
  }
}
