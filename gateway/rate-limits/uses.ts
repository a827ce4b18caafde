// How often an operation asks for fields that have a limit.
import { Kind, getNamedType, getOperationAST, isInterfaceType, isObjectType } from 'graphql'
import type { DocumentNode, FragmentDefinitionNode, GraphQLNamedType, GraphQLSchema, SelectionSetNode } from 'graphql'
import type { RateLimit, RateLimits } from './rules.ts'

export interface LimitedUse {
  readonly limit: RateLimit
  readonly times: number
}

const none: readonly LimitedUse[] = []

/**
 * Each place where such a field stands in the document counts, under whatever alias, and a fragment as often as it is
 * spread. How often lists repeat it does not: that is not known before it is fetched.
 *
 * @param document valid, and without what conditions leave out and rules deny: what is not run is not counted
 */
export function limitedUses(
  limits: RateLimits,
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): readonly LimitedUse[] {
  if (limits.size === 0) return none
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const times = new Map<RateLimit, number>()
  const operation = getOperationAST(document, operationName)!
  countSet(operation.selectionSet, schema.getRootType(operation.operation)!)
  return times.size === 0 ? none : [...times].map(([limit, count]) => ({ limit, times: count }))

  function countSet({ selections }: SelectionSetNode, parent: GraphQLNamedType): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        for (const limit of limits.get(`${parent.name}.${selection.name.value}`) ?? []) {
          times.set(limit, (times.get(limit) ?? 0) + 1)
        }
        const type = fieldType(parent, selection.name.value)
        if (type && selection.selectionSet) countSet(selection.selectionSet, type)
      } else {
        const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value)! : selection
        const condition = fragment.typeCondition?.name.value
        countSet(fragment.selectionSet, condition === undefined ? parent : schema.getType(condition)!)
      }
    }
  }
}

// None for what every type has, as `__typename` and `__schema`: nothing below that is fetched.
function fieldType(parent: GraphQLNamedType, field: string): GraphQLNamedType | null {
  const isComposite = isObjectType(parent) || isInterfaceType(parent)
  const type = isComposite ? parent.getFields()[field]?.type : undefined
  return type ? getNamedType(type) : null
}
