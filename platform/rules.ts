// The authorization rules of a schema, enforced where its fields are resolved: `@authenticated`, `@requiresScopes` and
// `@policy`, on fields and on object types. So a rule stands in the SDL and nowhere else. Rules about whose a thing is are not of
// this kind: they stand in the resolvers.
import { defaultFieldResolver, isInterfaceType, isObjectType, Kind, valueFromASTUntyped } from 'graphql'
import type { DirectiveNode, GraphQLSchema } from 'graphql'
import { ApiError } from './errors.ts'
import type { Identity } from './identity.ts'

/** Throws what the client is to be told. */
type Rule = (identity: Identity) => void

/**
 * Wraps the resolvers of the fields that have rules.
 *
 * @throws Error when a rule stands where it would not be enforced
 */
export function enforceRules(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    const typeRules = [type.astNode, ...type.extensionASTNodes].flatMap(rulesOf)
    if (typeRules.length > 0 && !isObjectType(type)) throw notEnforced(type.name)
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      const rules = [...typeRules, ...rulesOf(field.astNode)]
      if (rules.length === 0) continue
      if (isInterfaceType(type)) throw notEnforced(`${type.name}.${field.name}`)
      const { resolve = defaultFieldResolver } = field
      field.resolve = (source, args, context: { readonly identity: Identity }, info) => {
        for (const rule of rules) rule(context.identity)
        return resolve(source, args, context, info)
      }
    }
  }
}

const notEnforced = (what: string) => new Error(`The rule on ${what} would not be enforced: it belongs on objects.`)

function rulesOf(node: { readonly directives?: readonly DirectiveNode[] } | null | undefined): Rule[] {
  return (node?.directives ?? []).flatMap((directive) => ruleOf(directive) ?? [])
}

function ruleOf(directive: DirectiveNode): Rule | null {
  switch (directive.name.value) {
    case 'authenticated':
      return requireSubject
    case 'requiresScopes':
      return requireScopes(listsOf(directive, 'scopes'))
    case 'policy':
      return requirePolicies(listsOf(directive, 'policies'))
    default:
      return null
  }
}

function requireSubject({ subject }: Identity): void {
  if (subject === null) throw new ApiError('UNAUTHENTICATED', 'This is for people who are logged in.')
}

/** One of the lists has to be held in full. */
function requireScopes(anyOf: readonly (readonly string[])[]): Rule {
  return (identity) => {
    requireSubject(identity)
    const isHeld = anyOf.some((allOf) => allOf.every((scope) => identity.scopes.includes(scope)))
    if (!isHeld)
      throw new ApiError('FORBIDDEN', `This needs the scope ${anyOf.map((s) => s.join(' and ')).join(', or ')}.`)
  }
}

/** One of the lists has to hold in full: the gateway says of each token which policies do. */
function requirePolicies(anyOf: readonly (readonly string[])[]): Rule {
  return (identity) => {
    requireSubject(identity)
    if (anyOf.some((allOf) => allOf.every((policy) => identity.policies.includes(policy)))) return
    throw new ApiError('FORBIDDEN', `This needs ${anyOf.map((p) => p.join(' and ')).join(', or ')}.`)
  }
}

function listsOf({ name, arguments: given = [] }: DirectiveNode, argument: string): string[][] {
  const lists = given.find(({ name }) => name.value === argument)?.value
  if (lists?.kind !== Kind.LIST) throw new Error(`@${name.value} needs its ${argument} as a list of lists.`)
  return valueFromASTUntyped(lists) as string[][]
}
