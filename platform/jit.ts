// graphql-jit, as far as it does what graphql-js does. What is known to differ is kept from it here, or refused and
// left to graphql-js. Resolvers have to give plain values: it neither calls functions nor awaits promises that stand in
// the properties of an object.
import {
  getNamedType,
  getNullableType,
  GraphQLScalarType,
  GraphQLSchema,
  isAbstractType,
  isListType,
  isObjectType,
  Kind,
  OperationTypeNode,
  parseType,
  TypeInfo,
  valueFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import type {
  DefinitionNode,
  DocumentNode,
  ExecutionResult,
  GraphQLInputType,
  OperationDefinitionNode,
  TypeNode,
  ValueNode,
  VariableNode,
} from 'graphql'
import { compileQuery, isCompiledQuery } from 'graphql-jit'

export type JitOutcome =
  | { run(context: unknown, coerced: Readonly<Record<string, unknown>>): ExecutionResult | Promise<ExecutionResult> }
  /** Why the document is left to graphql-js. */
  | { readonly refusal: string }

/** A type whose values are taken as they are. */
const anything = new GraphQLScalarType({ name: 'Tributary__Anything' })

/**
 * Makes a function that compiles a valid document.
 *
 * @param schema its resolvers of lists are wrapped: graphql-jit loses count of a list in which a promise is rejected
 */
export function jitCompiler(schema: GraphQLSchema) {
  settleLists(schema)
  const config = schema.toConfig()
  const jitSchema = new GraphQLSchema({ ...config, types: [...config.types, anything], assumeValid: true })

  return (text: string, document: DocumentNode, operation: OperationDefinitionNode): JitOutcome => {
    if (operation.operation !== OperationTypeNode.QUERY) return { refusal: 'it is not a query' }
    const adapted = adapt(schema, text, document, operation)
    if ('refusal' in adapted) return adapted
    const compiled = compileQuery(jitSchema, adapted.document, operation.name?.value)
    if (!isCompiledQuery(compiled)) return { refusal: 'graphql-jit failed to compile it' }
    return { run: (context, coerced) => compiled.query(undefined, context, { ...coerced, ...adapted.literals() }) }
  }
}

/**
 * Refuses what graphql-jit does differently, and takes two things out of its hands.
 *
 * Each literal argument becomes a variable: graphql-jit writes literals into the code it makes and takes strings like
 * `__MAGIC_DATE__…` for code, so that a client could run what it likes. And each variable gets a type that takes
 * anything: graphql-js has coerced its value, and graphql-jit would do so differently (it knows no default of an
 * `Int!`).
 */
function adapt(
  schema: GraphQLSchema,
  text: string,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): { readonly refusal: string } | { readonly document: DocumentNode; literals(): Record<string, unknown> } {
  const refusals: string[] = []
  const seen = { fragment: false, condition: false }
  const literals: { name: string; value: ValueNode; type: GraphQLInputType }[] = []
  const prefix = unusedPrefix(text)
  const typeInfo = new TypeInfo(schema)

  const adapted = visit(
    { ...document, definitions: document.definitions.filter((one) => one === operation || isFragment(one)) },
    visitWithTypeInfo(typeInfo, {
      Name({ value }) {
        // As a property it would be the prototype of the object.
        if (value === '__proto__') refusals.push('it has the name __proto__')
      },
      Field() {
        const type = getNamedType(typeInfo.getType())
        // Type resolvers run unguarded: one that throws would end the process. Apollo's for _Entity does not throw.
        const isResolved = isAbstractType(type) ? type.name !== '_Entity' : isObjectType(type) && type.isTypeOf
        if (isResolved) refusals.push('it asks for an abstract type')
      },
      Argument(node) {
        const type = typeInfo.getArgument()?.type
        if (!type || node.value.kind === Kind.VARIABLE) return undefined
        // Left out, it would become null, and so erase a value or hide a default.
        if (hasVariable(node.value)) refusals.push('a variable stands inside a literal')
        const name = `${prefix}${literals.length}`
        literals.push({ name, value: node.value, type })
        return { ...node, value: variable(name) }
      },
      FragmentSpread() {
        seen.fragment = true
      },
      InlineFragment() {
        seen.fragment = true
      },
      Directive(node) {
        seen.condition = true
        if (node.arguments?.some(({ value }) => isNullableVariable(operation, value))) {
          refusals.push('a condition may be null')
        }
        return false
      },
    }),
  )
  // It keeps conditions with the nodes they apply to: those of a fragment stand in several places, and the condition of
  // a field does not reach the fragments in it.
  if (seen.fragment && seen.condition) refusals.push('it has fragments and conditions')
  if (refusals[0] !== undefined) return { refusal: refusals[0] }

  return {
    document: withVariables(
      adapted,
      literals.map(({ name }) => name),
    ),
    // Made anew for each run, as graphql-js does: nobody gets what somebody else may have changed.
    literals: () => Object.fromEntries(literals.map(({ name, value, type }) => [name, valueFromAST(value, type)])),
  }
}

const isFragment = (definition: DefinitionNode) => definition.kind === Kind.FRAGMENT_DEFINITION

const variable = (name: string): VariableNode => ({
  kind: Kind.VARIABLE,
  name: { kind: Kind.NAME, value: name },
})

/** A start of names that no name in the text has. */
function unusedPrefix(text: string): string {
  let prefix = 'literal'
  while (text.includes(prefix)) prefix += '_'
  return prefix
}

function hasVariable(value: ValueNode): boolean {
  let found = false
  visit(value, { Variable: () => void (found = true) })
  return found
}

function isNullableVariable({ variableDefinitions = [] }: OperationDefinitionNode, value: ValueNode): boolean {
  if (value.kind !== Kind.VARIABLE) return false
  const definition = variableDefinitions.find(({ variable }) => variable.name.value === value.name.value)
  return definition?.type.kind !== Kind.NON_NULL_TYPE
}

/** Variables as they are when graphql-js has coerced them. Only those of conditions have to be seen as what they are. */
function withVariables(document: DocumentNode, literalNames: readonly string[]): DocumentNode {
  const anyType = parseType(anything.name, { noLocation: true })
  const literals = literalNames.map((name) => ({
    kind: Kind.VARIABLE_DEFINITION,
    variable: variable(name),
    type: anyType,
  }))
  return visit(document, {
    OperationDefinition: (node) => ({
      ...node,
      variableDefinitions: [
        ...(node.variableDefinitions ?? []).map(({ variable, type }) => ({
          kind: Kind.VARIABLE_DEFINITION,
          variable,
          type: isRequiredBoolean(type) ? type : anyType,
        })),
        ...literals,
      ],
    }),
  })
}

const isRequiredBoolean = (type: TypeNode) =>
  type.kind === Kind.NON_NULL_TYPE && type.type.kind === Kind.NAMED_TYPE && type.type.name.value === 'Boolean'

/** Turns each rejected promise of a list into an Error in its place, which both engines report for that place alone. */
function settleLists(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field
      if (!resolve || !isListType(getNullableType(field.type))) continue
      field.resolve = (...call) => {
        const list: unknown = resolve(...call)
        return isPromise(list) ? list.then(settled) : settled(list)
      }
    }
  }
}

function settled(list: unknown): unknown {
  if (!Array.isArray(list) || !list.some(isPromise)) return list
  return Promise.all(
    list.map(async (entry: unknown) => {
      try {
        return await entry
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error))
      }
    }),
  )
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Object && 'then' in value && typeof value.then === 'function'
}
