// What a document selects of one object, as it is when it is executed: fragments spread out, equal fields merged.
import { Kind, isAbstractType } from 'graphql'
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLCompositeType,
  GraphQLObjectType,
  GraphQLSchema,
  InlineFragmentNode,
  SelectionNode,
  SelectionSetNode,
} from 'graphql'
import { evaluate } from './formula.ts'
import type { Formula } from './formula.ts'

/** Selections of one object, and what has to hold for them besides what already held for the object. */
export interface Scope {
  readonly set: SelectionSetNode
  readonly when: When
}

/** Conditions of `@skip` and `@include` that hang on variables. All of them have to hold. */
type When = readonly { readonly variable: string; readonly wanted: boolean }[]

/** All selections of one response name: it is answered if any of them is. */
export interface SelectedField {
  readonly node: FieldNode
  readonly scopes: readonly Scope[]
  readonly whens: readonly When[]
}

export interface Selections {
  /** Those that hold for every object of the type, by response name. */
  readonly fields: ReadonlyMap<string, SelectedField>
  /** Those for some of the types behind an abstract type, by what their fragment is on. */
  readonly narrower: ReadonlyMap<GraphQLCompositeType, readonly Scope[]>
}

/**
 * Each scope comes out in one place, so that the work of going down a document is that of spreading out its fragments.
 *
 * @param document valid
 */
export function selectionsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
): (type: GraphQLCompositeType, scopes: readonly Scope[]) => Selections {
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  )

  return (type, scopes) => {
    const fields = new Map<string, { node: FieldNode; scopes: Scope[]; whens: When[] }>()
    const narrower = new Map<GraphQLCompositeType, Scope[]>()
    for (const scope of scopes) walk(scope)
    return { fields, narrower }

    function walk({ set, when: above }: Scope): void {
      for (const selection of set.selections) {
        const when = conditionsOf(selection, above)
        if (when === null) continue
        if (selection.kind === Kind.FIELD) addField(selection, when)
        else
          addFragment(selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value)!, when)
      }
    }

    function addField(node: FieldNode, when: When): void {
      const name = (node.alias ?? node.name).value
      const selected = fields.get(name) ?? { node, scopes: [], whens: [] }
      fields.set(name, selected)
      selected.whens.push(when)
      if (node.selectionSet) selected.scopes.push({ set: node.selectionSet, when })
    }

    function addFragment(
      { typeCondition, selectionSet: set }: InlineFragmentNode | FragmentDefinitionNode,
      when: When,
    ) {
      const on = typeCondition ? (schema.getType(typeCondition.name.value) as GraphQLCompositeType) : type
      if (on === type || (isAbstractType(on) && schema.isSubType(on, type as GraphQLObjectType))) walk({ set, when })
      else if (isAbstractType(type)) narrower.set(on, [...(narrower.get(on) ?? []), { set, when }])
    }
  }
}

/** A formula that counts where any of the selections is there. */
export function conditional(whens: readonly When[], formula: Formula): Formula {
  if (formula === 0 || whens.some((when) => when.length === 0)) return formula
  return (asked) => {
    const isThere = whens.some((when) =>
      when.every(({ variable, wanted }) => (asked.variables[variable] === true) === wanted),
    )
    return isThere ? evaluate(formula, asked) : 0
  }
}

/** @returns null where it is never there */
function conditionsOf({ directives = [] }: SelectionNode, above: When): When | null {
  const when = [...above]
  for (const { name, arguments: given } of directives) {
    if (name.value !== 'skip' && name.value !== 'include') continue
    const value = given?.[0]?.value
    const wanted = name.value === 'include'
    if (value?.kind === Kind.VARIABLE) when.push({ variable: value.name.value, wanted })
    else if ((value?.kind === Kind.BOOLEAN && value.value) !== wanted) return null
  }
  return when
}
