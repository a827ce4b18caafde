// The GraphQL-over-SSE protocol in distinct connections mode, sentence by sentence: what is an answer, what is told in it,
// and how it ends. Single connection mode is not offered.
// @see https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { filmsGateway } from '../testing/films.ts'

const subscription = 'subscription { filmChanged(id: "1") { what film { title } } }'
const retitled = (what: string) => ({
  filmChanged: { __typename: 'FilmEvent', what, film: { __typename: 'Film', id: '1' } },
})

let films: Awaited<ReturnType<typeof filmsGateway>>

beforeAll(async () => {
  films = await filmsGateway()
})
beforeEach(() => void (films.requests.length = 0))
afterAll(() => films.close())

describe('an answer', () => {
  it.each([
    ['a query, by GET', get('{ film(id: "1") { title } }')],
    ['a query, by POST', post({ query: '{ film(id: "1") { title } }' })],
    [
      'the operation that is named, with its variables',
      post({
        query: 'query A { __typename } query B($id: ID!) { film(id: $id) { title } }',
        operationName: 'B',
        variables: { id: '1' },
      }),
    ],
  ])('to %s is one result and its completion', async (_what, ask) => {
    const response = await ask()

    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(await response.text()).toBe(
      'event: next\ndata: {"data":{"film":{"title":"Metropolis"}}}\n\nevent: complete\ndata:\n\n',
    )
  })

  it('is kept by nobody on its way', async () => {
    const { headers } = await get('{ __typename }')()

    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-accel-buffering')).toBe('no')
  })

  it.each([
    ['does not parse', { query: 'subscription {' }, 'GRAPHQL_PARSE_FAILED'],
    ['asks for an unknown field', { query: 'subscription { nope }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['lacks a variable', { query: 'subscription($id: ID!) { filmChanged(id: $id) { what } }' }, 'BAD_USER_INPUT'],
    ['has no operation of that name', { query: subscription, operationName: 'B' }, 'OPERATION_RESOLUTION_FAILURE'],
    ['is over a limit', { query: `{ ${'a '.repeat(2_000)} }` }, 'OPERATION_TOO_COMPLEX'],
    ['is a query with an unknown field', { query: '{ nope }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['is not for anonymous subscribers', { query: 'subscription { myFilms { what } }' }, 'UNAUTHENTICATED'],
    [
      'goes on after a position that is none',
      { query: subscription, extensions: { after: 'of nobody' } },
      'BAD_USER_INPUT',
    ],
  ])('to what %s has the errors as a result, and its completion', async (_what, body, code) => {
    const response = await post(body)()

    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const [result, completion, rest] = (await response.text()).split('\n\n')
    expect(result).toMatch(/^event: next\ndata: /)
    const { errors } = JSON.parse(result!.split('data: ')[1]!) as { errors: { extensions: { code: string } }[] }
    expect(errors.map(({ extensions }) => extensions.code)).toContain(code)
    expect([completion, rest]).toEqual(['event: complete\ndata:', ''])
    expect(films.requests).toEqual([])
  })
})

describe('an answer to a subscription', () => {
  it('has a result for each event, in blocks of one line of data whatever is in them', async () => {
    await films.ask(`mutation { rename(id: "1", title: "one\\nother\\r\\u2028data: no") { id } }`)
    const stream = await follow()
    await films.publish(['film:1'], retitled('A'))
    await films.publish(['film:1'], retitled('B'))
    await vi.waitFor(() => expect(stream.blocks()).toHaveLength(3))

    const [first, ...results] = stream.blocks()
    expect(first).toMatch(/^id: films:\d+$/)
    for (const block of results) expect(block).toMatch(/^id: films:\d+\nevent: next\ndata: [^\n\r]+$/)
    const told = results.map((block) => JSON.parse(block.split('data: ').slice(1).join('data: ')) as { data: any })
    expect(told.map(({ data }) => [data.filmChanged.what, data.filmChanged.film.title])).toEqual([
      ['A', 'one\nother\r\u2028data: no'],
      ['B', 'one\nother\r\u2028data: no'],
    ])
    stream.leave()
  })

  it('is over when the client closes the connection: nothing is asked for it any more', async () => {
    const stream = await follow()
    await films.publish(['film:1'], retitled('A'))
    await vi.waitFor(() => expect(stream.blocks()).toHaveLength(2))
    films.requests.length = 0

    stream.leave()
    await vi.waitFor(async () => {
      films.requests.length = 0
      await films.publish(['film:1'], retitled('B'))
      await films.ask('{ films { id } }')
      expect(films.requests).toHaveLength(1)
    })
  })
})

it('is not offered in single connection mode: nothing is reserved, and no operation of a stream is stopped', async () => {
  for (const method of ['PUT', 'DELETE']) {
    const response = await fetch(`${films.url}/graphql?operationId=1`, { method })

    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST'])
  }
})

it('is what a subscription that is sent without accepting it is told of', async () => {
  const { status, errors } = await films.ask(subscription)

  expect(status).toBe(400)
  expect(errors).toMatchObject([
    { message: expect.stringMatching(/WebSocket.*event stream/) as string, extensions: { code: 'BAD_REQUEST' } },
  ])
})

function get(query: string) {
  return () =>
    fetch(`${films.url}/graphql?query=${encodeURIComponent(query)}`, { headers: { accept: 'text/event-stream' } })
}

function post(body: object) {
  const headers = { accept: 'text/event-stream', 'content-type': 'application/json' }
  return () => fetch(`${films.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** A stream that follows its events: its first block says so. */
async function follow() {
  const leaving = new AbortController()
  const response = await fetch(`${films.url}/graphql?query=${encodeURIComponent(subscription)}`, {
    headers: { accept: 'text/event-stream' },
    signal: leaving.signal,
  })
  let text = ''
  void (async () => {
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) text += part
  })().catch(() => {}) // it leaves
  const blocks = () => text.split('\n\n').slice(0, -1)
  await vi.waitFor(() => expect(blocks()).toHaveLength(1))
  return { blocks, leave: () => leaving.abort() }
}
