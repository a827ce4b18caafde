// What breaks between the gateway and a subgraph, on real sockets: the rest of the answer stands, in time, with a code
// and a path where something is missing, and everything is whole again as soon as the fault is gone.
import { request } from 'node:http'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeLog } from '../../platform/log.ts'
import { faultyProxy, noFault } from '../testing/faulty-proxy.ts'
import type { Fault } from '../testing/faulty-proxy.ts'
import { filmsGateway, portOf } from '../testing/films.ts'
import type { FetchLimits } from './subgraph-client.ts'

const FETCH_TIMEOUT_MS = 500
/** A fetch that fails, with its retries, and the work around it. */
const IN_TIME_MS = FETCH_TIMEOUT_MS + 1_000

const query = '{ films { title director { name } } }'
const whole = {
  films: [
    { title: 'Metropolis', director: { name: 'FRITZ' } },
    { title: 'Playtime', director: { name: 'JACQUES' } },
  ],
}
const withoutDirectors = {
  films: [
    { title: 'Metropolis', director: null },
    { title: 'Playtime', director: null },
  ],
}
/** An answer as it should be, but for its length. */
const tooMuch = `{"data":{"_entities":[{"name":"F"},{"name":"J"}]},"extensions":{"x":"${'x'.repeat(9 * 1024 * 1024)}"}}`
const rename = 'mutation { rename(id: "1", title: "M") { title } }'

let system: Awaited<ReturnType<typeof start>>
afterEach(() => system.close())

describe('a fault', () => {
  beforeEach(async () => void (system = await start()))

  const faults: readonly [string, Fault, 'SUBGRAPH_UNAVAILABLE' | 'TIMEOUT'][] = [
    ['resets every connection', ({ socket }) => socket.resetAndDestroy(), 'SUBGRAPH_UNAVAILABLE'],
    ['closes every connection', ({ socket }) => socket.destroy(), 'SUBGRAPH_UNAVAILABLE'],
    [
      'resets in the middle of the answer',
      cutOff((response) => response.socket!.resetAndDestroy()),
      'SUBGRAPH_UNAVAILABLE',
    ],
    ['closes in the middle of the answer', cutOff((response) => response.socket!.end()), 'SUBGRAPH_UNAVAILABLE'],
    ['sends truncated JSON', answer(200, '{"data":{"_entities":[{"name":"FR'), 'SUBGRAPH_UNAVAILABLE'],
    ['sends nothing with 200', answer(200, ''), 'SUBGRAPH_UNAVAILABLE'],
    ['sends 204', answer(204, ''), 'SUBGRAPH_UNAVAILABLE'],
    ['sends 502 with HTML', answer(502, '<html>Bad Gateway</html>', 'text/html'), 'SUBGRAPH_UNAVAILABLE'],
    ['sends 200 with HTML', answer(200, '<html>Sign in</html>', 'text/html'), 'SUBGRAPH_UNAVAILABLE'],
    ['redirects', answer(302, ''), 'SUBGRAPH_UNAVAILABLE'],
    ['sends 500', answer(500, '{"data":null}'), 'SUBGRAPH_UNAVAILABLE'],
    ['refuses the signature', answer(401, '{"errors":[{"message":"no"}]}'), 'SUBGRAPH_UNAVAILABLE'],
    ['sends 429', answer(429, 'slow down'), 'SUBGRAPH_UNAVAILABLE'],
    ['sends 200 with JSON that is no answer', answer(200, '{"ok":true}'), 'SUBGRAPH_UNAVAILABLE'],
    ['sends 200 with null', answer(200, 'null'), 'SUBGRAPH_UNAVAILABLE'],
    ['sends data of the wrong shape', answer(200, '{"data":"FRITZ"}'), 'SUBGRAPH_UNAVAILABLE'],
    ['sends errors of the wrong shape', answer(200, '{"data":{},"errors":[null]}'), 'SUBGRAPH_UNAVAILABLE'],
    ['sends more than anybody reads', answer(200, tooMuch), 'SUBGRAPH_UNAVAILABLE'],
    ['speaks no HTTP', ({ socket }) => void socket.end('SSH-2.0-OpenSSH_9.9\r\n'), 'SUBGRAPH_UNAVAILABLE'],
    ['never answers', () => {}, 'TIMEOUT'],
    ['never ends its answer', cutOff(() => {}), 'TIMEOUT'],
    ['drips', drips, 'TIMEOUT'],
  ]

  it.each(faults)('that %s leaves the rest of the answer, in time', async (_what, fault, code) => {
    system.people.set(fault)

    const { status, data, errors, codes, tookMs } = await system.ask(query)

    expect(status).toBe(200)
    expect(data).toEqual(withoutDirectors)
    expect(codes).toEqual([code, code])
    expect(errors!.map(({ path }) => path)).toEqual([
      ['films', 0, 'director'],
      ['films', 1, 'director'],
    ])
    expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|people|ECONN|UND_ERR|status/)
    expect(tookMs).toBeLessThan(IN_TIME_MS)

    system.people.set(noFault)
    expect(await system.ask(query)).toMatchObject({ data: whole, errors: undefined })
  })

  it('that refuses connections leaves the rest of the answer, in time', async () => {
    await system.people.refuse()

    const { data, codes, tookMs } = await system.ask(query)

    expect(data).toEqual(withoutDirectors)
    expect(codes).toEqual(['SUBGRAPH_UNAVAILABLE', 'SUBGRAPH_UNAVAILABLE'])
    expect(tookMs).toBeLessThan(IN_TIME_MS)

    await system.people.accept()
    expect(await system.ask(query)).toMatchObject({ data: whole, errors: undefined })
  })

  it.each<[string, Fault]>([
    ['a connection is reset', ({ socket }) => socket.resetAndDestroy()],
    ['there is no room for a moment', answer(503, '')],
    ['whatever stands before it restarts', answer(502, '<html>')],
  ])('is not noticed by a query when %s', async (_what, fault) => {
    system.people.set(times(2, fault))

    expect(await system.ask(query)).toMatchObject({ data: whole, errors: undefined })
    expect(system.people.requests()).toBe(3)
  })

  it('is not retried when the answer would be the same', async () => {
    system.people.set(answer(500, ''))

    await system.ask(query)

    expect(system.people.requests()).toBe(1)
  })

  it('never sends a query more than three times', async () => {
    system.people.set(({ socket }) => socket.resetAndDestroy())

    await system.ask(query)

    expect(system.people.requests()).toBe(3)
  })

  it.each<[string, Fault, string]>([
    ['the connection is reset', ({ socket }) => socket.resetAndDestroy(), 'SUBGRAPH_UNAVAILABLE'],
    ['the connection is closed', ({ socket }) => socket.destroy(), 'SUBGRAPH_UNAVAILABLE'],
    ['there is no room', answer(503, ''), 'SUBGRAPH_UNAVAILABLE'],
    ['it is asked to come back', answer(429, '', 'text/plain', { 'retry-after': '0' }), 'SUBGRAPH_UNAVAILABLE'],
    ['nothing is answered', () => {}, 'TIMEOUT'],
  ])('sends a mutation once when %s', async (_what, fault, code) => {
    await system.ask('{ films { title } }') // so that there is a connection to use again
    const before = system.films.requests()
    system.films.set(fault)

    const { data, codes, errors } = await system.ask(rename)

    expect(data).toEqual({ rename: null })
    expect([codes, errors![0]!.path]).toEqual([[code], ['rename']])
    await sleep(300)
    expect(system.films.requests() - before).toBe(1)
  })
})

describe('Retry-After', () => {
  it('is waited for when the answer still comes in time', async () => {
    system = await start({ fetchTimeoutMs: 3_000 })
    system.people.set(times(1, answer(429, '', 'text/plain', { 'retry-after': '1' })))

    const { data, tookMs } = await system.ask(query)

    expect(data).toEqual(whole)
    expect(tookMs).toBeGreaterThanOrEqual(1_000)
  })

  it('beyond the deadline fails the fetch at once', async () => {
    system = await start({ fetchTimeoutMs: 3_000 })
    system.people.set(answer(429, '', 'text/plain', { 'retry-after': '60' }))

    const { data, codes, tookMs } = await system.ask(query)

    expect(data).toEqual(withoutDirectors)
    expect(codes).toEqual(['SUBGRAPH_UNAVAILABLE', 'SUBGRAPH_UNAVAILABLE'])
    expect(tookMs).toBeLessThan(1_000)
    expect(system.people.requests()).toBe(1)
  })
})

describe('connections', () => {
  beforeEach(async () => void (system = await start()))

  it('that are closed after each answer fail nothing, and every mutation is sent once', async () => {
    const closing: Fault = ({ socket }, response, pass) => {
      response.once('finish', () => setImmediate(() => socket.destroy()))
      pass()
    }
    system.people.set(closing)
    system.films.set(closing)

    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all([0, 1, 2].map((nth) => system.ask(`query Q${round}n${nth} ${query}`)))
      for (const each of answers) expect(each).toMatchObject({ data: whole, errors: undefined })
    }
    const before = system.films.requests()
    for (let round = 0; round < 20; round += 1) {
      await sleep(5) // the close has come in by then
      expect(await system.ask(rename)).toMatchObject({ data: { rename: { title: 'M' } }, errors: undefined })
    }
    expect(system.films.requests() - before).toBe(20)
  })

  it('that are all cut while idle fail nothing, and a mutation is sent once', async () => {
    const slowly: Fault = (_request, _response, pass) => setTimeout(pass, 50)
    const many = (name: string) =>
      Promise.all(Array.from({ length: 20 }, (_, nth) => system.ask(`query ${name}${nth} ${query}`)))
    for (const proxy of [system.films, system.people]) proxy.set(slowly)
    await many('warm')
    expect(system.films.connections()).toBeGreaterThan(10)
    for (const proxy of [system.films, system.people]) proxy.cut()

    for (const each of await many('cold')) expect(each).toMatchObject({ data: whole, errors: undefined })

    for (const proxy of [system.films, system.people]) proxy.cut()
    await sleep(20)
    const before = system.films.requests()
    expect(await system.ask(rename)).toMatchObject({ data: { rename: { title: 'M' } }, errors: undefined })
    expect(system.films.requests() - before).toBe(1)
  })
})

describe('equal queries under way', () => {
  beforeEach(async () => void (system = await start({ fetchTimeoutMs: 5_000 })))

  it('are one fetch, whose answer each gets whole', async () => {
    system.films.set((_request, _response, pass) => setTimeout(pass, 100))

    const answers = await Promise.all(Array.from({ length: 10 }, () => system.ask(query)))

    for (const { data, errors } of answers) expect([data, errors]).toEqual([whole, undefined])
    expect([system.films.requests(), system.people.requests()]).toEqual([1, 1])
  })

  it('are apart when a mutation ended in between, so that everybody reads what they wrote', async () => {
    system.films.set(times(1, (_request, _response, pass) => setTimeout(pass, 400)))
    const before = system.ask(query)
    await vi.waitFor(() => expect(system.films.requests()).toBe(1))

    await system.ask(rename)
    const after = await system.ask(query)

    expect(after.data.films[0].title).toBe('M')
    await before
    expect(system.films.requests()).toBe(3)
  })
})

describe('a client that leaves', () => {
  beforeEach(async () => void (system = await start({ fetchTimeoutMs: 5_000 })))

  it('drops its query, unless somebody else waits for the same', async () => {
    system.films.set(() => {})
    const [ada, bob] = [new AbortController(), new AbortController()]
    const asked = [ada, bob].map(({ signal }) => system.post(query, signal).catch(() => 'left'))
    await vi.waitFor(() => expect(system.films.requests()).toBe(1))
    await sleep(100)

    ada.abort()
    await sleep(100)
    expect(system.films.dropped()).toBe(0)
    bob.abort()

    await vi.waitFor(() => expect(system.films.dropped()).toBe(1))
    expect(await Promise.all(asked)).toEqual(['left', 'left'])
    expect(system.films.requests()).toBe(1)
  })

  it('does not drop its mutation', async () => {
    let isAnswered = false
    system.films.set((_request, response, pass) => {
      response.once('finish', () => void (isAnswered = true))
      setTimeout(pass, 200)
    })
    const ada = new AbortController()
    const asked = system.post(rename, ada.signal).catch(() => 'left')
    await vi.waitFor(() => expect(system.films.requests()).toBe(1))

    ada.abort()

    expect(await asked).toBe('left')
    await vi.waitFor(() => expect(isAnswered).toBe(true))
    expect(system.films.dropped()).toBe(0)
  })
})

it('ends an operation in time whose fetches are slow one after another', async () => {
  system = await start({ fetchTimeoutMs: 1_000, operationTimeoutMs: 600 })
  const slowly: Fault = (_request, _response, pass) => setTimeout(pass, 400)
  system.films.set(slowly)
  system.people.set(slowly)

  const { data, codes, tookMs } = await system.ask(query)

  expect(data).toEqual(withoutDirectors)
  expect(codes).toEqual(['TIMEOUT', 'TIMEOUT'])
  expect(tookMs).toBeLessThan(1_000)
})

it('leaves a subgraph alone that is down, says so once, and is whole within seconds of its return', async () => {
  system = await start()
  await system.ask(query)
  system.people.set(({ socket }) => socket.resetAndDestroy())
  const until = performance.now() + 2_500
  while (performance.now() < until) expect((await system.ask(query)).data).toEqual(withoutDirectors)

  const before = system.people.requests()
  const { codes, tookMs } = await system.ask(query)

  expect(codes).toEqual(['SUBGRAPH_UNAVAILABLE', 'SUBGRAPH_UNAVAILABLE'])
  expect(tookMs).toBeLessThan(250)
  expect(system.people.requests() - before).toBeLessThanOrEqual(1) // a trial, at the most
  expect(system.logged('subgraph does not answer')).toBe(1)

  system.people.set(noFault)
  await vi.waitFor(async () => expect(await system.ask(query)).toMatchObject({ data: whole, errors: undefined }), {
    timeout: 2_500,
  })
  expect(system.logged('subgraph answers again')).toBe(1)
})

function answer(
  status: number,
  body: string,
  type = 'application/json',
  headers: Readonly<Record<string, string>> = {},
): Fault {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': type, ...headers })
    response.end(body)
  }
}

/** Begins an answer, which is as promising as the true one, and then does something else. */
function cutOff(then: (response: Parameters<Fault>[1]) => void): Fault {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
    response.write('{"data":{"_entities":[{"name":"FRITZ"}', () => setTimeout(() => then(response), 20))
  }
}

function drips(_request: unknown, response: Parameters<Fault>[1]): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const dripping = setInterval(() => response.write(' '), 20)
  response.once('close', () => clearInterval(dripping))
}

function times(count: number, fault: Fault): Fault {
  return (request, response, pass) => (count-- > 0 ? fault(request, response, pass) : pass())
}

/** A gateway with a proxy before each of its subgraphs. */
async function start(limits: Partial<FetchLimits> = {}) {
  const [films, people] = [await faultyProxy(), await faultyProxy()]
  const lines = new PassThrough()
  let logged = ''
  lines.on('data', (chunk: Buffer) => (logged += chunk.toString()))
  const gateway = await filmsGateway(
    { SUBGRAPH_URLS: `films=${films.url},people=${people.url}` },
    {
      fetchLimits: { fetchTimeoutMs: FETCH_TIMEOUT_MS, operationTimeoutMs: 20_000, ...limits },
      log: makeLog('test', 'info', lines),
    },
  )
  films.forwardTo(portOf(gateway.films))
  people.forwardTo(portOf(gateway.people))

  return {
    films,
    people,
    /** How many lines of the log say this. */
    logged: (message: string) => logged.split('\n').filter((line) => line.includes(`"msg":"${message}`)).length,
    async ask(query: string) {
      const startedAt = performance.now()
      return { ...(await gateway.ask(query)), tookMs: performance.now() - startedAt }
    },
    // Not fetch, which opens a new connection in the place of one that it has left, and keeps it.
    post: (query: string, signal: AbortSignal) =>
      new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/json' }
        const asked = request(`${gateway.url}/graphql`, { method: 'POST', headers, signal, agent: false }, resolve)
        asked.once('error', reject).end(JSON.stringify({ query }))
      }),
    async close() {
      await gateway.close()
      await Promise.all([films.close(), people.close()])
    },
  }
}
