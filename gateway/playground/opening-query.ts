// A first query for somebody who opens the playground: one that runs on whatever supergraph is served.
import { getNamedType, getNullableType, isLeafType, isListType, isObjectType, isRequiredArgument } from 'graphql'
import type { GraphQLField, GraphQLObjectType, GraphQLSchema } from 'graphql'

/** Deep enough to reach another subgraph through a connection. */
const DEPTH_MAX = 4
const LEAVES_PER_TYPE_MAX = 6

/**
 * @param isOpen whether anybody may ask for the field, given as `Type.field`
 * @returns a query for the first field that leads to objects and needs no argument, with the leaves of what it leads to
 */
export function openingQuery(schema: GraphQLSchema, isOpen: (coordinate: string) => boolean): string {
  const query = schema.getQueryType()
  const root = query && openFields(query).find((field) => isObjectType(getNamedType(field.type)))
  const selection = root && select(getNamedType(root.type) as GraphQLObjectType, 1, [])
  return `# Ctrl-Space completes, Ctrl-Enter runs.\n${selection ? `{\n  ${root.name} ${selection}\n}` : '{\n  __typename\n}'}\n`

  function openFields(type: GraphQLObjectType): GraphQLField<unknown, unknown>[] {
    return Object.values(type.getFields()).filter(
      (field) =>
        isOpen(`${type.name}.${field.name}`) && !field.args.some(isRequiredArgument) && !field.deprecationReason,
    )
  }

  // Null for a type of which nothing can be selected. A type within itself is left out: it would go on for ever.
  function select(
    type: GraphQLObjectType,
    depth: number,
    within: readonly GraphQLObjectType[],
    isInList = false,
  ): string | null {
    if (depth > DEPTH_MAX || within.includes(type)) return null
    const indent = '  '.repeat(depth + 1)
    const fields = openFields(type)
    const leaves = fields.filter((field) => isLeafType(getNamedType(field.type))).slice(0, LEAVES_PER_TYPE_MAX)
    const lines = leaves.map(({ name }) => name)
    for (const field of fields) {
      const named = getNamedType(field.type)
      if (!isObjectType(named) || field.args.length > 0) continue
      // A connection often gives its nodes twice; once is enough to read.
      if (field.name === 'edges' && type.getFields()['nodes']) continue
      // A list for each object of a list is much to read, and dear.
      const isList = isListType(getNullableType(field.type))
      if (isList && isInList) continue
      const nested = select(named, depth + 1, [...within, type], isInList || isList)
      if (nested) lines.push(`${field.name} ${nested}`)
    }
    if (lines.length === 0) return null
    return `{\n${lines.map((line) => indent + line).join('\n')}\n${'  '.repeat(depth)}}`
  }
}
