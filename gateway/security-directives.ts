// @apollo/gateway refuses a supergraph with features linked `for: SECURITY` (@authenticated, @requiresScopes, @policy).
// They are taken out before it sees them.
import { Kind, parse, print, visit } from 'graphql'
import type { DirectiveNode } from 'graphql'

export interface StrippedSupergraph {
  /** The supergraph without these features. */
  readonly sdl: string
  /** The fields that carried one of their directives, as `Type.field`. */
  readonly restricted: ReadonlySet<string>
}

/** @throws GraphQLError when the text is no SDL */
export function stripSecurity(supergraphSdl: string): StrippedSupergraph {
  const document = parse(supergraphSdl, { noLocation: true })
  const restricted = new Set<string>()
  const names: string[] = []
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue
    for (const directive of definition.directives ?? []) {
      if (isSecurityLink(directive)) names.push(...namesOf(directive))
    }
  }
  if (names.length === 0) return { sdl: supergraphSdl, restricted }

  const isOfFeature = (name: string) => names.some((own) => name === own || name.startsWith(`${own}__`))
  const stripped = visit(document, {
    ObjectTypeDefinition: {
      enter(type) {
        const isWhole = type.directives?.some(({ name }) => isOfFeature(name.value))
        for (const field of type.fields ?? []) {
          const isField = field.directives?.some(({ name }) => isOfFeature(name.value))
          if (isWhole || isField) restricted.add(`${type.name.value}.${field.name.value}`)
        }
      },
    },
    Directive: (node) => (isOfFeature(node.name.value) || isSecurityLink(node) ? null : undefined),
    DirectiveDefinition: (node) => (isOfFeature(node.name.value) ? null : undefined),
    ScalarTypeDefinition: (node) => (isOfFeature(node.name.value) ? null : undefined),
    EnumTypeDefinition: (node) => (isOfFeature(node.name.value) ? null : undefined),
  })
  return { sdl: print(stripped), restricted }
}

function isSecurityLink(directive: DirectiveNode): boolean {
  const purpose = argument(directive, 'for')
  return directive.name.value === 'link' && purpose?.kind === Kind.ENUM && purpose.value === 'SECURITY'
}

// The names under which a feature's directives stand: its own or the one given by `as`, and those that are imported.
function namesOf(link: DirectiveNode): string[] {
  const names: string[] = []
  const url = argument(link, 'url')
  const as = argument(link, 'as')
  if (as?.kind === Kind.STRING) names.push(as.value)
  else if (url?.kind === Kind.STRING) names.push(/([^/]+)\/v\d+\.\d+$/.exec(url.value)?.[1] ?? '')
  const imports = argument(link, 'import')
  for (const entry of imports?.kind === Kind.LIST ? imports.values : []) {
    if (entry.kind === Kind.STRING) names.push(entry.value)
    if (entry.kind === Kind.OBJECT) {
      const given = entry.fields.find(({ name }) => name.value === 'as') ?? entry.fields[0]
      if (given?.value.kind === Kind.STRING) names.push(given.value.value)
    }
  }
  return names.map((name) => name.replace(/^@/, '')).filter(Boolean)
}

function argument(directive: DirectiveNode, name: string) {
  return directive.arguments?.find((each) => each.name.value === name)?.value
}
