// What the gateway promises over HTTP, on a supergraph that is not ours.
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeLog } from '../platform/log.ts'
import { filmsGateway } from './testing/films.ts'

type Films = Awaited<ReturnType<typeof filmsGateway>>
let films: Films

beforeEach(async () => {
  films = await filmsGateway()
})
afterEach(() => films.close())

it('answers from two subgraphs, asking the second one once for all entities', async () => {
  const { data, status } = await films.ask('{ films { title director { name } } }')

  expect(status).toBe(200)
  expect(data).toEqual({
    films: [
      { title: 'Metropolis', director: { name: 'FRITZ' } },
      { title: 'Playtime', director: { name: 'JACQUES' } },
    ],
  })
  expect(films.requests.map(({ subgraph }) => subgraph)).toEqual(['films', 'people'])
})

it('sends one request id to every subgraph and back to the client', async () => {
  const { headers } = await films.ask('{ films { director { name } } }')

  const ids = new Set(films.requests.map((request) => request.headers['x-request-id']))
  expect([...ids]).toEqual([headers.get('x-request-id')])
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
})

it('sends no identity to subgraphs while it has no secret, and no header of the client', async () => {
  await films.ask('{ films { director { whoAsks } } }', { cookie: 'a=b', 'x-tributary-identity': 'forged' })

  expect(films.requests).toHaveLength(2)
  for (const { headers } of films.requests) {
    expect(headers['x-tributary-identity']).toBeUndefined()
    expect(headers.cookie).toBeUndefined()
  }
})

it('answers in part when a subgraph is gone, with a code and without its address', async () => {
  films.people.closeAllConnections()
  await new Promise((resolve) => films.people.close(resolve))

  const { status, data, errors, codes } = await films.ask('{ films { title director { name } } }')

  expect(status).toBe(200)
  expect(data.films.map((film: { title: string }) => film.title)).toEqual(['Metropolis', 'Playtime'])
  expect(data.films[0].director).toBeNull()
  expect(codes).toEqual(['SUBGRAPH_UNAVAILABLE', 'SUBGRAPH_UNAVAILABLE'])
  expect(errors!.map(({ path }) => path)).toEqual([
    ['films', 0, 'director'],
    ['films', 1, 'director'],
  ])
  expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|people|ECONN/)
})

it.each([
  ['a document that does not parse', '{', 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', '{ nope }', 'GRAPHQL_VALIDATION_FAILED'],
  ['a subscription outside a stream', 'subscription { myFilms { what } }', 'BAD_REQUEST'],
  ['a document of more than 2,000 tokens', `{ ${'a '.repeat(2_000)} }`, 'OPERATION_TOO_COMPLEX'],
])('refuses %s with 400', async (_what, query, code) => {
  const { status, codes } = await films.ask(query)

  expect(status).toBe(400)
  expect(codes).toContain(code)
})

it.each([
  ['a body that is no JSON', '{"query', 400],
  ['an array of operations', '[{"query":"{ __typename }"}]', 400],
  ['a body over 256 KiB', JSON.stringify({ query: '{ __typename }', pad: 'x'.repeat(256 * 1024) }), 413],
])('refuses %s', async (_what, body, status) => {
  const response = await fetch(`${films.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })

  expect(response.status).toBe(status)
})

it('refuses a request that a page elsewhere could make without asking first', async () => {
  const response = await fetch(`${films.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify({ query: '{ __typename }' }),
  })

  expect([400, 415]).toContain(response.status)
})

it('tells a bearer of a token that does not verify so, with 401', async () => {
  const { status, codes } = await films.ask('{ films { title } }', { authorization: 'Bearer a.b.c' })

  expect(status).toBe(401)
  expect(codes).toEqual(['UNAUTHENTICATED'])
  expect(films.requests).toEqual([])
})

it('sends security headers, and no CORS header to origins it does not know', async () => {
  const { headers } = await films.ask('{ __typename }', { origin: 'https://elsewhere.example' })

  expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('access-control-allow-origin')).toBeNull()
})

it('sends the headers of a page with the playground', async () => {
  const { headers } = await fetch(`${films.url}/playground`)

  expect(headers.get('content-security-policy')).toContain("default-src 'self'")
  expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
})

it('opens the playground with a query that runs and asks for nothing that needs a login', async () => {
  const { query } = (await (await fetch(`${films.url}/playground/query.json`)).json()) as { query: string }

  const { data, errors } = await films.ask(query)

  expect(errors).toBeUndefined()
  expect(data.films[0]).toMatchObject({ title: 'Metropolis', director: { name: 'FRITZ' } })
  for (const asset of ['', '/react.js', '/react-dom.js', '/graphiql.js', '/graphiql.css', '/start.js']) {
    const response = await fetch(`${films.url}/playground${asset}`)
    expect(response.status).toBe(200)
    expect((await response.text()).length).toBeGreaterThan(100)
  }
})

it('answers health of its own, and says "unknown" of subgraphs that tell nothing', async () => {
  const status = async (path: string) => (await fetch(films.url + path)).status
  expect([await status('/livez'), await status('/readyz'), await status('/health')]).toEqual([200, 200, 200])

  const all = await (await fetch(`${films.url}/health/all`)).json()

  expect(all).toMatchObject({
    status: 'ok',
    services: { api: { status: 'healthy' }, database: { status: 'unknown' }, cache: { status: 'unknown' } },
    system: {
      uptime: expect.any(Number),
      memory: { used: expect.any(Number), total: expect.any(Number) },
      platform: process.platform,
    },
  })
})

it('takes a client that leaves before a compressed answer for no fault', async () => {
  await films.close()
  const lines: string[] = []
  films = await filmsGateway({}, { log: makeLog('test', 'error', { write: (line) => void lines.push(line) }) })
  const title = 'x'.repeat(50_000)
  const body = JSON.stringify({ query: `mutation { rename(id: "1", title: "${title}") { title } }` })
  const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\naccept-encoding: br\r\ncontent-type: application/json'

  // One of them at the moment in which it is being compressed.
  await Promise.all(
    Array.from({ length: 100 }, async (_, nth) => {
      const leaving = connect(Number(new URL(films.url).port), '127.0.0.1')
      leaving.write(`${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
      await sleep(nth)
      leaving.destroy()
    }),
  )

  expect((await films.ask('{ film(id: "1") { title } }')).data).toEqual({ film: { title } })
  expect(lines).toEqual([])
})

it('ends at once although clients hold connections open, on which nothing was asked or all is answered', async () => {
  const idle = connect(Number(new URL(films.url).port), '127.0.0.1')
  await once(idle, 'connect')
  await films.ask('{ films { title } }') // fetch keeps its connection

  const startedMs = performance.now()
  await films.close()
  expect(performance.now() - startedMs).toBeLessThan(2_000)

  idle.destroy()
  films = await filmsGateway()
})
