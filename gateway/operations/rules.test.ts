// Who may have which field. What is denied is null with the reason, or takes along what may not be null; and no subgraph
// is ever asked for it.
import { describe, expect, it } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import { composeSubgraphs, federation, somebody } from '../testing/federation.ts'

const note = { __typename: 'Note', id: '1', text: 'text' }
const vault = { __typename: 'Vault', id: '2', text: 'hidden text', gold: 9 }

const bank = () =>
  federation({
    a: {
      sdl: `type Query { me: Account thing: Thing things: [Thing!] either: Either vault: Vault money: Money level: Level
          must: String! @authenticated all: [Account!] open: String }
        type Mutation { spend: Int @requiresScopes(scopes: [["bank:write"]]) }
        type Account @key(fields: "id") {
          id: ID!
          mail: String @authenticated
          books: String @requiresScopes(scopes: [["books:read", "all:read"], ["admin"]])
          pin: String @policy(policies: [["step-up"]])
          both: String @authenticated @requiresScopes(scopes: [["x"]])
          strict: Strict
          salary: Int @requiresScopes(scopes: [["salary"]])
        }
        type Strict { name: String! @authenticated other: String }
        interface Thing { id: ID! text: String }
        type Note implements Thing { id: ID! text: String }
        type Vault implements Thing @authenticated { id: ID! text: String gold: Int @requiresScopes(scopes: [["gold"]]) }
        union Either = Note | Vault
        scalar Money @requiresScopes(scopes: [["money"]])
        enum Level @authenticated { HIGH LOW }`,
      resolvers: {
        Query: {
          me: () => account(1),
          all: () => [account(1), account(2)],
          thing: () => vault,
          things: () => [note, vault],
          either: () => vault,
          vault: () => vault,
          money: () => 5,
          level: () => 'HIGH',
          must: () => 'must',
          open: () => 'open',
        },
        Mutation: { spend: () => 1 },
        Account: { __resolveReference: ({ id }: any) => account(id) },
      },
    },
    b: {
      sdl: `type Account @key(fields: "id") { id: ID! salary: Int @external
        tax: Int @requires(fields: "salary") @requiresScopes(scopes: [["salary"]]) shared: String }`,
      resolvers: { Account: { tax: ({ salary }: any) => salary / 2, shared: () => 'shared' } },
    },
  })
const account = (id: unknown) => ({
  id,
  ...{ mail: 'a@b.c', books: 'books', pin: 'pin', both: 'both', strict: { name: 'n', other: 'o' }, salary: 100 },
})
const granted = (...scopes: string[]) => somebody({ scopes })

describe('a field', () => {
  it.each([
    ['@authenticated', 'mail', ANONYMOUS, 'UNAUTHENTICATED'],
    ['@authenticated', 'mail', somebody(), null],
    ['@requiresScopes', 'books', ANONYMOUS, 'UNAUTHENTICATED'],
    ['@requiresScopes', 'books', granted('books:read'), 'FORBIDDEN'],
    ['@requiresScopes', 'books', granted('all:read', 'books:read'), null],
    ['@requiresScopes', 'books', granted('admin'), null],
    ['@policy', 'pin', somebody({ scopes: ['step-up'] }), 'FORBIDDEN'],
    ['@policy', 'pin', somebody({ policies: ['step-up'] }), null],
    ['two rules', 'both', granted('y'), 'FORBIDDEN'],
    ['two rules', 'both', granted('x'), null],
    ['a required field that has a rule', 'tax', granted(), 'FORBIDDEN'],
    ['a required field that has a rule', 'tax', granted('salary'), null],
  ])('with %s, %s, is given or denied', async (_rule, field, identity, code) => {
    const { data, errors, fetches } = await bank().ask(`{ me { id x: ${field} } }`, { identity })

    expect(data.me.id).toBe('1')
    expect(errors).toEqual(code ? [{ path: ['me', 'x'], code }] : [])
    expect(data.me.x === null).toBe(code !== null)
    if (code) expect(fetches.map(({ query }) => query).join()).not.toMatch(new RegExp(`${field}|salary`))
  })

  it.each([
    ['vault { id }', 'vault', ANONYMOUS, 'UNAUTHENTICATED'],
    ['money', 'money', somebody(), 'FORBIDDEN'],
    ['level', 'level', ANONYMOUS, 'UNAUTHENTICATED'],
  ])('whose type has a rule is denied with it: %s', async (field, name, identity, code) => {
    const { data, errors, fetches } = await bank().ask(`{ ${field} }`, { identity })

    expect(data).toEqual({ [name]: null })
    expect(errors).toEqual([{ path: [name], code }])
    expect(fetches).toEqual([])
  })

  it('that may not be null takes its parent along', async () => {
    const { ask } = bank()

    expect(await ask('{ open must }')).toMatchObject({
      data: null,
      errors: [{ path: ['must'], code: 'UNAUTHENTICATED' }],
    })
    expect(await ask('{ me { strict { other name } id } }')).toMatchObject({
      data: { me: { strict: null, id: '1' } },
      errors: [{ path: ['me', 'strict', 'name'], code: 'UNAUTHENTICATED' }],
    })
  })

  it('is denied at each place of a list', async () => {
    const { errors } = await bank().ask('{ all { m: mail } }')

    expect(errors.map(({ path }) => path)).toEqual([
      ['all', 0, 'm'],
      ['all', 1, 'm'],
    ])
  })

  it('of a mutation is not done', async () => {
    const { data, errors, fetches } = await bank().ask('mutation { spend }', { identity: somebody() })

    expect({ data, errors, fetches }).toEqual({
      data: { spend: null },
      errors: [{ path: ['spend'], code: 'FORBIDDEN' }],
      fetches: [],
    })
  })

  it.each([
    '{ me { ...F } } fragment F on Account { ... { id mail } }',
    'query ($yes: Boolean = true) { me { id ... @include(if: $yes) { mail @skip(if: false) } } }',
    '{ me { id mail: mail } }',
    '{ me { shared mail } me { mail id } }',
  ])('is denied inside fragments, behind conditions and twice: %s', async (query) => {
    const { data, errors, fetches } = await bank().ask(query)

    expect(data.me).toMatchObject({ id: '1', mail: null })
    expect(errors).toEqual([{ path: ['me', 'mail'], code: 'UNAUTHENTICATED' }])
    expect(fetches.map(({ query }) => query).join()).not.toContain('mail')
  })

  it('that is left out by @skip is no error', async () => {
    expect((await bank().ask('{ me { id mail @skip(if: true) } }')).errors).toEqual([])
  })
})

describe('an abstract type', () => {
  it.each([
    '{ thing { text } }',
    '{ things { text } }',
    '{ thing { ... on Vault { text } } }',
    '{ either { ... on Vault { x: text } } }',
    '{ either { ... on Thing { text } } }',
  ])('gives nothing of a type behind it that is denied: %s', async (query) => {
    const { text, errors, fetches } = await bank().ask(query)

    expect(text).not.toContain('hidden')
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['UNAUTHENTICATED']))
    expect(fetches.map(({ query }) => query).join()).not.toContain('text')
  })

  // Composition gives an interface the rules of the types behind it, so the field that answers with it has them too.
  it('that is an interface is denied with any type behind it, and a union only for the types that are asked of', async () => {
    const { ask } = bank()

    expect((await ask('{ things { ... on Note { text } } }')).errors).toEqual([
      { path: ['things'], code: 'UNAUTHENTICATED' },
    ])
    expect(await ask('{ either { ... on Note { text } ... on Vault { id } } }')).toMatchObject({
      data: { either: null },
    })
  })

  it.each([
    'things: thing { text ... on Note { text @include(if: $a) } }',
    'things: thing { ... on Note { text @include(if: $a) } text }',
  ])(
    'denies what is selected of it, where the selection of a type that may be had is left out: %s',
    async (selection) => {
      const { ask } = federation({
        a: {
          sdl: `type Query { thing: Thing } interface Thing { id: ID text: String }
            type Note implements Thing { id: ID text: String }
            type Sealed implements Thing { id: ID text: String @authenticated }`,
          resolvers: { Query: { thing: () => note } },
        },
      })
      const query = `query ($a: Boolean!) { ${selection} }`

      expect((await ask(query, { variables: { a: true } })).data).toEqual({ things: { text: 'text' } })
      expect(await ask(query, { variables: { a: false } })).toMatchObject({
        data: { things: { text: null } },
        errors: [{ path: ['things', 'text'], code: 'UNAUTHENTICATED' }],
      })
    },
  )

  it('gives all of it to whoever may have it', async () => {
    const query = '{ things { text } thing { ... on Vault { gold } } either { ... on Vault { gold text } } }'
    const { data, errors } = await bank().ask(query, { identity: granted('gold') })

    expect(data).toEqual({
      things: [{ text: 'text' }, { text: 'hidden text' }],
      thing: { gold: 9 },
      either: { gold: 9, text: 'hidden text' },
    })
    expect(errors).toEqual([])
  })
})

it('keeps what one identity may have from another that sends the same operation', async () => {
  const { ask } = bank()
  const query = '{ me { mail salary } }'

  expect((await ask(query, { identity: granted('salary') })).data.me).toEqual({ mail: 'a@b.c', salary: 100 })
  expect((await ask(query)).data.me).toEqual({ mail: null, salary: null })
  expect((await ask(query, { identity: somebody() })).data.me).toEqual({ mail: 'a@b.c', salary: null })
})

it('knows rules under the names that a supergraph gives them', async () => {
  const { ask } = federation({
    a: {
      sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key",
          { name: "@authenticated", as: "@signedIn" }, { name: "@requiresScopes", as: "@may" }, { name: "@policy", as: "@holds" }])
        type Query { a: Int @signedIn b: Int @may(scopes: [["b"]]) c: Int @holds(policies: [["c"]]) d: Int }`,
      resolvers: { Query: { a: () => 1, b: () => 1, c: () => 1, d: () => 1 } },
    },
  })

  expect((await ask('{ a b c d }')).data).toEqual({ a: null, b: null, c: null, d: 1 })
  expect((await ask('{ a b c d }', { identity: somebody({ scopes: ['b'], policies: ['c'] }) })).data).toEqual({
    a: 1,
    b: 1,
    c: 1,
    d: 1,
  })
})

it('need not fear a field that requires one with a rule and has none: it does not compose', () => {
  const composed = () =>
    composeSubgraphs({
      a: { sdl: `type Query { p: P } type P @key(fields: "id") { id: ID! secret: Int @authenticated }` },
      b: { sdl: `type P @key(fields: "id") { id: ID! secret: Int @external open: Int @requires(fields: "secret") }` },
    })

  expect(composed).toThrow(/auth/)
})
