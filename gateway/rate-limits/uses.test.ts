// How often an operation asks for limited fields, as it is known once it is admitted.
import { expect, it } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import { federation, somebody } from '../testing/federation.ts'

const { operations } = federation({
  a: {
    sdl: `extend schema
      @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective", "@authenticated"])
      @link(url: "https://specs.tributary.example/rateLimit/v1.0", import: ["@rateLimit"])
      @composeDirective(name: "@rateLimit")
    directive @rateLimit(max: Int!, windowS: Int!, by: [rateLimit__Key!]!) on FIELD_DEFINITION
    enum rateLimit__Key { IP }
    type Query { shelf: Shelf things: [Thing!] free: Int }
    type Mutation { logIn: Person @rateLimit(max: 5, windowS: 60, by: [IP]) erase: Int @authenticated @rateLimit(max: 1, windowS: 1, by: [IP]) }
    type Person { name: String friend: Person export: String @rateLimit(max: 2, windowS: 60, by: [IP]) }
    type Shelf { owner: Person }
    interface Thing { text: String }
    type Note implements Thing { text: String @rateLimit(max: 7, windowS: 60, by: [IP]) }
    type Book implements Thing { text: String }`,
  },
})

it.each<[string, string, Record<string, number>]>([
  ['is empty without any', '{ free shelf { owner { name } } __typename }', {}],
  ['counts a field', 'mutation { logIn { name } }', { 'Mutation.logIn': 1 }],
  ['counts every alias', 'mutation { a: logIn { name } b: logIn { name } logIn { name } }', { 'Mutation.logIn': 3 }],
  [
    'counts a fragment as often as it is spread',
    `mutation { ...Two ... on Mutation { ...Two } } fragment Two on Mutation { a: logIn { name } b: logIn { name } }`,
    { 'Mutation.logIn': 4 },
  ],
  [
    'counts fields at any depth',
    '{ shelf { owner { export friend { export more: export } } } }',
    { 'Person.export': 3 },
  ],
  [
    'counts several limits apart',
    'mutation { logIn { export } other: logIn { name } }',
    { 'Mutation.logIn': 2, 'Person.export': 1 },
  ],
  ['counts a field through its interface', '{ things { text } }', { 'Note.text': 1 }],
  ['counts none through another type', '{ things { ... on Book { text } } }', {}],
  [
    'counts the operation that runs, and no other',
    'mutation Main { logIn { name } } mutation Other { a: logIn { name } b: logIn { name } }',
    { 'Mutation.logIn': 1 },
  ],
])('%s', (_what, query, uses) => {
  expect(usesOf(query)).toEqual(uses)
})

it('leaves out what @skip and @include leave out, in text and by variables', () => {
  const query = `mutation Main($yes: Boolean!, $no: Boolean!) {
    a: logIn @include(if: $yes) { name } b: logIn @include(if: $no) { name } c: logIn @skip(if: true) { name }
    ... @skip(if: $yes) { d: logIn { name } }
  }`

  expect(usesOf(query, { variables: { yes: true, no: false } })).toEqual({ 'Mutation.logIn': 1 })
  expect(usesOf(query, { variables: { yes: false, no: true } })).toEqual({ 'Mutation.logIn': 2 })
})

it('leaves out what a rule denies: it is not run', () => {
  expect(usesOf('mutation { erase logIn { name } }')).toEqual({ 'Mutation.logIn': 1 })
  expect(usesOf('mutation { erase logIn { name } }', { identity: somebody() })).toEqual({
    'Mutation.erase': 1,
    'Mutation.logIn': 1,
  })
})

function usesOf(query: string, { variables = {}, identity = ANONYMOUS } = {}): Record<string, number> {
  const operationName = query.includes('Main') ? 'Main' : null
  const { limited } = operations.prepare({ query, operationName }).admit(variables, identity)
  return Object.fromEntries(limited.map(({ limit, times }) => [limit.coordinate, times]))
}
