// An operation made ready: read, checked, planned and compiled once, then admitted for each request with its variables and
// its identity. HTTP, WebSocket and event streams all come through here.
import { GraphQLError, Kind, TypeInfo, getOperationAST, visit, visitWithTypeInfo } from 'graphql'
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLFormattedError,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql'
import { getVariableValues } from 'graphql/execution/values.js'
import { LRUCache } from 'lru-cache'
import type { Identity } from '../../platform/identity.ts'
import { operationFromDocument } from '../apollo.ts'
import type { FetchNode, PlanNode } from '../apollo.ts'
import { compileIntrospection } from '../execution/introspection.ts'
import { compilePlan } from '../execution/plan.ts'
import { compileProjection } from '../execution/projection.ts'
import type { JsonObject, Run } from '../execution/run.ts'
import { refused } from './operations.ts'
import type { OperationOptions } from './operations.ts'
import { validateDocument } from './validation.ts'
import type { Graph } from './graph.ts'
import { restoreHiddenFields } from './hidden-fields.ts'
import { denial } from './rules.ts'

/** An answer: the JSON text of `data`, and what went wrong. */
export interface Answer {
  readonly data: string
  readonly errors: readonly GraphQLFormattedError[]
}

export interface PreparedOperation {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  /**
   * Decides for one request.
   *
   * @throws RefusedOperation BAD_USER_INPUT when the variables do not fit
   */
  admit(variables: Readonly<Record<string, unknown>> | null | undefined, identity: Identity): AdmittedOperation
}

export interface AdmittedOperation {
  /** Coerced, with defaults. */
  readonly variables: Readonly<Record<string, unknown>>
  /** The first fetch of a subscription, which an event answers; null for queries, mutations and what is denied. */
  readonly primary: FetchNode | null
  /** Why this identity may not have a field, given as `Type.field`; null where it may. */
  denied(coordinate: string): GraphQLFormattedError | null
  /** @param data where fetches write; for a subscription with what the event holds */
  run(fetch: Run['fetch'], data?: JsonObject): Promise<Answer>
}

/** Variants of one operation, by what its rules refuse: few, as identities come in few kinds. */
const VARIANTS_MAX = 32
/** Variables that do not fit are reported up to here. */
const COERCION_ERRORS_MAX = 10

/** @throws RefusedOperation when it does not fit the schema, or cannot be planned */
export function prepareOperation(
  graph: Graph,
  document: DocumentNode,
  operationName: string | null | undefined,
  options: OperationOptions,
): PreparedOperation {
  const { apiSchema: schema, names, hidden } = graph
  const invalid = validateDocument(schema, document, options.introspection)
  if (invalid.length > 0) throw refused(invalid, 'GRAPHQL_VALIDATION_FAILED')
  const found = getOperationAST(document, operationName)
  if (!found) throw refused([new GraphQLError('There is no operation of that name.')], 'OPERATION_RESOLUTION_FAILURE')
  const operation = found
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  )
  const ruled = ruledFields(graph, document)
  const variants = new LRUCache<string, Variant>({ max: VARIANTS_MAX })

  return {
    document,
    operation,
    admit(sent, identity) {
      const coerced = getVariableValues(
        schema,
        operation.variableDefinitions ?? [],
        { ...sent },
        { maxErrors: COERCION_ERRORS_MAX },
      )
      if (coerced.errors) throw refused(coerced.errors, 'BAD_USER_INPUT')
      const { coerced: variables } = coerced
      const denied = new Map<string, GraphQLFormattedError>()
      for (const [coordinate, requirements] of ruled) {
        const error = denial(requirements, identity)
        if (error) denied.set(coordinate, error)
      }
      const { primary, execute } = variantFor(denied)
      return {
        variables,
        primary,
        denied: (coordinate) => denied.get(coordinate) ?? null,
        run: (fetch, data = {}) => execute({ data, variables, sentVariables: sent ?? {}, fetch, errors: [] }),
      }
    },
  }

  function variantFor(denied: ReadonlyMap<string, GraphQLFormattedError>): Variant {
    const key = [...denied]
      .map(([coordinate, { extensions }]) => `${coordinate}:${String(extensions?.['code'])}`)
      .join()
    let variant = variants.get(key)
    if (!variant) variants.set(key, (variant = compileVariant(denied)))
    return variant
  }

  function compileVariant(denied: ReadonlyMap<string, GraphQLFormattedError>): Variant {
    const project = compileProjection({
      schema,
      operation,
      fragments,
      plannedName: names.planned,
      denied: (coordinate) => denied.get(coordinate) ?? null,
    })
    const { node } = planFor(denied)
    const introspect = compileIntrospection(schema, operation, fragments)
    let primary: FetchNode | null = null
    let rest: PlanNode | undefined
    if (node?.kind === 'Subscription') [primary, rest] = [node.primary, node.rest]
    else rest = node
    const runPlan =
      rest &&
      compilePlan(graph.schema, restoreHiddenFields(rest, hidden), {
        shown: names.shown,
        real: (name) => hidden.byName.get(name)?.name ?? name,
      })
    return {
      primary,
      async execute(run) {
        await runPlan?.(run)
        const { data, variables, errors } = run
        return { data: project({ data, variables, errors, introspection: introspect(variables) }), errors }
      },
    }
  }

  function planFor(denied: ReadonlyMap<string, GraphQLFormattedError>) {
    const kept = denied.size === 0 ? document : withoutFields(document, schema, (coordinate) => denied.has(coordinate))
    const planned = operationFromDocument(graph.plannerSchema, names.rewrite(kept), {
      ...(operation.name && { operationName: operation.name.value }),
    })
    const plan = graph.planner.buildQueryPlan(planned)
    // The planner gives up silently on a field that no subgraph can resolve: the answer would be a null nobody explains.
    if (!plan.node && selectsData(kept, operation)) {
      throw refused([new GraphQLError('The operation cannot be planned.')], 'GRAPHQL_VALIDATION_FAILED')
    }
    return plan
  }
}

interface Variant {
  readonly primary: FetchNode | null
  execute(run: Run): Promise<Answer>
}

/** The fields of the document that have a rule. */
function ruledFields({ apiSchema, rules }: Graph, document: DocumentNode) {
  const found = new Map<string, NonNullable<ReturnType<typeof rules.get>>>()
  if (rules.size === 0) return found
  const types = new TypeInfo(apiSchema)
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ name }) {
        const coordinate = `${types.getParentType()?.name}.${name.value}`
        const requirements = rules.get(coordinate)
        if (requirements) found.set(coordinate, requirements)
      },
    }),
  )
  return found
}

/** What is denied is not planned, and so never fetched. */
function withoutFields(
  document: DocumentNode,
  schema: GraphQLSchema,
  isOut: (coordinate: string) => boolean,
): DocumentNode {
  const types = new TypeInfo(schema)
  return visit(
    document,
    visitWithTypeInfo(types, {
      Field: ({ name }) => (isOut(`${types.getParentType()?.name}.${name.value}`) ? null : undefined),
      SelectionSet: {
        leave: (set) => (set.selections.length === 0 ? { ...set, selections: [typenameField] } : undefined),
      },
    }),
  )
}

/** Whether the root of the operation selects anything that subgraphs have to be asked for. */
function selectsData(document: DocumentNode, { name }: OperationDefinitionNode): boolean {
  const operation = getOperationAST(document, name?.value)
  return operation ? selects(operation.selectionSet) : false

  function selects({ selections }: SelectionSetNode): boolean {
    return selections.some((selection) => {
      if (selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include')) return false
      if (selection.kind === Kind.FIELD) return !selection.name.value.startsWith('__')
      if (selection.kind === Kind.INLINE_FRAGMENT) return selects(selection.selectionSet)
      const spread = selection.name.value
      return document.definitions.some(
        (each) => each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === spread && selects(each.selectionSet),
      )
    })
  }
}

const typenameField: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }
