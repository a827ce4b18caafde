import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { separateSecurity } from './security-directives.ts'

const supergraph = (links: string, body: string) => `
  schema @link(url: "https://specs.apollo.dev/link/v1.0") ${links} { query: Query }
  directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
  enum link__Purpose { SECURITY EXECUTION }
  scalar link__Import
  ${body}
`
const scopes = '@link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)'

describe('separateSecurity', () => {
  it('takes out links, definitions, scalars and uses of features for security, and nothing else', () => {
    const { sdl } = separateSecurity(
      supergraph(
        scopes,
        `directive @requiresScopes(scopes: [[requiresScopes__Scope!]!]!) on FIELD_DEFINITION
         directive @other on FIELD_DEFINITION
         scalar requiresScopes__Scope
         scalar Kept
         type Query { a: Int @requiresScopes(scopes: [["x"]]) @other b: Kept }`,
      ),
    )

    expect(sdl).not.toContain('requiresScopes')
    expect(sdl).not.toContain('for: SECURITY')
    expect(sdl).toContain('a: Int @other')
    expect(sdl).toContain('scalar Kept')
    expect(() => parse(sdl)).not.toThrow()
  })

  it('leaves other features for security to those who know them', () => {
    const link = '@link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)'
    const { sdl } = separateSecurity(supergraph(`${scopes} ${link}`, 'type Query { a: Int @inaccessible }'))

    expect(sdl).toContain('a: Int @inaccessible')
    expect(sdl).toContain('inaccessible/v0.2", for: SECURITY')
  })

  it.each([
    ['as', '@link(url: "https://specs.apollo.dev/authenticated/v0.1", as: "signedIn", for: SECURITY)'],
    [
      'import',
      '@link(url: "https://specs.apollo.dev/authenticated/v0.1", import: [{ name: "@authenticated", as: "@signedIn" }], for: SECURITY)',
    ],
  ])('knows a directive renamed by %s', (_how, link) => {
    const { sdl, names } = separateSecurity(supergraph(link, 'type Query { a: Int @signedIn }'))

    expect(sdl).not.toContain('signedIn')
    expect(names.authenticated).toBe('signedIn')
  })

  it('leaves a supergraph without such features as it is', () => {
    const plain = supergraph('', 'type Query { a: Int }')

    expect(separateSecurity(plain).sdl).toBe(plain)
  })
})
