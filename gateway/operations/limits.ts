// How much one operation may ask for. Measured on the parsed document before anything is validated or planned, with
// fragments counted as often as they are spread: each is read once, so a bomb of fragments costs what its text costs.
import { GraphQLError, Kind } from 'graphql'
import type { DocumentNode, FragmentDefinitionNode, SelectionNode, SelectionSetNode } from 'graphql'

/** Tokens of a document: parsing stops there, so that a document is never nested deeper than the parser's stack. */
export const DOCUMENT_TOKENS_MAX = 2_000
/** Fields within fields. Pages need six or seven; each level below a list multiplies what is fetched. */
export const DEPTH_MAX = 15
/** The same below `__schema` and `__type`, where tools ask for `ofType` in `ofType`. No subgraph is asked for it. */
export const INTROSPECTION_DEPTH_MAX = 25
/** Aliases ask for one field many times over, past whatever is counted by request. */
export const ALIASES_MAX = 30
/** Root fields: each is at least one fetch of its own, all at the same time. */
export const ROOT_FIELDS_MAX = 20
/** Directives: every one is validated, and those that hang on variables make plans branch. */
export const DIRECTIVES_MAX = 50
/** Fields and fragments in all. Validation compares fields of one name pairwise, and the planner follows each. */
export const SELECTIONS_MAX = 1_000
/** Values within values of the variables: coercing and forwarding them goes down as deep as they do. */
export const VARIABLES_DEPTH_MAX = 50

type Limit =
  | 'depth'
  | 'introspectionDepth'
  | 'aliases'
  | 'rootFields'
  | 'directives'
  | 'selections'
  | 'variablesDepth'
  | 'cost'
  | 'listSize'

/** What one selection set comes to. Depth and aliases are those of everything below it; `fields` are its own. */
interface Measure {
  depth: number
  introspectionDepth: number
  fields: number
  aliases: number
  directives: number
  selections: number
}

/** @returns an error with limit and measure for each limit that an operation of the document is over */
export function limitErrors(document: DocumentNode): GraphQLError[] {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  // A fragment that is being measured counts as empty within itself: validation refuses the cycle.
  const measured = new Map<string, Measure>()

  return document.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return []
    const total = measureSet(definition.selectionSet)
    const variables = definition.variableDefinitions ?? []
    const directives = variables.reduce(
      (sum, variable) => sum + (variable.directives?.length ?? 0),
      total.directives + (definition.directives?.length ?? 0),
    )
    return [
      ...over('depth', DEPTH_MAX, total.depth),
      ...over('introspectionDepth', INTROSPECTION_DEPTH_MAX, total.introspectionDepth),
      ...over('rootFields', ROOT_FIELDS_MAX, total.fields),
      ...over('aliases', ALIASES_MAX, total.aliases),
      ...over('directives', DIRECTIVES_MAX, directives),
      ...over('selections', SELECTIONS_MAX, total.selections),
    ]
  })

  function measureSet({ selections }: SelectionSetNode): Measure {
    const sum = nothing()
    for (const selection of selections) {
      const each = measureSelection(selection)
      sum.depth = Math.max(sum.depth, each.depth)
      sum.introspectionDepth = Math.max(sum.introspectionDepth, each.introspectionDepth)
      sum.fields += each.fields
      sum.aliases += each.aliases
      sum.directives += each.directives + (selection.directives?.length ?? 0)
      sum.selections += each.selections + 1
    }
    return sum
  }

  function measureSelection(selection: SelectionNode): Measure {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return measureFragment(selection.name.value)
    if (selection.kind === Kind.INLINE_FRAGMENT) return measureSet(selection.selectionSet)
    const below = selection.selectionSet ? measureSet(selection.selectionSet) : nothing()
    const asksForSchema = /^__(schema|type)$/.test(selection.name.value)
    return {
      ...below,
      depth: asksForSchema ? 1 : below.depth + 1,
      introspectionDepth: asksForSchema ? below.depth + 1 : below.introspectionDepth,
      fields: 1,
      aliases: below.aliases + (selection.alias ? 1 : 0),
    }
  }

  function measureFragment(name: string): Measure {
    let measure = measured.get(name)
    if (measure) return measure
    measured.set(name, nothing())
    const fragment = fragments.get(name)
    measure = fragment ? measureSet(fragment.selectionSet) : nothing()
    measure.directives += fragment?.directives?.length ?? 0
    measured.set(name, measure)
    return measure
  }
}

/** @returns an error when the variables are nested too deeply; found without going down by recursion */
export function variablesLimitErrors(variables: Readonly<Record<string, unknown>> | null | undefined): GraphQLError[] {
  let level: unknown[] = Object.values(variables ?? {})
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > VARIABLES_DEPTH_MAX) return over('variablesDepth', VARIABLES_DEPTH_MAX, depth)
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []))
  }
  return []
}

/**
 * What the error of a document says that did not parse. One that is too long, or too deep for what is left of the stack,
 * is told from a malformed one by the message alone.
 */
export function parseErrorExtensions({ message }: { readonly message: string }) {
  return /Document contains more tha[nt] \d+ tokens|call stack size/.test(message)
    ? ({ code: 'OPERATION_TOO_COMPLEX', limit: 'tokens', max: DOCUMENT_TOKENS_MAX } as const)
    : ({ code: 'GRAPHQL_PARSE_FAILED' } as const)
}

/** @returns the error for the client where the planner gave up within its budget, null where something else went wrong */
export function planningLimitError(error: unknown): GraphQLError | null {
  const isLimit =
    error instanceof Error && /^(Too many options|Number of non-local|Exceeded maximum recursive)/.test(error.message)
  if (!isLimit) return null
  const message = 'The operation is over a limit: it would take too long to plan.'
  return new GraphQLError(message, { extensions: { code: 'OPERATION_TOO_COMPLEX', limit: 'planning' } })
}

/** @param coordinate the field that it is about, as `Type.field`, where it is one */
export function over(limit: Limit, max: number, measure: number, coordinate?: string): GraphQLError[] {
  if (measure <= max) return []
  const what = coordinate === undefined ? limit : `${limit} of ${coordinate}`
  const message = `The operation is over a limit: ${what} is ${measure}, at most ${max} is answered.`
  const extensions = {
    code: 'OPERATION_TOO_COMPLEX',
    limit,
    max,
    measure,
    ...(coordinate !== undefined && { coordinate }),
  }
  return [new GraphQLError(message, { extensions })]
}

function nothing(): Measure {
  return { depth: 0, introspectionDepth: 0, fields: 0, aliases: 0, directives: 0, selections: 0 }
}
