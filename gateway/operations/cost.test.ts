// What an operation costs, and that one which is too dear is refused before anything is planned or fetched.
import { execute, getOperationAST, parse, validate } from 'graphql'
import { getVariableValues } from 'graphql/execution/values.js'
import { describe, expect, it, vi } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import { separateSecurity } from '../security-directives.ts'
import { composeSubgraphs, somebody } from '../testing/federation.ts'
import type { SubgraphParts } from '../testing/federation.ts'
import { randomFederation, randomFrom, randomOperation } from '../testing/random-federation.ts'
import { COST_MAX, compileCost } from './cost.ts'
import { readGraph } from './graph.ts'
import { limitErrors } from './limits.ts'
import { RefusedOperation, makeOperations } from './operations.ts'

const link = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", ${imports}])`
const costly = link('"@cost", "@listSize"')

const library = costing(`${costly}
  type Query {
    book(id: ID, filter: Filter): Book
    books(first: Int = 10, last: Int): [Book] @listSize(slicingArguments: ["first"])
    top: [Book] @listSize(assumedSize: 5)
    shelf: [Book]
    shelves: [[Book]]
    page(first: Int!): Page @listSize(slicingArguments: ["first"], sizedFields: ["nodes", "edges"])
    either(first: Int, last: Int): [Book] @listSize(slicingArguments: ["first", "last"])
    perhaps(first: Int, last: Int): [Book]
      @listSize(slicingArguments: ["first", "last"], assumedSize: 7, requireOneSlicingArgument: false)
    search(text: String @cost(weight: 3), fuzzy: Boolean = true @cost(weight: 2)): Book
    report: Report
    reports: [Report!]! @listSize(assumedSize: 2)
    summary: String @cost(weight: 8)
    cheap: Report @cost(weight: 4)
    refund: Int @cost(weight: -50)
    thing: Thing
    named: Named
    any: Any
  }
  type Mutation { write(input: BookInput!): Book writeMany(inputs: [BookInput!]!): Book erase: Boolean }
  type Subscription { written: Book }
  type Book implements Named { id: ID! title: String author: Author genre: Genre isbn: Isbn cover(first: Int = 1): Cover related: [Book] @listSize(assumedSize: 3) }
  type Cover @cost(weight: 2) { url: String }
  type Author implements Named { id: ID! title: String books(first: Int = 20): Page @listSize(slicingArguments: ["first"], sizedFields: ["nodes"]) }
  type Page { nodes: [Book] edges: [Edge] info: Info total: Int }
  type Edge { cursor: String node: Book }
  type Info { more: Boolean }
  type Report implements Thing @cost(weight: 20) { title: String parts: [Book] @listSize(assumedSize: 6) rate(by: Int @cost(weight: 4)): Int @cost(weight: 9) }
  type Note implements Thing { title: String parts: [Book] @listSize(assumedSize: 2) rate(by: Int): Int }
  interface Thing { title: String parts: [Book] rate(by: Int): Int }
  interface Named { title: String }
  union Any = Book | Report | Note
  enum Genre @cost(weight: 1) { PROSE VERSE }
  scalar Isbn @cost(weight: 5)
  input Filter { genre: Genre deep: Boolean @cost(weight: 6) also: Filter }
  input BookInput { title: String! cover: CoverInput scan: String @cost(weight: 7) }
  input CoverInput { url: String }
`)

describe('an operation costs', () => {
  it.each([
    ['1 for each object', '{ book { author { title } cover { url } } }', 4],
    ['nothing for values', '{ book { id title } }', 1],
    ['nothing for names of types', '{ __typename book { __typename } }', 1],
    [
      'nothing for questions about the schema',
      '{ __schema { types { name fields { name } } } __type(name: "Book") { name } }',
      0,
    ],
    ['for each alias', '{ a: book { id } b: book { id } c: book { author { id } } }', 4],
    ['10 more for a mutation, however many fields it has', 'mutation { a: erase b: erase }', 10],
    ['of a subscription what one event does', 'subscription { written { author { id } } }', 2],
    ['the weight of a type', '{ report { title } }', 20],
    ['the weight of a field in place of its type', '{ cheap { title } }', 4],
    ['the weight of a field that has a value', '{ summary }', 8],
    ['the weights of scalars and enums', '{ book { genre isbn } }', 7],
    ['never less for a weight below zero', '{ refund book { id } }', 1],
  ])('%s', (_what, query, cost) => {
    expect(library.cost(query)).toBe(cost)
  })
})

describe('a list costs its elements', () => {
  it.each([
    ['as many as a literal says', '{ books(first: 3) { author { id } } }', 6],
    ['as many as the default of the argument', '{ books { author { id } } }', 20],
    ['as many as are assumed', '{ top { id } }', 5],
    ['10 where nothing is said', '{ shelf { author { id } } }', 20],
    ['10 of 10 where a list is in a list of which nothing is said', '{ shelves { id } }', 100],
    [
      'of the fields that an argument of the connection sizes',
      '{ page(first: 4) { nodes { author { id } } info { more } } }',
      10,
    ],
    ['each time', '{ page(first: 4) { nodes { id } edges { node { id } } } }', 13],
    ['under an alias too', '{ page(first: 4) { all: nodes { id } } }', 5],
    [
      'but not those of other connections',
      '{ page(first: 4) { nodes { author { books(first: 2) { nodes { id } } } } } }',
      21,
    ],
    ['the weight of each', '{ reports { title } }', 40],
    ['in each other', '{ top { related { related { id } } } }', 65],
    ['none for a list of nothing', '{ books(first: 0) { related { id } } }', 0],
    ['none for fewer than nothing, which the subgraph refuses', '{ books(first: -5) { related { id } } }', 0],
    ['as assumed for null, which the subgraph refuses', '{ perhaps(first: null) { id } }', 7],
    ['the most where several arguments say it', '{ perhaps(first: 2, last: 3) { id } }', 3],
  ])('%s', (_what, query, cost) => {
    expect(library.cost(query)).toBe(cost)
  })

  it('as many as a variable, or its default, or that of the argument says', () => {
    const query = 'query ($n: Int) { books(first: $n) { id } }'
    const withDefault = 'query ($n: Int = 6) { books(first: $n) { id } }'

    expect(library.cost(query, { n: 2 })).toBe(2)
    expect(library.cost(query, { n: 70 })).toBe(70)
    expect(library.cost(query)).toBe(10)
    expect(library.cost(withDefault)).toBe(6)
  })
})

describe('arguments cost', () => {
  it.each([
    ['their weight where they are given, or have a default', '{ search(text: "x") { id } }', 1 + 3 + 2],
    ['nothing where they are null', '{ search(text: null, fuzzy: null) { id } }', 1],
    ['1 for each object', 'mutation { write(input: { title: "x", cover: {} }) { id } }', 10 + 1 + 2],
    [
      'the weights of what objects hold',
      '{ book(filter: { deep: true, also: { genre: VERSE, also: { deep: false } } }) { id } }',
      1 + 3 + 12 + 1,
    ],
    [
      'each element of a list',
      'mutation { writeMany(inputs: [{ title: "a" }, { title: "b", scan: "c" }]) { id } }',
      10 + 1 + 2 + 7,
    ],
  ])('%s', (_what, query, cost) => {
    expect(library.cost(query)).toBe(cost)
  })

  it('as much in variables', () => {
    const query = 'mutation ($inputs: [BookInput!]!) { writeMany(inputs: $inputs) { id } }'

    expect(library.cost(query, { inputs: [{ title: 'a', scan: 'b' }] })).toBe(10 + 1 + 1 + 7)
    expect(library.cost(query, { inputs: [] })).toBe(10 + 1)
  })
})

describe('of the types behind an interface or a union the dearest counts', () => {
  it.each([
    ['with what each selects', '{ any { ... on Book { author { id } } ... on Note { parts { id } } } }', 20],
    [
      'and no other',
      '{ any { ... on Book { a: author { id } b: author { id } c: related { id } } ... on Note { parts { id } } } }',
      20,
    ],
    [
      'where its selections make it the dearest',
      '{ any { ... on Book { related { related { related { id } } } } ... on Report { title } } }',
      40,
    ],
    [
      'with what is selected for all of them',
      '{ named { title ... on Author { books(first: 5) { nodes { id } } } } }',
      7,
    ],
    [
      'with what several fragments select for it',
      '{ thing { ... on Thing { title } ... on Report { a: parts { id } } ... on Report { parts { id } } } }',
      20 + 12,
    ],
    ['also where lists are shorter for some', '{ thing { parts { id } } }', 20 + 6],
    ['also where fields and arguments weigh less for some', '{ thing { rate(by: 1) } }', 20 + 9 + 4],
    [
      'on the way to a fragment within another',
      '{ named { ... on Named { ... on Author { books(first: 3) { nodes { id } } } } } }',
      5,
    ],
    [
      'and none that cannot be there',
      '{ book { ... on Named { ... on Author { books(first: 50) { nodes { id } } } } } }',
      1,
    ],
  ])('%s', (_what, query, cost) => {
    expect(library.cost(query)).toBe(cost)
  })
})

describe('what is selected several times', () => {
  it.each([
    ['counts once', '{ book { author { id } } book { author { title } cover { url } } }', 4],
    [
      'counts once in fragments',
      '{ book { ...A ...B ...B } } fragment A on Book { author { id } } fragment B on Book { author { title } id }',
      2,
    ],
    ['counts by alias', '{ book { author { id } writer: author { title } } }', 3],
  ])('%s', (_what, query, cost) => {
    expect(library.cost(query)).toBe(cost)
  })
})

describe('what was made to hurt is measured within 100 ms', () => {
  it('fragments that spread the next one twice', () => {
    const fragments = times(7, (n) => `fragment F${n} on Book { related { ...F${n + 1} } ...F${n + 1} }`)
    const query = `{ book { ...F0 } } ${fragments} fragment F7 on Book { id }`

    expect(library.measure(query).tookMs).toBeLessThan(100)
    expect(library.cost(query)).toBe(3_280) // 1 + 3 + 9 + … + 3 ** 7: equal fields are one
  })

  it('a way for each type behind an interface, and within each another', () => {
    const types = Array.from({ length: 20 }, (_, n) => `T${n}`)
    const { measure } = costing(`${costly}
      interface Node { next: Node }
      ${types.map((type) => `type ${type} implements Node { next: Node }`).join(' ')}
      type Query { node: Node }`)
    const ways = types.map((type) => `... on ${type} { next { __typename } }`).join(' ')
    const query = `{ node { ${times(12, (place) => `${'next { '.repeat(place)}${ways}${' }'.repeat(place)}`)} } }`
    const { estimate, tookMs } = measure(query)

    expect(tookMs).toBeLessThan(100)
    expect(estimate).toBe(1 + 11 + 12) // one further step from each of the twelve, whichever type it is
  })

  it('types that share interfaces, within each other, down to a variable', () => {
    const interfaces = ['A', 'B', 'C', 'D', 'E']
    const subsets = Array.from({ length: 31 }, (_, n) => interfaces.filter((_each, bit) => ((n + 1) >> bit) & 1))
    const { measure } = costing(`${costly}
      interface Node { next: Node }
      ${interfaces.map((name) => `interface ${name} { next: Node }`).join(' ')}
      ${subsets.map((of, n) => `type T${n} implements ${['Node', ...of].join(' & ')} { next: Node }`).join(' ')}
      type Query { node: Node }`)
    const within = (depth: number): string =>
      depth === 0
        ? 'next @include(if: $all) { __typename }'
        : `... on A { next { ${within(depth - 1)} } } ${interfaces.map((name) => `... on ${name} { __typename }`).join(' ')}`
    const query = `query ($all: Boolean! = true) { node { ${within(12)} } }`
    const { estimate, tookMs } = measure(query, { all: true })

    expect(tookMs).toBeLessThan(100)
    expect(estimate).toBe(14)
  })
})

describe('what @skip and @include leave out costs nothing', () => {
  const query = `query ($more: Boolean!, $less: Boolean! = false) {
    book { author @include(if: $more) { id } ... @skip(if: $less) { cover { url } } ...Related @include(if: $more) }
    never: book @include(if: false) { id } ever: book @skip(if: false) { id }
  } fragment Related on Book { related @skip(if: $less) { id } }`

  it.each([
    [{ more: true }, 1 + 1 + 2 + 3 + 1],
    [{ more: false }, 1 + 2 + 1],
    [{ more: true, less: true }, 1 + 1 + 1],
    [{ more: false, less: true }, 1 + 1],
  ])('with %j', (variables, cost) => {
    expect(library.cost(query, variables)).toBe(cost)
  })

  it('unless it is also selected otherwise', () => {
    const twice = `query ($a: Boolean!, $b: Boolean!) {
      book @include(if: $a) { author { id } } book @include(if: $b) { author { id } related { id } }
    }`

    expect(library.cost(twice, { a: false, b: false })).toBe(0)
    expect(library.cost(twice, { a: true, b: false })).toBe(2)
    expect(library.cost(twice, { a: false, b: true })).toBe(5)
    expect(library.cost(twice, { a: true, b: true })).toBe(5)
  })

  it('and refuses nothing', () => {
    const unasked = 'query ($all: Boolean!) { books(first: 500) @include(if: $all) { id } top { id } }'

    expect(library.cost(unasked, { all: false })).toBe(5)
    expect(library.refusal(unasked, { all: true }).errors).toMatchObject([{ extensions: { limit: 'listSize' } }])
  })
})

describe('the directives are known under the name', () => {
  const annotated = (cost: string, listSize: string) => `
    type Query { a(n: Int): [A] @${listSize}(slicingArguments: ["n"]) }
    type A @${cost}(weight: 3) { id: ID! }`

  it.each([
    ['that they have', link('"@cost", "@listSize"') + annotated('cost', 'listSize')],
    ['of their feature', link('') + annotated('federation__cost', 'federation__listSize')],
    [
      'that they are given',
      link('{ name: "@cost", as: "@dear" }, { name: "@listSize", as: "@many" }') + annotated('dear', 'many'),
    ],
    [
      'that their own link gives them',
      `${link('')} @link(url: "https://specs.apollo.dev/cost/v0.1", as: "price", import: [{ name: "@cost", as: "@dear" }])` +
        annotated('dear', 'price__listSize'),
    ],
  ])('%s', (_how, sdl) => {
    expect(costing(sdl).cost('{ a(n: 7) { id } }')).toBe(21)
  })

  it('and no others of that name', () => {
    const own = 'directive @cost(weight: Int!) on OBJECT type Query { a: A } type A @cost(weight: 3) { id: ID! }'
    const sdl = `${link('')} ${own}`

    expect(costing(sdl).cost('{ a { id } }')).toBe(1)
  })
})

it('takes the most of what several subgraphs say', () => {
  const shared = (weight: number, size: number) => `${link('"@cost", "@listSize", "@shareable"')}
    type Query { a: [A] @shareable @cost(weight: ${weight}) @listSize(assumedSize: ${size}) }
    type A @shareable { id: ID! }`
  const { cost } = costing(shared(2, 30), shared(3, 20))

  expect(cost('{ a { id } }')).toBe(90)
})

describe('is refused', () => {
  const { refusal, cost, planner } = library
  const dear =
    'query ($n: Int) { page(first: 100) { nodes { author { books(first: $n) { nodes { id } } } } } top: books(first: 99) { id } }'

  it('what costs more than the limit, and nothing that reaches it', () => {
    expect(cost(dear, { n: 96 })).toBe(COST_MAX)
    expect(refusal(dear, { n: 97 }).estimate).toBe(COST_MAX + 100)
    expect(refusal(dear, { n: 97 }).errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'OPERATION_TOO_COMPLEX', limit: 'cost', max: COST_MAX, measure: COST_MAX + 100, http: { status: 400 } },
    ])
  })

  it('before it is planned', () => {
    const plan = vi.spyOn(planner, 'buildQueryPlan')
    refusal(dear, { n: 100 })
    refusal('{ books(first: 101) { id } }')

    expect(plan).not.toHaveBeenCalled()
  })

  it('what is beyond all measure', () => {
    const { refusal, cost } = costing(`${costly}
      type Query { list: [A] @listSize(assumedSize: 2147483647) none: [A] @listSize(assumedSize: 0) }
      type A @cost(weight: 2147483647) { id: ID lists: [[[A]]] @listSize(assumedSize: 2147483647) }`)
    const lists = `${'{ lists '.repeat(13)} { id } ${'}'.repeat(13)}`

    expect(refusal(`{ list ${lists} }`).estimate).toBe(Number.MAX_SAFE_INTEGER)
    expect(cost(`{ none ${lists} }`)).toBe(0)
  })

  it.each([
    ['in a literal', '{ books(first: 101) { id } }', {}],
    ['in a variable', 'query ($n: Int) { books(first: $n) { id } }', { n: 101 }],
    ['by default of a variable', 'query ($n: Int = 101) { books(first: $n) { id } }', {}],
    [
      'under aliases, once',
      '{ a: books(first: 101) { id } b: books(first: 3) { id } c: books(first: 101) { id } }',
      {},
    ],
  ])('more than 100 elements of a list, %s', (_how, query, variables) => {
    expect(refusal(query, variables).errors.map(({ extensions }) => extensions)).toEqual([
      {
        code: 'OPERATION_TOO_COMPLEX',
        limit: 'listSize',
        max: 100,
        measure: 101,
        coordinate: 'Query.books',
        http: { status: 400 },
      },
    ])
  })

  it('more than 100 elements even where none of them is selected', () => {
    expect(cost('{ page(first: 100) { total } }')).toBe(1)
    expect(refusal('{ page(first: 101) { total } }').errors).toMatchObject([
      { extensions: { limit: 'listSize', coordinate: 'Query.page' } },
    ])
  })

  it.each([
    ['none of the arguments that say how much is wanted', '{ either { id } }'],
    ['two of them', '{ either(first: 1, last: 1) { id } }'],
  ])('%s, where it has to be one', (_what, query) => {
    expect(refusal(query).errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'BAD_USER_INPUT', coordinate: 'Query.either', http: { status: 400 } },
    ])
  })

  it('no null beside the one that is given', () => {
    expect(cost('{ either(first: 2, last: null) { id } }')).toBe(2)
  })
})

it('is no less than the objects of the answer, for random operations', async () => {
  let operations = 0
  let exact = 0
  for (let seed = 0; seed < 20; seed++) {
    const random = randomFrom(seed)
    const { subgraphs, merged, rootValue, resolve } = randomFederation(random)
    const graph = graphOf(subgraphs)
    for (let nth = 0; nth < 20; nth++) {
      const { query, variables } = randomOperation(random, merged)
      const document = parse(query)
      const operation = getOperationAST(document)!
      const coerced = getVariableValues(merged, operation.variableDefinitions ?? [], { ...variables }).coerced!
      const { estimate } = compileCost(graph, document, operation)(coerced)
      const { data } = await execute({
        schema: merged,
        document,
        rootValue,
        variableValues: variables,
        fieldResolver: resolve,
      })
      const objects = objectsIn(Object.values(data ?? {}))
      expect(estimate, JSON.stringify({ seed, nth, query, variables })).toBeGreaterThanOrEqual(objects)
      operations += 1
      if (estimate === objects) exact += 1
    }
  }

  expect(operations).toBe(400)
  expect(exact).toBeGreaterThan(100)
}, 30_000)

it('costs the same whoever asks, also for what some may not have', () => {
  const { operations } = costing(`${link('"@authenticated"')} type Query { a: A @authenticated } type A { id: ID }`)
  const prepared = operations.prepare({ query: '{ a { id } }' })

  expect(prepared.admit({}, ANONYMOUS).estimate).toBe(1)
  expect(prepared.admit({}, somebody()).estimate).toBe(1)
})

function costing(...sdls: string[]) {
  const graph = graphOf(Object.fromEntries(sdls.map((sdl, index) => [`s${index}`, { sdl }])))
  const operations = makeOperations(graph, { introspection: true })
  const admit = (query: string, variables: Readonly<Record<string, unknown>> = {}) =>
    operations.prepare({ query }).admit(variables, ANONYMOUS)
  return {
    operations,
    planner: graph.planner,
    /** What is worked out of a document within the other limits, and in which time; nothing is planned. */
    measure(query: string, variables = {}) {
      const document = parse(query)
      expect(limitErrors(document)).toEqual([])
      expect(validate(graph.apiSchema, document)).toEqual([])
      const startedAt = performance.now()
      const { estimate } = compileCost(graph, document, getOperationAST(document)!)(variables)
      return { estimate, tookMs: performance.now() - startedAt }
    },
    cost: (query: string, variables?: Readonly<Record<string, unknown>>) => admit(query, variables).estimate,
    refusal(query: string, variables?: Readonly<Record<string, unknown>>): RefusedOperation {
      try {
        admit(query, variables)
      } catch (error) {
        if (error instanceof RefusedOperation) return error
        throw error
      }
      throw new Error('It is not refused.')
    },
  }
}

function graphOf(subgraphs: Readonly<Record<string, SubgraphParts>>) {
  return readGraph(separateSecurity(composeSubgraphs(subgraphs)))
}

function objectsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((total, each) => total + objectsIn(each), 0)
  return typeof value === 'object' && value !== null ? 1 + objectsIn(Object.values(value)) : 0
}

function times(count: number, text: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => text(n)).join(' ')
}
