// A client may call things what it likes: also what the plan calls its keys and required fields.
import { describe, expect, it } from 'vitest'
import { federation } from '../testing/federation.ts'

const users = () =>
  federation({
    accounts: {
      sdl: `type Query { users: [User!] user: User }
        type User @key(fields: "id") { id: ID! username: String age(in: String = "years"): String }`,
      resolvers: {
        Query: { users: () => [user(1), user(2)], user: () => user(3) },
        User: {
          __resolveReference: ({ id }: any) => user(id),
          age: ({ id }: any, { in: unit }: any) => `${id}0 ${unit}`,
        },
      },
    },
    posts: {
      sdl: `type User @key(fields: "id") { id: ID! username: String @external posts: [Post!]
          greeting: String @requires(fields: "username") fails: String }
        type Post @key(fields: "id") { id: ID! text(upper: Boolean): String author: User }`,
      resolvers: {
        User: {
          posts: ({ id }: any) => [{ id: `p${id}`, text: 'text', author: { id } }],
          greeting: ({ username }: any) => `hello ${username}`,
          fails: () => {
            throw new Error('no')
          },
        },
      },
    },
  })
const user = (id: number) => ({ id, username: `u${id}` })

describe('an alias', () => {
  it.each([
    ['the key', '{ user { id: username posts { id } } }', { id: 'u3', posts: [{ id: 'p3' }] }],
    [
      'a key beside it',
      '{ user { key: id id: username posts { id } } }',
      { key: '3', id: 'u3', posts: [{ id: 'p3' }] },
    ],
    ['a required field', '{ user { username: id greeting } }', { username: '3', greeting: 'hello u3' }],
    ['__typename', '{ user { id: __typename posts { __typename } } }', { id: 'User', posts: [{ __typename: 'Post' }] }],
    ['an object', '{ user { id: posts { id: author { username } } } }', { id: [{ id: { username: 'u3' } }] }],
    [
      'a name of ours',
      '{ user { _c_id: username id: username greeting } }',
      { _c_id: 'u3', id: 'u3', greeting: 'hello u3' },
    ],
    ['a word of JavaScript', '{ user { constructor: username __proto__: id greeting } }', null],
    [
      'the same field with other arguments',
      '{ user { id: age(in: "days") age username: age(in: "weeks") greeting } }',
      { id: '30 days', age: '30 years', username: '30 weeks', greeting: 'hello u3' },
    ],
  ])('that equals %s gives the client what it asked for', async (_what, query, expected) => {
    const { data, errors, text } = await users().ask(query)

    expect(errors).toEqual([])
    if (expected) expect(data.user).toEqual(expected)
    else expect(text).toBe('{"user":{"constructor":"u3","__proto__":"3","greeting":"hello u3"}}')
  })

  it('stands in the paths of errors', async () => {
    const { data, errors } = await users().ask(
      '{ id: users { username: fails id: posts { id: author { x: fails } } } }',
    )

    expect(data.id[1]).toEqual({ username: null, id: [{ id: { x: null } }] })
    expect(errors.map(({ path }) => path?.join('.')).sort()).toEqual([
      'id.0.id.0.id.x',
      'id.0.username',
      'id.1.id.0.id.x',
      'id.1.username',
    ])
  })

  it('of one name may stand for other fields on other types, whose errors have its name too', async () => {
    const { data, errors } = await federation({
      a: {
        sdl: `type Query { all: [U] } union U = A | B type A { name: String! } type B { size: Int fails: Int }`,
        resolvers: {
          Query: {
            all: () => [
              { __typename: 'A', name: 'a' },
              { __typename: 'B', size: 2, fails: () => Promise.reject(new Error('no')) },
            ],
          },
        },
      },
    }).ask('{ all { ... on A { x: name y: name } ... on B { x: __typename y: __typename } } }')

    expect(data.all).toEqual([
      { x: 'a', y: 'a' },
      { x: 'B', y: 'B' },
    ])
    expect(errors).toEqual([])
  })
})
