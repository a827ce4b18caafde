import { expect, it } from 'vitest'
import { readGraph } from '../operations/graph.ts'
import { separateSecurity } from '../security-directives.ts'
import { composeSubgraphs } from '../testing/federation.ts'

it('reads each limit where it stands, and nothing where none does', () => {
  const { rateLimits } = limited(`
    type Query { free: Int }
    type Mutation { logIn: Int @rateLimit(max: 5, windowS: 60, by: [IP]) }`)

  expect([...rateLimits]).toEqual([['Mutation.logIn', [{ coordinate: 'Mutation.logIn', max: 5, windowS: 60 }]]])
})

it('finds none in a supergraph that does not know them', () => {
  expect(readGraph(separateSecurity(composeSubgraphs({ a: { sdl: 'type Query { a: Int }' } }))).rateLimits.size).toBe(0)
})

it('knows the directive by the name under which it was imported', () => {
  const { rateLimits } = limited('type Query { a: Int @slow(max: 1, windowS: 2, by: [IP]) }', {
    name: '@slow',
    imports: '{ name: "@rateLimit", as: "@slow" }',
  })

  expect(rateLimits.get('Query.a')).toEqual([{ coordinate: 'Query.a', max: 1, windowS: 2 }])
})

it('counts a field that is reached through an interface as the field of each type behind it', () => {
  const { rateLimits } = limited(`
    type Query { thing: Thing }
    interface Thing { text: String }
    type Note implements Thing { text: String @rateLimit(max: 7, windowS: 60, by: [IP]) }
    type Book implements Thing { text: String @rateLimit(max: 9, windowS: 60, by: [IP]) }
    type Free implements Thing { text: String }`)

  expect(rateLimits.get('Thing.text')).toEqual([
    { coordinate: 'Book.text', max: 9, windowS: 60 },
    { coordinate: 'Note.text', max: 7, windowS: 60 },
  ])
  expect(rateLimits.has('Free.text')).toBe(false)
})

it('is not seen by clients', () => {
  const { apiSchema } = limited('type Query { a: Int @rateLimit(max: 1, windowS: 1, by: [IP]) }')

  expect(apiSchema.getDirective('rateLimit')).toBeUndefined()
  expect(apiSchema.getType('rateLimit__Key')).toBeUndefined()
})

it.each([
  ['a max of 0', 'max: 0, windowS: 60, by: [IP]', /Query\.a: max/],
  ['a max below', 'max: -5, windowS: 60, by: [IP]', /Query\.a: max/],
  ['a window of 0 s', 'max: 5, windowS: 0, by: [IP]', /Query\.a: windowS/],
  ['a window longer than a day', 'max: 5, windowS: 86401, by: [IP]', /Query\.a: windowS/],
  ['a key that is not known', 'max: 5, windowS: 60, by: [USER]', /Query\.a: by/],
  ['a key beside one that is known', 'max: 5, windowS: 60, by: [IP, USER]', /Query\.a: by/],
  ['no key', 'max: 5, windowS: 60, by: []', /Query\.a: by/],
])('refuses %s with its reason', (_what, args, reason) => {
  expect(() => limited(`type Query { a: Int @rateLimit(${args}) }`)).toThrow(reason)
})

it('refuses a version whose meaning it does not know', () => {
  const sdl = 'type Query { a: Int @rateLimit(max: 1, windowS: 1, by: [IP]) }'

  expect(() => limited(sdl, { version: 'v2.0' })).toThrow(/v2\.0/)
})

function limited(sdl: string, { name = '@rateLimit', imports = '"@rateLimit"', version = 'v1.0' } = {}) {
  const links = `extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective"])
    @link(url: "https://specs.tributary.example/rateLimit/${version}", import: [${imports}])
    @composeDirective(name: "${name}")
    directive ${name}(max: Int!, windowS: Int!, by: [rateLimit__Key!]!) on FIELD_DEFINITION
    enum rateLimit__Key { IP USER }`
  return readGraph(separateSecurity(composeSubgraphs({ a: { sdl: `${links} ${sdl}` } })))
}
