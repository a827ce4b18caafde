// What federation promises: who is asked for what, how often, and that the parts make one answer.
import { describe, expect, it } from 'vitest'
import { ApiError } from '../../platform/errors.ts'
import { federation, representationsOf } from '../testing/federation.ts'

describe('entities', () => {
  const shop = () =>
    federation({
      orders: {
        sdl: `type Query { orders: [Order!]! order: Order }
          type Order { id: ID! buyer: User lines: [[Line]] }
          type Line { product: Product }
          type User @key(fields: "id", resolvable: false) { id: ID! }
          type Product @key(fields: "sku { maker number }", resolvable: false) { sku: Sku! }
          type Sku @shareable { maker: String! number: Int! }`,
        resolvers: {
          Query: {
            orders: () => ['1', '2', '1', null].map((id, index) => ({ id: index, buyer: id && { id }, lines: [] })),
            order: () => ({
              id: 9,
              lines: [[{ product: product(1) }, null], [], null, [{ product: product(2) }, { product: product(1) }]],
            }),
          },
        },
      },
      users: {
        sdl: `type Query { users: [User] } type User @key(fields: "id") { id: ID! name: String! }`,
        resolvers: { User: { __resolveReference: ({ id }: any) => ({ id, name: `user ${id}` }) } },
      },
      products: {
        sdl: `type Query { products: [Product] }
          type Product @key(fields: "sku { maker number }") { sku: Sku! label: String }
          type Sku @shareable { maker: String! number: Int! }`,
        resolvers: {
          Product: { __resolveReference: ({ sku }: any) => ({ sku, label: `${sku.maker}/${sku.number}` }) },
        },
      },
    })
  const product = (number: number) => ({ sku: { maker: 'acme', number } })

  it('asks once for all entities of a list, and sends equal representations once', async () => {
    const { data, fetches } = await shop().ask('{ orders { buyer { name } } }')

    expect(data.orders.map(({ buyer }: any) => buyer?.name)).toEqual(['user 1', 'user 2', 'user 1', undefined])
    expect(representationsOf(fetches, 'users')).toEqual([
      [
        { __typename: 'User', id: '1' },
        { __typename: 'User', id: '2' },
      ],
    ])
  })

  it('follows nested keys through lists of lists with nulls in them', async () => {
    const { data, fetches } = await shop().ask('{ order { lines { product { label sku { number } } } } }')

    const one = { product: { label: 'acme/1', sku: { number: 1 } } }
    const two = { product: { label: 'acme/2', sku: { number: 2 } } }
    expect(data.order.lines).toEqual([[one, null], [], null, [two, one]])
    expect(representationsOf(fetches, 'products')).toHaveLength(1)
    expect(representationsOf(fetches, 'products')[0]).toHaveLength(2)
  })

  it('asks nobody where there is no entity', async () => {
    const { data, fetches } = await federation({
      a: {
        sdl: `type Query { user: User } type User @key(fields: "id") { id: ID! }`,
        resolvers: { Query: { user: () => null } },
      },
      b: { sdl: `type Query { x: Int } type User @key(fields: "id") { id: ID! name: String }` },
    }).ask('{ user { name } }')

    expect(data).toEqual({ user: null })
    expect(fetches.map(({ subgraph }) => subgraph)).toEqual(['a'])
  })

  it('goes from one of several keys to another through whoever knows both', async () => {
    const { data } = await federation({
      a: {
        sdl: `type Query { user: User } type User @key(fields: "id") { id: ID! }`,
        resolvers: { Query: { user: () => ({ id: 1 }) } },
      },
      both: {
        sdl: `type User @key(fields: "id") @key(fields: "org name") { id: ID! org: ID! name: String! }`,
        resolvers: { User: { __resolveReference: ({ id }: any) => ({ id, org: 'o', name: `n${id}` }) } },
      },
      c: {
        sdl: `type User @key(fields: "org name") { org: ID! name: String! mail: String }`,
        resolvers: { User: { __resolveReference: (user: any) => ({ ...user, mail: `${user.name}@${user.org}` }) } },
      },
    }).ask('{ user { mail } }')

    expect(data).toEqual({ user: { mail: 'n1@o' } })
  })
})

describe('@requires', () => {
  const prices = (fields: string) =>
    federation({
      catalogue: {
        sdl: `type Query { product: Product }
          type Product @key(fields: "id") { id: ID! price(currency: String = "USD"): String weight: Int box: Box }
          type Box @shareable { size: Int kind: Kind }
          type Kind @shareable { name: String }`,
        resolvers: {
          Query: { product: () => ({ id: 1 }) },
          Product: {
            __resolveReference: ({ id }: any) => ({ id }),
            price: (_: any, { currency }: any) => `${currency} 5`,
            weight: () => 3,
            box: () => ({ size: 7, kind: { name: 'crate' } }),
          },
        },
      },
      shipping: {
        sdl: `type Product @key(fields: "id") {
            id: ID! ${fields}
          }
          type Box @shareable { size: Int kind: Kind }
          type Kind @shareable { name: String }`,
        resolvers: {
          Product: {
            byWeight: ({ weight }: any) => `w${weight}`,
            byBox: ({ box }: any) => `${box.size} ${box.kind.name}`,
            euro: ({ price }: any) => `euro of ${price}`,
            dollar: ({ price }: any) => `dollar of ${price}`,
            plain: ({ price }: any) => `plain of ${price}`,
            label: (_: any, { n }: any) => n,
          },
        },
      },
    })

  it('sends the required fields, which the client does not get', async () => {
    const { data, fetches } = await prices('weight: Int @external byWeight: String @requires(fields: "weight")').ask(
      '{ product { byWeight } }',
    )

    expect(data).toEqual({ product: { byWeight: 'w3' } })
    expect(representationsOf(fetches, 'shipping')).toEqual([[{ __typename: 'Product', id: '1', weight: 3 }]])
  })

  it('sends required fields of required objects, and only those', async () => {
    const { data, fetches } = await prices(
      'box: Box @external byBox: String @requires(fields: "box { size kind { name } }")',
    ).ask('{ product { byBox box { kind { __typename } } } }')

    expect(data).toEqual({ product: { byBox: '7 crate', box: { kind: { __typename: 'Kind' } } } })
    expect(representationsOf(fetches, 'shipping')).toEqual([
      [{ __typename: 'Product', id: '1', box: { size: 7, kind: { name: 'crate' } } }],
    ])
  })

  const currencies = `
    price(currency: String = "USD"): String @external
    euro: String @requires(fields: "price(currency: \\"EUR\\")")
    dollar: String @requires(fields: "price(currency: \\"USD\\")")
    plain: String @requires(fields: "price")`

  it.each([
    ['two other fields', '{ product { euro dollar } }', { euro: 'euro of EUR 5', dollar: 'dollar of USD 5' }],
    ['one without arguments', '{ product { plain euro } }', { plain: 'plain of USD 5', euro: 'euro of EUR 5' }],
    ['the client', '{ product { euro price(currency: "NOK") } }', { euro: 'euro of EUR 5', price: 'NOK 5' }],
    ['the client, without arguments', '{ product { euro price } }', { euro: 'euro of EUR 5', price: 'USD 5' }],
    [
      'the client, of a plain one',
      '{ product { plain price(currency: "NOK") } }',
      { plain: 'plain of USD 5', price: 'NOK 5' },
    ],
    [
      'the client, by alias',
      '{ product { price: euro euro: price(currency: "X") } }',
      { price: 'euro of EUR 5', euro: 'X 5' },
    ],
  ])('keeps the arguments of a required field apart from those of %s', async (_who, query, expected) => {
    const { data, errors, text } = await prices(currencies).ask(query)

    expect(data).toEqual({ product: expected })
    expect(errors).toEqual([])
    expect(text).not.toContain('_r_')
  })

  it('declares variables only where they are used, when other arguments make two fetches of one', async () => {
    const { data, errors } = await prices(`${currencies} label(n: Int): Int`).ask(
      'query ($n: Int) { product { euro plain label(n: $n) } }',
      { variables: { n: 1 } },
    )

    expect(data).toEqual({ product: { euro: 'euro of EUR 5', plain: 'plain of USD 5', label: 1 } })
    expect(errors).toEqual([])
  })

  it('resolves what requires something that itself requires something', async () => {
    const { data, fetches } = await federation({
      a: {
        sdl: `type Query { product: Product } type Product @key(fields: "id") { id: ID! one: String }`,
        resolvers: {
          Query: { product: () => ({ id: 1, one: 'one' }) },
          Product: { __resolveReference: (p: any) => p },
        },
      },
      b: {
        sdl: `type Product @key(fields: "id") { id: ID! one: String @external two: String @requires(fields: "one") }`,
        resolvers: { Product: { two: ({ one }: any) => `${one} two` } },
      },
      c: {
        sdl: `type Product @key(fields: "id") { id: ID! two: String @external three: String @requires(fields: "two") }`,
        resolvers: { Product: { three: ({ two }: any) => `${two} three` } },
      },
    }).ask('{ product { three } }')

    expect(data).toEqual({ product: { three: 'one two three' } })
    expect(fetches.map(({ subgraph }) => subgraph)).toEqual(['a', 'b', 'c'])
  })
})

it('takes what @provides offers from where it is offered, and only there', async () => {
  const { ask } = federation({
    reviews: {
      sdl: `type Query { review: Review } 
        type Review @key(fields: "id") { id: ID! author: User @provides(fields: "name") reader: User }
        type User @key(fields: "id") { id: ID! name: String @external }`,
      resolvers: {
        Query: { review: () => ({ id: 1, author: { id: 1, name: 'provided' }, reader: { id: 2, name: 'wrong' } }) },
      },
    },
    users: {
      sdl: `type User @key(fields: "id") { id: ID! name: String @shareable }`,
      resolvers: { User: { __resolveReference: ({ id }: any) => ({ id, name: `owned ${id}` }) } },
    },
  })

  const provided = await ask('{ review { author { name } } }')
  const both = await ask('{ review { author { name } reader { name } } }')

  expect(provided.data).toEqual({ review: { author: { name: 'provided' } } })
  expect(provided.fetches).toHaveLength(1)
  expect(both.data).toEqual({ review: { author: { name: 'provided' }, reader: { name: 'owned 2' } } })
})

describe('abstract types', () => {
  const media = () =>
    federation({
      media: {
        sdl: `type Query { all: [Media!]! any: [Thing] }
          interface Media @key(fields: "id") { id: ID! title: String }
          type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int }
          type Film implements Media @key(fields: "id") { id: ID! title: String minutes: Int }
          union Thing = Book | Film`,
        resolvers: {
          Query: { all: () => [book, film], any: () => [film, null, book] },
          Media: { __resolveReference: ({ id }: any) => [book, film].find((each) => each.id === id) },
        },
      },
      ratings: {
        sdl: `type Query { best: Media } type Media @key(fields: "id") @interfaceObject { id: ID! stars: Int }`,
        resolvers: {
          Query: { best: () => ({ id: '2', stars: 5 }) },
          Media: { __resolveReference: ({ id }: any) => ({ id, stars: Number(id) }) },
        },
      },
      cast: {
        sdl: `type Film @key(fields: "id") { id: ID! actors: [String!] }`,
        resolvers: { Film: { __resolveReference: ({ id }: any) => ({ id, actors: ['Buster'] }) } },
      },
    })
  const book = { __typename: 'Book', id: '1', title: 'Emma', pages: 400 }
  const film = { __typename: 'Film', id: '2', title: 'Playtime', minutes: 124 }

  it('adds the fields of an interface object to every type of the interface', async () => {
    const { data } = await media().ask('{ all { title stars ... on Film { minutes actors } ... on Book { pages } } }')

    expect(data.all).toEqual([
      { title: 'Emma', stars: 1, pages: 400 },
      { title: 'Playtime', stars: 2, minutes: 124, actors: ['Buster'] },
    ])
  })

  it('asks for the real type of an interface object only where the client wants to know more', async () => {
    const { ask } = media()

    expect(await ask('{ best { stars id } }')).toMatchObject({ data: { best: { stars: 5, id: '2' } }, errors: [] })
    const more = await ask('{ best { __typename title stars ... on Film { actors } } }')
    expect(more.data).toEqual({ best: { __typename: 'Film', title: 'Playtime', stars: 5, actors: ['Buster'] } })
  })

  it('answers unions, fragments on them and on interfaces, and __typename everywhere', async () => {
    const { data } = await media().ask(`
      { __typename any { __typename kind: __typename ...F ... on Media { title } } }
      fragment F on Thing { ... on Film { x: minutes actors } ... on Book { x: pages } }`)

    expect(data).toEqual({
      __typename: 'Query',
      any: [
        { __typename: 'Film', kind: 'Film', x: 124, actors: ['Buster'], title: 'Playtime' },
        null,
        { __typename: 'Book', kind: 'Book', x: 400, title: 'Emma' },
      ],
    })
  })
})

describe('the root', () => {
  const counting = (name: string, log: string[]) => ({
    sdl: `type Query { ${name}: String shared: Shared @shareable } type Shared @shareable { id: ID ${name}Part: String }
      type Mutation { ${name}Do(n: Int!): Int }`,
    resolvers: {
      Query: { [name]: () => name, shared: () => ({ id: 's', [`${name}Part`]: name }) },
      Mutation: {
        [`${name}Do`]: async (_: any, { n }: any) => {
          await new Promise((resolve) => setTimeout(resolve, 5 - n))
          log.push(`${name}${n}`)
          return n
        },
      },
    },
  })

  it('asks several subgraphs for parts of one shared root field', async () => {
    const { data, fetches } = await federation({ a: counting('a', []), b: counting('b', []) }).ask(
      '{ shared { aPart bPart id } a b }',
    )

    expect(data).toEqual({ shared: { aPart: 'a', bPart: 'b', id: 's' }, a: 'a', b: 'b' })
    expect(fetches).toHaveLength(2)
  })

  it('runs mutations one after the other, in the order of the client', async () => {
    const log: string[] = []
    const { data } = await federation({ a: counting('a', log), b: counting('b', log) }).ask(
      'mutation { one: aDo(n: 1) two: bDo(n: 2) three: aDo(n: 3) four: aDo(n: 4) }',
    )

    expect(log).toEqual(['a1', 'b2', 'a3', 'a4'])
    expect(Object.keys(data)).toEqual(['one', 'two', 'three', 'four'])
  })

  it('goes on with the next mutation after one whose subgraph did not answer', async () => {
    const log: string[] = []
    const { data, errors } = await federation({ a: counting('a', log), b: counting('b', log) }).ask(
      'mutation { one: aDo(n: 1) two: bDo(n: 2) }',
      {
        answer: ({ subgraph }) => {
          if (subgraph === 'a') throw new ApiError('TIMEOUT', 'Late.')
        },
      },
    )

    expect(log).toEqual(['b2'])
    expect(data).toEqual({ one: null, two: 2 })
    expect(errors).toEqual([{ path: ['one'], code: 'TIMEOUT' }])
  })

  it('answers introspection beside data, with fragments, aliases and variables, and asks nobody for it', async () => {
    const { data, fetches } = await federation({ a: counting('a', []), b: counting('b', []) }).ask(
      `query Q($name: String!, $skip: Boolean!) { a ...S mine: __type(name: $name) { name fields { name } }
          __schema @skip(if: $skip) { types { name } } }
        fragment S on Query { __schema @include(if: true) { queryType { ...T } } }
        fragment T on __Type { named: name __typename }`,
      { variables: { name: 'Shared', skip: true } },
    )

    expect(data).toEqual({
      a: 'a',
      __schema: { queryType: { named: 'Query', __typename: '__Type' } },
      mine: { name: 'Shared', fields: [{ name: 'id' }, { name: 'aPart' }, { name: 'bPart' }] },
    })
    expect(fetches).toHaveLength(1)
    expect((await federation({ a: counting('a', []) }).ask('{ __schema { queryType { name } } }')).fetches).toEqual([])
  })

  it('answers introspection wherever the query type stands, below mutations and in lists as well', async () => {
    const { ask } = federation({
      a: {
        sdl: `type Query { a: Int again: [Query!]! } type Mutation { add: Added } type Added { query: Query! }`,
        resolvers: { Query: { again: () => [{}, {}] }, Mutation: { add: () => ({ query: {} }) } },
      },
      b: { sdl: 'type Query { b: Int }', resolvers: { Query: { b: () => 2 } } },
    })
    const added = await ask(
      `mutation Add($name: String!) { add { query { b again { ...Asked } ...Asked } } }
        fragment Asked on Query { asked: __type(name: $name) { name } asked: __type(name: $name) { kind } }`,
      { variables: { name: 'Added' } },
    )
    const alone = await ask('{ again { again { __schema { mutationType { name } } } } }')

    const asked = { name: 'Added', kind: 'OBJECT' }
    expect(added).toMatchObject({
      data: { add: { query: { b: 2, again: [{ asked }, { asked }], asked } } },
      errors: [],
    })
    const again = Array(2).fill({ __schema: { mutationType: { name: 'Mutation' } } })
    expect(alone).toMatchObject({ data: { again: [{ again }, { again }] }, errors: [] })
    expect([...added.fetches, ...alone.fetches].filter(({ query }) => query.includes('__schema'))).toEqual([])
  })
})

describe('variables', () => {
  const echo = () =>
    federation({
      a: {
        sdl: `type Query { echo(text: String = "field", in: In): String } input In { a: Int = 1 b: [In!] c: String }`,
        resolvers: { Query: { echo: (_: any, args: any) => JSON.stringify(args) } },
      },
    })

  it.each([
    ['omitted', {}, '{"text":"field"}'],
    ['null', { t: null }, '{"text":null}'],
    ['given', { t: 'x' }, '{"text":"x"}'],
  ])('sends one that is %s as it is', async (_how, variables, expected) => {
    const { data } = await echo().ask('query ($t: String) { echo(text: $t) }', { variables })

    expect(data.echo).toBe(expected)
  })

  it('fills in defaults of the operation, and those inside input objects, and leaves null null', async () => {
    const query =
      'query ($t: String = "own", $i: In, $c: String) { echo(text: $t, in: $i) x: echo(in: { b: [{ c: $c }] }) }'
    const { data } = await echo().ask(query, { variables: { i: { b: [{ a: null }, {}] } } })

    expect(JSON.parse(data.echo)).toEqual({ text: 'own', in: { a: 1, b: [{ a: null }, { a: 1 }] } })
    expect(JSON.parse(data.x)).toEqual({ text: 'field', in: { a: 1, b: [{ a: 1 }] } })
  })

  it('may be called what JavaScript calls its own', async () => {
    const query = 'query ($constructor: String, $__proto__: In) { echo(text: $constructor, in: $__proto__) }'

    expect((await echo().ask(query)).data.echo).toBe('{"text":"field"}')
    expect((await echo().ask(query, { variables: { constructor: 'x' } })).data.echo).toBe('{"text":"x"}')
  })

  it('refuses those that do not fit, before anything is asked', async () => {
    const asked = echo().ask('query ($i: In!) { echo(in: $i) }', { variables: { i: { a: 'x', d: 1 } } })

    await expect(asked).rejects.toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }, { extensions: { code: 'BAD_USER_INPUT' } }],
    })
  })
})

describe('@fromContext', () => {
  const shops = () =>
    federation({
      shops: {
        sdl: `type Query { shop: Shop shops: [Shop!] fair: Fair }
          type Shop @key(fields: "id") @context(name: "place") { id: ID! currency: String best: Ware wares: [Ware] deep: Deep }
          type Fair @context(name: "place") { money: Money best: Ware }
          type Money { name: String }
          type Deep { wares: [[Ware]] }
          type Ware @key(fields: "id") {
            id: ID! price(in: String @fromContext(field: "$place ... on Shop { currency } ... on Fair { money { name } }")): String
          }`,
        resolvers: {
          Query: {
            shop: () => shop('NOK'),
            shops: () => [shop('EUR'), shop(null), shop('EUR')],
            fair: () => ({ money: { name: 'USD' }, best: { id: 1 } }),
          },
          Ware: {
            __resolveReference: ({ id }: any) => ({ id }),
            price: ({ id }: any, { in: currency }: any) => `${id} ${currency}`,
          },
        },
      },
      other: { sdl: `type Query { x: Int } type Ware @key(fields: "id") { id: ID! x: Int }` },
    })
  const shop = (currency: string | null) => ({
    id: currency,
    currency,
    best: { id: 1 },
    wares: [{ id: 1 }, null, { id: 2 }],
    deep: { wares: [[{ id: 3 }]] },
  })

  it('gives each entity the value of the object that it stands in', async () => {
    const { data, fetches } = await shops().ask(
      '{ shops { best { price } wares { p: price } } fair { best { price } } }',
    )

    const priced = (currency: unknown) => ({
      best: { price: `1 ${currency}` },
      wares: [{ p: `1 ${currency}` }, null, { p: `2 ${currency}` }],
    })
    expect(data).toEqual({ shops: [priced('EUR'), priced(null), priced('EUR')], fair: { best: { price: '1 USD' } } })
    expect(
      representationsOf(fetches, 'shops')
        .map(({ length }) => length)
        .sort(),
    ).toEqual([1, 1, 1, 2, 2])
  })

  it('goes up through objects and lists of lists, whatever the client calls its fields', async () => {
    const { data } = await shops().ask('{ shop { currency: id deep { id: wares { currency: price } } } }')

    expect(data).toEqual({ shop: { currency: 'NOK', deep: { id: [[{ currency: '3 NOK' }]] } } })
  })
})
