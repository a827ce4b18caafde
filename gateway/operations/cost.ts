// What an operation costs, worked out before anything of it is planned or fetched: about how many objects its answer holds at
// most, and what is dearer by the weight that the supergraph gives it. The rules are those of the cost directives, with the
// defaults that Apollo's router has.
// @see https://ibm.github.io/graphql-specs/cost-spec.html
import { GraphQLError, getNamedType, getNullableType, isAbstractType, isCompositeType, isListType } from 'graphql'
import type {
  DocumentNode,
  FieldNode,
  GraphQLCompositeType,
  GraphQLField,
  GraphQLObjectType,
  GraphQLOutputType,
  OperationDefinitionNode,
} from 'graphql'
import { argumentCost, argumentValue } from './cost-arguments.ts'
import type { ListSize } from './cost-directives.ts'
import { combined, evaluate, formulaOf, product, sum } from './formula.ts'
import type { Formula } from './formula.ts'
import type { Graph } from './graph.ts'
import { over } from './limits.ts'
import { conditional, selectionsOf } from './selections.ts'
import type { Scope, SelectedField } from './selections.ts'

/** Fifty full pages of objects with another in each: more than anybody reads, about a megabyte, and a tenth of a second's work. */
export const COST_MAX = 10_000
/** Elements asked for by an argument that says how many. Whoever wants more turns pages, and others get their turn between. */
export const LIST_SIZE_MAX = 100
/** Elements of a list that nothing is said about. One that grows with the data is paged and says so; others hold a handful. */
const LIST_SIZE_ASSUMED = 10
/** Whatever a mutation answers with, it writes. */
const MUTATION_WEIGHT = 10

export interface OperationCost {
  readonly estimate: number
  /** Why it is not answered: for what it costs, or for how many elements of a list it asks. */
  readonly errors: readonly GraphQLError[]
}

/** The `extensions` of an answer. */
export interface CostExtensions {
  readonly cost: { readonly estimate: number; readonly max: number }
}

/**
 * What an answer tells of the cost of its operation, to whoever asks with `extensions: { "cost": true }`.
 *
 * @param estimate null where it came to none
 */
export function requestedCost(
  asked: Readonly<Record<string, unknown>> | null | undefined,
  estimate: number | null,
): { extensions?: CostExtensions } {
  if (asked?.['cost'] !== true || estimate === null) return {}
  return { extensions: { cost: { estimate, max: COST_MAX } } }
}

/**
 * A field that several fragments select counts once. The work is that of spreading out the fragments, which is limited
 * before.
 *
 * @param document valid, and within its limits
 */
export function compileCost(
  { apiSchema: schema, costs }: Pick<Graph, 'apiSchema' | 'costs'>,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): (variables: Readonly<Record<string, unknown>>) => OperationCost {
  const collect = selectionsOf(schema, document)
  const root = schema.getRootType(operation.operation)!
  const selected = selectionCost(root, [{ set: operation.selectionSet, when: [] }], new Map(), () => 0)
  const total = sum([operation.operation === 'mutation' ? MUTATION_WEIGHT : 0, selected])
  const always = typeof total === 'number' ? judged(total, []) : null

  return (variables) => {
    if (always) return always
    const refusals = new Map<string, GraphQLError>()
    const estimate = evaluate(total, { variables, refusals })
    return judged(estimate, [...refusals.values()])
  }

  /**
   * What the selections come to for one object of the type: for an abstract type, for the dearest of the types behind it.
   *
   * @param sized how many elements lists of the object have, where the field that led to it says so
   * @param weigh what the object itself counts, by its type
   */
  function selectionCost(
    type: GraphQLCompositeType,
    scopes: readonly Scope[],
    sized: ReadonlyMap<string, Formula>,
    weigh: (type: GraphQLObjectType) => number,
  ): Formula {
    const { fields, narrower } = collect(type, scopes)
    const shared = [...fields.values()].map((selected) => fieldCost(type, selected, sized))
    const parts = [...narrower].map(([narrowed, scopes]) => ({
      types: new Set(typesBehind(narrowed)),
      cost: selectionCost(narrowed, scopes, sized, () => 0),
    }))
    // Of most of the types behind an interface the same is selected: they are one kind.
    const kinds = new Map<string, { weight: number; applying: number[] }>()
    for (const behind of typesBehind(type)) {
      const weight = weigh(behind)
      const applying = parts.flatMap(({ types }, index) => (types.has(behind) ? [index] : []))
      kinds.set([weight, ...applying].join(), { weight, applying })
    }
    const dearest = combined(
      parts.map(({ cost }) => cost),
      (costs) =>
        [...kinds.values()].reduce((most, { weight, applying }) => {
          const cost = applying.reduce((total, index) => total + costs[index]!, weight)
          return Math.max(most, cost)
        }, 0),
    )
    return sum([...shared, dearest])
  }

  function fieldCost(
    parent: GraphQLCompositeType,
    { node, scopes, whens }: SelectedField,
    sized: ReadonlyMap<string, Formula>,
  ): Formula {
    const name = node.name.value
    if (name.startsWith('__') || !('getFields' in parent)) return 0 // answered here, no subgraph is asked
    const field = parent.getFields()[name]!
    const coordinate = `${parent.name}.${name}`
    const { weight = null, listSize = null } = costs.fields.get(coordinate) ?? {}
    const size = listSize && sizeOf(coordinate, listSize, field, node)
    const named = getNamedType(field.type)
    const sizedBelow = new Map(size === null ? [] : listSize!.sizedFields.map((each) => [each, size]))
    // What has a single reason to be there needs no further look at it below.
    const below = whens.length === 1 ? scopes.map(({ set }) => ({ set, when: [] })) : scopes
    const each = isCompositeType(named)
      ? selectionCost(named, below, sizedBelow, (type) => weight ?? costs.types.get(type.name) ?? 1)
      : (weight ?? costs.types.get(named.name) ?? 0)
    const cost = sum([
      product(elementsOf(field.type, sized.get(name) ?? size ?? LIST_SIZE_ASSUMED), each),
      ...field.args.map((argument) => argumentCost(costs, coordinate, argument, node)),
      // Also where nothing that it is the size of is selected: it may refuse the operation.
      typeof size === 'function' ? product(0, size) : 0,
    ])
    return conditional(whens, cost)
  }

  function sizeOf(
    coordinate: string,
    { assumedSize, slicingArguments, requireOneSlicingArgument }: ListSize,
    field: GraphQLField<unknown, unknown>,
    node: FieldNode,
  ): Formula {
    const values = field.args
      .filter(({ name }) => slicingArguments.includes(name))
      .map((argument) => argumentValue(argument, node))
    const isConstant = values.every((value) => value.isConstant)
    return formulaOf(isConstant, ({ variables, refusals }) => {
      let given = 0
      let numbers = 0
      let size = 0
      for (const { read } of values) {
        const value = read(variables)
        if (value !== undefined) given += 1
        if (typeof value !== 'number') continue
        numbers += 1
        size = Math.max(size, value)
      }
      if (requireOneSlicingArgument && values.length > 0 && (given === 0 || numbers > 1)) {
        refusals.set(coordinate, slicingError(coordinate, slicingArguments))
      }
      // One that is null, or below nothing, is for the subgraph to refuse.
      if (numbers === 0) return assumedSize ?? LIST_SIZE_ASSUMED
      for (const tooLong of over('listSize', LIST_SIZE_MAX, size, coordinate)) refusals.set(coordinate, tooLong)
      return size
    })
  }

  function typesBehind(type: GraphQLCompositeType): readonly GraphQLObjectType[] {
    return isAbstractType(type) ? schema.getPossibleTypes(type) : [type]
  }
}

function judged(estimate: number, refusals: readonly GraphQLError[]): OperationCost {
  // JSON knows no infinity.
  const measure = Math.min(estimate, Number.MAX_SAFE_INTEGER)
  return { estimate: measure, errors: [...refusals, ...over('cost', COST_MAX, measure)] }
}

/** The element count of a list within a list is not known. */
function elementsOf(type: GraphQLOutputType, size: Formula): Formula {
  const nullable = getNullableType(type)
  if (!isListType(nullable)) return 1
  return product(size, elementsOf(nullable.ofType as GraphQLOutputType, LIST_SIZE_ASSUMED))
}

function slicingError(coordinate: string, slicingArguments: readonly string[]): GraphQLError {
  const message = `${coordinate} takes exactly one of the arguments that say how much of the list is wanted: ${slicingArguments.join(', ')}.`
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', coordinate } })
}
