// The graphql-transport-ws protocol, sentence by sentence: which messages the gateway takes and sends, in which order, and
// with which code it closes the sockets of clients that do not keep to it. How long a socket may take, how it is kept and
// how it ends with the gateway is in connections.e2e.ts.
// @see https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { filmsGateway } from '../testing/films.ts'
import { openRawSocket } from '../testing/raw-socket.ts'

const query = '{ film(id: "1") { title } }'
const subscription = 'subscription { filmChanged(id: "1") { what } }'
const position = expect.stringMatching(/^films:\d+$/) as string
const happened = (what: string) => ({ filmChanged: { __typename: 'FilmEvent', what, film: null } })

let films: Awaited<ReturnType<typeof filmsGateway>>
const sockets: WebSocket[] = []

beforeAll(async () => {
  films = await filmsGateway()
})
beforeEach(() => void (films.requests.length = 0))
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate()
})
afterAll(() => films.close())

describe('a connection', () => {
  it('is of the sub-protocol graphql-transport-ws', async () => {
    const { socket, acknowledged } = await open()
    await acknowledged

    expect(socket.protocol).toBe('graphql-transport-ws')
  })

  it('is closed with 4406 where the client offers none', async () => {
    const { closing } = await open({ protocol: null, isInitialised: false })

    expect(await closing).toEqual({ code: 4406, reason: 'Subprotocol not acceptable' })
  })

  it('is not opened with another sub-protocol', async () => {
    await expect(open({ protocol: 'graphql-ws', isInitialised: false })).rejects.toThrow(/subprotocol/i)
  })

  it('is acknowledged once it was initialised, with a payload or without', async () => {
    const [without, withNull] = [await open({ isInitialised: false }), await open({ isInitialised: false })]
    without.send({ type: 'connection_init' })
    withNull.send({ type: 'connection_init', payload: null })
    await Promise.all([without.acknowledged, withNull.acknowledged])

    expect(without.frames('connection_ack')).toEqual([{ type: 'connection_ack', payload: { position } }])
  })

  it('is closed with 4429 when it is initialised twice, acknowledged or not', async () => {
    const { send, acknowledged, closing } = await open()
    await acknowledged
    send({ type: 'connection_init' })
    const hasty = await open({ isInitialised: false })
    for (let nth = 0; nth < 2; nth++) hasty.send({ type: 'connection_init' })

    expect(await closing).toEqual({ code: 4429, reason: 'Too many initialisation requests' })
    expect((await hasty.closing).code).toBe(4429)
  })

  it('is closed with 4401 when something is asked for before it is acknowledged, which is not run', async () => {
    const opened = await open({ isInitialised: false })
    opened.subscribe('1', 'mutation { rename(id: "1", title: "Changed") { title } }')

    expect(await opened.closing).toEqual({ code: 4401, reason: 'Unauthorized' })
    expect(films.requests).toEqual([])
  })

  it('ends what was followed over it when the client closes it with 1000', async () => {
    const { socket, subscribe, acknowledged, isFollowing, closeCode } = await open()
    await acknowledged
    subscribe('1', 'subscription { filmChanged(id: "1") { film { title } } }')
    await isFollowing()
    films.requests.length = 0

    socket.close(1000)
    expect(await closeCode).toBe(1000)
    await films.publish(['film:1'], { filmChanged: { __typename: 'FilmEvent', what: 'A', film: { id: '1' } } })
    await films.ask(query)

    expect(films.requests).toHaveLength(1)
  })

  it('answers pings with their payload, before it is initialised too, and takes pongs that nobody asked for', async () => {
    const { send, frames, acknowledged } = await open({ isInitialised: false })
    send({ type: 'ping' })
    send({ type: 'pong', payload: { anything: true } })
    send({ type: 'connection_init' })
    await acknowledged
    send({ type: 'ping', payload: { at: 1 } })

    await vi.waitFor(() => expect(frames('pong')).toEqual([{ type: 'pong' }, { type: 'pong', payload: { at: 1 } }]))
  })
})

describe('an operation', () => {
  it('with one result is told by next, then complete, under its id', async () => {
    const { subscribe, acknowledged, all, frames } = await open()
    await acknowledged
    subscribe('a query', query)

    await vi.waitFor(() => expect(frames('complete')).toHaveLength(1))
    expect(all.filter(({ id }) => id)).toEqual([
      { id: 'a query', type: 'next', payload: { data: { film: { title: 'Metropolis' } } } },
      { id: 'a query', type: 'complete' },
    ])
  })

  it('takes its name and its variables from the payload, which may be null', async () => {
    const { subscribe, acknowledged, frames } = await open()
    await acknowledged
    subscribe('1', `query A { __typename } query B($id: ID!) { film(id: $id) { title } }`, {
      operationName: 'B',
      variables: { id: '2' },
    })
    subscribe('2', query, { operationName: null, variables: null, extensions: null })

    await vi.waitFor(() => expect(frames('complete')).toHaveLength(2))
    const titles = frames('next').map(({ id, payload }) => [id, payload.data.film.title as string])
    expect(new Map(titles as [string, string][])).toEqual(new Map(Object.entries({ 1: 'Playtime', 2: 'Metropolis' })))
  })

  it('that streams is told by next until the client completes it, and by nothing after that', async () => {
    const { subscribe, send, acknowledged, isFollowing, all, frames } = await open()
    await acknowledged
    subscribe('1', subscription)
    await isFollowing()
    await films.publish(['film:1'], happened('A'))
    await vi.waitFor(() => expect(frames('next').filter(({ id }) => id === '1')).toHaveLength(1))

    send({ id: '1', type: 'complete' })
    await isFollowing()
    await films.publish(['film:1'], happened('B'))
    await isFollowing()

    expect(all.filter(({ id }) => id === '1')).toEqual([
      {
        id: '1',
        type: 'next',
        payload: { data: { filmChanged: { what: 'A' } }, extensions: { position } },
      },
    ])
  })

  it('that cannot begin is told by error alone, and its id is free again', async () => {
    const { subscribe, acknowledged, all, frames } = await open()
    await acknowledged
    subscribe('1', 'subscription { nope }')
    await vi.waitFor(() => expect(frames('error')).toHaveLength(1))
    subscribe('1', query)

    await vi.waitFor(() => expect(frames('complete')).toHaveLength(1))
    expect(all.filter(({ id }) => id)).toMatchObject([
      { id: '1', type: 'error', payload: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
      { id: '1', type: 'next' },
      { id: '1', type: 'complete' },
    ])
  })

  it('closes the socket with 4409 where it has the id of one that is followed', async () => {
    const { subscribe, acknowledged, isFollowing, closing } = await open()
    await acknowledged
    subscribe('1', subscription)
    await isFollowing()
    subscribe('1', subscription)

    expect(await closing).toEqual({ code: 4409, reason: 'Subscriber for 1 already exists' })
  })

  it('that the client completes before it is answered is answered no more', async () => {
    const release = hold()
    const { subscribe, send, acknowledged, all } = await open()
    await acknowledged
    subscribe('1', query)
    await release.isAsked
    send({ id: '1', type: 'complete' })
    send({ type: 'ping' })
    await vi.waitFor(() => expect(all.at(-1)).toEqual({ type: 'pong' }))
    release()
    await films.ask(query)

    expect(all.filter(({ id }) => id === '1')).toEqual([])
  })

  it('that nobody knows can be completed', async () => {
    const { send, subscribe, acknowledged, frames } = await open()
    await acknowledged
    send({ id: 'of nobody', type: 'complete' })
    subscribe('1', query)

    await vi.waitFor(() => expect(frames('complete')).toMatchObject([{ id: '1' }]))
  })
})

describe('a message that is none closes the socket with 4400', () => {
  it.each([
    ['no JSON', 'nonsense'],
    ['nothing', ''],
    ['a list', '[]'],
    ['null', 'null'],
    ['no type', '{"id":"1"}'],
    ['a type that is no text', '{"type":1}'],
    ['an unknown type', '{"type":"start"}'],
    ['an initialisation whose payload is text', '{"type":"connection_init","payload":"a token"}'],
    ['a subscription without an id', `{"type":"subscribe","payload":{"query":"{ __typename }"}}`],
    ['a subscription with an empty id', `{"type":"subscribe","id":"","payload":{"query":"{ __typename }"}}`],
    ['a subscription whose id is a number', `{"type":"subscribe","id":1,"payload":{"query":"{ __typename }"}}`],
    ['a subscription without a payload', '{"type":"subscribe","id":"1"}'],
    ['a subscription without a query', '{"type":"subscribe","id":"1","payload":{}}'],
    [
      'a subscription whose variables are a list',
      '{"type":"subscribe","id":"1","payload":{"query":"{ a }","variables":[]}}',
    ],
    [
      'a subscription whose extensions are text',
      '{"type":"subscribe","id":"1","payload":{"query":"{ a }","extensions":""}}',
    ],
    [
      'a subscription whose operation name is a number',
      '{"type":"subscribe","id":"1","payload":{"query":"{ a }","operationName":1}}',
    ],
    ['a completion without an id', '{"type":"complete"}'],
    ['an acknowledgement, which servers send', '{"type":"connection_ack"}'],
    ['a result, which servers send', '{"type":"next","id":"1","payload":{"data":null}}'],
    ['an error, which servers send', '{"type":"error","id":"1","payload":[{"message":"x"}]}'],
  ])('%s', async (_what, message) => {
    const { send, acknowledged, closing } = await open()
    await acknowledged
    send(message)

    const { code, reason } = await closing
    expect(code).toBe(4400)
    expect(reason).not.toBe('')
  })

  it('and what is sent behind it is not run', async () => {
    const { send, subscribe, acknowledged, closeCode } = await open()
    await acknowledged
    send('nonsense')
    subscribe('1', 'mutation { rename(id: "1", title: "Changed") { title } }')

    expect(await closeCode).toBe(4400)
    await films.ask(query)
    expect(films.requests).toHaveLength(1)
  })
})

async function open(options: Parameters<typeof openRawSocket>[1] = {}) {
  const opened = await openRawSocket(films.url, options)
  sockets.push(opened.socket)
  return opened
}

/** Has the subgraph not answer until it is told to. */
function hold() {
  const [answer] = films.films.listeners('request') as ((...args: unknown[]) => void)[]
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const { promise: isAsked, resolve: ask } = Promise.withResolvers<void>()
  films.films.removeAllListeners('request')
  films.films.on('request', (...args) => {
    ask()
    void released.then(() => answer!(...args))
  })
  const restore = () => {
    films.films.removeAllListeners('request').on('request', answer!)
    release()
  }
  return Object.assign(restore, { isAsked })
}
