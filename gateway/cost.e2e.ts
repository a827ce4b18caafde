// What clients see of cost: the estimate where they ask for it, and the refusal of what is too dear, over every transport.
import { createHash } from 'node:crypto'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { filmsGateway } from './testing/films.ts'

interface Result {
  readonly data?: any
  readonly errors?: { readonly extensions: Record<string, unknown> }[]
  readonly extensions?: unknown
}

const query = '{ films(first: 2) { title director { name } } }'
const data = {
  films: [
    { title: 'Metropolis', director: { name: 'FRITZ' } },
    { title: 'Playtime', director: { name: 'JACQUES' } },
  ],
}
const tooDear = '{ films(first: 100) { alike(first: 100) { id } } }'
const cost = { extensions: { cost: true } }

let films: Awaited<ReturnType<typeof filmsGateway>>
beforeAll(async () => {
  films = await filmsGateway()
})
beforeEach(() => void (films.requests.length = 0))
afterAll(() => films.close())

const transports: [string, (request: object) => Promise<Result>][] = [
  ['POST', async (request) => (await post(request)).json() as Promise<Result>],
  ['GET', async (request) => (await get(request)).json() as Promise<Result>],
  ['a WebSocket', async (request) => (await overWebSocket(request)).result],
  ['an event stream', async (request) => streamed(await post(request, 'text/event-stream'))],
  ['an event stream by GET', async (request) => streamed(await get(request, 'text/event-stream'))],
]

describe.each(transports)('over %s', (_transport, ask) => {
  it('an answer tells the estimate of its operation and the most that is answered, where that is asked for', async () => {
    expect(await ask({ query, ...cost })).toEqual({ data, extensions: { cost: { estimate: 4, max: 10_000 } } })
  })

  it.each([
    ['not', {}],
    ['with something else', { extensions: { cost: 'true', other: 1 } }],
  ])('an answer tells nothing where it is asked for %s', async (_how, asking) => {
    expect(await ask({ query, ...asking })).toEqual({ data })
  })

  it('so does the refusal of an operation that costs more, of which nothing is fetched', async () => {
    const { data, errors, extensions } = await ask({ query: tooDear, ...cost })

    expect(data ?? null).toBeNull()
    expect(errors!.map(({ extensions }) => extensions)).toEqual([
      { code: 'OPERATION_TOO_COMPLEX', limit: 'cost', max: 10_000, measure: 10_100 },
    ])
    expect(extensions).toEqual({ cost: { estimate: 10_100, max: 10_000 } })
    expect(films.requests).toEqual([])
  })

  it('more elements of a list than 100 are refused, with the field that they are asked of', async () => {
    const variables = { n: 101 }
    const { errors } = await ask({ query: 'query ($n: Int!) { films { alike(first: $n) { id } } }', variables })

    expect(errors!.map(({ extensions }) => extensions)).toEqual([
      { code: 'OPERATION_TOO_COMPLEX', limit: 'listSize', max: 100, measure: 101, coordinate: 'Film.alike' },
    ])
    expect(films.requests).toEqual([])
  })
})

it('a refusal has status 400, whatever the client accepts', async () => {
  for (const accept of ['application/json', 'application/graphql-response+json', '*/*']) {
    expect((await post({ query: tooDear }, accept)).status).toBe(400)
  }
})

it('the estimate follows the variables of each request', async () => {
  const query = 'query ($n: Int! = 1, $all: Boolean!) { films(first: $n) { id director @include(if: $all) { name } } }'
  const estimate = async (variables: object) =>
    ((await (await post({ query, variables, ...cost })).json()) as { extensions: { cost: { estimate: number } } })
      .extensions.cost.estimate

  expect(await estimate({ all: false })).toBe(1)
  expect(await estimate({ all: true })).toBe(2)
  expect(await estimate({ n: 100, all: true })).toBe(200)
})

it('the estimate comes with persisted queries too', async () => {
  const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') }
  await post({ query, extensions: { persistedQuery } })
  const answer = await post({ extensions: { persistedQuery, cost: true } })

  expect(await answer.json()).toEqual({ data, extensions: { cost: { estimate: 4, max: 10_000 } } })
})

describe('a subscription', () => {
  const query = 'subscription { filmChanged(id: "1") { what film { director { name } } } }'
  const event = { filmChanged: { __typename: 'FilmEvent', what: 'RETITLED', film: null } }

  it('tells what an event costs with each, to those who ask for it', async () => {
    const results: [Result[], Result[]] = [[], []]
    const client = connect()
    client.subscribe({ query, ...cost }, { next: (each) => results[0].push(each as Result), error() {}, complete() {} })
    client.subscribe({ query }, { next: (each) => results[1].push(each as Result), error() {}, complete() {} })
    // The protocol does not tell when a subscription has begun: one answer later on the same socket, it has.
    await new Promise<void>((resolve, reject) =>
      client.subscribe({ query: '{ __typename }' }, { next() {}, error: reject, complete: resolve }),
    )

    await films.publish(['film:1'], event)

    const data = { filmChanged: { what: 'RETITLED', film: null } }
    await vi.waitFor(() => expect(results.flat()).toHaveLength(2))
    const position = 'films:1'
    expect(results).toEqual([
      [{ data, extensions: { cost: { estimate: 3, max: 10_000 }, position } }],
      [{ data, extensions: { position } }],
    ])
    await client.dispose()
  })

  it('whose events cost too much is refused', async () => {
    const dear = 'subscription { filmChanged(id: "1") { film { alike(first: 100) { alike(first: 100) { id } } } } }'
    const refused = { code: 'OPERATION_TOO_COMPLEX', limit: 'cost', max: 10_000, measure: 10_102 }
    const overSse = await streamed(await post({ query: dear, ...cost }, 'text/event-stream'))
    const overSocket = await overWebSocket({ query: dear, ...cost })

    expect(overSse).toMatchObject({ errors: [{ extensions: refused }], extensions: { cost: { estimate: 10_102 } } })
    // A socket tells of it as an error, which has no room for more than errors.
    expect(overSocket.errors).toMatchObject([{ extensions: refused }])
  })
})

function post(request: object, accept = 'application/json'): Promise<Response> {
  return fetch(`${films.url}/graphql`, {
    method: 'POST',
    body: JSON.stringify(request),
    headers: { 'content-type': 'application/json', accept },
  })
}

function get(request: object, accept = 'application/json'): Promise<Response> {
  const parameters = Object.entries(request).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  return fetch(`${films.url}/graphql?${new URLSearchParams(parameters)}`, { headers: { accept } })
}

async function streamed(response: Response): Promise<Result> {
  return JSON.parse(/^data: (.+)$/m.exec(await response.text())![1]!) as Result
}

function connect() {
  return createClient({ url: `${films.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 })
}

async function overWebSocket(request: object): Promise<{ result: Result; errors?: unknown }> {
  const client = connect()
  let result: Result = {}
  try {
    await new Promise<void>((resolve, reject) =>
      client.subscribe(request as { query: string }, {
        next: (each) => void (result = each as Result),
        error: reject,
        complete: resolve,
      }),
    )
    return { result }
  } catch (errors) {
    return { result, errors }
  } finally {
    await client.dispose()
  }
}
