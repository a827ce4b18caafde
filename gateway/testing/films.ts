// For tests: a supergraph of somebody else's, which shares no word with ours. Two subgraphs on real sockets, and events
// without a server, composed anew for each test.
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { composeServices } from '@apollo/composition'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { graphql, parse } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import { gatewayConfig } from '../../platform/config.ts'
import { eventsChannel, readFeedRequest } from '../../platform/events.ts'
import type { FeedPage, FeedRequest, PublishedEvent } from '../../platform/events.ts'
import { makeLog } from '../../platform/log.ts'
import type { Log } from '../../platform/log.ts'
import { makePubSub } from '../../platform/pubsub.ts'
import { startGateway } from '../index.ts'
import type { FetchLimits } from '../subgraph-client/subgraph-client.ts'

const federation = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])`

const rateLimit = `
    @link(url: "https://specs.tributary.example/rateLimit/v1.0", import: ["@rateLimit"])
    @composeDirective(name: "@rateLimit")
  directive @rateLimit(max: Int!, windowS: Int!, by: [rateLimit__Key!]!) on FIELD_DEFINITION
  enum rateLimit__Key { IP }
`
const filmsSdl = `
  ${federation('"@key", "@authenticated", "@listSize", "@composeDirective"')} ${rateLimit}
  type Query {
    films(first: Int = 10): [Film!] @listSize(slicingArguments: ["first"])
    film(id: ID!): Film
    secret: String @authenticated
  }
  type Mutation {
    rename(id: ID!, title: String!): Film
    vote(id: ID!): Film @rateLimit(max: 5, windowS: 60, by: [IP])
    applaud: Int @rateLimit(max: 100, windowS: 3600, by: [IP])
  }
  type Film @key(fields: "id") {
    id: ID! title: String! director: Person
    alike(first: Int! = 5): [Film!] @listSize(slicingArguments: ["first"])
  }
  type Person @key(fields: "id", resolvable: false) { id: ID! }
`
const peopleSdl = `
  ${federation('"@key"')}
  type Query { people: [Person!]! }
  type Person @key(fields: "id") { id: ID! name: String! whoAsks: String }
`
const eventsSdl = `
  ${federation('"@key", "@composeDirective"')}
    @link(url: "https://specs.tributary.example/events/v1.0", import: ["@channel"])
    @composeDirective(name: "@channel") ${rateLimit}
  directive @channel(name: String!, source: String!, when: String) repeatable on FIELD_DEFINITION
  type Subscription {
    filmChanged(id: ID!): FilmEvent @channel(name: "film:{args.id}", source: "films")
    myFilms: FilmEvent @channel(name: "viewer:{identity.sub}", source: "films")
    premiere: FilmEvent @channel(name: "premiere", source: "films") @rateLimit(max: 2, windowS: 60, by: [IP])
  }
  type FilmEvent { what: String! film: Film }
  type Film @key(fields: "id", resolvable: false) { id: ID! }
`

export interface SubgraphRequest {
  readonly subgraph: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly headers: IncomingHttpHeaders
}

/** Everything is closed by `close`, which every test calls in the end. */
export async function filmsGateway(
  env: Readonly<Record<string, string>> = {},
  { fetchLimits, log = makeLog('test', 'silent') }: { fetchLimits?: FetchLimits; log?: Log } = {},
) {
  const titles = new Map([
    ['1', 'Metropolis'],
    ['2', 'Playtime'],
  ])
  const directors: Record<string, string> = { '1': 'fritz', '2': 'jacques' }
  const film = (id: string) =>
    titles.has(id)
      ? { __typename: 'Film', id, title: titles.get(id), director: { __typename: 'Person', id: directors[id] } }
      : null
  const requests: SubgraphRequest[] = []

  const written: PublishedEvent[] = []
  const feed = ({ after, channels, limit }: FeedRequest): FeedPage => {
    const head = written.length
    if (after === null || after >= head) return { head, upTo: head, gap: after !== null && after > head, events: [] }
    const rest = written.filter(({ position }) => position > after)
    const events = rest.filter((event) => !channels || event.channels.some((name) => channels.includes(name)))
    const page = events.slice(0, limit)
    return { head, upTo: page.length < limit ? head : page.at(-1)!.position, gap: false, events: page }
  }

  const films = await listen('films', filmsSdl, requests, feed, {
    Query: {
      films: (_: unknown, { first }: { first: number }) => [...titles.keys()].slice(0, first).map(film),
      film: (_: unknown, { id }: { id: string }) => film(id),
      secret: () => 'x',
    },
    Mutation: {
      rename: (_: unknown, { id, title }: { id: string; title: string }) => {
        titles.set(id, title)
        return film(id)
      },
      vote: (_: unknown, { id }: { id: string }) => film(id),
      applaud: () => 1,
    },
    Film: {
      __resolveReference: ({ id }: { id: string }) => film(id),
      alike: ({ id }: { id: string }) => [...titles.keys()].filter((other) => other !== id).map(film),
    },
  })
  const people = await listen('people', peopleSdl, requests, null, {
    Query: { people: () => [] },
    Person: {
      __resolveReference: ({ id }: { id: string }) => ({ id, name: id.toUpperCase() }),
      whoAsks: (_: unknown, _args: unknown, headers: IncomingHttpHeaders) => headers['x-tributary-identity'] ?? null,
    },
  })

  const folder = await mkdtemp(join(tmpdir(), 'films-'))
  const file = join(folder, 'supergraph.graphql')
  await writeFile(file, compose(filmsSdl))
  const pubsub = makePubSub({ redisUrl: null, log })
  const gateway = await startGateway(gatewayConfig({ PORT: '0', SUPERGRAPH: file, ...env }), {
    log,
    pubsub,
    fetchLimits,
  })

  function compose(sdlOfFilms: string): string {
    const { supergraphSdl, errors } = composeServices([
      { name: 'films', url: `http://127.0.0.1:${portOf(films)}/graphql`, typeDefs: parse(sdlOfFilms) },
      { name: 'people', url: `http://127.0.0.1:${portOf(people)}/graphql`, typeDefs: parse(peopleSdl) },
      { name: 'events', url: 'gateway:events', typeDefs: parse(eventsSdl) },
    ])
    if (errors) throw new Error(errors.join('\n'))
    return supergraphSdl
  }

  return {
    url: gateway.url,
    /** What the subgraphs were asked, in order. */
    requests,
    films,
    people,
    file,
    /** A supergraph in which films have a year. */
    supergraphWithYear: () => compose(filmsSdl.replace('director: Person', 'director: Person year: Int')),
    /** Writes an event to the log of the films, and sends it as a publisher would unless it is to be lost. */
    async publish(channels: string[], event: Record<string, unknown>, { isLost = false } = {}) {
      const published = { position: written.length + 1, channels, event }
      written.push(published)
      if (!isLost) await pubsub.publish(eventsChannel('films'), published)
    },
    /** Tells how far the log is, as a publisher does every second. */
    publishHead: () => pubsub.publish(eventsChannel('films'), { head: written.length }),
    async ask(query: string, headers: Record<string, string> = {}, variables?: Record<string, unknown>) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      })
      const { data, errors } = (await response.json()) as {
        data?: any
        errors?: { message: string; path?: (string | number)[]; extensions: { code: string } }[]
      }
      return {
        status: response.status,
        headers: response.headers,
        data,
        errors,
        codes: errors?.map((error) => error.extensions.code),
      }
    },
    async close() {
      await gateway.close()
      await pubsub.close()
      for (const server of [films, people]) {
        server.closeAllConnections()
        server.close()
      }
      await rm(folder, { recursive: true })
    },
  }
}

async function listen(
  name: string,
  sdl: string,
  requests: SubgraphRequest[],
  feed: ((request: FeedRequest) => FeedPage) | null,
  resolvers: object,
): Promise<Server> {
  const schema: GraphQLSchema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }])
  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      const url = new URL(request.url!, 'http://films')
      const asked = feed && url.pathname === '/events' ? readFeedRequest(feedQuery(url)) : null
      if (asked === null || typeof asked === 'string') response.writeHead(404).end()
      else response.end(JSON.stringify(feed!(asked)))
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { query, variables } = JSON.parse(Buffer.concat(chunks).toString()) as {
        query: string
        variables: Record<string, unknown>
      }
      requests.push({ subgraph: name, query, variables, headers: request.headers })
      void graphql({ schema, source: query, variableValues: variables, contextValue: request.headers }).then(
        (result) => {
          response.setHeader('content-type', 'application/json')
          response.end(JSON.stringify(result))
        },
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function feedQuery({ searchParams }: URL): Record<string, unknown> {
  const names = searchParams.getAll('channels')
  return { ...Object.fromEntries(searchParams), ...(names.length > 0 && { channels: names }) }
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}
