// For tests: a supergraph of somebody else's, which shares no word with ours. Two subgraphs on real sockets, and events
// without a server, composed anew for each test.
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { composeServices } from '@apollo/composition'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { graphql, parse } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import { API_KEY_EXCHANGE_PATH } from '../../platform/account-events.ts'
import type { ApiKeyAnswer, ApiKeyQuestion } from '../../platform/account-events.ts'
import { gatewayConfig } from '../../platform/config.ts'
import { eventsChannel, readFeedRequest } from '../../platform/events.ts'
import type { FeedPage, FeedRequest, PublishedEvent } from '../../platform/events.ts'
import { makeLog } from '../../platform/log.ts'
import type { Log } from '../../platform/log.ts'
import { makePubSub } from '../../platform/pubsub.ts'
import { startGateway } from '../index.ts'
import type { FetchLimits } from '../subgraph-client/subgraph-client.ts'

const HEADS_EVERY_MS = 200

const federation = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])`

const rateLimit = `
    @link(url: "https://specs.tributary.example/rateLimit/v1.0", import: ["@rateLimit"])
    @composeDirective(name: "@rateLimit")
  directive @rateLimit(max: Int!, windowS: Int!, by: [rateLimit__Key!]!) on FIELD_DEFINITION
  enum rateLimit__Key { IP }
`
const events = (imports: string) => `
  extend schema
    @link(url: "https://specs.tributary.example/events/v1.0", import: [${imports}])
    @composeDirective(name: "@public")
  directive @public on FIELD_DEFINITION
`
const filmsSdl = `
  ${federation('"@key", "@authenticated", "@listSize", "@composeDirective"')} ${rateLimit} ${events('"@public"')}
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
    id: ID! title: String! @public director: Person @public
    alike(first: Int! = 5): [Film!] @listSize(slicingArguments: ["first"])
  }
  type Person @key(fields: "id", resolvable: false) { id: ID! }
`
const peopleSdl = `
  ${federation('"@key", "@composeDirective"')} ${events('"@public"')}
  type Query { people: [Person!]! }
  type Person @key(fields: "id") { id: ID! name: String! whoAsks: String @public }
`
const eventsSdl = `
  ${federation('"@key", "@composeDirective"')}
    ${rateLimit} ${events('"@channel", "@public"')}
    extend schema @composeDirective(name: "@channel")
  directive @channel(name: String!, source: String!, when: String) repeatable on FIELD_DEFINITION
  type Subscription {
    filmChanged(id: ID!): FilmEvent @channel(name: "film:{args.id}", source: "films")
    myFilms: FilmEvent @channel(name: "viewer:{identity.sub}", source: "films") @public
    released: FilmEvent @channel(name: "released", source: "films") @public
    premiere: FilmEvent @channel(name: "premiere", source: "films") @rateLimit(max: 2, windowS: 60, by: [IP])
  }
  type FilmEvent { what: String! @public film: Film @public }
  type Film @key(fields: "id", resolvable: false) { id: ID! }
`

export interface SubgraphRequest {
  readonly subgraph: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly headers: IncomingHttpHeaders
}

export interface FilmsParts {
  readonly fetchLimits?: FetchLimits
  readonly silenceToldMs?: number
  readonly log?: Log
  /** Whether the subgraph of the films cannot be reached at first. */
  readonly isAway?: boolean
  /** Whether the gateway has to be ready before it is handed out. */
  readonly isWaitedFor?: boolean
  /** Whether it is told all the time how far the log is, where the gateway follows revocations. */
  readonly hasHeads?: boolean
}

/** What the subgraph of the films has beside its operations. Tests change it as they go. */
export interface FilmsServer {
  /** Cuts every connection. */
  isAway: boolean
  /** Whose keys are, by their hash. */
  readonly keys: Map<string, ApiKeyAnswer>
  /** What it was asked about keys. */
  readonly keyQuestions: ApiKeyQuestion[]
  /** Instead of an answer about a key. */
  keyStatus: number | null
  /** Sent with each answer to an operation. */
  answerHeaders: Readonly<Record<string, string | string[]>>
  /** What came to `/dev/…`. */
  readonly devRequests: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[]
}

/** Everything is closed by `close`, which every test calls in the end. */
export async function filmsGateway(
  env: Readonly<Record<string, string>> = {},
  {
    fetchLimits,
    silenceToldMs,
    log = makeLog('test', 'silent'),
    isAway = false,
    isWaitedFor = true,
    hasHeads = true,
  }: FilmsParts = {},
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

  const filmsServer: FilmsServer = {
    isAway,
    keys: new Map(),
    keyQuestions: [],
    keyStatus: null,
    answerHeaders: {},
    devRequests: [],
  }
  const films = await listen(
    'films',
    filmsSdl,
    requests,
    { ...noServer(), feed, server: filmsServer },
    {
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
    },
  )
  const people = await listen('people', peopleSdl, requests, noServer(), {
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
    silenceToldMs,
  })
  if (isWaitedFor) await gateway.ready
  // As a publisher does, but more often.
  const heads = setInterval(() => {
    if (!filmsServer.isAway) void pubsub.publish(eventsChannel('films'), { head: written.length })
  }, HEADS_EVERY_MS)
  if (!hasHeads || !('REVOCATIONS_FROM' in env)) clearInterval(heads)

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
    filmsServer,
    people,
    file,
    whenReady: gateway.ready,
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
    /** Removes every event from the log and tells of the head alone, as a log that was restored. */
    restoreLog(head: number) {
      written.splice(head)
    },
    async close() {
      clearInterval(heads)
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
  { feed, server: state }: Behind,
  resolvers: object,
): Promise<Server> {
  const schema: GraphQLSchema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }])
  const server = createServer((request, response) => {
    if (state.isAway) return request.destroy()
    if (request.url!.startsWith('/dev/')) return servePage(state, request, response)
    if (request.url === API_KEY_EXCHANGE_PATH) return exchangeKey(state, request, response)
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
          for (const [name, value] of Object.entries(state.answerHeaders)) response.setHeader(name, value)
          response.end(JSON.stringify(result))
        },
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

interface Behind {
  readonly feed: ((request: FeedRequest) => FeedPage) | null
  readonly server: FilmsServer
}

function noServer(): Behind {
  const server = {
    isAway: false,
    keys: new Map(),
    keyQuestions: [],
    keyStatus: null,
    answerHeaders: {},
    devRequests: [],
  }
  return { feed: null, server }
}

function exchangeKey(state: FilmsServer, request: IncomingMessage, response: ServerResponse): void {
  void text(request).then((body) => {
    const question = JSON.parse(body) as ApiKeyQuestion
    state.keyQuestions.push(question)
    const answer = state.keys.get(question.sha256)
    if (state.keyStatus !== null || !answer) response.writeHead(state.keyStatus ?? 404).end('{"errors":[]}')
    else response.end(JSON.stringify(answer))
  })
}

function servePage(state: FilmsServer, request: IncomingMessage, response: ServerResponse): void {
  void text(request).then((body) => {
    state.devRequests.push({ method: request.method!, url: request.url!, headers: request.headers, body })
    response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': 'a=b', 'x-inside': 'yes' }).end('<p>Mail</p>')
  })
}

function feedQuery({ searchParams }: URL): Record<string, unknown> {
  const names = searchParams.getAll('channels')
  return { ...Object.fromEntries(searchParams), ...(names.length > 0 && { channels: names }) }
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}
