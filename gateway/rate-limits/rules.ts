// Which fields may be asked for how often: what `@rateLimit` says in the supergraph, read once.
import { getDirectiveValues, isInterfaceType, isObjectType } from 'graphql'
import type { GraphQLDirective, GraphQLField, GraphQLSchema } from 'graphql'
import type { Schema } from '../apollo.ts'

export interface RateLimit {
  /** Where it stands, as `Type.field`. All that reach this field, by whatever way and alias, are counted together. */
  readonly coordinate: string
  /** How often one client may ask for the field within a window. */
  readonly max: number
  /** A window begins with the first request in it. */
  readonly windowS: number
}

/** By field as operations select it, `Type.field`; fields without a limit are left out. */
export type RateLimits = ReadonlyMap<string, readonly RateLimit[]>

const FEATURE = 'https://specs.tributary.example/rateLimit'
const MAJOR_VERSION = 1

/** A day: counts are not kept for longer than processes live, and a timer takes no more than 24 days. */
const WINDOW_S_MAX = 86_400

/**
 * An interface's field stands for the field of every type behind it, so it takes all of their limits.
 *
 * @param supergraph knows what the directive is called, which may have been renamed where it was imported
 * @param schema the same, for graphql-js
 * @throws Error when a limit cannot be kept: a version, a key or numbers that are not known
 */
export function readRateLimits(supergraph: Schema, schema: GraphQLSchema): RateLimits {
  const feature = supergraph.coreFeatures?.getByIdentity(FEATURE)
  const limits = new Map<string, readonly RateLimit[]>()
  if (!feature) return limits
  if (feature.url.version.major !== MAJOR_VERSION) throw new Error(`${feature.url.toString()} is not known here.`)
  const directive = schema.getDirective(feature.directiveNameInSchema('rateLimit'))
  if (!directive) return limits

  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    const behind = isInterfaceType(type) ? schema.getPossibleTypes(type) : []
    for (const name of Object.keys(type.getFields())) {
      const all = [type, ...behind].flatMap((each) => limitsOf(directive, each.name, each.getFields()[name]))
      if (all.length > 0) limits.set(`${type.name}.${name}`, all)
    }
  }
  return limits
}

function limitsOf(
  directive: GraphQLDirective,
  type: string,
  field: GraphQLField<unknown, unknown> | undefined,
): RateLimit[] {
  const nodes = field?.astNode?.directives?.filter(({ name }) => name.value === directive.name) ?? []
  return nodes.map((node) => {
    const coordinate = `${type}.${field!.name}`
    const { max, windowS, by } = getDirectiveValues(directive, { directives: [node] }) as Record<string, unknown>
    if (!isWithin(max, Infinity)) throw new Error(`${coordinate}: max of @${directive.name} has to be 1 or more.`)
    if (!isWithin(windowS, WINDOW_S_MAX)) {
      throw new Error(`${coordinate}: windowS of @${directive.name} has to be from 1 to ${WINDOW_S_MAX}.`)
    }
    if (!Array.isArray(by) || by.length !== 1 || by[0] !== 'IP') {
      throw new Error(`${coordinate}: by of @${directive.name} has to be [IP]: nothing else is counted by here.`)
    }
    return { coordinate, max, windowS }
  })
}

function isWithin(value: unknown, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max
}
