// The answer, written as JSON text straight from what was fetched: only what the client selected, under its own names, in
// its order, with nulls and errors as the GraphQL specification has them.
// @see https://spec.graphql.org/October2021/#sec-Handling-Field-Errors
import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  Kind,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
} from 'graphql'
import type {
  FieldNode,
  FragmentDefinitionNode,
  GraphQLFormattedError,
  GraphQLInterfaceType,
  GraphQLLeafType,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql'
import { asksForSchema } from './introspection.ts'
import type { Introspect } from './introspection.ts'
import { quoted } from './json-text.ts'
import { isObject } from './merge.ts'
import type { JsonObject } from './run.ts'

export interface ProjectionInput {
  readonly data: JsonObject
  /** Those of the fetches; those of the projection are added. */
  readonly errors: GraphQLFormattedError[]
  /** Coerced, with defaults: what questions about the schema depend on. */
  readonly variables: Readonly<Record<string, unknown>>
}

export interface ProjectionOptions {
  /** As clients see it. */
  readonly schema: GraphQLSchema
  /** Without `@skip` and `@include`, which are decided before, as are its fragments. */
  readonly operation: OperationDefinitionNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** Under which name the plan fetched what the client calls `alias`. */
  readonly plannedName: (alias: string | undefined, fieldName: string) => string
  /** The error of a field that this identity may not have, by `Type.field`; null where it may. */
  readonly denied: (coordinate: string) => GraphQLFormattedError | null
  /** What answers questions about the schema. */
  readonly introspect: Introspect
}

/**
 * The JSON text of a value; undefined says that the value is null and may not be. Where the value stands comes in two
 * parts, because most values are leaves, whose place nobody asks for: it is put together for what has something below
 * it, and for errors.
 */
type Write = (value: unknown, state: State, above: Path | null, step: string | number) => string | undefined

/** The same for an object, whose place is known. */
type WriteObject = (object: JsonObject, state: State, path: Path | null) => string | undefined

interface Path {
  readonly step: string | number
  readonly above: Path | null
}

interface State extends ProjectionInput {
  readonly told: ToldPlaces
  /** What was answered about the schema: the same wherever the field stands. */
  readonly introspected: Map<Field, string>
}

/** Where errors are: faulty lists have thousands, so they are looked up. */
interface ToldPlaces {
  /** How many of the errors are in it. */
  count: number
  readonly exact: Set<string>
  /** The places of errors, and every place above one. */
  readonly above: Set<string>
}

/** A field of the client's, with all its selections under one response name. */
interface Field {
  readonly responseName: string
  readonly from: string
  readonly name: string
  readonly nodes: readonly FieldNode[]
  readonly selectionSets: readonly Selected[]
  /** Why nothing that selects it may have it; null where something may. */
  readonly denial: GraphQLFormattedError | null
}

/** A selection set, and the type it was written for, which may be an interface of the object's type. */
interface Selected {
  readonly on: string
  readonly set: SelectionSetNode
}

export function compileProjection(options: ProjectionOptions): (input: ProjectionInput) => string {
  const { schema, operation } = options
  const rootType = schema.getRootType(operation.operation)!
  const writeRoot = objectWriter(rootType, [{ on: rootType.name, set: operation.selectionSet }])
  return (input) => {
    const told = { count: 0, exact: new Set<string>(), above: new Set<string>() }
    return writeRoot(input.data, { ...input, told, introspected: new Map() }, null) ?? 'null'
  }

  function objectWriter(
    type: GraphQLObjectType | GraphQLInterfaceType,
    selectionSets: readonly Selected[],
  ): WriteObject {
    const fields = collectFields(type, selectionSets).map((field, index) => ({
      from: field.from,
      step: field.responseName,
      // With what stands before it.
      key: `${index === 0 ? '{' : ','}${JSON.stringify(field.responseName)}:`,
      write: fieldWriter(type, field),
    }))
    // Nothing of a selection may be for this type.
    if (fields.length === 0) return () => '{}'
    return (object, state, path) => {
      let text = ''
      for (let index = 0; index < fields.length; index++) {
        const { from, step, key, write } = fields[index]!
        const written = write(object[from], state, path, step)
        if (written === undefined) return undefined
        text += key + written
      }
      return text + '}'
    }
  }

  function fieldWriter(parent: GraphQLObjectType | GraphQLInterfaceType, field: Field): Write {
    if (field.denial) return denialWriter(parent, field.name, field.denial)
    if (field.name === '__typename') return () => JSON.stringify(parent.name)
    if (asksForSchema(field.name)) return introspectionWriter(field)
    return valueWriter(parent.getFields()[field.name]!.type, field, `${parent.name}.${field.name}`)
  }

  function denialWriter(
    parent: GraphQLObjectType | GraphQLInterfaceType,
    name: string,
    denial: GraphQLFormattedError,
  ): Write {
    const type = parent.getFields()[name]?.type
    return (_value, state, above, step) => {
      state.errors.push({ ...denial, path: pathOf(above, step) })
      return isNonNullType(type) ? undefined : 'null'
    }
  }

  function introspectionWriter(field: Field): Write {
    const introspect = options.introspect(field.nodes)
    return (_value, { introspected, variables }) => {
      const known = introspected.get(field) ?? introspect(variables)
      introspected.set(field, known)
      return known
    }
  }

  function valueWriter(type: GraphQLOutputType, field: Field, coordinate: string): Write {
    if (isNonNullType(type)) {
      const write = valueWriter(type.ofType, field, coordinate)
      return (value, state, above, step) => {
        if (value !== null && value !== undefined) {
          const text = write(value, state, above, step)
          return text === 'null' ? undefined : text
        }
        reportOnce(state, above, step, `Cannot return null for non-nullable field ${coordinate}.`)
        return undefined
      }
    }
    const write = nullableWriter(type, field, coordinate)
    return (value, state, above, step) =>
      value === null || value === undefined ? 'null' : (write(value, state, above, step) ?? 'null')
  }

  function nullableWriter(type: GraphQLOutputType, field: Field, coordinate: string): Write {
    if (isListType(type)) {
      const write = valueWriter(type.ofType, field, coordinate)
      return (value, state, above, step) => {
        if (!Array.isArray(value)) return unfit(state, above, step, coordinate)
        const path = { step, above }
        let text = '['
        for (let index = 0; index < value.length; index++) {
          const written = write(value[index], state, path, index)
          if (written === undefined) return undefined
          text += index > 0 ? ',' + written : written
        }
        return text + ']'
      }
    }
    const named = getNamedType(type)
    if (isScalarType(named) || isEnumType(named)) return leafWriter(named, coordinate)
    return compositeWriter(named, field, coordinate)
  }

  function compositeWriter(type: GraphQLNamedType, field: Field, coordinate: string): Write {
    const writers = new Map<string, WriteObject | null>()
    const writerOf = (typename: string): WriteObject | null => {
      let write = writers.get(typename)
      if (write === undefined) {
        const runtime = schema.getType(typename)
        const fits =
          isObjectType(runtime) && (runtime === type || (isAbstractType(type) && schema.isSubType(type, runtime)))
        write = fits ? objectWriter(runtime, field.selectionSets) : null
        writers.set(typename, write)
      }
      return write
    }
    const writeStatic = isObjectType(type) ? objectWriter(type, field.selectionSets) : null
    const writeInterface = interfaceWriter(type, field)
    return (value, state, above, step) => {
      if (!isObject(value)) return unfit(state, above, step, coordinate)
      const path = { step, above }
      // An object type needs no `__typename`, and the plan does not always ask for one.
      if (writeStatic) return writeStatic(value, state, path)
      const typename = value['__typename']
      const write = typeof typename === 'string' ? writerOf(typename) : null
      if (write) return write(value, state, path)
      // A type that clients do not see is no interface object.
      const isInterfaceObject = typename === undefined || typename === type.name
      if (writeInterface && isInterfaceObject) return writeInterface(value, state, path)
      return unfit(state, above, step, coordinate)
    }
  }

  // An interface object: its subgraph knows the interface, and not which type stands behind it. What is selected of the
  // interface itself can be written all the same.
  function interfaceWriter(type: GraphQLNamedType, field: Field): WriteObject | null {
    if (!isInterfaceType(type)) return null
    const isOfInterface = ({ set }: Selected) =>
      set.selections.every((selection) => selection.kind === Kind.FIELD && selection.name.value !== '__typename')
    return field.selectionSets.every(isOfInterface) ? objectWriter(type, field.selectionSets) : null
  }

  function collectFields(type: GraphQLObjectType | GraphQLInterfaceType, selectionSets: readonly Selected[]): Field[] {
    const fields = new Map<string, Field>()
    for (const selected of selectionSets) collect(selected)
    return [...fields.values()]

    function collect({ on, set }: Selected): void {
      for (const selection of set.selections) {
        if (selection.kind === Kind.FIELD) {
          add(on, selection)
          continue
        }
        const fragment =
          selection.kind === Kind.FRAGMENT_SPREAD ? options.fragments.get(selection.name.value)! : selection
        const narrowed = fragment.typeCondition?.name.value ?? on
        if (appliesTo(narrowed, type)) collect({ on: narrowed, set: fragment.selectionSet })
      }
    }

    function add(on: string, node: FieldNode): void {
      const { alias, name, selectionSet } = node
      const responseName = (alias ?? name).value
      const known = fields.get(responseName)
      const denial = options.denied(`${on}.${name.value}`)
      const named = getNamedType(type.getFields()[name.value]?.type)
      const own = selectionSet && named && !denial ? [{ on: named.name, set: selectionSet }] : []
      fields.set(responseName, {
        responseName,
        from: options.plannedName(alias?.value, name.value),
        name: name.value,
        nodes: [...(known?.nodes ?? []), node],
        selectionSets: [...(known?.selectionSets ?? []), ...own],
        denial: known && !known.denial ? null : denial,
      })
    }
  }

  function appliesTo(condition: string, type: GraphQLObjectType | GraphQLInterfaceType): boolean {
    if (condition === type.name) return true
    const conditionType = schema.getType(condition)
    return isAbstractType(conditionType) && schema.isSubType(conditionType, type)
  }
}

const INT_MAX = 2_147_483_647
const INT_MIN = -2_147_483_648

/** Subgraphs have serialised their leaves: what does not fit the type is their fault, and null for the client. */
function leafWriter(type: GraphQLLeafType, coordinate: string): Write {
  if (type.name === GraphQLID.name) {
    return (value, state, above, step) =>
      typeof value === 'string' || Number.isInteger(value)
        ? quoted(String(value))
        : unfit(state, above, step, coordinate)
  }
  const fits = leafCheck(type)
  return (value, state, above, step) => {
    if (!fits(value)) return unfit(state, above, step, coordinate)
    return typeof value === 'string' ? quoted(value) : JSON.stringify(value)
  }
}

function leafCheck(type: GraphQLLeafType): (value: unknown) => boolean {
  if (isEnumType(type)) return (value) => typeof value === 'string' && type.getValue(value) !== undefined
  switch (type.name) {
    case GraphQLInt.name:
      return (value) => Number.isInteger(value) && (value as number) <= INT_MAX && (value as number) >= INT_MIN
    case GraphQLFloat.name:
      return (value) => Number.isFinite(value) // 1e400 is read as Infinity, and would be written as null
    case GraphQLString.name:
      return (value) => typeof value === 'string'
    case GraphQLBoolean.name:
      return (value) => typeof value === 'boolean'
    default:
      return () => true
  }
}

function unfit(state: State, above: Path | null, step: string | number, coordinate: string): undefined {
  reportOnce(state, above, step, `The value of ${coordinate} is not of its type.`)
  return undefined
}

// A null that an error explains already, because it was told for this place, above or below it, is no second error.
function reportOnce(state: State, above: Path | null, step: string | number, message: string): void {
  const place = pathOf(above, step)
  const { told, errors } = state
  for (; told.count < errors.length; told.count++) noteDown(told, errors[told.count]!)
  if (told.above.has(place.join()) || told.exact.has('')) return
  if (place.some((_, index) => told.exact.has(place.slice(0, index + 1).join()))) return
  errors.push({ message, path: place, extensions: { code: 'SUBGRAPH_UNAVAILABLE' } })
}

function noteDown(told: ToldPlaces, { path }: GraphQLFormattedError): void {
  if (!path) return
  told.exact.add(path.join())
  for (let length = 0; length <= path.length; length++) told.above.add(path.slice(0, length).join())
}

function pathOf(above: Path | null, step: string | number): (string | number)[] {
  const steps = [step]
  for (let path = above; path; path = path.above) steps.unshift(path.step)
  return steps
}
