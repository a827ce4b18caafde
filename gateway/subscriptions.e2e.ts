// What the gateway promises of subscriptions, on a supergraph that is not ours: over WebSocket and as event streams.
import { createClient } from 'graphql-ws'
import type { Client } from 'graphql-ws'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { filmsGateway } from './testing/films.ts'
import { startIssuer } from './testing/issuer.ts'

const filmQuery = 'subscription { filmChanged(id: "1") { what film { title director { name } } } }'
const retitled = { filmChanged: { __typename: 'FilmEvent', what: 'RETITLED', film: { __typename: 'Film', id: '1' } } }
const released = { released: { ...retitled.filmChanged, what: 'RELEASED' } }

let films: Awaited<ReturnType<typeof filmsGateway>>
let issuer: Awaited<ReturnType<typeof startIssuer>>
const clients: Client[] = []

beforeEach(async () => {
  issuer = await startIssuer()
  films = await filmsGateway({ JWKS_URL: issuer.url, GATEWAY_SECRET: 'a secret of at least 32 characters' })
})
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose()
  await films.close()
  issuer.server.close()
})

it('answers an event over WebSocket with fields of both subgraphs, as they are now', async () => {
  const events = follow(filmQuery)
  await events.isFollowing()

  await films.ask('mutation { rename(id: "1", title: "Metropolis, restored") { id } }')
  await films.publish(['film:1'], retitled)

  await vi.waitFor(() => expect(events.results).toHaveLength(1))
  expect(events.results[0]).toEqual({
    data: { filmChanged: { what: 'RETITLED', film: { title: 'Metropolis, restored', director: { name: 'FRITZ' } } } },
    extensions: { position: 'films:1' },
  })
})

it('gives aliases, fragments and variables of the client their values', async () => {
  const events = follow(
    `subscription Changes($id: ID!, $withTitle: Boolean!) { change: filmChanged(id: $id) { ...Change } }
     fragment Change on FilmEvent { kind: what film { name: title @include(if: $withTitle) key: id } }`,
    { variables: { id: '1', withTitle: true }, operationName: 'Changes' },
  )
  await events.isFollowing()

  await films.publish(['film:1'], retitled)

  await vi.waitFor(() => expect(events.results).toHaveLength(1))
  expect(events.results[0]).toMatchObject({
    data: { change: { kind: 'RETITLED', film: { name: 'Metropolis', key: '1' } } },
  })
})

it('delivers events of the followed channels only, in order', async () => {
  const events = follow('subscription { filmChanged(id: "1") { what } }')
  await events.isFollowing()

  for (let n = 1; n <= 20; n++) {
    await films.publish([n % 2 ? 'film:1' : 'film:2'], {
      filmChanged: { __typename: 'FilmEvent', what: String(n), film: null },
    })
  }

  await vi.waitFor(() => expect(events.results).toHaveLength(10))
  expect(events.results.map(({ data }) => Number(data.filmChanged.what))).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19])
})

it('resolves an event once for equal subscriptions of one identity, and apart for another identity', async () => {
  const query = 'subscription { filmChanged(id: "1") { film { director { whoAsks } } } }'
  const ada = await issuer.token('ada')
  const all = [follow(query), follow(query), follow(query, { token: ada }), follow(query, { token: ada })]
  for (const events of all) await events.isFollowing()
  films.requests.length = 0

  await films.publish(['film:1'], retitled)

  await vi.waitFor(() => expect(all.flatMap(({ results }) => results)).toHaveLength(4))
  expect(films.requests.map(({ subgraph }) => subgraph).sort()).toEqual(['films', 'films', 'people', 'people'])
  const [anonymous1, anonymous2, ada1, ada2] = all.map(
    ({ results }) => results[0]!.data.filmChanged.film.director.whoAsks as string,
  )
  expect(anonymous2).toBe(anonymous1)
  expect(ada2).toBe(ada1)
  expect(claimsOf(anonymous1!).identity.subject).toBeNull()
  expect(claimsOf(ada1!).identity.subject).toBe('ada')
})

it('resolves an event once for everybody, as nobody in particular, where all that is selected is public', async () => {
  const query =
    'subscription { released { ...Told } } fragment Told on FilmEvent { what film { title director { whoAsks } } }'
  const all = [
    follow(query),
    follow(query, { token: await issuer.token('ada') }),
    follow(query, { token: await issuer.token('bob') }),
  ]
  for (const events of all) await events.isFollowing()
  films.requests.length = 0

  await films.publish(['released'], released)

  await vi.waitFor(() => expect(all.flatMap(({ results }) => results)).toHaveLength(3))
  expect(films.requests.map(({ subgraph }) => subgraph).sort()).toEqual(['films', 'people'])
  for (const { results } of all) {
    const { film } = results[0]!.data.released
    expect(film.title).toBe('Metropolis')
    expect(claimsOf(film.director.whoAsks as string).identity.subject).toBeNull()
  }
})

it.each([
  ['a field that is not public', 'released', 'subscription { released { film { director { name whoAsks } } } }'],
  ['a channel of one person', 'myFilms', 'subscription { myFilms { film { director { whoAsks } } } }'],
])('resolves an event apart for each person where there is %s', async (_, field, query) => {
  const people = ['ada', 'bob']
  const all = await Promise.all(people.map(async (name) => follow(query, { token: await issuer.token(name) })))
  for (const events of all) await events.isFollowing()

  await films.publish(['released', 'viewer:ada', 'viewer:bob'], { [field]: released.released })

  await vi.waitFor(() => expect(all.flatMap(({ results }) => results)).toHaveLength(2))
  expect(
    all.map(({ results }) => claimsOf(results[0]!.data[field].film.director.whoAsks as string).identity.subject),
  ).toEqual(people)
})

it('follows a channel of one person for that person, and refuses it to anonymous subscribers', async () => {
  const query = 'subscription { myFilms { what } }'
  const mine = follow(query, { token: await issuer.token('ada') })
  await mine.isFollowing()
  const anonymous = follow(query)

  await vi.waitFor(() => expect(anonymous.errors).toHaveLength(1))
  expect(anonymous.errors[0]).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
  await films.publish(['viewer:bob'], { myFilms: { __typename: 'FilmEvent', what: 'BOB', film: null } })
  await films.publish(['viewer:ada'], { myFilms: { __typename: 'FilmEvent', what: 'ADA', film: null } })
  await vi.waitFor(() => expect(mine.results).toMatchObject([{ data: { myFilms: { what: 'ADA' } } }]))
})

it('answers an event in part, with code and path, while a subgraph is gone', async () => {
  const events = follow(filmQuery)
  await events.isFollowing()
  films.people.closeAllConnections()
  await new Promise((resolve) => films.people.close(resolve))

  await films.publish(['film:1'], retitled)

  await vi.waitFor(() => expect(events.results).toHaveLength(1))
  expect(events.results[0]!.data.filmChanged.film).toEqual({ title: 'Metropolis', director: null })
  expect(events.results[0]!.errors).toMatchObject([
    { path: ['filmChanged', 'film', 'director'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } },
  ])
})

it.each([
  ['an unknown field', 'subscription { nope }', 'GRAPHQL_VALIDATION_FAILED'],
  [
    'two root fields',
    'subscription { a: filmChanged(id: 1) { what } b: filmChanged(id: 2) { what } }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['only __typename', 'subscription { __typename }', 'GRAPHQL_VALIDATION_FAILED'],
  [
    'a root field that hangs on a variable',
    'subscription($w: Boolean!) { filmChanged(id: 1) @include(if: $w) { what } }',
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['a variable of the wrong type', 'subscription($id: ID!) { filmChanged(id: $id) { what } }', 'BAD_USER_INPUT'],
  ['a document that does not parse', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
])('refuses %s with its code, and the socket goes on', async (_what, query, code) => {
  const client = connect()
  const refused = follow(query, { client })
  await vi.waitFor(() => expect(refused.errors).toHaveLength(1))
  expect(refused.errors[0]).toMatchObject([{ extensions: { code } }])

  const answered = follow('{ film(id: "2") { title } }', { client })
  await vi.waitFor(() => expect(answered.results).toEqual([{ data: { film: { title: 'Playtime' } } }]))
})

it('runs queries and mutations over the socket as over HTTP', async () => {
  const mutation = follow('mutation { rename(id: "2", title: "Trafic") { title director { name } } }')
  await vi.waitFor(() => expect(mutation.isComplete).toBe(true))
  expect(mutation.results).toEqual([{ data: { rename: { title: 'Trafic', director: { name: 'JACQUES' } } } }])

  const broken = follow('{ nope }')
  await vi.waitFor(() => expect(broken.isComplete).toBe(true))
  expect(broken.results[0]!.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }])
})

it('closes a socket whose token does not verify with the code after which clients come back', async () => {
  const closed = vi.fn()
  const client = connect({ token: 'not.a.token', onClosed: closed })
  follow(filmQuery, { client })

  await vi.waitFor(() => expect(closed).toHaveBeenCalled())
  expect(closed.mock.calls[0]![0]).toMatchObject({ code: 4403 })
})

it('closes a socket when its token expires', async () => {
  const closed = vi.fn()
  // jose and the gateway allow 5 s between clocks, and tokens count whole seconds: this one is over in one or two.
  const client = connect({ token: await issuer.token('ada', -3), onClosed: closed })
  const events = follow('subscription { myFilms { what } }', { client })
  await events.isFollowing()

  await vi.waitFor(() => expect(closed).toHaveBeenCalled(), { timeout: 4_000 })
  expect(closed.mock.calls[0]![0]).toMatchObject({ code: 4403, reason: 'Token expired' })
})

it('refuses a socket opened by a page of another origin, and takes one of its own', async () => {
  const status = (origin: string) =>
    new Promise((resolve) => {
      const socket = new WebSocket(socketUrl(), 'graphql-transport-ws', { origin })
      socket.on('open', () => resolve(101)).on('open', () => socket.close())
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode))
      socket.on('error', () => {})
    })

  expect(await status('https://elsewhere.example')).toBe(403)
  expect(await status(films.url)).toBe(101)
})

it('forwards the address of a client on a socket as that of one on HTTP, past the proxies that are trusted', async () => {
  await films.close()
  films = await filmsGateway({
    JWKS_URL: issuer.url,
    GATEWAY_SECRET: 'a secret of at least 32 characters',
    TRUSTED_PROXIES: '127.0.0.1',
  })
  const forwarded = { 'x-forwarded-for': '203.0.113.7' }
  await films.ask('{ people { name } }', forwarded)
  const socket = new WebSocket(socketUrl(), 'graphql-transport-ws', { headers: forwarded })
  socket.on('open', () => socket.send('{"type":"connection_init"}'))
  socket.on('message', (message) => {
    if (String(message).includes('connection_ack')) {
      socket.send('{"type":"subscribe","id":"1","payload":{"query":"{ people { name } }"}}')
    }
  })

  await vi.waitFor(() => expect(films.requests).toHaveLength(2))
  const addresses = films.requests.map(({ headers }) => claimsOf(String(headers['x-tributary-identity'])).clientAddress)
  expect(addresses).toEqual(['203.0.113.7', '203.0.113.7'])
  socket.close()
})

it('closes a socket that sends a message over 64 KiB', async () => {
  const code = await new Promise((resolve) => {
    const socket = new WebSocket(socketUrl(), 'graphql-transport-ws')
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { pad: 'x'.repeat(70_000) } })),
    )
    socket.on('close', resolve)
  })

  expect(code).toBe(1009)
})

it('serves EventSource: GET, next and complete as events', async () => {
  const stream = await openStream(`${films.url}/graphql?query=${encodeURIComponent(filmQuery)}`, {
    headers: { accept: 'text/event-stream' },
  })

  await films.publish(['film:1'], retitled)

  expect(await stream.next()).toEqual({ id: 'films:0' })
  expect(await stream.next()).toEqual({
    id: 'films:1',
    event: 'next',
    data: {
      data: { filmChanged: { what: 'RETITLED', film: { title: 'Metropolis', director: { name: 'FRITZ' } } } },
      extensions: { position: 'films:1' },
    },
  })
  stream.close()
})

it('serves fetch streams with a token: POST, as urql asks for them', async () => {
  const stream = await openStream(`${films.url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream, multipart/mixed',
      'content-type': 'application/json',
      authorization: `Bearer ${await issuer.token('ada')}`,
    },
    body: JSON.stringify({ query: 'subscription { myFilms { what } }' }),
  })

  await films.publish(['viewer:ada'], { myFilms: { __typename: 'FilmEvent', what: 'NEW', film: null } })

  expect(await stream.next()).toEqual({ id: 'films:0' })
  expect(await stream.next()).toMatchObject({ event: 'next', data: { data: { myFilms: { what: 'NEW' } } } })
  stream.close()
})

it('answers a query as JSON when streams are accepted too, and as a stream when nothing else is', async () => {
  const asks = (accept: string) =>
    fetch(`${films.url}/graphql`, {
      method: 'POST',
      headers: { accept, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ film(id: "1") { title } }' }),
    })

  const json = await asks('application/graphql-response+json, application/json, text/event-stream, multipart/mixed')
  expect(json.headers.get('content-type')).toContain('json')
  const stream = await asks('text/event-stream')
  expect(await stream.text()).toBe(
    'event: next\ndata: {"data":{"film":{"title":"Metropolis"}}}\n\nevent: complete\ndata:\n\n',
  )
})

it('tells of an error on a stream, then completes it', async () => {
  const response = await fetch(
    `${films.url}/graphql?query=${encodeURIComponent('subscription { myFilms { what } }')}`,
    {
      headers: { accept: 'text/event-stream' },
    },
  )

  const text = await response.text()
  expect(text).toContain('"code":"UNAUTHENTICATED"')
  expect(text).toMatch(/event: complete\ndata:\n\n$/)
})

describe('a client that comes back', () => {
  const query = 'subscription { filmChanged(id: "1") { what } }'
  const happened = (what: string) => ({ filmChanged: { __typename: 'FilmEvent', what, film: null } })
  const whats = (events: ReturnType<typeof follow>) =>
    events.results.map(({ data }) => data?.filmChanged.what as string)

  it('gets over WebSocket what it missed, in order and once, and then what comes', async () => {
    const before = follow(query)
    await before.isFollowing()
    await films.publish(['film:1'], happened('A'))
    await vi.waitFor(() => expect(before.results).toHaveLength(1))
    before.end()
    for (const what of ['B', 'C']) await films.publish(['film:1'], happened(what))
    await films.publish(['film:2'], happened('of another'))

    const after = follow(query, { after: before.results[0]!.extensions!.position })
    await after.isFollowing()
    await films.publish(['film:1'], happened('D'))

    await vi.waitFor(() => expect(whats(after)).toEqual(['B', 'C', 'D']))
  })

  it('gets on a stream what it missed after its Last-Event-ID, which it has before any event', async () => {
    const url = `${films.url}/graphql?query=${encodeURIComponent(query)}`
    const before = await openStream(url, { headers: { accept: 'text/event-stream' } })
    const { id } = await before.next()
    before.close()
    await films.publish(['film:1'], happened('MISSED'))

    const after = await openStream(url, { headers: { accept: 'text/event-stream', 'last-event-id': id! } })

    expect(await after.next()).toEqual({ id })
    expect(await after.next()).toMatchObject({ id: 'films:1', data: { data: { filmChanged: { what: 'MISSED' } } } })
    after.close()
  })

  it('has a position from the start of a socket, before anything has happened', async () => {
    const acknowledged = vi.fn()
    const client = connect({ onConnected: acknowledged })
    await follow('{ __typename }', { client }).isFollowing()
    await films.publish(['film:1'], happened('SINCE'))

    const after = follow(query, { after: (acknowledged.mock.calls[0]![1] as { position: string }).position })

    await vi.waitFor(() => expect(whats(after)).toEqual(['SINCE']))
  })

  it('is told that events are missing for good when the log does not know its position', async () => {
    await films.publish(['film:1'], happened('A'))

    const after = follow(query, { after: 'films:9' })

    await vi.waitFor(() =>
      expect(after.results).toEqual([{ data: null, extensions: { position: 'films:1', gap: true } }]),
    )
  })

  it('is refused with a position that is none, and may ask again on the same socket', async () => {
    const client = connect()
    const refused = follow(query, { client, after: 'of somebody else' })

    await vi.waitFor(() => expect(refused.isComplete).toBe(true))
    expect(refused.results).toMatchObject([{ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }])
    await follow(query, { client }).isFollowing()
  })
})

it('misses nothing that was lost on the way, not even the last event before a silence', async () => {
  const events = follow('subscription { filmChanged(id: "1") { what } }')
  await events.isFollowing()
  const happened = (what: string) => ({ filmChanged: { __typename: 'FilmEvent', what, film: null } })

  await films.publish(['film:1'], happened('LOST'), { isLost: true })
  await films.publish(['film:1'], happened('COMES'))
  await films.publish(['film:1'], happened('LAST'), { isLost: true })
  await films.publishHead()

  await vi.waitFor(() =>
    expect(events.results.map(({ data }) => data.filmChanged.what)).toEqual(['LOST', 'COMES', 'LAST']),
  )
})

it('asks the subgraphs nothing for events that nobody follows any more', async () => {
  const events = follow(filmQuery)
  await events.isFollowing()
  events.end()
  const other = follow('subscription { filmChanged(id: "2") { what } }')
  await other.isFollowing()
  films.requests.length = 0

  await films.publish(['film:1'], retitled)
  await films.publish(['film:2'], { filmChanged: { __typename: 'FilmEvent', what: 'LAST', film: null } })

  await vi.waitFor(() => expect(other.results).toHaveLength(1))
  expect(films.requests).toEqual([])
})

const socketUrl = () => `${films.url.replace('http', 'ws')}/graphql`

function connect(
  options: {
    token?: string
    onClosed?: (event: unknown) => void
    onConnected?: (socket: unknown, payload: unknown) => void
  } = {},
): Client {
  const client = createClient({
    url: socketUrl(),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: options.token ? { authorization: `Bearer ${options.token}` } : {},
    on: {
      closed: (event) => options.onClosed?.(event),
      connected: (socket, payload) => options.onConnected?.(socket, payload),
    },
  })
  clients.push(client)
  return client
}

function follow(
  query: string,
  options: {
    token?: string
    client?: Client
    variables?: Record<string, unknown>
    operationName?: string
    after?: string | undefined
  } = {},
) {
  const client = options.client ?? connect(options)
  const results: { data?: any; errors?: unknown; extensions?: { position: string; gap?: true } }[] = []
  const errors: unknown[] = []
  const events = {
    results,
    errors,
    isComplete: false,
    end: () => {},
    /** The protocol does not tell when a subscription has begun: one answer later on the same socket, it has. */
    isFollowing: () =>
      new Promise<void>((resolve, reject) => {
        client.subscribe({ query: '{ __typename }' }, { next: () => {}, error: reject, complete: resolve })
      }),
  }
  const { variables, operationName, after } = options
  events.end = client.subscribe(
    { query, variables, operationName, ...(after !== undefined && { extensions: { after } }) },
    {
      next: (result) => results.push(result as (typeof results)[number]),
      error: (error) => errors.push(error),
      complete: () => (events.isComplete = true),
    },
  )
  return events
}

async function openStream(url: string, init: RequestInit) {
  const response = await fetch(url, init)
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  // The stream is open before the hub follows its channels.
  await new Promise((resolve) => setTimeout(resolve, 100))
  let text = ''
  return {
    async next() {
      while (!text.includes('\n\n')) text += (await reader.read()).value ?? ''
      const end = text.indexOf('\n\n')
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const block = Object.fromEntries(lines.map((line) => line.split(/: (.*)/)))
      return block.data === undefined ? block : { ...block, data: JSON.parse(block.data) as unknown }
    },
    close: () => void reader.cancel(),
  }
}

function claimsOf(identityHeader: string) {
  return JSON.parse(Buffer.from(identityHeader.split('.')[1]!, 'base64url').toString()) as {
    identity: { subject: string | null }
    clientAddress: string | null
  }
}
