// Which events a subscription field follows: what `@channel` says in the supergraph, filled in for one subscriber.
import { getDirectiveValues } from 'graphql'
import type { ConstDirectiveNode, GraphQLDirective, GraphQLSchema } from 'graphql'
import { ApiError } from '../../platform/errors.ts'
import type { Identity } from '../../platform/identity.ts'

export interface ChannelRule {
  /** May hold `{args.x}` for an argument of the field and `{identity.sub}` for the subscriber's id. */
  readonly name: string
  /** The subgraph whose feed holds the events. */
  readonly source: string
  /** `argument=VALUE`: the rule counts only where the argument has this value. */
  readonly when?: string
}

/** By the name of the subscription field. */
export type ChannelRules = ReadonlyMap<string, readonly ChannelRule[]>

/** What one subscriber follows: channels, all of one source. */
export interface FollowedChannels {
  readonly source: string
  readonly names: readonly string[]
  /** Whether any of them is one person's. */
  readonly isPersonal: boolean
}

/** @throws Error when a rule cannot be followed: a field with two sources, a form that is not known */
export function readChannels(schema: GraphQLSchema): ChannelRules {
  const directive = schema.getDirective('channel')
  const rules = new Map<string, readonly ChannelRule[]>()
  if (!directive) return rules
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const ofField = (field.astNode?.directives ?? [])
      .filter((node) => node.name.value === directive.name)
      .map((node) => readRule(directive, node))
    if (ofField.length === 0) continue
    if (new Set(ofField.map(({ source }) => source)).size > 1) {
      throw new Error(
        `Subscription.${field.name} follows channels of several sources, whose events have no common order.`,
      )
    }
    for (const { when } of ofField) {
      if (when !== undefined && !/^\w+=\S+$/.test(when)) {
        throw new Error(`Subscription.${field.name}: when: "${when}" is not of the form argument=VALUE.`)
      }
    }
    rules.set(field.name, ofField)
  }
  return rules
}

/**
 * @param args the field's arguments, coerced
 * @throws ApiError UNAUTHENTICATED when a channel is for signed-in subscribers and this one is not
 */
export function followedChannels(
  rules: readonly ChannelRule[],
  args: Readonly<Record<string, unknown>>,
  identity: Identity,
): FollowedChannels {
  const followed = rules.filter(({ when }) => holds(when, args))
  const names = followed.map(({ name }) => fillIn(name, args, identity))
  const isPersonal = followed.some(({ name }) => name.includes('{identity.'))
  return { source: rules[0]!.source, names: [...new Set(names)], isPersonal }
}

function readRule(directive: GraphQLDirective, node: ConstDirectiveNode): ChannelRule {
  return getDirectiveValues(directive, { directives: [node] }) as unknown as ChannelRule
}

function holds(when: string | undefined, args: Readonly<Record<string, unknown>>): boolean {
  if (when === undefined) return true
  const at = when.indexOf('=')
  return String(args[when.slice(0, at)]) === when.slice(at + 1)
}

function fillIn(name: string, args: Readonly<Record<string, unknown>>, identity: Identity): string {
  return name.replace(/\{(args|identity)\.(\w+)\}/g, (_placeholder, kind: string, key: string) => {
    if (kind === 'args') return String(args[key])
    if (identity.subject === null) throw new ApiError('UNAUTHENTICATED', 'Sign in to follow this.')
    return identity.subject
  })
}
