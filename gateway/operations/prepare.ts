// An operation made ready: read, checked, planned and compiled once, then admitted for each request with its variables and
// its identity. HTTP, WebSocket and event streams all come through here.
import { GraphQLError, Kind, TypeInfo, getOperationAST, visit, visitWithTypeInfo } from 'graphql'
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  FragmentSpreadNode,
  GraphQLFormattedError,
  GraphQLSchema,
  InlineFragmentNode,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
} from 'graphql'
import { getVariableValues } from 'graphql/execution/values.js'
import type { Identity } from '../../platform/identity.ts'
import { operationFromDocument } from '../apollo.ts'
import type { FetchNode, Operation, PlanNode } from '../apollo.ts'
import { asksForSchema, introspection } from '../execution/introspection.ts'
import { compileBody, compilePlan } from '../execution/plan.ts'
import { compileProjection } from '../execution/projection.ts'
import type { FetchAnswer, JsonObject, Run } from '../execution/run.ts'
import { limitedUses } from '../rate-limits/uses.ts'
import type { LimitedUse } from '../rate-limits/uses.ts'
import { compileCost } from './cost.ts'
import { limitErrors, planningLimitError, variablesLimitErrors } from './limits.ts'
import { RefusedOperation, refused } from './operations.ts'
import type { OperationOptions } from './operations.ts'
import { validateDocument } from './validation.ts'
import type { Graph } from './graph.ts'
import { restoreHiddenFields } from './hidden-fields.ts'
import { areAllPublic } from './public-fields.ts'
import { selectedFields } from './selected-fields.ts'
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
   * @throws RefusedOperation BAD_USER_INPUT when the variables do not fit, OPERATION_TOO_COMPLEX when they ask for too much
   */
  admit(variables: Readonly<Record<string, unknown>> | null | undefined, identity: Identity): AdmittedOperation
}

export interface AdmittedOperation {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  /** Coerced, with defaults. */
  readonly variables: Readonly<Record<string, unknown>>
  /** What it costs at most, whoever asks. */
  readonly estimate: number
  /** The first fetch of a subscription, which an event answers; null for queries, mutations and what is denied. */
  readonly primary: FetchNode | null
  /** The JSON text of that fetch, for a subgraph that answers it with events of its own. */
  readonly primaryBody: string | null
  /** The subgraphs that it would fetch from, and the one whose events it follows. */
  readonly subgraphs: ReadonlySet<string>
  /** Whether all that it selects has the same answer for everybody; said of subscriptions alone. */
  readonly isPublic: boolean
  /** The fields with a rate limit that it would run, yet to be counted; empty for most operations. */
  readonly limited: readonly LimitedUse[]
  /** Why this identity may not have a field, given as `Type.field`; null where it may. */
  denied(coordinate: string): GraphQLFormattedError | null
  /** @param data where fetches write; for a subscription with what the event holds */
  run(fetch: Run['fetch'], data?: JsonObject): Promise<Answer>
  /** As `run`, for one event of a subscription. @param first what the primary fetch is answered with */
  runEvent(fetch: Run['fetch'], first: () => Promise<FetchAnswer>): Promise<Answer>
}

/** Variables that do not fit are reported up to here. */
const COERCION_ERRORS_MAX = 10

/** What an operation comes to, by what its rules refuse and its conditions leave out. */
export interface Variant {
  readonly primary: FetchNode | null
  readonly writePrimary: ReturnType<typeof compileBody> | null
  readonly subgraphs: ReadonlySet<string>
  readonly limited: readonly LimitedUse[]
  execute(run: Run, first?: () => Promise<FetchAnswer>): Promise<Answer>
}

/** Those of one operation that are kept, as plans or as the reason why there is none. */
export interface KeptVariants {
  get(key: string): Variant | RefusedOperation | undefined
  set(key: string, variant: Variant | RefusedOperation): void
}

/** @throws RefusedOperation when it does not fit the schema, or cannot be planned */
export function prepareOperation(
  graph: Graph,
  document: DocumentNode,
  operationName: string | null | undefined,
  options: OperationOptions,
  variants: KeptVariants,
): PreparedOperation {
  const { apiSchema: schema, names, hidden } = graph
  const tooMuch = limitErrors(document)
  if (tooMuch.length > 0) throw refused(tooMuch, 'OPERATION_TOO_COMPLEX')
  const invalid = validateDocument(schema, document, options.introspection)
  if (invalid.length > 0) throw refused(invalid, 'GRAPHQL_VALIDATION_FAILED')
  const found = getOperationAST(document, operationName)
  if (!found) throw refused([new GraphQLError('There is no operation of that name.')], 'OPERATION_RESOLUTION_FAILURE')
  // Validation knows no fields of a root that is not there, and lets them pass.
  if (!schema.getRootType(found.operation)) {
    throw refused([new GraphQLError(`There is no ${found.operation} here.`)], 'GRAPHQL_VALIDATION_FAILED')
  }
  const operation = found
  const selected = selectedFields(document, schema)
  const ruled = [...graph.rules].filter(([coordinate]) => selected.has(coordinate))
  const isPublic = operation.operation === 'subscription' && areAllPublic(selected, graph.publicFields)
  const costOf = compileCost(graph, document, operation)
  const switches = conditionVariables(document)

  return {
    document,
    operation,
    admit(sent, identity) {
      const tooDeep = variablesLimitErrors(sent)
      if (tooDeep.length > 0) throw refused(tooDeep, 'OPERATION_TOO_COMPLEX')
      const coerced = getVariableValues(
        schema,
        operation.variableDefinitions ?? [],
        { ...sent },
        { maxErrors: COERCION_ERRORS_MAX },
      )
      if (coerced.errors) throw refused(coerced.errors, 'BAD_USER_INPUT')
      const { coerced: variables } = coerced
      const { estimate, errors: tooDear } = costOf(variables)
      if (tooDear.length > 0) throw refused(tooDear, 'OPERATION_TOO_COMPLEX', estimate)
      const denied = new Map<string, GraphQLFormattedError>()
      for (const [coordinate, requirements] of ruled) {
        const error = denial(requirements, identity)
        if (error) denied.set(coordinate, error)
      }
      const { primary, writePrimary, subgraphs, limited, execute } = variantFor(denied, variables)
      const sentVariables = sent ?? {}
      const newRun = (fetch: Run['fetch'], data: JsonObject): Run => ({
        data,
        variables,
        sentVariables,
        fetch,
        errors: [],
      })
      return {
        document,
        operation,
        variables,
        estimate,
        primary,
        primaryBody: writePrimary?.({ sentVariables }, null, {}) ?? null,
        subgraphs,
        isPublic,
        limited,
        denied: (coordinate) => denied.get(coordinate) ?? null,
        run: (fetch, data = {}) => execute(newRun(fetch, data)),
        runEvent: (fetch, first) => execute(newRun(fetch, {}), first),
      }
    },
  }

  function variantFor(denied: ReadonlyMap<string, GraphQLFormattedError>, variables: Variables): Variant {
    const refusals = [...denied].map(([coordinate, { extensions }]) => `${coordinate}:${String(extensions?.['code'])}`)
    const key = [...refusals, ...switches.filter((name) => variables[name] === true)].join()
    let variant = variants.get(key)
    if (!variant) {
      try {
        variant = compileVariant(denied, variables)
      } catch (error) {
        // Kept as well: one that is too much for the planner takes all of its budget.
        if (!(error instanceof RefusedOperation)) throw error
        variant = error
      }
      variants.set(key, variant)
    }
    if (variant instanceof RefusedOperation) throw variant
    return variant
  }

  function compileVariant(denied: ReadonlyMap<string, GraphQLFormattedError>, variables: Variables): Variant {
    const wanted = withoutConditions(document, variables)
    const operation = getOperationAST(wanted, operationName)!
    const fragments = new Map(
      wanted.definitions
        .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
        .map((fragment) => [fragment.name.value, fragment]),
    )
    const project = compileProjection({
      schema,
      operation,
      fragments,
      plannedName: names.planned,
      denied: (coordinate) => denied.get(coordinate) ?? null,
      introspect: introspection(schema, operation, fragments),
    })
    const allowed = forSubgraphs(wanted, schema, denied)
    const { node } = planFor(allowed)
    let primary: FetchNode | null = null
    let rest: PlanNode | undefined
    if (node?.kind === 'Subscription') [primary, rest] = [node.primary, node.rest]
    else rest = node
    const compile = (part: PlanNode) =>
      compilePlan(graph.schema, part, {
        shown: names.shown,
        real: (name) => hidden.byName.get(name)?.name ?? name,
      })
    const runPlan = rest && compile(restoreHiddenFields(rest, hidden))
    const restored = primary && restoreHiddenFields(primary, hidden)
    const runPrimary = restored && compile(restored)
    return {
      primary,
      writePrimary: restored?.kind === 'Fetch' ? compileBody(restored) : null,
      subgraphs: new Set(primary ? [primary.serviceName, ...fetchedFrom(rest)] : fetchedFrom(rest)),
      limited: limitedUses(graph.rateLimits, schema, allowed, operationName),
      async execute(run, first) {
        if (first) await runPrimary?.({ ...run, fetch: first })
        await runPlan?.(run)
        const { data, variables, errors } = run
        return { data: project({ data, errors, variables }), errors }
      },
    }
  }

  function planFor(kept: DocumentNode) {
    const planned = operationFromDocument(graph.plannerSchema, names.rewrite(kept), {
      ...(operation.name && { operationName: operation.name.value }),
    })
    const plan = planWithinBudget(planned)
    // The planner gives up silently on a field that no subgraph can resolve: the answer would be a null nobody explains.
    if (!plan.node && selectsData(kept, operation)) {
      throw refused([new GraphQLError('The operation cannot be planned.')], 'GRAPHQL_VALIDATION_FAILED')
    }
    return plan
  }

  function planWithinBudget(planned: Operation) {
    try {
      return graph.planner.buildQueryPlan(planned)
    } catch (error) {
      const overBudget = planningLimitError(error)
      throw overBudget ? refused([overBudget], 'OPERATION_TOO_COMPLEX') : error
    }
  }
}

/** The subgraphs that a part of a plan fetches from. */
function fetchedFrom(node: PlanNode | undefined): string[] {
  switch (node?.kind) {
    case 'Fetch':
      return [node.serviceName]
    case 'Flatten':
      return fetchedFrom(node.node)
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(fetchedFrom)
    case 'Condition':
      return [...fetchedFrom(node.ifClause), ...fetchedFrom(node.elseClause)]
    default:
      return [] // what is deferred is not served
  }
}

type Variables = Readonly<Record<string, unknown>>

/** The variables that `@skip` and `@include` look at. */
function conditionVariables(document: DocumentNode): string[] {
  const found = new Set<string>()
  visit(document, {
    Directive({ name, arguments: given }) {
      const value = given?.[0]?.value
      if (isCondition(name.value) && value?.kind === Kind.VARIABLE) found.add(value.name.value)
    },
  })
  return [...found]
}

function isCondition(directive: string): boolean {
  return directive === 'skip' || directive === 'include'
}

// What `@skip` and `@include` say is decided before anything is planned: in one plan for all cases, a field that is left
// out takes along another one that is fetched with it, as soon as it requires something that nothing else does.
function withoutConditions(document: DocumentNode, variables: Variables): DocumentNode {
  const decide = <Node extends SelectionNode>(node: Node): Node | null | undefined => {
    const conditions = node.directives?.filter(({ name }) => isCondition(name.value)) ?? []
    if (conditions.length === 0) return undefined
    const holds = conditions.every(({ name, arguments: given }) => {
      const value = given?.[0]?.value
      const met =
        value?.kind === Kind.VARIABLE ? variables[value.name.value] : value?.kind === Kind.BOOLEAN && value.value
      return (met === true) === (name.value === 'include')
    })
    return holds ? { ...node, directives: node.directives?.filter((each) => !conditions.includes(each)) } : null
  }
  return visit(document, {
    Field: decide<FieldNode>,
    InlineFragment: decide<InlineFragmentNode>,
    FragmentSpread: decide<FragmentSpreadNode>,
  })
}

// What is denied is not planned, and so never fetched, and neither is what is asked of the schema, for which the planner
// knows no subgraph below the root. A selection set of which nothing is left asks for the type's name.
function forSubgraphs(
  document: DocumentNode,
  schema: GraphQLSchema,
  denied: ReadonlyMap<string, GraphQLFormattedError>,
): DocumentNode {
  const types = new TypeInfo(schema)
  return visit(
    document,
    visitWithTypeInfo(types, {
      Field: ({ name }) =>
        denied.has(`${types.getParentType()?.name}.${name.value}`) || asksForSchema(name.value) ? null : undefined,
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
