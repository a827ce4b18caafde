// How much one operation may ask for, and how quickly what asks for more is refused.
import { composeServices } from '@apollo/composition'
import { getIntrospectionQuery, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { QueryPlanner, Supergraph, operationFromDocument } from '../apollo.ts'
import { limitErrors, parseErrorExtensions, planningLimitError, variablesLimitErrors } from './limits.ts'
import { RefusedOperation, parseDocument } from './operations.ts'

const over = (query: string) => limitErrors(parse(query)).map(({ extensions }) => extensions)
const nested = (depth: number, inner = '') => `${'{ a '.repeat(depth)}${inner}${'}'.repeat(depth)}`
const times = (count: number, text: (n: number) => string) => Array.from({ length: count }, (_, n) => text(n)).join(' ')

describe('each limit lets through what reaches it, and tells what it is by what goes over', () => {
  it.each([
    ['depth', 15, (n: number) => nested(n)],
    ['rootFields', 20, (n: number) => `{ ${times(n, (i) => `f${i}`)} }`],
    ['aliases', 30, (n: number) => `{ root { ${times(n, (i) => `a${i}: f`)} } }`],
    ['directives', 50, (n: number) => `{ f ${'@include(if: true) '.repeat(n)} }`],
    ['selections', 1_000, (n: number) => `{ root { ${times(n - 1, (i) => `f${i}`)} } }`],
    ['introspectionDepth', 25, (n: number) => `{ __schema ${nested(n - 1)} }`],
  ])('%s is at most %i', (limit, max, query) => {
    expect(over(query(max))).toEqual([])
    expect(over(query(max + 1))).toEqual([{ code: 'OPERATION_TOO_COMPLEX', limit, max, measure: max + 1 }])
  })
})

it('counts a fragment as often as it is spread', () => {
  const document = `{ ${times(4, () => '...Page')} } fragment Page on Query { ${times(8, (n) => `a${n}: f @skip(if: $no)`)} }`

  expect(over(document)).toMatchObject([
    { limit: 'rootFields', measure: 32 },
    { limit: 'aliases', measure: 32 },
  ])
})

it('looks through named and inline fragments for depth, without counting them', () => {
  const document = (depth: number) =>
    `{ a { ... on A { ...Rest } } } fragment Rest on A { ... { b ${nested(depth - 2)} } }`

  expect(over(document(15))).toEqual([])
  expect(over(document(16))).toMatchObject([{ limit: 'depth', measure: 16 }])
})

it('counts directives wherever they stand', () => {
  const document = `
    query Q($v: Int ${'@v '.repeat(10)}) ${'@q '.repeat(10)} { a ${'@a '.repeat(10)} ...F ${'@s '.repeat(10)} }
    fragment F on Query ${'@f '.repeat(10)} { ... ${'@i '.repeat(10)} { b } }`

  expect(over(document)).toMatchObject([{ limit: 'directives', measure: 60 }])
})

it('measures each operation of a document by itself', () => {
  expect(over(`query A { ${times(20, (n) => `a${n}`)} } query B { ${times(20, (n) => `b${n}`)} }`)).toEqual([])
  expect(over(`query A { f } query B ${nested(16)}`)).toMatchObject([{ limit: 'depth' }])
})

it('lets the questions of GraphiQL and of code generators through', () => {
  const everything = getIntrospectionQuery({
    descriptions: true,
    directiveIsRepeatable: true,
    inputValueDeprecation: true,
    oneOf: true,
    schemaDescription: true,
    specifiedByUrl: true,
  })

  expect(over(getIntrospectionQuery())).toEqual([])
  expect(over(everything)).toEqual([])
})

describe('what was made to hurt is refused within 100 ms', () => {
  const chain = (length: number, spreads: number) =>
    `{ ...F0 } ${times(length, (n) => `fragment F${n} on Query { ${`...F${n + 1} `.repeat(spreads)} }`)} fragment F${length} on Query { a }`

  it('fragments that spread the next one many times', () => {
    const [codes, tookMs] = timed(() => over(chain(110, 5)))

    expect(codes).toMatchObject([{ limit: 'rootFields' }, { limit: 'selections' }])
    expect(tookMs).toBeLessThan(100)
  })

  it('fragments that spread each other', () => {
    const cycle = `{ ...A } fragment A on Query { a ...B ...B } fragment B on Query { b ...A ...A ...B }`
    const [, tookMs] = timed(() => over(cycle))

    expect(tookMs).toBeLessThan(100)
  })

  it.each([
    ['fields', nested(50_000)],
    ['fields that are never closed', '{ a '.repeat(50_000)],
    ['lists', `{ a(b: ${'['.repeat(50_000)}${']'.repeat(50_000)}) }`],
    ['objects', `{ a(b: ${'{c:'.repeat(50_000)}1${'}'.repeat(50_000)}) }`],
    ['types', `query($a: ${'['.repeat(50_000)}Int${']'.repeat(50_000)}) { a }`],
    ['inline fragments', `{ ${'... { '.repeat(50_000)}a${' }'.repeat(50_000)} }`],
  ])('50,000 %s within each other', (_what, query) => {
    const [error, tookMs] = timed(() => thrown(() => parseDocument(query)))

    expect(error).toBeInstanceOf(RefusedOperation)
    expect((error as RefusedOperation).errors[0]!.extensions).toMatchObject({
      code: 'OPERATION_TOO_COMPLEX',
      limit: 'tokens',
      max: 2_000,
    })
    expect(tookMs).toBeLessThan(100)
  })

  it('variables nested 100,000 deep', () => {
    const value: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    const [errors, tookMs] = timed(() => variablesLimitErrors({ value }))

    expect(errors.map(({ extensions }) => extensions)).toMatchObject([{ limit: 'variablesDepth', max: 50 }])
    expect(tookMs).toBeLessThan(100)
  })
})

it('lets variables through that are as deep as the limit', () => {
  const value: unknown = JSON.parse(`${'['.repeat(50)}1${']'.repeat(50)}`)

  expect(variablesLimitErrors({ value })).toEqual([])
  expect(variablesLimitErrors({ value: [value] })).toHaveLength(1)
  expect(variablesLimitErrors(null)).toEqual([])
})

it('knows the planner that has given up by what it throws, and no other error', () => {
  const sdl = `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
    type Query { film: Film @shareable }
    type Film @key(fields: "id") { id: ID! title: String @shareable sequel: Film @shareable }`
  const { supergraphSdl } = composeServices(
    ['a', 'b', 'c'].map((name) => ({ name, url: `http://${name}`, typeDefs: parse(sdl) })),
  )
  const supergraph = Supergraph.build(supergraphSdl!, { supportedFeatures: null })
  const operation = operationFromDocument(supergraph.apiSchema(), parse('{ film { sequel { title } } }'))
  const error = thrown(() => new QueryPlanner(supergraph, { debug: { pathsLimit: 1 } }).buildQueryPlan(operation))

  expect(planningLimitError(error)?.extensions).toEqual({ code: 'OPERATION_TOO_COMPLEX', limit: 'planning' })
  expect(planningLimitError(new TypeError('x is not a function'))).toBeNull()
})

it('tells a document that is too long from a malformed one', () => {
  expect(parseErrorExtensions(thrown(() => parse('{ a b c d }', { maxTokens: 3 })) as Error)).toMatchObject({
    code: 'OPERATION_TOO_COMPLEX',
  })
  expect(parseErrorExtensions(thrown(() => parse('{')) as Error)).toEqual({ code: 'GRAPHQL_PARSE_FAILED' })
})

function timed<T>(run: () => T): [T, number] {
  const startedAt = performance.now()
  return [run(), performance.now() - startedAt]
}

function thrown(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}
