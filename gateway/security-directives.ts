// @apollo/gateway refuses a supergraph with features linked `for: SECURITY` (@authenticated, @requiresScopes, @policy).
// They are taken out before it sees them.
import { Kind, parse, print, visit } from 'graphql'
import type { DirectiveNode, DocumentNode } from 'graphql'
import type { SecurityNames } from './operations/rules.ts'

export interface SecuredSupergraph {
  /** The supergraph without these features. */
  readonly sdl: string
  /** The whole, to read the rules from. */
  readonly document: DocumentNode
  /** What the directives of the three features are called in it. */
  readonly names: SecurityNames
}

/** @throws GraphQLError when the text is no SDL */
export function separateSecurity(supergraphSdl: string): SecuredSupergraph {
  const document = parse(supergraphSdl, { noLocation: true })
  const names: Record<keyof SecurityNames, string> = {
    authenticated: 'authenticated',
    requiresScopes: 'requiresScopes',
    policy: 'policy',
  }
  const features: string[] = []
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue
    for (const link of (definition.directives ?? []).filter(isSecurityLink)) {
      const feature = featureOf(link)
      // Others for security, as @inaccessible, Apollo's gateway knows, or refuses with good reason.
      if (!(feature in names)) continue
      const own = stringArgument(link, 'as') ?? feature
      const directive = importedAs(link, feature) ?? own
      features.push(own, directive)
      names[feature as keyof SecurityNames] = directive
    }
  }
  if (features.length === 0) return { sdl: supergraphSdl, document, names }

  const isOfFeature = (name: string) => features.some((own) => name === own || name.startsWith(`${own}__`))
  const isTakenOut = (link: DirectiveNode) => isSecurityLink(link) && featureOf(link) in names
  const stripped = visit(document, {
    Directive: (node) => (isOfFeature(node.name.value) || isTakenOut(node) ? null : undefined),
    DirectiveDefinition: (node) => (isOfFeature(node.name.value) ? null : undefined),
    ScalarTypeDefinition: (node) => (isOfFeature(node.name.value) ? null : undefined),
    EnumTypeDefinition: (node) => (isOfFeature(node.name.value) ? null : undefined),
  })
  return { sdl: print(stripped), document, names }
}

function isSecurityLink(directive: DirectiveNode): boolean {
  const purpose = argument(directive, 'for')
  return directive.name.value === 'link' && purpose?.kind === Kind.ENUM && purpose.value === 'SECURITY'
}

// `https://specs.apollo.dev/requiresScopes/v0.1`
function featureOf(link: DirectiveNode): string {
  return /([^/]+)\/v\d+\.\d+$/.exec(stringArgument(link, 'url') ?? '')?.[1] ?? ''
}

function importedAs(link: DirectiveNode, feature: string): string | undefined {
  const imports = argument(link, 'import')
  for (const entry of imports?.kind === Kind.LIST ? imports.values : []) {
    if (entry.kind === Kind.STRING && entry.value === `@${feature}`) return feature
    if (entry.kind !== Kind.OBJECT) continue
    const field = (name: string) => {
      const value = entry.fields.find((each) => each.name.value === name)?.value
      return value?.kind === Kind.STRING ? value.value : undefined
    }
    if (field('name') === `@${feature}`) return (field('as') ?? `@${feature}`).slice(1)
  }
  return undefined
}

function stringArgument(directive: DirectiveNode, name: string): string | undefined {
  const value = argument(directive, name)
  return value?.kind === Kind.STRING ? value.value : undefined
}

function argument(directive: DirectiveNode, name: string) {
  return directive.arguments?.find((each) => each.name.value === name)?.value
}
