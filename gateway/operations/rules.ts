// Who may have which field: what `@authenticated`, `@requiresScopes` and `@policy` say in the supergraph, read once.
import { Kind, getNamedType, isInterfaceType, isObjectType } from 'graphql'
import type { ConstDirectiveNode, DocumentNode, GraphQLFormattedError, GraphQLSchema } from 'graphql'
import type { Identity } from '../../platform/identity.ts'

/** One thing that has to hold. Of scopes and policies, every one of any list. */
type Requirement =
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'scopes' | 'policies'; readonly anyOf: readonly (readonly string[])[] }

/** What all has to hold for a field, by `Type.field`; fields that everybody may have are left out. */
export type Rules = ReadonlyMap<string, readonly Requirement[]>

/** The names that these directives have in a supergraph, which may rename them. */
export type SecurityNames = Readonly<Record<'authenticated' | 'requiresScopes' | 'policy', string>>

/**
 * A field's rule is its own, its type's, and that of the type it answers with. An interface's field stands for the
 * field of every type behind it, so it takes all of their rules.
 *
 * @param supergraph with the directives still in it
 * @param schema the API schema
 */
export function readRules(supergraph: DocumentNode, names: SecurityNames, schema: GraphQLSchema): Rules {
  const ofTypes = new Map<string, Requirement[]>()
  const ofFields = new Map<string, Requirement[]>()
  for (const definition of supergraph.definitions) {
    if (!('name' in definition) || !definition.name || !('directives' in definition)) continue
    const type = definition.name.value
    ofTypes.set(type, requirements(definition.directives as readonly ConstDirectiveNode[] | undefined))
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue
    for (const field of definition.fields ?? [])
      ofFields.set(`${type}.${field.name.value}`, requirements(field.directives))
  }

  const rules = new Map<string, readonly Requirement[]>()
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue
    const implementations = isInterfaceType(type) ? schema.getPossibleTypes(type) : []
    for (const field of Object.values(type.getFields())) {
      const all = [type, ...implementations].flatMap(({ name }) => [
        ...(ofTypes.get(name) ?? []),
        ...(ofFields.get(`${name}.${field.name}`) ?? []),
      ])
      all.push(...(ofTypes.get(getNamedType(field.type).name) ?? []))
      if (all.length > 0) rules.set(`${type.name}.${field.name}`, all)
    }
  }
  return rules

  function requirements(directives: readonly ConstDirectiveNode[] | undefined): Requirement[] {
    return (directives ?? []).flatMap((directive): Requirement[] => {
      switch (directive.name.value) {
        case names.authenticated:
          return [{ kind: 'authenticated' }]
        case names.requiresScopes:
          return [{ kind: 'scopes', anyOf: listsOf(directive) }]
        case names.policy:
          return [{ kind: 'policies', anyOf: listsOf(directive) }]
        default:
          return []
      }
    })
  }
}

/** @returns the error that tells why this identity may not have the field, or null */
export function denial(requirements: readonly Requirement[], identity: Identity): GraphQLFormattedError | null {
  if (requirements.every((requirement) => isMet(requirement, identity))) return null
  return identity.subject === null
    ? { message: 'Sign in for this.', extensions: { code: 'UNAUTHENTICATED' } }
    : { message: 'You may not have this.', extensions: { code: 'FORBIDDEN' } }
}

function isMet(requirement: Requirement, identity: Identity): boolean {
  if (requirement.kind === 'authenticated') return identity.subject !== null
  const held = requirement.kind === 'scopes' ? identity.scopes : identity.policies
  return requirement.anyOf.some((all) => all.every((name) => held.includes(name)))
}

// `[["a", "b"], ["c"]]`: a and b, or c. The one argument of both directives.
function listsOf(directive: ConstDirectiveNode): string[][] {
  const value = directive.arguments?.[0]?.value
  if (value?.kind !== Kind.LIST) return []
  return value.values.map((all) =>
    all.kind === Kind.LIST ? all.values.map((name) => (name.kind === Kind.STRING ? name.value : '')) : [],
  )
}
