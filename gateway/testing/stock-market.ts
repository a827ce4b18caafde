// For tests: a supergraph in which a subgraph answers a subscription itself, with the server of graphql-ws. Companies are
// owned by another subgraph.
import { EventEmitter, on } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeServices } from '@apollo/composition'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { GraphQLError, graphql, parse } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { gatewayConfig } from '../../platform/config.ts'
import { makeLog } from '../../platform/log.ts'
import { startGateway } from '../index.ts'
import type { FetchLimits } from '../subgraph-client/subgraph-client.ts'
import { portOf } from './films.ts'

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", "@authenticated", "@requiresScopes"])`

const stocksSdl = `${link}
  type Query { price(symbol: ID!): Int }
  type Subscription {
    traded(symbol: ID!, lots: Int = 1): Trade
    tradedFor(account: ID!): Trade! @authenticated
    delisted: Trade
  }
  type Trade { cents: Int! lots: Int! failing: Int by: String company: Company }
  type Company @key(fields: "id", resolvable: false) { id: ID! }
`
const companiesSdl = `${link}
  type Query { company(id: ID!): Company }
  type Company @key(fields: "id") {
    id: ID! name: String! whoAsks: String
    secret: String @requiresScopes(scopes: [["insider"]])
  }
`

/** The stocks as they could tell more: their subgraph knows how already. */
const stocksWithNamesSdl = stocksSdl.replace(/(resolvable: false\) \{ id: ID!) \}/, '$1 name: String! @shareable }')

/** What happened in the subgraph of the stocks, in order. */
export type MarketEvent = 'connect' | 'subscribe' | 'complete' | 'disconnect'

export async function stockMarket(
  env: Readonly<Record<string, string>> = {},
  { fetchLimits, socketPath = '/graphql' }: { fetchLimits?: FetchLimits; socketPath?: string } = {},
) {
  const trades = new EventEmitter().setMaxListeners(0)
  const seen: MarketEvent[] = []
  const upgrades: IncomingHttpHeaders[] = []
  const subscribed: { query: string; variables?: Record<string, unknown> | null }[] = []
  const fetches: { query: string; headers: IncomingHttpHeaders }[] = []
  let whileFetching: (headers: IncomingHttpHeaders) => Promise<void> = async () => {}
  /** What the subgraph says to subscribers in place of subscribing. */
  let refusal: GraphQLError | null = null

  const followed = (topic: string) => on(trades, topic, { close: [`end ${topic}`] })

  const stocksSchema = buildSubgraphSchema([
    {
      typeDefs: parse(stocksWithNamesSdl),
      resolvers: {
        Query: { price: () => 100 },
        Subscription: {
          traded: {
            subscribe: (_: unknown, { symbol }: { symbol: string }) => followed(symbol),
            resolve: ([trade]: [object], { lots }: { lots: number }) => ({ ...trade, lots }),
          },
          tradedFor: { subscribe: () => followed('account'), resolve: ([trade]: [object]) => ({ ...trade, lots: 1 }) },
          delisted: {
            subscribe: () => {
              throw new GraphQLError('There is none.', { extensions: { code: 'NOT_FOUND' } })
            },
          },
        },
        Trade: {
          failing: () => {
            throw new GraphQLError('No.', { extensions: { code: 'CONFLICT' } })
          },
        },
      } as never,
    },
  ])
  const companiesSchema = buildSubgraphSchema([
    {
      typeDefs: parse(companiesSdl),
      resolvers: {
        Company: {
          __resolveReference: ({ id }: { id: string }) => ({ id, name: id.toUpperCase(), secret: `secret of ${id}` }),
          whoAsks: (_: unknown, _args: unknown, headers: IncomingHttpHeaders) =>
            headers['x-tributary-identity'] ?? null,
        },
      } as never,
    },
  ])

  const stocks = await serve(stocksSchema)
  const companies = await serve(companiesSchema, async (query, headers) => {
    fetches.push({ query, headers })
    await whileFetching(headers)
  })
  const sockets = new WebSocketServer({ server: stocks, path: socketPath })
  sockets.on('connection', (_socket, request) => void upgrades.push(request.headers))
  useServer(
    {
      schema: stocksSchema,
      onConnect: () => void seen.push('connect'),
      onSubscribe: (_context, _id, payload) => {
        seen.push('subscribe')
        subscribed.push(payload)
        if (refusal) return [refusal]
      },
      onComplete: () => void seen.push('complete'),
      onDisconnect: () => void seen.push('disconnect'),
    },
    sockets,
  )

  const folder = await mkdtemp(join(tmpdir(), 'stocks-'))
  const file = join(folder, 'supergraph.graphql')
  const supergraph = (changed: { stocks?: string; companies?: string } = {}) =>
    compose({
      stocks: { port: portOf(stocks), sdl: changed.stocks ?? stocksSdl },
      companies: { port: portOf(companies), sdl: changed.companies ?? companiesSdl },
    })
  await writeFile(file, supergraph())
  const gateway = await startGateway(gatewayConfig({ PORT: '0', SUPERGRAPH: file, ...env }), {
    log: makeLog('test', 'silent'),
    pubsub: null,
    fetchLimits,
  })

  return {
    url: gateway.url,
    stocksSdl,
    stocksWithNamesSdl,
    companiesSdl,
    file,
    supergraph,
    stocks,
    companies,
    sockets,
    seen,
    /** The headers that sockets were opened with. */
    upgrades,
    /** What the subgraph was asked to follow. */
    subscribed,
    /** What the other subgraph was asked. */
    fetches,
    count: (event: MarketEvent) => seen.filter((each) => each === event).length,
    trade: (topic: string, cents: number, more: object = {}) =>
      void trades.emit(topic, { cents, company: { __typename: 'Company', id: 'acme', name: 'ACME' }, ...more }),
    end: (topic: string) => void trades.emit(`end ${topic}`),
    refuse: (error: GraphQLError | null) => (refusal = error),
    /** What comes before the other subgraph answers; when it throws, there is no answer. */
    beforeAnswers: (wait: typeof whileFetching) => (whileFetching = wait),
    async close() {
      await gateway.close()
      for (const socket of sockets.clients) socket.terminate()
      for (const server of [stocks, companies]) {
        server.closeAllConnections()
        server.close()
      }
      await rm(folder, { recursive: true })
    },
  }
}

/** @param subgraphs by name */
function compose(subgraphs: Readonly<Record<string, { port: number; sdl: string }>>): string {
  const { supergraphSdl, errors } = composeServices(
    Object.entries(subgraphs).map(([name, { port, sdl }]) => ({
      name,
      url: `http://127.0.0.1:${port}/graphql`,
      typeDefs: parse(sdl),
    })),
  )
  if (errors) throw new Error(errors.join('\n'))
  return supergraphSdl
}

async function serve(
  schema: GraphQLSchema,
  onQuery: (query: string, headers: IncomingHttpHeaders) => Promise<void> = async () => {},
): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => void answer())

    async function answer() {
      const body = Buffer.concat(chunks).toString()
      if (body === '') return response.writeHead(404).end()
      const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> }
      try {
        await onQuery(query, request.headers)
      } catch {
        return response.writeHead(500).end()
      }
      const result = await graphql({
        schema,
        source: query,
        variableValues: variables,
        contextValue: request.headers,
      })
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(result))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
