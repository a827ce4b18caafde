// What a client learns of what went wrong: null in the smallest place that may be null, and an error with the path there.
import { describe, expect, it } from 'vitest'
import { ApiError } from '../../platform/errors.ts'
import { federation } from '../testing/federation.ts'
import type { RecordedFetch } from '../testing/federation.ts'

const library = () =>
  federation({
    books: {
      sdl: `type Query { books: [Book!] strict: [Strict!]! book: Book shelf: Shelf }
        type Book @key(fields: "id") { id: ID! title: String }
        type Shelf { books: [Book] best: Book! }
        type Strict @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: {
          books: () => [1, 2, 1].map((id) => ({ id, title: `t${id}` })),
          strict: () => [{ id: 1 }],
          book: () => ({ id: 1, title: 't1' }),
          shelf: () => ({ books: [{ id: 1 }, null, { id: 2 }], best: { id: 2 } }),
        },
      },
    },
    stock: {
      sdl: `type Book @key(fields: "id") { id: ID! count: Int price: Int! copies: [Copy!] }
        type Copy { place: String! }
        type Strict @key(fields: "id") { id: ID! must: Int! }`,
      resolvers: {
        Book: {
          count: ({ id }: any) => (id === '1' ? failing() : 7),
          price: ({ id }: any) => (id === '1' ? failing() : 9),
          copies: () => [{ place: 'a' }, { place: failing }],
        },
        Strict: { must: () => failing() },
      },
    },
  })
const failing = () => {
  throw new ApiError('NOT_FOUND', 'Not there.')
}
const fromStock = (answer: unknown) => (fetch: RecordedFetch) => (fetch.subgraph === 'stock' ? answer : undefined)
const refuse = (code: 'SUBGRAPH_UNAVAILABLE' | 'TIMEOUT') => (fetch: RecordedFetch) => {
  if (fetch.subgraph === 'stock') throw new ApiError(code, 'Gone.')
}

describe('an error of an entity', () => {
  it('is told at every place where the entity stands, under the names of the client', async () => {
    const { data, errors, fetches } = await library().ask('{ all: books { id: title n: count } }')

    expect(data.all.map(({ n }: any) => n)).toEqual([null, 7, null])
    expect(errors).toEqual([
      { path: ['all', 0, 'n'], code: 'NOT_FOUND' },
      { path: ['all', 2, 'n'], code: 'NOT_FOUND' },
    ])
    expect(fetches).toHaveLength(2)
  })

  it('below it is told with the whole path, lists counted', async () => {
    const { data, errors } = await library().ask('{ shelf { books { c: copies { place } } best { title } } }')

    expect(data.shelf.books).toEqual([{ c: null }, null, { c: null }])
    expect(errors.map(({ path }) => path?.join('.'))).toEqual(['shelf.books.0.c.1.place', 'shelf.books.2.c.1.place'])
  })

  it('takes along what may not be null, up to what may, and is told once', async () => {
    const { data, errors } = await library().ask('{ books { title price } shelf { best { price } } }')

    expect(data.books).toBeNull()
    expect(data.shelf).toEqual({ best: { price: 9 } })
    expect(errors.map(({ path, code }) => [path?.join('.'), code])).toEqual([
      ['books.0.price', 'NOT_FOUND'],
      ['books.2.price', 'NOT_FOUND'],
    ])
  })

  it('empties the whole answer where nothing may be null', async () => {
    const { data, errors } = await library().ask('{ strict { must } book { title } }')

    expect(data).toBeNull()
    expect(errors).toEqual([{ path: ['strict', 0, 'must'], code: 'NOT_FOUND' }])
  })
})

describe('a fetch that fails', () => {
  it('leaves the rest of the answer, and is told at every place that it leaves empty', async () => {
    const { data, errors } = await library().ask('{ books { title count } }', {
      answer: refuse('SUBGRAPH_UNAVAILABLE'),
    })

    expect(data.books.map(({ title }: any) => title)).toEqual(['t1', 't2', 't1'])
    expect(errors.map(({ path }) => path?.join('.')).sort()).toEqual(['books.0', 'books.1', 'books.2'])
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['SUBGRAPH_UNAVAILABLE']))
  })

  it('of the root is told for each field under its alias', async () => {
    const { data, errors } = await library().ask('{ a: book { title } b: books { title } }', {
      answer: () => {
        throw new ApiError('TIMEOUT', 'Late.')
      },
    })

    expect(data).toEqual({ a: null, b: null })
    expect(errors).toEqual([
      { path: ['a'], code: 'TIMEOUT' },
      { path: ['b'], code: 'TIMEOUT' },
    ])
  })
})

describe('an answer that is none', () => {
  it.each([
    ['data null and no error', { data: null }],
    ['no data', {}],
    ['a string for data', { data: 'x' }],
    ['a list for data', { data: [] }],
    ['an object for _entities', { data: { _entities: {} } }],
    ['fewer entities than asked for', { data: { _entities: [] } }],
    ['strings for entities', { data: { _entities: ['x', 'y'] } }],
    ['a list for each entity', { data: { _entities: [[], []] } }],
  ])('of %s gives null, and an error where the entities stand', async (_what, answer) => {
    const { data, errors } = await library().ask('{ books { title count } }', { answer: fromStock(answer) })

    expect(data.books).toEqual([1, 2, 1].map((id) => ({ title: `t${id}`, count: null })))
    expect(errors.map(({ path, code }) => `${path?.join('.')} ${code}`).sort()).toEqual([
      'books.0 SUBGRAPH_UNAVAILABLE',
      'books.1 SUBGRAPH_UNAVAILABLE',
      'books.2 SUBGRAPH_UNAVAILABLE',
    ])
  })

  it.each([
    ['a string', 'x'],
    ['an object', { message: 'x' }],
    ['a list of nothing', [null, 1, 'x', {}]],
    ['paths of nonsense', [{ message: 'x', path: 'book' }, { message: {}, path: [null] }, { extensions: 'x' }]],
    ['null', null],
    ['a place that is not there', [{ message: 'x', path: ['_entities', 7, 'count'] }]],
  ])('has %s for errors and still gives the data', async (_what, errors) => {
    const { data } = await library().ask('{ book { title count } }', {
      answer: fromStock({ data: { _entities: [{ count: 3 }] }, errors }),
    })

    expect(data).toEqual({ book: { title: 't1', count: 3 } })
  })
})

it('tells an entity that is not there by null alone', async () => {
  const { data, errors } = await library().ask('{ book { title count } }', {
    answer: fromStock({ data: { _entities: [null] } }),
  })

  expect(data).toEqual({ book: { title: 't1', count: null } })
  expect(errors).toEqual([])
})

it('shows no name of the plan in the path of an error', async () => {
  const { ask } = federation({
    a: {
      sdl: `type Query { p: P things: [Thing] } type P @key(fields: "id") { id: ID! price(in: String): Int }
        interface Thing { id: ID } type A implements Thing { id: ID x: Int } type B implements Thing { id: ID x: String! }`,
      resolvers: {
        Query: {
          p: () => ({ id: 1 }),
          things: () => [
            { __typename: 'A', x: failing },
            { __typename: 'B', x: 'b' },
          ],
        },
        P: { price: failing, __resolveReference: (p: any) => p },
      },
    },
    b: {
      sdl: `type P @key(fields: "id") { id: ID! price(in: String): Int @external
        total: Int @requires(fields: "price(in: \\"EUR\\")") }`,
      resolvers: { P: { total: ({ price }: any) => price } },
    },
  })

  expect((await ask('{ p { total } }')).errors).toEqual([{ path: ['p', 'price'], code: 'NOT_FOUND' }])
  expect((await ask('{ things { ... on A { n: x } ... on B { s: x } } }')).errors).toEqual([
    { path: ['things', 0, 'n'], code: 'NOT_FOUND' },
  ])
})

it('shows the name of the client where the planner has to call one field of several types differently', async () => {
  const types = `type A implements Thing @key(fields: "id") { id: ID! x: Int @shareable }
    type B implements Thing @key(fields: "id") { id: ID! x: Int! @shareable }`
  const { ask } = federation({
    a: {
      sdl: `type Query { things: [Thing] } interface Thing { id: ID } ${types}`,
      resolvers: {
        Query: {
          things: () => [
            { __typename: 'A', id: 1, x: failing },
            { __typename: 'B', id: 2, x: failing },
            { __typename: 'B', id: 3, x: 3 },
          ],
        },
      },
    },
    c: { sdl: `interface Thing { id: ID x: Int } ${types}` },
  })

  const { data, errors, fetches } = await ask('{ things { x } }')

  expect(fetches[0]!.query).toContain('alias')
  expect(data).toEqual({ things: [{ x: null }, null, { x: 3 }] })
  expect(errors.map(({ path }) => path)).toEqual([
    ['things', 0, 'x'],
    ['things', 1, 'x'],
  ])
})
