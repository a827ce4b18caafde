// For tests with the gateway in a process of its own: a supergraph of somebody else's, on one server, that is followed in
// both ways. Quotes are events of a log, sent through Redis as a publisher sends them; trades are a subscription field that
// the subgraph answers itself. What is selected beside them another subgraph owns, so that each event is fetched for.
import { EventEmitter, on } from 'node:events'
import { createServer } from 'node:http'
import { composeServices } from '@apollo/composition'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { graphql, parse } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { eventsChannel, readFeedRequest } from '../../platform/events.ts'
import type { EventMessage, FeedPage, FeedRequest, PublishedEvent } from '../../platform/events.ts'
import { makeLog } from '../../platform/log.ts'
import { makePubSub } from '../../platform/pubsub.ts'
import { portOf } from './films.ts'

const link = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])`
const stub = 'type Listing @key(fields: "symbol", resolvable: false) { symbol: ID! }'
const exchangeSdl = `${link('"@key"')}
  type Query { isOpen: Boolean }
  type Subscription { traded(symbol: ID!): Trade }
  type Trade { nth: Int! listing: Listing }
  ${stub}
`
const registrySdl = `${link('"@key"')}
  type Query { listing(symbol: ID!): Listing }
  type Listing @key(fields: "symbol") { symbol: ID! name: String! }
`
const eventsSdl = `${link('"@key", "@composeDirective"')}
    @link(url: "https://specs.tributary.example/events/v1.0", import: ["@channel"])
    @composeDirective(name: "@channel")
  directive @channel(name: String!, source: String!, when: String) repeatable on FIELD_DEFINITION
  type Subscription { quoted(symbol: ID!): Quote @channel(name: "symbol:{args.symbol}", source: "exchange") }
  type Quote { nth: Int! listing: Listing }
  ${stub}
`

const HEAD_INTERVAL_MS = 1_000

export type Exchange = Awaited<ReturnType<typeof startExchange>>

export async function startExchange(redisUrl: string) {
  const trades = new EventEmitter().setMaxListeners(0)
  const written: PublishedEvent[] = []
  const counts = { fetches: 0, subscriptions: 0 }
  const exchange = buildSubgraphSchema([
    {
      typeDefs: parse(exchangeSdl),
      resolvers: {
        Subscription: {
          traded: {
            subscribe: (_: unknown, { symbol }: { symbol: string }) => on(trades, symbol),
            resolve: ([trade]: [object]) => trade,
          },
        },
      } as never,
    },
  ])
  const registry = buildSubgraphSchema([
    {
      typeDefs: parse(registrySdl),
      resolvers: {
        Listing: { __resolveReference: ({ symbol }: { symbol: string }) => ({ symbol, name: `The ${symbol}` }) },
      } as never,
    },
  ])

  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://exchange')
    const asked = url.pathname === '/events' && readFeedRequest(feedQuery(url))
    if (typeof asked === 'object') return void response.end(JSON.stringify(feed(asked)))
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      if (body === '') return response.end() // asks whether it is there
      counts.fetches += 1
      const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> }
      void graphql({ schema: registry, source: query, variableValues: variables }).then((result) => {
        response.setHeader('content-type', 'application/json').end(JSON.stringify(result))
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sockets = new WebSocketServer({ server, path: '/exchange' })
  const follow = useServer(
    {
      schema: exchange,
      onSubscribe: () => void (counts.subscriptions += 1),
      onComplete: () => void (counts.subscriptions -= 1),
    },
    sockets,
  )

  function feed({ after, channels, limit }: FeedRequest): FeedPage {
    const head = written.length
    if (after === null || after >= head) return { head, upTo: head, gap: false, events: [] }
    const events = written.slice(after).filter((each) => channels?.some((name) => each.channels.includes(name)) ?? true)
    const page = events.slice(0, limit)
    return { head, upTo: page.length < limit ? head : page.at(-1)!.position, gap: false, events: page }
  }

  const pubsub = makePubSub({ redisUrl, log: makeLog('test', 'silent') })
  const send = (message: EventMessage) => pubsub.publish(eventsChannel('exchange'), message)
  const heads = setInterval(() => void send({ head: written.length }), HEAD_INTERVAL_MS)

  return {
    supergraph: compose(`http://127.0.0.1:${portOf(server)}`),
    quote(symbol: string, nth: number): void {
      const quoted = { __typename: 'Quote', nth, listing: { __typename: 'Listing', symbol } }
      written.push({ position: written.length + 1, channels: [`symbol:${symbol}`], event: { quoted } })
      void send(written.at(-1)!)
    },
    trade: (symbol: string, nth: number) => void trades.emit(symbol, { nth, listing: { symbol } }),
    /** What it was asked so far for fields of events. */
    fetches: () => counts.fetches,
    /** Trades that are followed. */
    subscriptions: () => counts.subscriptions,
    /** Open sockets. */
    sockets: () => sockets.clients.size,
    async close() {
      clearInterval(heads)
      await pubsub.close()
      await follow.dispose()
      server.closeAllConnections()
      server.close()
    },
  }
}

function compose(url: string): string {
  const { supergraphSdl, errors } = composeServices([
    { name: 'exchange', url: `${url}/exchange`, typeDefs: parse(exchangeSdl) },
    { name: 'registry', url: `${url}/registry`, typeDefs: parse(registrySdl) },
    { name: 'events', url: 'gateway:events', typeDefs: parse(eventsSdl) },
  ])
  if (errors) throw new Error(errors.join('\n'))
  return supergraphSdl
}

function feedQuery({ searchParams }: URL): Record<string, unknown> {
  const names = searchParams.getAll('channels')
  return { ...Object.fromEntries(searchParams), ...(names.length > 0 && { channels: names }) }
}
