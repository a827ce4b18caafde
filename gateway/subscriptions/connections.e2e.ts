// What holds for a connection, whatever is followed over it: how long it may take to begin, how it is kept and how it ends.
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { filmsGateway } from '../testing/films.ts'
import { startIssuer } from '../testing/issuer.ts'
import { openRawSocket } from '../testing/raw-socket.ts'
import type { RawSocket } from '../testing/raw-socket.ts'

const query = 'subscription { filmChanged(id: "1") { what } }'
const happened = (what: string) => ({ filmChanged: { __typename: 'FilmEvent', what, film: null } })
const retitled = { filmChanged: { __typename: 'FilmEvent', what: 'RETITLED', film: { __typename: 'Film', id: '1' } } }

let issuer: Awaited<ReturnType<typeof startIssuer>>
let films: Awaited<ReturnType<typeof filmsGateway>>
let isClosed = false
const sockets: WebSocket[] = []

beforeEach(async () => {
  issuer = await startIssuer()
  films = await filmsGateway({ JWKS_URL: issuer.url, GATEWAY_SECRET: 'a secret of at least 32 characters' })
  isClosed = false
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate()
  if (!isClosed) await films.close()
  issuer.server.close()
})

describe('a socket', () => {
  it('that says nothing is closed after three seconds', async () => {
    const startedMs = performance.now()
    const { closeCode } = await open({ isInitialised: false })

    expect(await closeCode).toBe(4408)
    expect(performance.now() - startedMs).toBeGreaterThan(2_900)
    expect(performance.now() - startedMs).toBeLessThan(6_000)
  })

  it('has a hundred subscriptions at the most, and another one when one of them is over', async () => {
    const { send, frames, isFollowing, acknowledged } = await open()
    await acknowledged
    for (let n = 1; n <= 101; n++) send({ type: 'subscribe', id: String(n), payload: { query } })

    await vi.waitFor(() => expect(frames('error')).toHaveLength(1))
    expect(frames('error')).toMatchObject([{ id: '101', payload: [{ extensions: { code: 'OPERATION_TOO_COMPLEX' } }] }])
    for (const id of ['1', '2']) send({ type: 'complete', id })
    send({ type: 'subscribe', id: '102', payload: { query } })
    await isFollowing()
    await films.publish(['film:1'], happened('NEW'))

    await vi.waitFor(() => expect(frames('next').filter(({ id }) => id !== 'last')).toHaveLength(99))
    const ids = frames('next').map(({ id }) => id)
    expect(ids).toContain('102')
    for (const id of ['1', '2', '101']) expect(ids).not.toContain(id)
  })

  it('leaves nothing behind, although it used an id again before that was free', async () => {
    const { send, isFollowing, acknowledged, socket } = await open()
    await acknowledged
    const withFilm = 'subscription { filmChanged(id: "1") { film { title } } }'
    for (let n = 0; n < 5; n++) {
      send({ type: 'subscribe', id: '1', payload: { query: withFilm } })
      send({ type: 'complete', id: '1' })
    }
    await isFollowing()
    socket.close()
    await once(socket, 'close')
    const other = await open()
    await other.acknowledged
    other.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { filmChanged(id: "2") { what } }' } })
    await other.isFollowing()
    films.requests.length = 0

    await films.publish(['film:1'], retitled)
    await films.publish(['film:2'], happened('LAST'))

    await vi.waitFor(() => expect(other.frames('next').filter(({ id }) => id === '1')).toHaveLength(1))
    expect(films.requests).toEqual([])
  })

  it('is told where it stands once all that it sent has been heard, and ends when it does not answer', async () => {
    const startedMs = performance.now()
    const [answering, silent, starting] = [
      await open({ answersPings: true }),
      await open(),
      await open({ answersPings: true }),
    ]
    await Promise.all([answering.acknowledged, silent.acknowledged, starting.acknowledged])
    await films.publish(['film:2'], happened('OF ANOTHER'))
    // It knows more than the gateway, whose source does not answer: where it stands cannot be told.
    films.films.closeAllConnections()
    films.films.close()
    starting.send({ type: 'subscribe', id: '1', payload: { query, extensions: { after: 'films:9' } } })

    await vi.waitFor(() => expect(starting.frames('ping')).toHaveLength(1), { timeout: 4_000 })
    expect(starting.frames('ping')).toEqual([{ type: 'ping' }])
    await vi.waitFor(() => expect(answering.frames('ping')).toHaveLength(1), { timeout: 14_000 })
    expect(performance.now() - startedMs).toBeLessThan(14_000)
    expect(await silent.closeCode).toBe(1006)
    await vi.waitFor(() => expect(answering.frames('ping')).toHaveLength(2), { timeout: 14_000 })
    // What a client sends again when it comes back may be on its way behind the first ping.
    expect(answering.frames('ping')).toEqual([{ type: 'ping' }, { type: 'ping', payload: { position: 'films:1' } }])
    // It has waited for the source, and stands where it says until that answers.
    expect(starting.frames('ping')[1]).toEqual({ type: 'ping', payload: { position: 'films:9' } })
    expect(starting.frames('next')).toEqual([])
    expect(answering.socket.readyState).toBe(WebSocket.OPEN)
  })

  it('ends with the gateway so that clients come back, not all in the same moment: 1012 and no complete', async () => {
    const opened = await Promise.all(Array.from({ length: 10 }, () => open()))
    for (const { acknowledged, send, isFollowing } of opened) {
      await acknowledged
      send({ type: 'subscribe', id: '1', payload: { query } })
      await isFollowing()
    }
    const endedMs: number[] = []
    for (const { closeCode } of opened) void closeCode.then(() => endedMs.push(performance.now()))

    isClosed = true
    await films.close()

    expect(await Promise.all(opened.map(({ closeCode }) => closeCode))).toEqual(Array(10).fill(1012))
    expect(opened.flatMap(({ frames }) => frames('complete')).filter(({ id }) => id === '1')).toEqual([])
    expect(endedMs.at(-1)! - endedMs[0]!).toBeGreaterThan(100)
  })
})

describe('an event stream', () => {
  it('is cut without a complete when its token expires', async () => {
    const token = await issuer.token('ada', -3) // five seconds are granted for clocks that differ
    const response = await fetch(`${films.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
    })
    let text = ''

    await expect(
      (async () => {
        for await (const part of response.body!.pipeThrough(new TextDecoderStream())) text += part
      })(),
    ).rejects.toThrow()

    expect(text).toBe('id: films:0\n\n')
  })

  it('is told anew where it stands while nothing happens that it follows', async () => {
    const response = await fetch(`${films.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream' },
    })
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toBe('id: films:0\n\n')

    await films.publish(['film:2'], happened('OF ANOTHER'))

    expect((await reader.read()).value).toBe('id: films:1\n\n')
    await reader.cancel()
  })
})

describe('what one subscriber is denied', () => {
  const withDirector = 'subscription { filmChanged(id: "1") { film { title director { whoAsks } } } }'

  it.each([
    ['while many events come at once', () => false],
    ['while the fetches of another fail', (subject: string | null) => subject === 'ada'],
  ])('is in no answer of it %s', async (_when, fails) => {
    denyTo(films.people, 'bob', fails)
    const subscribers = await Promise.all(
      ['ada', 'bob', 'ada', 'bob'].map(async (subject) => {
        const opened = await open({ token: await issuer.token(subject) })
        await opened.acknowledged
        opened.send({ type: 'subscribe', id: '1', payload: { query: withDirector } })
        await opened.isFollowing()
        return { ...opened, subject }
      }),
    )

    await Promise.all(Array.from({ length: 60 }, () => films.publish(['film:1'], retitled)))

    const results = (of: (typeof subscribers)[number]) => of.frames('next').filter(({ id }) => id === '1')
    await vi.waitFor(() => expect(subscribers.map((each) => results(each).length)).toEqual([60, 60, 60, 60]), {
      timeout: 10_000,
    })
    for (const subscriber of subscribers) {
      for (const { payload } of results(subscriber)) {
        const { data, errors } = payload
        if (subscriber.subject === 'bob') {
          expect(data.filmChanged.film.director).toEqual({ whoAsks: null })
          expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
        } else if (fails('ada')) {
          expect(data.filmChanged.film.director?.whoAsks ?? null).toBeNull()
        } else {
          expect(data.filmChanged.film.director).toEqual({ whoAsks: 'ada' })
        }
      }
    }
  })
})

it('prepares running operations again for a new supergraph, and ends with an error those that no longer fit', async () => {
  const before = await readFile(films.file, 'utf8')
  await swapTo(films.supergraphWithYear(), true)
  const { send, frames, isFollowing, acknowledged } = await open()
  await acknowledged
  send({
    type: 'subscribe',
    id: 'fits',
    payload: { query: 'subscription { filmChanged(id: "1") { film { title } } }' },
  })
  send({ type: 'subscribe', id: 'no', payload: { query: 'subscription { filmChanged(id: "1") { film { year } } }' } })
  await isFollowing()

  await swapTo(before, false)
  await vi.waitFor(() => expect(frames('complete').some(({ id }) => id === 'no')).toBe(true))
  await films.publish(['film:1'], retitled)

  await vi.waitFor(() => expect(frames('next').filter(({ id }) => id === 'fits')).toHaveLength(1))
  expect(frames('next').find(({ id }) => id === 'fits')!.payload.data).toEqual({
    filmChanged: { film: { title: 'Metropolis' } },
  })
  expect(frames('next').filter(({ id }) => id === 'no')).toMatchObject([
    { payload: { data: null, errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] } },
  ])
  expect(frames('complete').filter(({ id }) => id === 'fits')).toEqual([])
})

async function swapTo(sdl: string, hasYear: boolean): Promise<void> {
  await writeFile(films.file, sdl)
  await vi.waitFor(
    async () => {
      const { data } = await films.ask('{ __type(name: "Film") { fields { name } } }')
      expect(data.__type.fields.some(({ name }: { name: string }) => name === 'year')).toBe(hasYear)
    },
    { timeout: 5_000 },
  )
}

/** Has a subgraph say of `whoAsks` who asks, deny it to one of them, and fail for some. */
function denyTo(server: typeof films.people, denied: string, fails: (subject: string | null) => boolean): void {
  server.removeAllListeners('request')
  const answer: RequestListener = (request: IncomingMessage, response: ServerResponse) => {
    const header = request.headers['x-tributary-identity']
    if (typeof header !== 'string') return void response.end() // asks whether it is there
    const claims = Buffer.from(header.split('.')[1]!, 'base64url').toString()
    const { subject } = (JSON.parse(claims) as { identity: { subject: string | null } }).identity
    request.resume().on('end', () => {
      if (fails(subject)) return void response.destroy()
      const whoAsks = subject === denied ? null : subject
      const error = { message: 'No.', path: ['_entities', 0, 'whoAsks'], extensions: { code: 'FORBIDDEN' } }
      const body = { data: { _entities: [{ whoAsks }] }, ...(subject === denied && { errors: [error] }) }
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
    })
  }
  server.on('request', answer)
}

async function open(options: Parameters<typeof openRawSocket>[1] = {}): Promise<RawSocket> {
  const opened = await openRawSocket(films.url, options)
  sockets.push(opened.socket)
  return opened
}
