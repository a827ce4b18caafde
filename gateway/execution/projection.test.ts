// What leaves the gateway fits the schema that clients see, whatever a subgraph sends.
import { describe, expect, it } from 'vitest'
import { federation } from '../testing/federation.ts'

const shapes = () =>
  federation({
    a: {
      sdl: `type Query { all: All strict: Strict! list: [Int!] matrix: [[Int]] node: Node nodes: [Node] either: Either }
        type All { int: Int float: Float text: String flag: Boolean id: ID color: Color any: Json one: All many: [All!] must: Int! }
        type Strict { int: Int! ok: Int }
        scalar Json
        enum Color { RED SECRET @inaccessible }
        interface Node { id: ID }
        type Seen implements Node { id: ID }
        type Hidden implements Node @inaccessible { id: ID }
        union Either = Seen | Hidden`,
    },
  })

const answering = (data: unknown) => ({ answer: () => ({ data }) })

describe('a value that does not fit its type', () => {
  it.each([
    ['a number beyond Int', 'int', 2_147_483_648],
    ['a fraction for Int', 'int', 1.5],
    ['a string for Int', 'int', '1'],
    ['a list for Int', 'int', [1]],
    ['a string for Float', 'float', '1'],
    ['a number for String', 'text', 1],
    ['an object for String', 'text', { secret: 1 }],
    ['a number for Boolean', 'flag', 1],
    ['an object for ID', 'id', {}],
    ['a fraction for ID', 'id', 1.5],
    ['an unknown value of an enum', 'color', 'BLUE'],
    ['a value of an enum that clients do not see', 'color', 'SECRET'],
    ['a string for an object', 'one { int }', 'x'],
    ['a list for an object', 'one { int }', [{ int: 1 }]],
    ['an object for a list', 'many { int }', { int: 1 }],
    ['a string for a list', 'many { int }', 'x'],
    ['a string in a list of objects', 'many { int }', [{ int: 1 }, 'x']],
    ['null in a list of what may not be', 'many { int }', [null]],
  ])('%s, is null with an error at its place', async (_what, field, value) => {
    const name = field.split(' ')[0]!
    const { data, errors, text } = await shapes().ask(`{ all { ${field} } }`, answering({ all: { [name]: value } }))

    expect(data).toEqual({ all: { [name]: null } })
    expect(errors).toEqual([{ path: expect.arrayContaining(['all', name]), code: 'SUBGRAPH_UNAVAILABLE' }])
    expect(text).not.toMatch(/SECRET|secret/)
  })

  it('too large for a number, is null with an error, and not null alone', async () => {
    const answer = () => JSON.parse('{"data":{"all":{"float":1e400}}}')
    const { data, errors } = await shapes().ask('{ all { float } }', { answer })

    expect(data).toEqual({ all: { float: null } })
    expect(errors).toEqual([{ path: ['all', 'float'], code: 'SUBGRAPH_UNAVAILABLE' }])
  })

  it('takes along what may not be null', async () => {
    const { ask } = shapes()

    expect(await ask('{ strict { int } list }', answering({ strict: { int: 'x' }, list: [1] }))).toMatchObject({
      data: null,
      errors: [{ path: ['strict', 'int'] }],
    })
    expect(await ask('{ list }', answering({ list: [1, null, 3] }))).toMatchObject({
      data: { list: null },
      errors: [{ path: ['list', 1] }],
    })
    expect(await ask('{ all { many { must } } }', answering({ all: { many: [{ must: 1 }, {}] } }))).toMatchObject({
      data: { all: { many: null } },
      errors: [{ path: ['all', 'many', 1, 'must'] }],
    })
  })
})

it('takes no longer per value for a list of which every value is wrong', async () => {
  const many = Array.from({ length: 20_000 }, () => ({ must: 1, int: 'x' }))
  const startedAt = performance.now()
  const { errors } = await shapes().ask('{ all { many { int } } }', answering({ all: { many } }))

  expect(errors).toHaveLength(many.length)
  expect(performance.now() - startedAt).toBeLessThan(2_000)
})

it('writes lists of lists, numbers as IDs and values of custom scalars as they are', async () => {
  const all = { int: -1, float: 1e21, id: 7, any: { a: [null, '"\u2028'] }, flag: false, text: '', color: 'RED' }
  const { data, errors } = await shapes().ask(
    '{ matrix all { int float id any flag text color } }',
    answering({ matrix: [[1, null], null, []], all }),
  )

  expect(data).toEqual({ matrix: [[1, null], null, []], all: { ...all, id: '7' } })
  expect(errors).toEqual([])
})

it.each(['Hidden', 'Nonsense', 'All', 7, 'Node'])(
  'never shows an object of the type %s, which clients do not know',
  async (type) => {
    const hidden = { __typename: type, id: 'hidden-id' }
    const { data, errors, text } = await shapes().ask(
      '{ node { __typename id } nodes { __typename ... on Seen { id } } either { ... on Node { id } } }',
      answering({ node: hidden, nodes: [hidden, { __typename: 'Seen', id: 's' }], either: hidden }),
    )

    expect(data).toEqual({ node: null, nodes: [null, { __typename: 'Seen', id: 's' }], either: null })
    expect(errors.map(({ path }) => path)).toEqual([['node'], ['nodes', 0], ['either']])
    expect(text).not.toContain('hidden-id')
  },
)

describe('@skip and @include', () => {
  const people = () =>
    federation({
      a: {
        sdl: `type Query { me: Person } type Person @key(fields: "id") { id: ID! name: String friend: Person }`,
        resolvers: { Query: { me: () => ({ id: 1, name: 'me', friend: { id: 2, name: 'you' } }) } },
      },
      b: {
        sdl: `type Person @key(fields: "id") { id: ID! age: Int size: Int! }`,
        resolvers: { Person: { __resolveReference: ({ id }: any) => ({ id, age: 30 + Number(id), size: 1 }) } },
      },
    })

  it.each([
    ['on a field', '{ me { name @include(if: $a) age @skip(if: $a) } }', { me: { name: 'me' } }, { me: { age: 31 } }],
    ['on a fragment', '{ me { id ... @include(if: $a) { age } } }', { me: { id: '1', age: 31 } }, { me: { id: '1' } }],
    ['on a spread', '{ me { ...F @skip(if: $a) id } }', { me: { id: '1' } }, { me: { size: 1, id: '1' } }],
    ['on the root', '{ me @include(if: $a) { id } }', { me: { id: '1' } }, {}],
    [
      'on the last selection',
      '{ me { friend { id @include(if: $a) } } }',
      { me: { friend: { id: '2' } } },
      { me: { friend: {} } },
    ],
    ['twice on one', '{ me { id age @skip(if: $a) @include(if: $a) } }', { me: { id: '1' } }, { me: { id: '1' } }],
    [
      'on one of two selections of a field',
      '{ me { friend { name } friend @include(if: $a) { size } } }',
      { me: { friend: { name: 'you', size: 1 } } },
      { me: { friend: { name: 'you' } } },
    ],
    [
      'on both selections of a field',
      '{ me { friend @skip(if: $a) { size } friend @include(if: $a) { name } } }',
      { me: { friend: { name: 'you' } } },
      { me: { friend: { size: 1 } } },
    ],
    [
      'on a field that stands elsewhere without',
      '{ me { age @include(if: $a) ... on Person { age } } }',
      { me: { age: 31 } },
      { me: { age: 31 } },
    ],
  ])('%s decide by their variable', async (_where, body, whenTrue, whenFalse) => {
    const { ask } = people()
    const fragment = body.includes('...F') ? 'fragment F on Person { size }' : ''
    const query = `query ($a: Boolean! = false) ${body} ${fragment}`

    expect(await ask(query, { variables: { a: true } })).toMatchObject({ data: whenTrue, errors: [] })
    expect((await ask(query, { variables: { a: true } })).data).toEqual(whenTrue)
    expect((await ask(query, { variables: { a: false } })).data).toEqual(whenFalse)
    expect((await ask(query)).data).toEqual(whenFalse)
  })

  it('keep a subgraph from being asked for what is left out', async () => {
    const query = 'query ($a: Boolean!) { me { name age @include(if: $a) } }'
    const { ask } = people()

    expect((await ask(query, { variables: { a: true } })).fetches).toHaveLength(2)
    expect((await ask(query, { variables: { a: false } })).fetches).toHaveLength(1)
  })
})
