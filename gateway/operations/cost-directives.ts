// What `@cost` and `@listSize` say in the supergraph, read once: the weights of what operations select and send, and how
// long the lists are.
// @see https://ibm.github.io/graphql-specs/cost-spec.html
import {
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql'
import type { ConstDirectiveNode, GraphQLInterfaceType, GraphQLNamedType, GraphQLSchema } from 'graphql'
import type { Schema } from '../apollo.ts'

/** How many elements a field's list has, or the lists in the object that it answers with. */
export interface ListSize {
  /** Where no argument says it; null where nothing does. */
  readonly assumedSize: number | null
  /** The arguments that say it. */
  readonly slicingArguments: readonly string[]
  /** Fields of the object, as `nodes` of a connection, whose lists are of this size. None where the field is a list. */
  readonly sizedFields: readonly string[]
  /** Whether an operation has to give one of the arguments, and no more than one. */
  readonly requireOneSlicingArgument: boolean
}

export interface FieldCost {
  /** Of each object or value that it answers with; null where the type's counts. */
  readonly weight: number | null
  readonly listSize: ListSize | null
}

export interface Costs {
  /** Weights of types, by name; 1 for objects and 0 for scalars and enums that are left out. */
  readonly types: ReadonlyMap<string, number>
  /** By `Type.field`. */
  readonly fields: ReadonlyMap<string, FieldCost>
  /** Weights of arguments, by `Type.field(argument:)`, and of fields of input objects, by `Input.field`. */
  readonly inputs: ReadonlyMap<string, number>
}

/** The names that the two directives have in a supergraph, which may rename them. */
export interface CostNames {
  readonly cost: string | undefined
  readonly listSize: string | undefined
}

const COST_IDENTITY = 'https://specs.apollo.dev/cost'

/** @param supergraph as Apollo's libraries have it, who know how names are imported */
export function costNames(supergraph: Schema): CostNames {
  const feature = supergraph.coreFeatures?.getByIdentity(COST_IDENTITY)
  return { cost: feature?.directiveNameInSchema('cost'), listSize: feature?.directiveNameInSchema('listSize') }
}

/**
 * A field of an interface stands for the field of every type behind it, so it takes what theirs say as well, put together
 * as composition does for one field of several subgraphs: the most of each.
 *
 * @param schema the whole supergraph's
 */
export function readCosts(schema: GraphQLSchema, names: CostNames): Costs {
  const types = new Map<string, number>()
  const fields = new Map<string, FieldCost>()
  const inputs = new Map<string, number>()

  const all = Object.values(schema.getTypeMap())
  for (const type of all) readType(type)
  for (const type of all) if (isInterfaceType(type)) addWhatIsBehind(type)
  return { types, fields, inputs }

  function readType(type: GraphQLNamedType): void {
    const weight = weightOf(type.astNode)
    if (weight !== null) types.set(type.name, weight)
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) addInput(`${type.name}.${field.name}`, field.astNode)
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`
      const own = { weight: weightOf(field.astNode), listSize: listSizeOf(field.astNode) }
      if (own.weight !== null || own.listSize) fields.set(coordinate, own)
      for (const argument of field.args) addInput(`${coordinate}(${argument.name}:)`, argument.astNode)
    }
  }

  function addWhatIsBehind(type: GraphQLInterfaceType): void {
    const names = [type, ...schema.getPossibleTypes(type)].map(({ name }) => name)
    for (const field of Object.values(type.getFields())) {
      const merged = together(
        names.map((name) => fields.get(`${name}.${field.name}`)),
        weightOfType(getNamedType(field.type)),
      )
      if (merged) fields.set(`${type.name}.${field.name}`, merged)
      for (const argument of field.args) {
        const coordinates = names.map((name) => `${name}.${field.name}(${argument.name}:)`)
        const most = Math.max(...coordinates.map((coordinate) => inputs.get(coordinate) ?? 0))
        if (most > 0) inputs.set(coordinates[0]!, most)
      }
    }
  }

  function addInput(coordinate: string, node: Annotated): void {
    const weight = weightOf(node)
    if (weight !== null) inputs.set(coordinate, weight)
  }

  // One below zero could hide what is dear beside it.
  function weightOf(node: Annotated): number | null {
    const weight = valuesOf(names.cost, node)?.['weight']
    return typeof weight === 'number' ? Math.max(0, weight) : null
  }

  function listSizeOf(node: Annotated): ListSize | null {
    const values = valuesOf(names.listSize, node) as Partial<ListSize> | undefined
    if (!values) return null
    const { assumedSize, slicingArguments, sizedFields, requireOneSlicingArgument } = values
    return {
      assumedSize: assumedSize ?? null,
      slicingArguments: slicingArguments ?? [],
      sizedFields: sizedFields ?? [],
      requireOneSlicingArgument: requireOneSlicingArgument ?? true,
    }
  }

  function valuesOf(name: string | undefined, node: Annotated): Readonly<Record<string, unknown>> | undefined {
    const directive = name === undefined ? undefined : schema.getDirective(name)
    return directive && node ? getDirectiveValues(directive, node) : undefined
  }

  function weightOfType(type: GraphQLNamedType): number {
    const all = isAbstractType(type) ? schema.getPossibleTypes(type) : [type]
    return Math.max(0, ...all.map(({ name }) => types.get(name) ?? (isCompositeType(type) ? 1 : 0)))
  }
}

type Annotated = { readonly directives?: readonly ConstDirectiveNode[] } | null | undefined

function together(all: readonly (FieldCost | undefined)[], weightOfType: number): FieldCost | null {
  const known = all.filter((each) => each !== undefined)
  if (known.length === 0) return null
  const sizes = known.map(({ listSize }) => listSize).filter((each) => each !== null)
  const assumed = sizes.map(({ assumedSize }) => assumedSize).filter((each) => each !== null)
  return {
    weight: known.every(({ weight }) => weight === null)
      ? null
      : Math.max(...all.map((each) => each?.weight ?? weightOfType)),
    listSize:
      sizes.length === 0
        ? null
        : {
            assumedSize: assumed.length === 0 ? null : Math.max(...assumed),
            slicingArguments: [...new Set(sizes.flatMap(({ slicingArguments }) => slicingArguments))],
            sizedFields: [...new Set(sizes.flatMap(({ sizedFields }) => sizedFields))],
            requireOneSlicingArgument: sizes.every((each) => each.requireOneSlicingArgument),
          },
  }
}
