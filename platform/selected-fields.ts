// What a client selected below a field, for resolvers that read no more than that.
import type { FieldNode, GraphQLResolveInfo } from 'graphql'
import { Kind } from 'graphql'

/** What is known of a field that is resolved. */
export type FieldInfo = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>

/**
 * The fields in the selections of others: fragments are followed, whatever type they are for, and conditions taken to hold.
 *
 * @param name those of one name alone
 */
export function fieldsInside(
  parents: readonly FieldNode[],
  fragments: FieldInfo['fragments'],
  name?: string,
): FieldNode[] {
  const fields = parents.flatMap(({ selectionSet }) => [...fieldsOf(selectionSet, fragments)])
  return name === undefined ? fields : fields.filter((field) => field.name.value === name)
}

/** Remembers what is made of a field. graphql-jit gives a compiled field the same nodes each time. */
export function oncePerField<Made>(make: (info: FieldInfo) => Made): (info: FieldInfo) => Made {
  const known = new WeakMap<FieldInfo['fieldNodes'], Made>()
  return (info) => {
    let made = known.get(info.fieldNodes)
    if (made === undefined) known.set(info.fieldNodes, (made = make(info)))
    return made
  }
}

function* fieldsOf(
  selectionSet: FieldNode['selectionSet'],
  fragments: FieldInfo['fragments'],
): Generator<FieldNode, void, void> {
  for (const selection of selectionSet?.selections ?? []) {
    if (selection.kind === Kind.FIELD) yield selection
    else if (selection.kind === Kind.INLINE_FRAGMENT) yield* fieldsOf(selection.selectionSet, fragments)
    else yield* fieldsOf(fragments[selection.name.value]?.selectionSet, fragments)
  }
}
