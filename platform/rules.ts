// The authorization rules of a schema, enforced where its fields are resolved: `@authenticated` and `@requiresScopes`,
// on fields and on object types. So a rule stands in the SDL and nowhere else. Rules about whose a thing is are not of
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
      return requireScopes(scopesOf(directive))
    case 'policy':
      throw new Error('@policy would not be enforced: only @authenticated and @requiresScopes are.')
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

function scopesOf({ arguments: given = [] }: DirectiveNode): string[][] {
  const scopes = given.find(({ name }) => name.value === 'scopes')?.value
  if (scopes?.kind !== Kind.LIST) throw new Error('@requiresScopes needs its scopes as a list of lists.')
  return valueFromASTUntyped(scopes) as string[][]
}
