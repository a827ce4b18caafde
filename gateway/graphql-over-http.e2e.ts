// GraphQL over HTTP: which request gets which status, media type and code. And: no request, however odd, is our fault.
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { filmsGateway } from './testing/films.ts'

const graphqlJson = 'application/graphql-response+json'
const title = '{ film(id: "1") { title } }'

let films: Awaited<ReturnType<typeof filmsGateway>>
beforeAll(async () => {
  films = await filmsGateway()
})
afterAll(() => films.close())

describe('a document that cannot be answered is 400, and 200 for clients that know application/json alone', () => {
  it.each([
    ['does not parse', { query: '{' }, 'GRAPHQL_PARSE_FAILED', 200],
    ['is empty of operations', { query: 'fragment F on Film { id }' }, 'OPERATION_RESOLUTION_FAILURE', 400],
    ['asks for an unknown field', { query: '{ nope }' }, 'GRAPHQL_VALIDATION_FAILED', 200],
    ['lacks a variable', { query: 'query($id: ID!) { film(id: $id) { id } }' }, 'BAD_USER_INPUT', 200],
    ['has no operation of that name', { query: title, operationName: 'Other' }, 'OPERATION_RESOLUTION_FAILURE', 400],
    [
      'leaves open which operation',
      { query: 'query A { a: __typename } query B { __typename }' },
      'OPERATION_RESOLUTION_FAILURE',
      400,
    ],
    ['is over a limit', { query: `{ ${'a '.repeat(2_000)} }` }, 'OPERATION_TOO_COMPLEX', 400],
    [
      'is over two limits',
      { query: `{ ${Array.from({ length: 31 }, (_, n) => `a${n}: film(id: 1) { id }`).join()} }` },
      'OPERATION_TOO_COMPLEX',
      400,
    ],
    ['is a subscription', { query: 'subscription { myFilms { what } }' }, 'BAD_REQUEST', 400],
  ])('%s', async (_what, body, code, statusOfJson) => {
    const [modern, legacy, both, neither] = await Promise.all([
      post(body, { accept: graphqlJson }),
      post(body, { accept: 'application/json' }),
      post(body, { accept: `${graphqlJson}, application/json;q=0.9` }),
      post(body),
    ])

    expect(modern).toMatchObject({ status: 400, mediaType: graphqlJson, data: undefined })
    expect(legacy).toMatchObject({ status: statusOfJson, mediaType: 'application/json' })
    expect(both).toMatchObject({ status: 400, mediaType: graphqlJson })
    expect(neither).toMatchObject({ status: 400, mediaType: 'application/json' })
    for (const { codes } of [modern, legacy, both, neither]) expect(new Set(codes)).toEqual(new Set([code]))
  })
})

it.each([
  ['application/json', 'application/json'],
  [graphqlJson, graphqlJson],
  ['*/*', 'application/json'],
  ['application/*;q=0.5', 'application/json'],
  [`${graphqlJson}, application/json;q=0.9`, graphqlJson],
  [`text/html, application/json;q=0.9`, 'application/json'],
])('answers whoever accepts %s with %s in UTF-8', async (accept, mediaType) => {
  const answer = await post({ query: title }, { accept })

  expect(answer).toMatchObject({ status: 200, mediaType, data: { film: { title: 'Metropolis' } } })
  expect(answer.headers.get('content-type')).toMatch(/charset=utf-8/)
})

describe('a request that is none of GraphQL is refused before anything runs', () => {
  const json = { 'content-type': 'application/json' }
  const rename = JSON.stringify({ query: 'mutation { rename(id: "2", title: "Changed") { title } }' })
  it.each<[string, RequestInit, number]>([
    ['text/plain', { body: rename, headers: { 'content-type': 'text/plain' } }, 415],
    [
      'a form',
      { body: 'query=%7B__typename%7D', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
    ],
    ['a multipart form', { body: form({ query: title }) }, 415],
    ['no content type', { body: new Blob([rename]) }, 415],
    ['another charset', { body: rename, headers: { 'content-type': 'application/json; charset=utf-16' } }, 415],
    ['a compressed body', { body: gzipSync(rename), headers: { ...json, 'content-encoding': 'gzip' } }, 415],
    [
      'a body that swells to more than its bound',
      { body: gzipSync(' '.repeat(10_000_000) + rename), headers: { ...json, 'content-encoding': 'gzip' } },
      415,
    ],
    ['a body over 256 KiB', { body: rename.padEnd(256 * 1024 + 1), headers: json }, 413],
    ['an answer that nobody makes', { body: rename, headers: { ...json, accept: 'text/html' } }, 406],
    ['an answer that is not wanted', { body: rename, headers: { ...json, accept: 'application/json;q=0' } }, 406],
    ['no body', { headers: json }, 400],
    ['no JSON', { body: '{"query', headers: json }, 400],
    ['null', { body: 'null', headers: json }, 400],
    ['a string', { body: '"{ __typename }"', headers: json }, 400],
    ['an array of operations', { body: `[${rename}]`, headers: json }, 400],
    ['no query', { body: '{"variables":{}}', headers: json }, 400],
    ['a query that is no string', { body: '{"query":{"kind":"Document"}}', headers: json }, 400],
    ['variables that are a list', { body: '{"query":"{ __typename }","variables":[]}', headers: json }, 400],
    ['variables that are text', { body: '{"query":"{ __typename }","variables":"{}"}', headers: json }, 400],
    ['extensions that are text', { body: '{"query":"{ __typename }","extensions":"{}"}', headers: json }, 400],
    [
      'an operation name that is a number',
      { body: '{"query":"{ __typename }","operationName":1}', headers: json },
      400,
    ],
    [
      'a body that would change prototypes',
      { body: '{"query":"{ __typename }","__proto__":{"a":1}}', headers: json },
      400,
    ],
    ['PUT', { method: 'PUT', body: rename, headers: json }, 405],
    ['DELETE', { method: 'DELETE' }, 405],
  ])('%s', async (_what, init, status) => {
    films.requests.length = 0
    const answer = await send('', { method: 'POST', ...init })

    expect(answer.status).toBe(status)
    expect(answer.codes).toEqual(['BAD_REQUEST'])
    expect(films.requests).toEqual([])
  })

  it('says how it may be done', async () => {
    const compressed = await send('', {
      method: 'POST',
      body: gzipSync(rename),
      headers: { ...json, 'content-encoding': 'gzip' },
    })
    const put = await send('', { method: 'PUT', body: rename, headers: json })

    expect(compressed.headers.get('accept-encoding')).toBe('identity')
    expect(put.headers.get('allow')).toBe('GET, POST')
  })
})

it('keeps a refused name of an operation apart from the same document without it', async () => {
  const query = '# kept\n{ film(id: "1") { id } }'
  for (const operationName of ['', '\n# kept']) {
    const posing = { query: operationName === '' ? query : '{ film(id: "1") { id } }', operationName }
    expect(await post(posing)).toMatchObject({ status: 400, codes: ['OPERATION_RESOLUTION_FAILURE'] })
    expect(await post({ query })).toMatchObject({ status: 200, data: { film: { id: '1' } } })
    expect(await post(posing)).toMatchObject({ status: 400, codes: ['OPERATION_RESOLUTION_FAILURE'] })
  }
})

it('takes a body of exactly 256 KiB, and UTF-8 under any spelling', async () => {
  const body = JSON.stringify({ query: title }).padEnd(256 * 1024)
  for (const type of ['application/json', 'application/json;charset=UTF-8', 'Application/JSON; charset="utf-8"']) {
    expect((await send('', { method: 'POST', body, headers: { 'content-type': type } })).status).toBe(200)
  }
})

describe('over GET', () => {
  const get = (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
    send(`?${new URLSearchParams(parameters)}`, { headers })

  it('answers queries, with variables as JSON', async () => {
    const query = 'query One($id: ID!) { film(id: $id) { title } }'

    expect(await get({ query, operationName: 'One', variables: '{"id":"2"}' })).toMatchObject({
      status: 200,
      data: { film: { title: 'Playtime' } },
    })
  })

  it('runs no mutation as an event stream either', async () => {
    films.requests.length = 0
    const answer = await get(
      { query: 'mutation { rename(id: "2", title: "Changed") { title } }' },
      { accept: 'text/event-stream' },
    )

    expect(answer).toMatchObject({ status: 405, codes: ['BAD_REQUEST'] })
    expect(answer.headers.get('allow')).toBe('POST')
    expect(films.requests).toEqual([])
  })

  it.each([
    ['a mutation', { query: 'mutation { rename(id: "2", title: "Changed") { title } }' }, 405],
    ['variables that are no JSON', { query: title, variables: '{' }, 400],
    ['variables that are a list', { query: title, variables: '[]' }, 400],
    ['no query', { operationName: 'A' }, 400],
  ])('refuses %s', async (_what, parameters, status) => {
    films.requests.length = 0
    const answer = await get(parameters as Record<string, string>)

    expect(answer).toMatchObject({ status, codes: ['BAD_REQUEST'] })
    expect(films.requests).toEqual([])
  })
})

describe('automatic persisted queries', () => {
  const extensions = (sha256Hash: unknown, version: unknown = 1) => ({ persistedQuery: { version, sha256Hash } })
  const hashOf = (query: string) => createHash('sha256').update(query).digest('hex')

  it('are asked for once, then known by their hash alone, over POST and GET', async () => {
    const query = '{ film(id: "1") { title id } }'
    const persisted = extensions(hashOf(query))

    expect(await post({ extensions: persisted })).toMatchObject({ codes: ['PERSISTED_QUERY_NOT_FOUND'] })
    expect(await post({ query, extensions: persisted })).toMatchObject({ status: 200, codes: undefined })
    const byGet = await send(`?extensions=${encodeURIComponent(JSON.stringify(persisted))}`, {})
    for (const answer of [await post({ extensions: persisted }), byGet]) {
      expect(answer).toMatchObject({ status: 200, data: { film: { title: 'Metropolis', id: '1' } } })
    }
  })

  it.each([
    ['a hash of something else', { query: title, extensions: extensions(hashOf('{ films { id } }')) }],
    ['a hash that is no text', { query: title, extensions: extensions({ a: 1 }) }],
    ['another version', { query: title, extensions: extensions(hashOf(title), 2) }],
    ['nothing of what is needed', { query: title, extensions: { persistedQuery: true } }],
  ])('are refused with %s, and not kept', async (_what, body) => {
    expect(await post(body)).toMatchObject({ status: 400, codes: ['BAD_REQUEST'] })
    expect(await post({ extensions: extensions(hashOf('{ films { id } }')) })).toMatchObject({
      codes: ['PERSISTED_QUERY_NOT_FOUND'],
    })
  })

  it('are forgotten, the oldest first, when strangers send more than is kept', async () => {
    const register = async (query: string) => {
      await post({ query, extensions: extensions(hashOf(query)) })
      return extensions(hashOf(query))
    }
    const first = await register('{ __typename first: __typename }')
    // The bound is 8 MiB of text: 40 documents that are mostly comment push out what was there.
    for (let n = 0; n < 40; n++) await register(`{ __typename } # ${'x'.repeat(240_000)}${n}`)
    const last = await register('{ __typename last: __typename }')

    expect(await post({ extensions: first })).toMatchObject({ codes: ['PERSISTED_QUERY_NOT_FOUND'] })
    expect(await post({ extensions: last })).toMatchObject({ status: 200, data: { last: 'Query' } })
  })
})

describe('an operation over a limit is refused alike, whatever carries it', () => {
  const chain = Array.from({ length: 100 }, (_, n) => `fragment F${n} on Query { ${`...F${n + 1} `.repeat(5)} }`).join(
    ' ',
  )
  const cases: [string, string, string][] = [
    ['tokens', `{ a(b: ${'['.repeat(50_000)}) }`, 'tokens'],
    ['depth', `{ films { director ${'{ a '.repeat(14)}${'}'.repeat(14)} } }`, 'depth'],
    ['aliases', `{ films { ${Array.from({ length: 31 }, (_, n) => `a${n}: id`).join(' ')} } }`, 'aliases'],
    ['root fields', `{ ${'films { id } '.repeat(21)} }`, 'rootFields'],
    ['directives', `{ films ${'@include(if: true) '.repeat(51)} { id } }`, 'directives'],
    ['cost', '{ films(first: 100) { alike(first: 100) { id } } }', 'cost'],
    ['elements of a list', '{ films(first: 101) { id } }', 'listSize'],
    ['a bomb of fragments', `{ ...F0 } ${chain} fragment F100 on Query { __typename }`, 'selections'],
    [
      'a subscription',
      `subscription { myFilms { ${Array.from({ length: 31 }, (_, n) => `a${n}: what`).join(' ')} } }`,
      'aliases',
    ],
    [
      'a subscription whose events would cost too much',
      'subscription { myFilms { film { alike(first: 100) { alike(first: 100) { id } } } } }',
      'cost',
    ],
  ]

  it.each(cases)('%s', async (_what, query, limit) => {
    films.requests.length = 0
    const startedAt = performance.now()
    const overHttp = query.startsWith('subscription') ? null : await post({ query })
    const overSse = await send('', {
      method: 'POST',
      body: JSON.stringify({ query }),
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    })
    const overWebSocket = await errorsOverWebSocket(query)
    const tookMs = performance.now() - startedAt

    if (overHttp) expect(overHttp.status).toBe(400)
    const streamed = JSON.parse(/^data: (.+)$/m.exec(overSse.text)![1]!) as { errors: ShownError[] }
    for (const errors of [overHttp?.errors ?? streamed.errors, streamed.errors, overWebSocket]) {
      expect(errors.map(({ extensions }) => extensions.code)).toContain('OPERATION_TOO_COMPLEX')
      const found = errors.find(({ extensions }) => extensions.limit === limit)!
      if (limit !== 'tokens') expect(found.extensions.measure).toBeGreaterThan(found.extensions.max!)
    }
    expect(films.requests).toEqual([])
    expect(tookMs).toBeLessThan(1_000) // three requests and a socket
  })

  it('also when the variables are nested too deeply', async () => {
    const body = `{"query":${JSON.stringify(title)},"variables":{"v":${'['.repeat(60_000)}${']'.repeat(60_000)}}}`

    const answer = await send('', { method: 'POST', body, headers: { 'content-type': 'application/json' } })

    expect(answer).toMatchObject({ status: 400, codes: ['OPERATION_TOO_COMPLEX'] })
  })
})

describe('no request is answered with 5xx', () => {
  const random = seeded(20_261_121)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  const many = (count: number, text: () => string) =>
    Array.from({ length: Math.floor(random() * count) }, text).join('')
  const bytes = (count: number) =>
    Buffer.from(Array.from({ length: Math.floor(random() * count) }, () => Math.floor(random() * 256)))
  const words =
    'query mutation subscription fragment F on Film Query { } { } { } ( ) [ ] : ! $ $id @ @include @skip if id films film title director name __typename __schema __type types ... ... = "x" """y""" 1 -1.5e9 true null a: b: , # \n \u0000 é 💥'.split(
      ' ',
    )
  const documents = [
    title,
    'query One($id: ID! = "1") { film(id: $id) { ...F } } fragment F on Film { title director { name } }',
    'mutation { rename(id: "2", title: "x") { id } }',
    'subscription { filmChanged(id: 1) { what film { title } } }',
    '{ __schema { types { name fields { name type { name } } } } }',
  ]
  const soup = () => many(30, () => `${pick(words)} `)
  const damaged = () => {
    const text = pick(documents)
    const at = Math.floor(random() * text.length)
    return text.slice(0, at) + pick(words) + text.slice(at + Math.floor(random() * 4))
  }
  const value = (depth = 0): unknown =>
    pick([
      () => null,
      () => random() * 1e308,
      () => many(8, () => pick(words)),
      () => (depth < 4 ? [value(depth + 1), value(depth + 1)] : true),
      () => (depth < 4 ? { [pick(words)]: value(depth + 1), id: value(depth + 1) } : -0),
    ])()
  const operation = () =>
    JSON.stringify(
      pick([
        () => ({ query: soup() }),
        () => ({ query: damaged(), variables: value() }),
        () => ({ query: pick(documents), operationName: value(), variables: { id: value() }, extensions: value() }),
        value,
      ])(),
    )
  const accepts = [
    '*/*',
    'application/json',
    graphqlJson,
    'text/event-stream',
    'text/event-stream, application/json',
    ';',
    'a/b;q=x',
    '',
  ]
  const types = [
    'application/json',
    'application/json; charset=utf-8',
    'application/json; charset=',
    'text/plain',
    ';',
    'multipart/form-data',
  ]

  it('to random bytes', async () => {
    const statuses = await answered(150, () =>
      send('', { method: 'POST', body: bytes(400), headers: { 'content-type': 'application/json' } }),
    )
    expect(statuses.filter((status) => status < 400)).toEqual([])
  })

  it('to random documents, variables and names', async () => {
    const statuses = await answered(400, () =>
      send('', {
        method: 'POST',
        body: operation(),
        headers: { 'content-type': 'application/json', accept: pick(accepts.slice(0, 3)) },
      }),
    )
    expect(new Set(statuses)).toContain(200)
    expect(new Set(statuses)).toContain(400)
  })

  it('to random headers and query strings', async () => {
    await answered(150, () =>
      send(
        `?${pick([
          () => `query=${encodeURIComponent(damaged())}`,
          () =>
            bytes(60)
              .toString('latin1')
              .replace(/[^!-~]/g, '%'),
          () => `query=${encodeURIComponent(title)}&variables=${encodeURIComponent(JSON.stringify(value()))}`,
        ])()}`,
        {
          headers: { accept: pick(accepts.slice(0, 3)), 'content-type': pick(types) },
          signal: AbortSignal.timeout(5_000),
        },
      ),
    )
    await answered(150, () =>
      send('', {
        method: 'POST',
        body: operation(),
        headers: { accept: pick(accepts.filter((each) => !each.includes('event'))), 'content-type': pick(types) },
      }),
    )
  })

  it('to what is not even HTTP', async () => {
    for (let n = 0; n < 30; n++) {
      const text = await raw(
        Buffer.concat([
          Buffer.from(pick(['', 'POST /graphql HTTP/1.1\r\n', 'GET /%ZZ HTTP/1.1\r\nhost: x\r\n\r\n'])),
          bytes(200),
          Buffer.from('\r\n\r\n'),
        ]),
      )
      expect(text).not.toMatch(/^HTTP\/1\.1 5/)
    }
    expect((await post({ query: title })).status).toBe(200)
  })

  async function answered(count: number, request: () => Promise<Answer>): Promise<number[]> {
    const statuses: number[] = []
    for (let n = 0; n < count; n++) {
      const { status, text } = await request()
      expect(status, text).toBeLessThan(500)
      expect(text).not.toContain('INTERNAL_SERVER_ERROR')
      statuses.push(status)
    }
    return statuses
  }
})

interface ShownError {
  readonly message: string
  readonly extensions: {
    readonly code: string
    readonly limit?: string
    readonly max?: number
    readonly measure?: number
  }
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly mediaType: string
  readonly text: string
  readonly data?: any
  readonly errors?: ShownError[]
  readonly codes?: string[]
}

function post(body: object, headers: Record<string, string> = {}): Promise<Answer> {
  return send('', {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })
}

async function send(search: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(`${films.url}/graphql${search}`, init)
  const text = await response.text()
  const mediaType = (response.headers.get('content-type') ?? '').split(';')[0]!
  const { data, errors } = (/json$/.test(mediaType) ? JSON.parse(text) : {}) as Partial<Answer>
  const codes = errors?.map(({ extensions }) => extensions.code)
  return { status: response.status, headers: response.headers, mediaType, text, data, errors, codes }
}

function errorsOverWebSocket(query: string): Promise<ShownError[]> {
  const client = createClient({
    url: `${films.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  })
  return new Promise<ShownError[]>((resolve, reject) => {
    client.subscribe(
      { query },
      {
        next: ({ errors }) => resolve((errors ?? []) as unknown as ShownError[]),
        error: (errors) => (Array.isArray(errors) ? resolve(errors as ShownError[]) : reject(errors as Error)),
        complete: () => resolve([]),
      },
    )
  }).finally(() => void client.dispose())
}

function raw(request: Buffer): Promise<string> {
  const { hostname, port } = new URL(films.url)
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => socket.write(request))
    socket.setTimeout(300, () => socket.destroy())
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}

function form(fields: Record<string, string>): FormData {
  const data = new FormData()
  for (const [name, field] of Object.entries(fields)) data.set(name, field)
  return data
}

// Mulberry32: the same requests each time.
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
