import { buildSchema, getNamedType, isLeafType, isObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { documentCompiler, RefusedDocument } from './compiled-documents.ts'
import { librarySchema, libraryScalars } from './testing/library.ts'
import { randomDocument } from './testing/random-documents.ts'
import { errorsOf, expectSameAnswer, expectSameNulls } from './testing/same-answer.ts'

const JIT = null

describe('a document is answered as graphql-js answers it', () => {
  it('whatever is asked at random', async () => {
    const schema = librarySchema()
    let compiled = 0
    for (let seed = 1; seed <= 200; seed += 1) {
      const { text, variables } = randomDocument(schema, seed, libraryScalars)
      if ((await expectSameNulls(text, variables)) === JIT) compiled += 1
    }
    expect(compiled).toBeGreaterThan(80)
  })

  const failing = failuresOf(librarySchema())
  const parents = [
    'failures',
    'requiredFailures',
    'book { failures',
    'books { failures',
    'failures { again',
    'failures { againRequired',
  ]
  it.each(parents)('when one field fails in { %s }', async (parent) => {
    for (const field of failing) {
      const text = `{ people { name } ${parent} { fine ${field} } ${'}'.repeat(parent.split('{').length)}`
      expect(await expectSameAnswer(text), text).toBe(JIT)
    }
  })

  it.each(['listAgain', 'listAgainRequired'])('when a field fails in each object of { %s }', async (list) => {
    for (const field of failing) {
      const text = `{ people { name } failures { ${list} { fine ${field} } } }`
      expect(await expectSameNulls(text, {}), text).toBe(JIT)
    }
  })

  it.each<[string, string, Record<string, unknown>?]>([
    ['aliases', '{ one: book { title: name } two: book(id: "2") { name title: name } }'],
    [
      'inline fragments',
      '{ book { ... { name } ... on Book { pages ... on Named { id: name } } } }'.replace('id: name', '__typename'),
    ],
    [
      'named fragments',
      '{ book { ...F author { ...G } } } fragment F on Book { name ...H } fragment H on Book { id } fragment G on Person { moods }',
    ],
    [
      'selections of one field that are merged',
      '{ book { author { name } } book { author { moods friend { id } } name } }',
    ],
    ['__typename', '{ __typename book { __typename author { kind: __typename } } }'],
    ['lists of lists', '{ books { table tags authors(first: 3) { name } } }'],
    ['enums and custom scalars', '{ books { colour day } people { moods } }'],
    [
      'conditions',
      'query($a: Boolean!, $b: Boolean!) { book { name @include(if: $a) id @skip(if: $a) @include(if: $b) pages @skip(if: false) author @include(if: $b) { name } author { id } } }',
      { a: false, b: true },
    ],
    [
      'entities of several types',
      'query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Book { name author { name } } ... on Person { name moods } } }',
      { r: ['Book 1', 'Person 1', 'Book none', 'Person 2', 'Book 9', 'Book 2'].map(reference) },
    ],
    [
      'entities given as literals',
      '{ _entities(representations: [{ __typename: "Book", id: "2" }, { __typename: "Person", id: 2 }]) { ... on Book { name } ... on Person { name } } }',
    ],
    [
      'an entity of no type',
      'query($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
      { r: [reference('Shelf 1')] },
    ],
    [
      'literals of every kind',
      '{ echo(text: "t", int: -1, float: 1e3, flag: true, id: 12, colour: BLUE, day: "2026-01-02", ints: 1, table: [1, [2, null]], filter: { within: { limit: 1 }, colours: RED }) }',
    ],
    ['no arguments but their defaults', '{ echo }'],
    ['null for arguments with a default', '{ echo(text: null, colour: null, filter: null) }'],
    [
      'variables that are left out',
      'query($t: String, $c: Colour = RED, $f: Filter, $n: Int! = 3) { echo(text: $t, colour: $c, filter: $f, required: $n) }',
    ],
    [
      'variables that are null',
      'query($t: String, $c: Colour = RED, $f: Filter) { echo(text: $t, colour: $c, filter: $f) }',
      { t: null, c: null, f: null },
    ],
    [
      'variables that are given',
      'query($d: Day, $f: Filter, $i: [Int!]) { echo(day: $d, filter: $f, ints: $i) }',
      { d: '2026-02-03', f: { within: { colours: ['RED'] } }, i: 3 },
    ],
    [
      'a variable that is null where null is not allowed',
      'query($n: Int) { echo(required: $n) book { name } }',
      { n: null },
    ],
    [
      'introspection',
      '{ __type(name: "Colour") { enumValues { name } } __schema { queryType { fields { name args { name defaultValue } } } } }',
    ],
  ])('with %s', async (_what, text, variables) => {
    expect(await expectSameAnswer(text, variables)).toBe(JIT)
  })

  it.each<[string, string, string, Record<string, unknown>?]>([
    [
      'interfaces',
      '{ named { __typename name ... on Book { pages } ... on Person { moods } } }',
      'it asks for an abstract type',
    ],
    [
      'unions',
      '{ thing { ... on Book { name } } other: thing(number: 2) { __typename ... on Named { name } } things { ... on Person { id } } }',
      'it asks for an abstract type',
    ],
    [
      'conditions on fragments',
      'query($a: Boolean!) { book { ...F @include(if: $a) ...F ... @skip(if: $a) { pages } } } fragment F on Book { name author { id @skip(if: $a) } }',
      'it has fragments and conditions',
      { a: true },
    ],
    [
      'a condition that may be null',
      'query($a: Boolean = true) { book { name @include(if: $a) id } }',
      'a condition may be null',
      { a: null },
    ],
    [
      'a variable in a literal that is left out',
      'query($t: String, $l: Int) { echo(filter: { text: $t, limit: $l, tags: [[$t]] }) }',
      'a variable stands inside a literal',
    ],
    [
      'a variable in a literal that is given',
      'query($t: String, $l: Int!) { echo(filter: { within: { text: $t, limit: $l } }, ints: [1, $l]) }',
      'a variable stands inside a literal',
      { t: 'x', l: 4 },
    ],
    ['the name __proto__', '{ __proto__: echo book { __proto__: author { name } } }', 'it has the name __proto__'],
  ])('with %s, by leaving it to graphql-js', async (_what, text, reason, variables) => {
    expect(await expectSameAnswer(text, variables)).toBe(reason)
  })
})

describe('a document', () => {
  it('is compiled once for a text and an operation', () => {
    const compiled = documentCompiler(librarySchema())
    const text = 'query A { echo } query B { book { name } }'
    expect(compiled(text, 'A')).toBe(compiled(text, 'A'))
    expect(compiled(text, 'A')).not.toBe(compiled(text, 'B'))
    expect(compiled(text, 'B').operationName).toBe('B')
  })

  it.each<[string, string, string, string | null]>([
    ['no GraphQL', '{ echo', 'GRAPHQL_PARSE_FAILED', null],
    ['too long to be a plan', `{ ${'echo '.repeat(20_001)} }`, 'GRAPHQL_PARSE_FAILED', null],
    ['about something else', '{ weather }', 'GRAPHQL_VALIDATION_FAILED', null],
    ['one of several without a name', 'query A { echo } query B { echo }', 'GRAPHQL_VALIDATION_FAILED', null],
    ['not the operation that is named', 'query A { echo }', 'GRAPHQL_VALIDATION_FAILED', 'B'],
    ['a subscription', 'subscription { echo }', 'GRAPHQL_VALIDATION_FAILED', null],
  ])('is refused when it is %s', (_what, text, code, operationName) => {
    const compiled = documentCompiler(librarySchema())
    try {
      compiled(text, operationName)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(RefusedDocument)
      expect((error as RefusedDocument).errors.map(({ extensions }) => extensions['code'])).toContain(code)
    }
  })

  it('is refused when graphql-js throws while it validates it', () => {
    const compiled = documentCompiler(buildSchema('type Query { a: Int } type Subscription { a: Int }'))
    expect(() => compiled('subscription($b: Boolean!) { a @include(if: $b) }', null)).toThrow(RefusedDocument)
  })

  it.each<[string, Record<string, unknown>]>([
    ['of the wrong type', { n: '1', f: {} }],
    ['left out', { f: {} }],
    ['null', { n: null, f: {} }],
    ['with an unknown field', { n: 1, f: { what: 1 } }],
    ['with a malformed scalar', { n: 1, f: { day: 'yesterday' } }],
  ])('runs nothing when a variable is %s', async (_what, variables) => {
    const document = documentCompiler(librarySchema())(
      'query($n: Int!, $f: Filter!) { echo(int: $n, filter: $f) }',
      null,
    )
    const answer = await document.run({}, variables)
    expect(answer.data).toBeUndefined()
    expect(errorsOf(answer)).toEqual([' BAD_USER_INPUT'])
  })

  it('never has its literals run as code', async () => {
    const attack = '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74dglobalThis.isTaken=true'
    const text = `query($v: String) { a: echo(text: "${attack}") b: echo(text: $v) c: echo(filter: { tags: [["${attack}"]] }) }`
    const document = documentCompiler(librarySchema())(text, null)
    expect(document.interpretedBecause).toBe(JIT)
    const { data } = await document.run({}, { v: attack })
    expect(JSON.parse(data!['a'] as string)).toContainEqual(['text', attack])
    expect(globalThis).not.toHaveProperty('isTaken')
  })

  it('gives each run arguments of its own', async () => {
    const schema = librarySchema()
    const given: unknown[] = []
    schema.getQueryType()!.getFields()['echo']!.resolve = (_source, args: { filter: unknown }) => {
      given.push(args.filter)
      return ''
    }
    const document = documentCompiler(schema)('{ echo(filter: { limit: 1 }) }', null)
    await document.run({}, {})
    await document.run({}, {})
    expect(given[0]).toEqual(given[1])
    expect(given[0]).not.toBe(given[1])
  })

  it('survives a type resolver that throws', async () => {
    const schema = librarySchema()
    Object.assign(schema.getType('Thing')!, {
      resolveType: () => {
        throw new Error('no type')
      },
    })
    const answer = await documentCompiler(schema)('{ thing { __typename } }', null).run({}, {})
    expect(answer.data).toEqual({ thing: null })
    expect(errorsOf(answer)).toEqual(['thing INTERNAL_SERVER_ERROR'])
  })

  it('changes things with graphql-js only, where one change follows the other', () => {
    const { operationType, interpretedBecause } = documentCompiler(librarySchema())(
      'mutation { rename(name: "x") }',
      null,
    )
    expect({ operationType, interpretedBecause }).toEqual({
      operationType: 'mutation',
      interpretedBecause: 'it is not a query',
    })
  })
})

/** `Book 1`: a reference to that book. */
function reference(text: string) {
  const [__typename, id] = text.split(' ')
  return { __typename, id }
}

/** The fields that fail, written as they are selected. */
function failuresOf(schema: ReturnType<typeof librarySchema>): string[] {
  const type = schema.getType('Failures')
  if (!isObjectType(type)) throw new Error('no such type')
  const leaves = Object.values(type.getFields()).filter((field) => isLeafType(getNamedType(field.type)))
  return leaves.map(({ name }) => name).filter((name) => name !== 'fine')
}
