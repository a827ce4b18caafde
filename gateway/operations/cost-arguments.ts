// What the arguments of a field are worth: their values for one request, defaults included, and their weights.
import { Kind, getNamedType, getNullableType, isInputObjectType, isListType, valueFromAST } from 'graphql'
import type { FieldNode, GraphQLArgument, GraphQLInputType, ValueNode } from 'graphql'
import type { Costs } from './cost-directives.ts'
import { formulaOf } from './formula.ts'
import type { Formula } from './formula.ts'

/** A value that may depend on the variables. */
export interface ArgumentValue {
  readonly isConstant: boolean
  /** @returns undefined where there is none */
  read(variables: Readonly<Record<string, unknown>>): unknown
}

/** What an operation gives for an argument, or the argument's default. */
export function argumentValue({ name, type, defaultValue }: GraphQLArgument, node: FieldNode): ArgumentValue {
  const given = node.arguments?.find((each) => each.name.value === name)?.value
  if (!given) return { isConstant: true, read: () => defaultValue }
  if (given.kind === Kind.VARIABLE)
    return { isConstant: false, read: orDefault(({ [given.name.value]: value }) => value) }
  return { isConstant: !hasVariable(given), read: orDefault((variables) => valueFromAST(given, type, variables)) }

  function orDefault(read: ArgumentValue['read']): ArgumentValue['read'] {
    return (variables) => {
      const value = read(variables)
      return value === undefined ? defaultValue : value
    }
  }
}

/** What an argument adds to the cost of its field: its weight, and those of all that it holds. */
export function argumentCost(
  costs: Costs,
  fieldCoordinate: string,
  argument: GraphQLArgument,
  node: FieldNode,
): Formula {
  const weight = costs.inputs.get(`${fieldCoordinate}(${argument.name}:)`) ?? null
  const named = getNamedType(argument.type)
  if (weight === null && !costs.types.has(named.name) && !isInputObjectType(named)) return 0
  const { isConstant, read } = argumentValue(argument, node)
  return formulaOf(isConstant, ({ variables }) => costOf(read(variables), argument.type, weight))

  function costOf(value: unknown, type: GraphQLInputType, weight: number | null): number {
    const nullable = getNullableType(type)
    if (value === undefined || value === null) return 0
    if (isListType(nullable)) {
      const elements = Array.isArray(value) ? value : [value]
      return elements.reduce<number>((total, each) => total + costOf(each, nullable.ofType, weight), weight ?? 0)
    }
    if (!isInputObjectType(nullable)) return weight ?? costs.types.get(getNamedType(type).name) ?? 0
    return Object.values(nullable.getFields()).reduce((total, field) => {
      const ofField = costs.inputs.get(`${nullable.name}.${field.name}`) ?? null
      return total + costOf((value as Record<string, unknown>)[field.name], field.type, ofField)
    }, weight ?? 1)
  }
}

function hasVariable(value: ValueNode): boolean {
  if (value.kind === Kind.VARIABLE) return true
  if (value.kind === Kind.LIST) return value.values.some(hasVariable)
  return value.kind === Kind.OBJECT && value.fields.some((field) => hasVariable(field.value))
}
