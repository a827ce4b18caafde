// A schema with something of everything, and resolvers that fail in every way they can.
import { setImmediate as turn } from 'node:timers/promises'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { GraphQLScalarType, parse } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import { ApiError } from '../errors.ts'

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])

  scalar Day
  enum Colour { RED GREEN BLUE }
  interface Named { name: String! }
  union Thing = Book | Person
  input Filter { text: String limit: Int! = 3 colours: [Colour!] day: Day within: Filter tags: [[String]] }

  type Query {
    echo(
      text: String = "default", int: Int, float: Float, flag: Boolean, id: ID, colour: Colour = GREEN, day: Day
      filter: Filter, ints: [Int!], table: [[Int]], required: Int! = 7, requiredFilter: Filter! = { limit: 9 }
    ): String!
    book(id: ID! = "1"): Book
    books(first: Int = 2): [Book!]!
    people: [Person]
    named: [Named]
    thing(number: Int = 0): Thing
    things: [Thing!]
    failures: Failures
    requiredFailures: Failures!
  }

  type Mutation { rename(name: String!): String! }

  type Book implements Named @key(fields: "id") {
    id: ID!
    name: String!
    pages: Int
    price: Float
    colour: Colour
    day: Day!
    tags: [String!]!
    table: [[Int]]
    author: Person
    authors(first: Int = 2): [Person!]!
    sequel: Book
    self: Book!
    failures: Failures
    echo(text: String, filter: Filter): String
  }

  type Person implements Named @key(fields: "id") {
    id: ID!
    name: String!
    moods: [Colour!]
    books: [Book]
    friend: Person
    secret: String
  }

  type Failures {
    fine: String
    thrown: String
    thrownRequired: String!
    rejected: String
    rejectedRequired: String!
    late: String
    lateRequired: String!
    returned: String
    returnedRequired: String!
    missingRequired: String!
    forbidden: String
    noInt: Int
    noIntRequired: Int!
    noColour: Colour
    noList: [String]
    listOfErrors: [String]
    listOfNulls: [String!]
    listOfRejected: [String]
    listOfRejectedRequired: [String!]!
    listOfLists: [[Int!]]
    again: Failures
    againRequired: Failures!
    listAgain: [Failures!]
    listAgainRequired: [Failures!]!
  }
`)

const day = new GraphQLScalarType<Date, string>({
  name: 'Day',
  serialize: (value) => (value as Date).toISOString().slice(0, 10),
  parseValue: (value) => {
    const read = new Date(String(value))
    if (Number.isNaN(read.getTime())) throw new TypeError('no day')
    return read
  },
})

/** A value of each scalar that is not GraphQL's own. */
export const libraryScalars = { Day: '2026-11-21', _Any: { __typename: 'Book', id: '2' } }

interface BookRow {
  readonly id: string
  readonly name: string
}

const books = new Map<string, BookRow & Record<string, unknown>>(
  [1, 2, 3].map((number) => [
    String(number),
    {
      id: String(number),
      name: `Book ${number}`,
      pages: number === 2 ? null : number * 100,
      price: number + 0.5,
      colour: ['red', 'green', 'blue'][number - 1],
      day: new Date(Date.UTC(2026, number)),
      tags: ['a', 'b'].slice(0, number - 1),
      table: [[number, null], null, []],
    },
  ]),
)

const person = (number: number) => ({ id: `p${number}`, name: `Person ${number}`, moods: number > 1 ? null : ['red'] })

/** A schema of its own for each caller: who serves one may wrap its resolvers. */
export function librarySchema(): GraphQLSchema {
  // Which arguments came, whatever their order.
  const echo = (_source: unknown, args: object) =>
    JSON.stringify(Object.entries(args).sort(([one], [other]) => one.localeCompare(other)))
  const boom = () => {
    throw new Error('boom')
  }
  const late = async () => {
    await turn()
    throw new Error('late')
  }
  return buildSubgraphSchema([
    {
      typeDefs,
      resolvers: {
        Day: day,
        Colour: { RED: 'red', GREEN: 'green', BLUE: 'blue' },
        Named: { __resolveType: (source: { id: string }) => (source.id.startsWith('p') ? 'Person' : 'Book') },
        Thing: { __resolveType: async (source: { id: string }) => (source.id.startsWith('p') ? 'Person' : 'Book') },
        Query: {
          echo,
          book: async (_source: unknown, { id }: { id: string }) => books.get(id) ?? null,
          books: (_source: unknown, { first }: { first: number | null }) => [...books.values()].slice(0, first ?? 1),
          people: async () => [person(1), null, person(2)],
          named: () => [books.get('1'), person(1)],
          thing: (_source: unknown, { number }: { number: number | null }) =>
            number ? person(number) : books.get('1'),
          things: () => [person(1), books.get('3')],
          failures: () => ({}),
          requiredFailures: async () => ({}),
        },
        Mutation: { rename: (_source: unknown, { name }: { name: string }) => name },
        Book: {
          __resolveReference: async ({ id }: { id: string }) => {
            if (id === 'none') throw new ApiError('FORBIDDEN', 'no')
            await turn()
            return books.get(id) ?? null
          },
          author: ({ id }: BookRow) => person(Number(id)),
          authors: (_source: unknown, { first }: { first: number | null }) =>
            [1, 2, 3].slice(0, first ?? 0).map(async (number) => person(number)),
          sequel: async ({ id }: BookRow) => books.get(String(Number(id) + 1)) ?? null,
          self: (source: unknown) => source,
          failures: async () => ({}),
          echo,
        },
        Person: {
          __resolveReference: ({ id }: { id: string }) => (id === '1' ? null : person(2)),
          books: async () => [books.get('2'), null],
          friend: ({ id }: { id: string }) => (id === 'p3' ? null : person(Number(id.slice(1)) + 1)),
          secret: () => {
            throw new ApiError('FORBIDDEN', 'secret')
          },
        },
        Failures: {
          fine: () => 'fine',
          thrown: boom,
          thrownRequired: boom,
          rejected: async () => boom(),
          rejectedRequired: async () => boom(),
          late,
          lateRequired: late,
          returned: () => new Error('returned'),
          returnedRequired: async () => new Error('returned'),
          missingRequired: () => null,
          forbidden: async () => {
            throw new ApiError('FORBIDDEN', 'forbidden')
          },
          noInt: () => 'abc',
          noIntRequired: async () => 1.5,
          noColour: () => 'purple',
          noList: () => 'abc',
          listOfErrors: () => ['a', new Error('in a list'), 'b'],
          listOfNulls: async () => ['a', null],
          listOfRejected: () => [late(), Promise.resolve('b'), Promise.reject(new Error('c'))],
          listOfRejectedRequired: () => [Promise.resolve('a'), late(), 'c'],
          listOfLists: () => [[1, 2], [3, null], null],
          again: () => ({}),
          againRequired: async () => ({}),
          listAgain: () => [{}, {}],
          listAgainRequired: async () => [{}, Promise.resolve({})],
        },
      },
    },
  ])
}
