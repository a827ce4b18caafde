import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from './errors.ts'
import type { EventFeed } from './event-feed.ts'
import { feedUrl } from './events.ts'
import type { FeedRequest } from './events.ts'
import { ANONYMOUS, identitySigner } from './identity.ts'
import type { Identity } from './identity.ts'
import { makeLog } from './log.ts'
import { serveSubgraph } from './subgraph.ts'
import type { RunningSubgraph, SubgraphOptions } from './subgraph.ts'

const secret = 'a secret of at least thirty-two characters'
const previousSecret = 'the secret of before, of at least thirty-two'

const typeDefs = `
  type Query {
    whoAsks: String
    requestId: String
    echo(text: String!): String
    slow: String
    fails: String
    isRefused: String
    boundless: String!
  }
  type Mutation { echo(text: String!): String }
`

let slowBegun = 0
const resolvers = {
  Query: {
    whoAsks: (_root: unknown, _args: unknown, { identity }: Context) => identity.subject,
    requestId: (_root: unknown, _args: unknown, { requestId }: Context) => requestId,
    echo: (_root: unknown, { text }: { text: string }) => text,
    slow: () => {
      slowBegun += 1
      return sleep(200, 'done')
    },
    fails: () => {
      throw new Error('the password of the database is x')
    },
    isRefused: () => {
      throw new ApiError('FORBIDDEN', 'Not for you.')
    },
  },
  Mutation: { echo: (_root: unknown, { text }: { text: string }) => text },
}

interface Context {
  readonly identity: Identity
  readonly requestId: string
}

const open: RunningSubgraph[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((subgraph) => subgraph.close()))
})

describe('a subgraph', () => {
  it('answers operations signed by the gateway', async () => {
    const { ask, lines } = await start()
    expect(await ask({ query: '{ whoAsks }' })).toEqual({ status: 200, body: { data: { whoAsks: 'ada' } } })
    const named = {
      query: 'query A { a: echo(text: "a") } query B($t: String!) { b: echo(text: $t) }',
      operationName: 'B',
    }
    expect((await ask({ ...named, variables: { t: 'x' } })).body).toEqual({ data: { b: 'x' } })
    expect((await ask({ query: 'mutation { echo(text: "m") }', variables: null })).body).toEqual({
      data: { echo: 'm' },
    })
    expect(lines('answered an operation')).toMatchObject([
      { level: 'debug', operationName: null, operationType: 'query', errors: 0 },
      { operationName: 'B' },
      { operationType: 'mutation' },
    ])
  })

  it('takes signatures under the current and the previous secret', async () => {
    const { ask } = await start()
    const signed = identitySigner(previousSecret)({ identity: ANONYMOUS, clientAddress: null }, 'things')
    expect((await ask({ query: '{ whoAsks }' }, { 'x-tributary-identity': signed })).status).toBe(200)
  })

  it('refuses everybody else before it reads what they send', async () => {
    const { url, ask } = await start()
    const elsewhere = identitySigner(secret)({ identity: ANONYMOUS, clientAddress: null }, 'others')
    const unknown = identitySigner('x'.repeat(32))({ identity: ANONYMOUS, clientAddress: null }, 'things')
    for (const header of ['', 'forged', elsewhere, unknown]) {
      const { status, body } = await ask({ query: '{' }, { 'x-tributary-identity': header })
      expect({ status, codes: codesOf(body) }).toEqual({ status: 401, codes: ['UNAUTHENTICATED'] })
    }
    // Not even that it is no JSON, or too long, is noticed.
    const unsigned = await fetch(url, { method: 'POST', body: '{'.repeat(5 * 1024 * 1024) })
    expect(unsigned.status).toBe(401)
  })

  it('serves further routes to whoever signs as the gateway does, and to nobody else', async () => {
    const { url, sign } = await start({
      signedRoutes: (routes) => void routes.post('/secrets', async ({ body }) => ({ told: body })),
    })
    const post = (headers: Record<string, string>) =>
      fetch(new URL('/secrets', url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"of":"ada"}',
      })
    expect((await post({})).status).toBe(401)
    expect((await post({ 'x-tributary-identity': 'forged' })).status).toBe(401)
    expect(await (await post(sign())).json()).toEqual({ told: { of: 'ada' } })
  })

  it.each<[string, unknown, string]>([
    ['that does not parse', { query: '{ whoAsks' }, 'GRAPHQL_PARSE_FAILED'],
    ['that does not fit the schema', { query: '{ weather }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['that is not there', { query: '{ whoAsks }', operationName: 'B' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['without text', { variables: {} }, 'BAD_REQUEST'],
    ['with variables that are none', { query: '{ whoAsks }', variables: [] }, 'BAD_REQUEST'],
    ['with a name that is none', { query: '{ whoAsks }', operationName: 1 }, 'BAD_REQUEST'],
    ['in an array', [{ query: '{ whoAsks }' }], 'BAD_REQUEST'],
    ['in a body that is no JSON', '{"query"', 'BAD_REQUEST'],
    ['in a body that would change prototypes', '{"query":"{ whoAsks }","__proto__":{}}', 'BAD_REQUEST'],
  ])('refuses an operation %s', async (_what, request, code) => {
    const { ask } = await start()
    const { status, body } = await ask(request)
    expect({ status, codes: codesOf(body) }).toEqual({ status: 400, codes: [code] })
    expect(body).not.toHaveProperty('data')
  })

  it('refuses bodies that are too long or of another kind', async () => {
    const { ask } = await start()
    expect((await ask({ query: '{ whoAsks }', variables: { t: 'x'.repeat(4 * 1024 * 1024) } })).status).toBe(413)
    expect((await ask('query=a', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415)
  })

  it('answers wrong variables with 200 and BAD_USER_INPUT, which passes through the gateway', async () => {
    const { ask } = await start()
    const { status, body } = await ask({ query: 'query($t: String!) { echo(text: $t) }', variables: { t: 1 } })
    expect({ status, codes: codesOf(body) }).toEqual({ status: 200, codes: ['BAD_USER_INPUT'] })
  })

  it('shows errors meant for clients and masks all others', async () => {
    const { ask, lines, text } = await start()
    const { status, body } = await ask({ query: 'query Q { isRefused fails }' }, { 'x-request-id': 'abc-123' })
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        data: { isRefused: null, fails: null },
        errors: [
          { message: 'Not for you.', path: ['isRefused'], extensions: { code: 'FORBIDDEN' } },
          {
            message: expect.not.stringContaining('password') as string,
            path: ['fails'],
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'abc-123' },
          },
        ],
      },
    })
    expect(lines('an operation failed')).toMatchObject([
      { level: 'error', requestId: 'abc-123', operationName: 'Q', path: ['fails'] },
    ])
    expect(text()).not.toContain(secret)
  })

  it('answers with null data when what may not be null fails', async () => {
    const { ask } = await start()
    const { status, body } = await ask({ query: '{ boundless }' })
    expect({ status, data: body.data, codes: codesOf(body) }).toEqual({
      status: 200,
      data: null,
      codes: ['INTERNAL_SERVER_ERROR'],
    })
  })

  it('masks its own failure, with 500', async () => {
    const { ask, lines } = await start({
      makeContext: () => {
        throw new Error('no context')
      },
    })
    const { status, body } = await ask({ query: '{ whoAsks }' })
    expect({ status, codes: codesOf(body) }).toEqual({ status: 500, codes: ['INTERNAL_SERVER_ERROR'] })
    expect(lines('an operation failed')).toHaveLength(1)
  })

  it('takes the id of a request from the gateway, as long as it can stand in a log', async () => {
    const { ask } = await start()
    const idFor = async (id: string) =>
      (await ask({ query: '{ requestId }' }, { 'x-request-id': id })).body.data?.requestId
    expect(await idFor('0195c9a1-5f2e.7_c:3b')).toBe('0195c9a1-5f2e.7_c:3b')
    for (const id of ['', 'a b', 'a"b', 'x'.repeat(129)]) expect(await idFor(id)).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('is served at POST /graphql and nowhere else', async () => {
    const { url } = await start()
    expect((await fetch(url)).status).toBe(404)
    expect((await fetch(new URL('/', url))).status).toBe(404)
  })

  it('passes the error up when its port is taken', async () => {
    const { url } = await start()
    await expect(start({ port: Number(new URL(url).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('the events of a subgraph', () => {
  const page = { head: 9, upTo: 9, gap: false, events: [{ position: 9, channels: ['a'], event: { n: 1 } }] }

  it('are read again by gateways, which ask as they are told to', async () => {
    const asked: FeedRequest[] = []
    const { url, sign } = await start({ events: { read: async (request) => (asked.push(request), page) } })
    const requests: FeedRequest[] = [
      { after: 0, channels: null, limit: 1 },
      { after: null, channels: null, limit: 1 },
      { after: 2 ** 53 - 1, channels: ['public'], limit: 1_000 },
      { after: 7, channels: ['item:1,2', 'a&b=c', 'ö "x"', '100%', ''], limit: 500 },
    ]

    for (const request of requests) {
      const response = await fetch(feedUrl(url, request), { headers: sign() })
      expect({ status: response.status, body: (await response.json()) as unknown }).toEqual({ status: 200, body: page })
    }
    expect(asked).toEqual(requests)
  })

  it('come in pages of 500 unless asked otherwise', async () => {
    const asked: FeedRequest[] = []
    const { url, sign } = await start({ events: { read: async (request) => (asked.push(request), page) } })
    await fetch(new URL('/events?after=3', url), { headers: sign() })
    expect(asked).toEqual([{ after: 3, channels: null, limit: 500 }])
  })

  it.each([
    'after=',
    'after=-1',
    'after=1.5',
    'after=1e3',
    'after=9007199254740992',
    'after=1&after=2',
    'after=1&limit=0',
    'after=1&limit=1001',
    'after=1&limit=all',
    `after=1${'&channels=a'.repeat(101)}`,
  ])('are not told for the question "%s"', async (query) => {
    const { url, sign } = await start({ events: { read: () => Promise.reject(new Error('was asked')) } })
    const response = await fetch(new URL(`/events?${query}`, url), { headers: sign() })
    expect({ status: response.status, codes: codesOf((await response.json()) as Answer) }).toEqual({
      status: 400,
      codes: ['BAD_REQUEST'],
    })
  })

  it('are told to nobody but gateways', async () => {
    const { url } = await start({ events: { read: async () => page } })
    const elsewhere = identitySigner(secret)({ identity: ANONYMOUS, clientAddress: null }, 'others')
    for (const headers of [{}, { 'x-tributary-identity': 'forged' }, { 'x-tributary-identity': elsewhere }]) {
      for (const query of ['after=0', 'after=wrong']) {
        const response = await fetch(new URL(`/events?${query}`, url), { headers })
        expect({ status: response.status, codes: codesOf((await response.json()) as Answer) }).toEqual({
          status: 401,
          codes: ['UNAUTHENTICATED'],
        })
      }
    }
  })

  it('mask what fails', async () => {
    const { url, sign, lines } = await start({ events: { read: () => Promise.reject(new Error('password')) } })
    const response = await fetch(new URL('/events?after=0', url), { headers: sign() })
    const body = await response.text()
    expect({ status: response.status, body }).toEqual({ status: 500, body: expect.not.stringContaining('password') })
    expect(lines('an operation failed')).toHaveLength(1)
  })

  it('are nowhere where there are none', async () => {
    const { url, sign } = await start()
    expect((await fetch(new URL('/events?after=0', url), { headers: sign() })).status).toBe(404)
  })
})

describe('the health of a subgraph', () => {
  it('is told to anybody', async () => {
    const { get } = await start()
    for (const path of ['/livez', '/readyz', '/health/db', '/health/cache']) {
      expect(await get(path)).toEqual({ status: 200, body: { status: 'healthy' } })
    }
  })

  it('names what fails, and nothing more', async () => {
    const { get } = await start({
      database: () => Promise.reject(new Error('password')),
      cache: () => Promise.resolve(false),
    })
    const unhealthy = { status: 503, body: { status: 'unhealthy' } }
    expect(await get('/livez')).toMatchObject({ status: 200 })
    expect(await get('/readyz')).toEqual(unhealthy)
    expect(await get('/health/db')).toEqual(unhealthy)
    expect(await get('/health/cache')).toEqual(unhealthy)
  })

  it('is unhealthy while the database keeps it waiting', async () => {
    const { get } = await start({ database: () => new Promise(() => {}) })
    const startedMs = performance.now()
    expect((await get('/health/db')).status).toBe(503)
    expect(performance.now() - startedMs).toBeLessThan(3_000)
  })

  it('is unready as long as the process says so', async () => {
    const { get } = await start({ isReady: () => false })
    expect((await get('/readyz')).status).toBe(503)
    expect((await get('/health/db')).status).toBe(200)
  })
})

describe('the end of a subgraph', () => {
  it('comes after what it was asked is answered', async () => {
    const { ask, close } = await start()
    slowBegun = 0
    const answers = [ask({ query: '{ slow }' }), ask({ query: '{ a: slow }' })]
    await vi.waitFor(() => expect(slowBegun).toBe(2))
    await close()
    for (const { body } of await Promise.all(answers)) expect(Object.values(body.data ?? {})).toEqual(['done'])
    await expect(ask({ query: '{ whoAsks }' })).rejects.toThrow()
  })

  it('does not wait for a client that left', async () => {
    const { url, ask, close } = await start()
    const leaving = new AbortController()
    const asked = ask({ query: '{ slow }' }, {}, leaving.signal)
    await sleep(50)
    leaving.abort()
    await expect(asked).rejects.toThrow()
    const startedMs = performance.now()
    await close()
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    await expect(fetch(url)).rejects.toThrow()
  })

  it('does not wait for connections on which nothing is asked', async () => {
    const { url, ask, close } = await start()
    await ask({ query: '{ whoAsks }' })
    const idle = connect(Number(new URL(url).port), '127.0.0.1')
    await new Promise((resolve) => idle.once('connect', resolve))
    const startedMs = performance.now()
    await close()
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    idle.destroy()
  })
})

async function start(
  options: {
    port?: number
    makeContext?: () => Context
    database?: () => Promise<unknown>
    cache?: () => Promise<boolean>
    isReady?: () => boolean
    events?: EventFeed
    signedRoutes?: SubgraphOptions<Context>['signedRoutes']
  } = {},
) {
  const written: string[] = []
  const log = makeLog('things', 'debug', { write: (line) => void written.push(line) })
  const {
    port = 0,
    makeContext = undefined,
    database = () => Promise.resolve(),
    cache = () => Promise.resolve(true),
    isReady = () => true,
  } = options
  const subgraph = await serveSubgraph<Context>({
    name: 'things',
    typeDefs,
    resolvers,
    makeContext: makeContext ?? (({ identity }, { id }) => ({ identity, requestId: id })),
    config: { host: '127.0.0.1', port, gatewaySecrets: [secret, previousSecret] },
    events: options.events,
    signedRoutes: options.signedRoutes,
    health: { database, cache, isReady },
    log,
  })
  open.push(subgraph)
  const sign = identitySigner(secret)
  const ada = { identity: { ...ANONYMOUS, subject: 'ada' }, clientAddress: null }

  return {
    ...subgraph,
    sign: () => ({ 'x-tributary-identity': sign(ada, 'things') }),
    async ask(request: unknown, headers: Record<string, string> = {}, signal?: AbortSignal) {
      const response = await fetch(subgraph.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-tributary-identity': sign(ada, 'things'), ...headers },
        body: typeof request === 'string' ? request : JSON.stringify(request),
        signal,
      })
      return { status: response.status, body: (await response.json()) as Answer }
    },
    async get(path: string) {
      const response = await fetch(new URL(path, subgraph.url))
      return { status: response.status, body: (await response.json()) as unknown }
    },
    text: () => written.join(''),
    lines: (message: string) =>
      written.map((line) => JSON.parse(line) as { msg: string }).filter(({ msg }) => msg === message),
  }
}

interface Answer {
  readonly data?: Record<string, string> | null
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
}

const codesOf = ({ errors = [] }: Answer) => errors.map(({ extensions }) => extensions.code)
