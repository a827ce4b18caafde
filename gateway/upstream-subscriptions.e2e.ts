// What the gateway promises of subscription fields that a subgraph answers itself, on a supergraph that is not ours.
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { writeFile } from 'node:fs/promises'
import { GraphQLError } from 'graphql'
import { createClient } from 'graphql-ws'
import type { Client } from 'graphql-ws'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { startIssuer } from './testing/issuer.ts'
import { stockMarket } from './testing/stock-market.ts'

const query = 'subscription { traded(symbol: "ACME") { cents company { name } } }'
const result = (cents: number) => ({ data: { traded: { cents, company: { name: 'ACME' } } } })

let market: Awaited<ReturnType<typeof stockMarket>>
let issuer: Awaited<ReturnType<typeof startIssuer>>
const clients: Client[] = []

beforeEach(async () => {
  issuer = await startIssuer()
  market = await stockMarket({ JWKS_URL: issuer.url, GATEWAY_SECRET: 'a secret of at least 32 characters' })
})
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose()
  await market.close()
  issuer.server.close()
})

describe('what subscribers get', () => {
  it('is what the subgraph sends, with the fields of other subgraphs, in order', async () => {
    const trades = follow(query)
    await isFollowed()

    for (let cents = 1; cents <= 20; cents++) market.trade('ACME', cents)

    await vi.waitFor(() => expect(trades.results).toHaveLength(20))
    expect(trades.results).toEqual(Array.from({ length: 20 }, (_, index) => result(index + 1)))
  })

  it('has aliases, fragments and variables of the client, whose defaults are those of the operation', async () => {
    const trades = follow(
      `subscription Trades($symbol: ID!, $lots: Int = 7, $named: Boolean!) { deal: traded(symbol: $symbol, lots: $lots) { ...Deal } }
       fragment Deal on Trade { price: cents lots id: company { cents: id name @include(if: $named) } }`,
      { variables: { symbol: 'ACME', named: true } },
    )
    await isFollowed()

    market.trade('ACME', 5)

    await vi.waitFor(() =>
      expect(trades.results).toEqual([{ data: { deal: { price: 5, lots: 7, id: { cents: 'acme', name: 'ACME' } } } }]),
    )
    expect(market.subscribed[0]!.variables).toEqual({ symbol: 'ACME' })
  })

  it('comes as an event stream too, without an id, as there is nothing to go on after', async () => {
    const response = await fetch(`${market.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream' },
    })
    await isFollowed()
    market.trade('ACME', 3)
    market.end('ACME')

    const text = await response.text()
    expect(text).toContain(`event: next\ndata: ${JSON.stringify(result(3))}\n\nevent: complete\ndata:\n\n`)
    expect(text).not.toMatch(/^id/m)
  })

  it('has no position from the start either, and is what happens from now on for who brings one of elsewhere', async () => {
    const acknowledged = vi.fn()
    const trades = follow(query, { extensions: { after: 'elsewhere:3' }, onConnected: acknowledged })
    await isFollowed()
    market.trade('ACME', 3)

    await vi.waitFor(() => expect(trades.results).toEqual([result(3)]))
    expect(acknowledged.mock.calls[0]![1]).toBeUndefined()
  })

  it('has the estimate of its cost beside it for those who ask', async () => {
    const trades = follow(query, { extensions: { cost: true } })
    await isFollowed()
    market.trade('ACME', 3)

    await vi.waitFor(() => expect(trades.results).toHaveLength(1))
    expect(trades.results[0]!.extensions).toEqual({ cost: expect.objectContaining({ max: 10_000 }) })
  })

  it('keeps what a field failed with: path of the client and code, of both subgraphs', async () => {
    const trades = follow('subscription { deal: traded(symbol: "ACME") { cents oops: failing company { name } } }')
    await isFollowed()
    market.companies.closeAllConnections()
    market.companies.close()
    market.trade('ACME', 1)

    await vi.waitFor(() => expect(trades.results).toHaveLength(1))
    expect(trades.results[0]).toMatchObject({
      data: { deal: { cents: 1, oops: null, company: null } },
      errors: [
        { path: ['deal', 'oops'], extensions: { code: 'CONFLICT' } },
        { path: ['deal', 'company'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } },
      ],
    })
  })

  it('is told as an error where the subgraph cannot begin, with its code, and the subscription is over', async () => {
    const trades = follow('subscription { delisted { cents } }')

    await vi.waitFor(() => expect(trades.isComplete).toBe(true))
    expect(trades.results).toMatchObject([
      { data: { delisted: null }, errors: [{ path: ['delisted'], extensions: { code: 'NOT_FOUND' } }] },
    ])
  })
})

describe('sharing', () => {
  it('follows once for ten equal subscriptions of one identity, and asks others once for each event', async () => {
    const all = Array.from({ length: 10 }, () => follow(query))
    await isFollowed()
    await Promise.all(all.map(({ isFollowing }) => isFollowing()))
    market.trade('ACME', 1)

    await vi.waitFor(() => expect(all.flatMap(({ results }) => results)).toEqual(Array(10).fill(result(1))))
    expect(market.seen).toEqual(['connect', 'subscribe'])
    expect(market.fetches).toHaveLength(1)
  })

  it('follows apart for two identities, each over its own socket with its own signed identity', async () => {
    const ofWho = 'subscription { traded(symbol: "ACME") { company { whoAsks } } }'
    const all = [follow(ofWho), follow(ofWho, { token: await issuer.token('ada') })]
    await vi.waitFor(() => expect(market.count('subscribe')).toBe(2))
    market.trade('ACME', 1)

    await vi.waitFor(() => expect(all.flatMap(({ results }) => results)).toHaveLength(2))
    const subjects = market.upgrades.map((headers) => subjectOf(headers['x-tributary-identity']))
    expect(subjects.sort()).toEqual(['ada', null])
    expect(all.map(({ results }) => subjectOf(results[0]!.data.traded.company.whoAsks))).toEqual([null, 'ada'])
  })

  it('follows different things of one identity over one socket', async () => {
    const all = ['A', 'B', 'C'].map((symbol) => follow(`subscription { traded(symbol: "${symbol}") { cents } }`))
    await vi.waitFor(() => expect(market.count('subscribe')).toBe(3))
    market.trade('B', 2)

    await vi.waitFor(() => expect(all[1]!.results).toEqual([{ data: { traded: { cents: 2 } } }]))
    expect(all[0]!.results).toEqual([])
    expect(market.count('connect')).toBe(1)
  })

  it('sends no identity and opens one socket for everybody where none is signed', async () => {
    await market.close()
    market = await stockMarket({ JWKS_URL: issuer.url })
    follow(query)
    follow(query, { token: await issuer.token('ada') })
    await vi.waitFor(() => expect(market.count('subscribe')).toBe(2))

    expect(market.count('connect')).toBe(1)
    expect(market.upgrades[0]).not.toHaveProperty('x-tributary-identity')
  })

  it('never has in one answer what another was denied, under load and while fetches fail', async () => {
    const secret = 'subscription { traded(symbol: "ACME") { cents company { name secret } } }'
    const insider = follow(secret, { token: await issuer.token('ada', 60, 'insider') })
    const others = [follow(secret), follow(secret, { token: await issuer.token('bob') })]
    await vi.waitFor(() => expect(market.count('subscribe')).toBe(3))
    let fetches = 0
    market.beforeAnswers(async (headers) => {
      const isOfInsider = subjectOf(headers['x-tributary-identity']) === 'ada'
      if (isOfInsider && ++fetches % 3 === 0) throw new Error('No answer for the insider.')
    })

    for (let cents = 1; cents <= 200; cents++) {
      market.trade('ACME', cents)
      if (cents % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    }

    await vi.waitFor(() => expect([insider, ...others].map(({ results }) => results.length)).toEqual([200, 200, 200]), {
      timeout: 10_000,
    })
    const secrets = new Set(insider.results.map(({ data }) => data.traded.company?.secret as string | undefined))
    expect(secrets).toEqual(new Set(['secret of acme', undefined]))
    for (const { results } of others) {
      for (const { data, errors } of results) {
        expect(data.traded.company).toEqual({ name: 'ACME', secret: null })
        expect(errors).toMatchObject([{ path: ['traded', 'company', 'secret'] }])
      }
    }
  })

  it('serves a hundred clients of ten identities, and leaves nothing behind', async () => {
    const tokens = await Promise.all(Array.from({ length: 10 }, (_, index) => issuer.token(`person ${index}`)))
    const all = Array.from({ length: 100 }, (_, index) => follow(query, { token: tokens[index % 10]! }))
    await Promise.all(all.map(({ isFollowing }) => isFollowing()))
    await vi.waitFor(() => expect(market.count('subscribe')).toBe(10))
    for (let cents = 1; cents <= 10; cents++) market.trade('ACME', cents)

    await vi.waitFor(() => expect(all.every(({ results }) => results.length === 10)).toBe(true), { timeout: 10_000 })
    expect(market.fetches.length).toBeLessThanOrEqual(100) // one for each event and identity, fewer where they join
    for (const { end } of all) end()
    await vi.waitFor(() => expect(market.sockets.clients.size).toBe(0))
    expect(market.count('connect')).toBe(10)
  })
})

describe('the end', () => {
  it('of the last subscriber ends what is followed, the socket with the last of all', async () => {
    const [first, second] = [follow(query), follow(query)]
    const other = follow('subscription { traded(symbol: "B") { cents } }')
    await vi.waitFor(() => expect(market.count('subscribe')).toBe(2))
    await second.isFollowing()

    first.end()
    await first.isFollowing()
    expect(market.count('complete')).toBe(0)
    second.end()
    await vi.waitFor(() => expect(market.count('complete')).toBe(1))
    expect(market.sockets.clients.size).toBe(1)
    other.end()
    await vi.waitFor(() => expect(market.sockets.clients.size).toBe(0))
  })

  it('of a client that is cut off ends what it followed', async () => {
    const leaving = new AbortController()
    await fetch(`${market.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream' },
      signal: leaving.signal,
    })
    await isFollowed()

    leaving.abort()

    await vi.waitFor(() => expect(market.sockets.clients.size).toBe(0))
  })

  it('that the subgraph tells completes every client, after all that came before', async () => {
    const all = [follow(query), follow(query)]
    await isFollowed()
    await all[1]!.isFollowing()
    market.trade('ACME', 1)
    market.end('ACME')

    await vi.waitFor(() => expect(all.every(({ isComplete }) => isComplete)).toBe(true))
    expect(all.map(({ results }) => results)).toEqual([[result(1)], [result(1)]])
  })

  it.each([
    ['an error with a code for clients', new GraphQLError('No.', { extensions: { code: 'FORBIDDEN' } }), 'FORBIDDEN'],
    ['an error without a code', new GraphQLError('postgres://stocks:5432 refused'), 'SUBGRAPH_UNAVAILABLE'],
  ])('by %s is told, then completed', async (_what, error, code) => {
    market.refuse(error)
    const trades = follow(query)

    await vi.waitFor(() => expect(trades.isComplete).toBe(true))
    expect(trades.results).toMatchObject([
      { data: { traded: null }, errors: [{ path: ['traded'], extensions: { code } }] },
    ])
    expect(JSON.stringify(trades.results)).not.toContain('postgres')
  })

  it('of a field that may not be null leaves no data, and one error', async () => {
    market.refuse(new GraphQLError('No.'))
    const trades = follow('subscription { tradedFor(account: 1) { cents } }', { token: await issuer.token('ada') })

    await vi.waitFor(() => expect(trades.isComplete).toBe(true))
    expect(trades.results).toEqual([
      {
        data: null,
        errors: [expect.objectContaining({ path: ['tradedFor'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } })],
      },
    ])
  })

  it('of the connection is told as upstream-lost: an error, then complete; and clients may subscribe again', async () => {
    const trades = follow(query)
    await isFollowed()
    market.trade('ACME', 1)
    await vi.waitFor(() => expect(trades.results).toHaveLength(1))

    for (const socket of market.sockets.clients) socket.terminate()

    await vi.waitFor(() => expect(trades.isComplete).toBe(true))
    expect(trades.results[1]).toMatchObject({
      data: { traded: null },
      errors: [{ path: ['traded'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }],
    })
    const again = follow(query)
    await vi.waitFor(() => expect(market.count('subscribe')).toBe(2))
    market.trade('ACME', 2)
    await vi.waitFor(() => expect(again.results).toEqual([result(2)]))
  })

  it('by a clean closing of the socket is no less told: nobody comes back in silence', async () => {
    const trades = follow(query)
    await isFollowed()

    for (const socket of market.sockets.clients) socket.close(1000)

    await vi.waitFor(() => expect(trades.isComplete).toBe(true))
    expect(trades.results).toMatchObject([{ errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] }])
    expect(market.count('connect')).toBe(1)
  })

  it('comes at once where the subgraph does not listen', async () => {
    await market.close()
    market = await stockMarket({ SUBSCRIPTION_URLS: 'stocks=ws://127.0.0.1:9/nobody' })
    const trades = follow(query)

    await vi.waitFor(() => expect(trades.isComplete).toBe(true))
    expect(trades.results).toMatchObject([{ errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] }])
  })

  it('comes in time where the subgraph takes connections and says nothing', async () => {
    const silent = createServer()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    await market.close()
    const { port } = silent.address() as AddressInfo
    market = await stockMarket({ SUBSCRIPTION_URLS: `stocks=ws://127.0.0.1:${port}/` })
    const trades = follow(query)

    await vi.waitFor(() => expect(trades.isComplete).toBe(true), { timeout: 4_000 })
    expect(trades.results).toMatchObject([{ errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] }])
    silent.close()
  })

  it('comes with an error where more happens than can be answered, and other subscriptions go on', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    const slow = follow(query)
    const quick = follow('subscription { traded(symbol: "ACME") { cents } }')
    await vi.waitFor(() => expect(market.count('subscribe')).toBe(2))
    market.beforeAnswers(() => held)

    for (let cents = 1; cents <= 1_500; cents++) {
      market.trade('ACME', cents)
      if (cents % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    }

    await vi.waitFor(() => expect(market.count('complete')).toBe(1), { timeout: 10_000 })
    release()
    await vi.waitFor(() => expect(slow.isComplete).toBe(true))
    expect(slow.results.at(-1)).toMatchObject({ errors: [{ path: ['traded'], extensions: { code: 'TIMEOUT' } }] })
    await vi.waitFor(() => expect(quick.results).toHaveLength(1_500))
    expect(quick.isComplete).toBe(false)
  })
})

describe('refused before anything is followed', () => {
  it.each([
    [
      'a field that is not for anonymous subscribers',
      'subscription { tradedFor(account: 1) { cents } }',
      'UNAUTHENTICATED',
    ],
    ['variables that do not fit', 'subscription($s: ID!) { traded(symbol: $s) { cents } }', 'BAD_USER_INPUT'],
    ['an unknown field', 'subscription { nope }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('is %s', async (_what, refused, code) => {
    const trades = follow(refused)

    await vi.waitFor(() => expect(trades.errors).toHaveLength(1))
    expect(trades.errors[0]).toMatchObject([{ extensions: { code } }])
    expect(market.seen).toEqual([])
  })
})

describe('a new supergraph', () => {
  it('leaves what is followed where it asks the subgraph the same', async () => {
    const trades = follow(query)
    await isFollowed()

    await swap(
      market.supergraph({ companies: market.companiesSdl.replace('name: String!', 'name: String! place: Int') }),
    )
    market.trade('ACME', 1)

    await vi.waitFor(() => expect(trades.results).toEqual([result(1)]))
    expect(market.seen).toEqual(['connect', 'subscribe'])
  })

  it('follows anew, on the same socket, where the subgraph is to be asked something else', async () => {
    const trades = follow(query)
    await isFollowed()
    const companies = market.companiesSdl.replace('name: String!', 'name: String! @shareable')

    await swap(market.supergraph({ stocks: market.stocksWithNamesSdl, companies }))
    market.trade('ACME', 1)

    await vi.waitFor(() => expect(trades.results).toEqual([result(1)]))
    expect(market.fetches).toEqual([])
    expect(market.seen).toEqual(['connect', 'subscribe', 'subscribe', 'complete'])
  })

  it('ends what does not fit it any more, with an error that says so', async () => {
    const trades = follow(query)
    await isFollowed()

    await swap(market.supergraph({ stocks: market.stocksSdl.replace('cents: Int!', 'euros: Int') }))

    await vi.waitFor(() => expect(trades.isComplete).toBe(true))
    expect(trades.results).toMatchObject([
      { data: null, errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
    ])
    await vi.waitFor(() => expect(market.sockets.clients.size).toBe(0))
  })
})

it('follows at an address of its own where one is set', async () => {
  await market.close()
  const { promise: port, resolve } = Promise.withResolvers<number>()
  const elsewhere = await stockMarket({}, { socketPath: '/live' })
  resolve((elsewhere.stocks.address() as AddressInfo).port)
  market = await stockMarket({ SUBSCRIPTION_URLS: `stocks=ws://127.0.0.1:${await port}/live` })
  const trades = follow(query)
  await vi.waitFor(() => expect(elsewhere.count('subscribe')).toBe(1))
  elsewhere.trade('ACME', 4)

  await vi.waitFor(() => expect(trades.results).toEqual([result(4)]))
  await elsewhere.close()
})

it('ends with the gateway so that clients come back: 1012 and no complete, and nothing is followed any longer', async () => {
  const closed = vi.fn()
  const trades = follow(query, { onClosed: closed })
  await isFollowed()

  await market.close()

  expect(closed.mock.calls[0]![0]).toMatchObject({ code: 1012 })
  expect(trades.results).toEqual([])
  expect(trades.isComplete).toBe(false)
  market = await stockMarket()
})

const isFollowed = () => vi.waitFor(() => expect(market.count('subscribe')).toBe(1))

// The file is looked at twice a second.
async function swap(supergraph: string): Promise<void> {
  await writeFile(market.file, supergraph)
  await new Promise((resolve) => setTimeout(resolve, 1_500))
}

function follow(
  query: string,
  options: {
    token?: string
    variables?: Record<string, unknown>
    extensions?: Record<string, unknown>
    onClosed?: (event: unknown) => void
    onConnected?: (socket: unknown, payload: unknown) => void
  } = {},
) {
  const client = createClient({
    url: `${market.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazyCloseTimeout: 60_000,
    connectionParams: options.token ? { authorization: `Bearer ${options.token}` } : {},
    on: {
      closed: (event) => options.onClosed?.(event),
      connected: (socket, payload) => options.onConnected?.(socket, payload),
    },
  })
  clients.push(client)
  const subscription = {
    results: [] as { data?: any; errors?: unknown; extensions?: unknown }[],
    errors: [] as unknown[],
    isComplete: false,
    end: () => {},
    /** The protocol does not tell when a subscription has begun: one answer later on the same socket, it has. */
    isFollowing: () =>
      new Promise<void>((resolve, reject) => {
        client.subscribe({ query: '{ __typename }' }, { next: () => {}, error: reject, complete: resolve })
      }),
  }
  const { variables, extensions } = options
  subscription.end = client.subscribe(
    { query, variables, extensions },
    {
      next: (result) => subscription.results.push(result as (typeof subscription.results)[number]),
      error: (error) => subscription.errors.push(error),
      complete: () => (subscription.isComplete = true),
    },
  )
  return subscription
}

function subjectOf(identityHeader: unknown): string | null {
  const claims = Buffer.from(String(identityHeader).split('.')[1]!, 'base64url').toString()
  return (JSON.parse(claims) as { identity: { subject: string | null } }).identity.subject
}
