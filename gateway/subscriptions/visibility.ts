// What a subscriber must be able to see for as long as a subscription lasts: what `@visible` says in the supergraph.
import { getDirectiveValues, getNamedType, isObjectType } from 'graphql'
import type { GraphQLField, GraphQLSchema } from 'graphql'
import type { FetchAnswer, FetchRequest, JsonObject } from '../execution/run.ts'

/** `entity` is a field of the event; `key` and `otherwise` are of the form `field=value`, with `{args.x}` in the value. */
interface VisibleRule {
  readonly entity: string
  readonly key: string
  readonly otherwise: readonly string[]
}

/** What one subscription is about. */
export interface FollowedEntity {
  /** The object that an event holds in place of the entity's fields: its type and its key. */
  readonly representation: JsonObject
  /** The event as it is told to whoever lost sight of the entity: that, and nothing else. */
  lost(event: Readonly<JsonObject>): JsonObject
  /** Whether an event is about an entity that still is: one that says it is gone needs no looking. */
  isIn(event: Readonly<JsonObject>): boolean
  /** Whether an event holds the entity and nothing else: it is for those who lost sight of it alone. */
  isAllOf(event: Readonly<JsonObject>): boolean
}

/** By the name of the subscription field. */
export type VisibleRules = ReadonlyMap<string, (args: Readonly<Record<string, unknown>>) => FollowedEntity>

/** @throws Error when a rule is about something that its field does not have */
export function readVisibleRules(schema: GraphQLSchema): VisibleRules {
  const directive = schema.getDirective('visible')
  const fields = Object.values(schema.getSubscriptionType()?.getFields() ?? {})
  return new Map(
    fields.flatMap((field) => {
      const node = field.astNode?.directives?.find(({ name }) => name.value === directive?.name)
      if (!directive || !node) return []
      return [[field.name, compileRule(field, getDirectiveValues(directive, { directives: [node] }) as never)] as const]
    }),
  )
}

function compileRule(field: GraphQLField<unknown, unknown>, rule: VisibleRule) {
  const eventType = getNamedType(field.type)
  const entityField = isObjectType(eventType) ? eventType.getFields()[rule.entity] : undefined
  const entityType = entityField && getNamedType(entityField.type)
  if (!isObjectType(entityType)) {
    throw new Error(`Subscription.${field.name}: @visible(entity: "${rule.entity}") names no field with an object.`)
  }
  const key = readAssignment(field, rule.key)
  const otherwise = rule.otherwise.map((each) => readAssignment(field, each))

  return (args: Readonly<Record<string, unknown>>): FollowedEntity => ({
    representation: { __typename: entityType.name, ...key(args) },
    lost: (event) => {
      const told = event[field.name] as JsonObject
      return {
        [field.name]: {
          __typename: told['__typename'],
          ...Object.assign({}, ...otherwise.map((assign) => assign(args))),
          [rule.entity]: null,
        },
      }
    },
    isIn: (event) => (event[field.name] as JsonObject | null | undefined)?.[rule.entity] != null,
    isAllOf: (event) =>
      Object.keys(event[field.name] as JsonObject).every((key) => key === '__typename' || key === rule.entity),
  })
}

// `kind=REMOVED`, `itemId={args.id}`
function readAssignment({ name, args }: GraphQLField<unknown, unknown>, text: string) {
  const [, field, value] = /^(\w+)=(\S+)$/.exec(text) ?? []
  if (field === undefined || value === undefined) {
    throw new Error(`Subscription.${name}: "${text}" in @visible is not of the form field=value.`)
  }
  const argument = /^\{args\.(\w+)\}$/.exec(value)?.[1]
  if (argument !== undefined && !args.some((each) => each.name === argument)) {
    throw new Error(`Subscription.${name} has no argument ${argument}, which its @visible names.`)
  }
  return (given: Readonly<Record<string, unknown>>): JsonObject => ({
    [field]: argument === undefined ? value : given[argument],
  })
}

const QUERY = 'query($representations:[_Any!]!){_entities(representations:$representations){__typename}}'

/**
 * Asks the subgraph whose entity it is, as whoever asks.
 *
 * @throws GraphQLError when it does not answer
 */
export async function isVisible(
  fetch: (request: FetchRequest) => Promise<FetchAnswer>,
  subgraph: string,
  { representation }: FollowedEntity,
): Promise<boolean> {
  const body = JSON.stringify({ query: QUERY, variables: { representations: [representation] } })
  const { data } = await fetch({ subgraph, body, isMutation: false })
  const entities = data?.['_entities']
  return Array.isArray(entities) && entities[0] != null
}
