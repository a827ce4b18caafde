// What the gateway promises of fields that may be asked for so often and no more, on a supergraph that is not ours: whatever
// carries the operation, whoever else asks, and whether Redis is there or not.
import { readFile, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { Writable } from 'node:stream'
import { createClient } from 'graphql-ws'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { describeWithRedis, startRedis } from '../../e2e/support/redis.ts'
import type { RedisServer } from '../../e2e/support/redis.ts'
import { makeLog } from '../../platform/log.ts'
import type { Log } from '../../platform/log.ts'
import { filmsGateway } from '../testing/films.ts'

const vote = 'mutation { vote(id: "1") { title } }'
const applaud = 'mutation { applaud }'

type Films = Awaited<ReturnType<typeof filmsGateway>>
const running: Films[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((films) => films.close()))
})

describe('over HTTP', () => {
  it('answers five a minute and refuses the sixth, saying in headers how it stands and when to come again', async () => {
    const films = await start()
    for (const remaining of ['4', '3', '2', '1', '0']) {
      const { status, headers, data } = await films.ask(vote)
      expect([status, data]).toEqual([200, { vote: { title: 'Metropolis' } }])
      expect(rateLimitOf(headers)).toEqual({ limit: '5', remaining, reset: expect.any(String), retryAfter: null })
    }
    films.requests.length = 0

    const { status, headers, data, errors } = await films.ask(vote)

    expect([status, data]).toEqual([429, undefined])
    expect(errors).toEqual([
      {
        message: expect.any(String),
        extensions: { code: 'RATE_LIMITED', coordinate: 'Mutation.vote', retryAfterMs: expect.any(Number) },
      },
    ])
    const { retryAfterMs } = errors![0]!.extensions as unknown as { retryAfterMs: number }
    const retryAfterS = Math.ceil(retryAfterMs / 1_000)
    expect(retryAfterS).toBeGreaterThan(50)
    expect(rateLimitOf(headers)).toEqual({
      limit: '5',
      remaining: '0',
      reset: String(retryAfterS),
      retryAfter: String(retryAfterS),
    })
    expect(films.requests).toEqual([])
  })

  it('counts every alias: five of them use up all', async () => {
    const films = await start()
    const five = `mutation { ${['a', 'b', 'c', 'd', 'e'].map((alias) => `${alias}: vote(id: "1") { id }`).join(' ')} }`

    const used = await films.ask(five)
    expect([used.status, Object.keys(used.data), used.headers.get('ratelimit-remaining')]).toEqual([
      200,
      ['a', 'b', 'c', 'd', 'e'],
      '0',
    ])
    expect((await films.ask(vote)).status).toBe(429)
  })

  it('runs nothing of an operation that asks for more than is left', async () => {
    const films = await start()
    await films.ask(vote)
    films.requests.length = 0

    const { status, data } = await films.ask(
      `mutation { rename(id: "1", title: "Changed") { id } ...Votes } fragment Votes on Mutation {
        a: vote(id: "1") { id } b: vote(id: "1") { id } c: vote(id: "1") { id } d: vote(id: "1") { id } e: vote(id: "1") { id }
      }`,
    )

    expect([status, data, films.requests]).toEqual([429, undefined, []])
  })

  it('is 429 for clients of either media type: what is refused was never looked at as an operation', async () => {
    const films = await start()
    for (let n = 0; n < 5; n++) await films.ask(vote)

    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const { status, headers } = await films.ask(vote, { accept })
      expect([status, headers.get('content-type')]).toEqual([429, `${accept}; charset=utf-8`])
    }
  })

  it('counts clients apart, by the address that a trusted proxy tells, and one network of IPv6 as one', async () => {
    const films = await start({ TRUSTED_PROXIES: 'loopback' })
    const from = (address: string) => films.ask(vote, { 'x-forwarded-for': address })
    for (let n = 0; n < 5; n++) await from('192.0.2.1')
    for (let n = 0; n < 5; n++) await from(`2001:db8:1:2::${n}`)

    expect((await from('192.0.2.1')).status).toBe(429)
    expect((await from('192.0.2.2')).status).toBe(200)
    expect((await from('2001:db8:1:2:ffff::1')).status).toBe(429)
    expect((await from('2001:db8:1:3::1')).status).toBe(200)
  })

  it('believes no address that somebody else tells', async () => {
    const films = await start()
    for (let n = 0; n < 5; n++) await films.ask(vote, { 'x-forwarded-for': `192.0.2.${n}` })

    expect((await films.ask(vote, { 'x-forwarded-for': '192.0.2.99' })).status).toBe(429)
  })

  it('counts nothing that is refused for another reason', async () => {
    const films = await start()
    const query = 'mutation ($id: ID!) { vote(id: $id) { id } }'
    for (let n = 0; n < 6; n++) {
      expect((await films.ask(query)).codes).toEqual(['BAD_USER_INPUT'])
      expect((await films.ask('mutation { vote { id } }')).codes).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    }

    expect((await films.ask(vote)).headers.get('ratelimit-remaining')).toBe('4')
  })

  it('shows of several limits the tightest', async () => {
    const films = await start()

    const { headers } = await films.ask('mutation { applaud vote(id: "1") { id } }')

    expect(rateLimitOf(headers)).toMatchObject({ limit: '5', remaining: '4' })
  })

  it('says nothing of limits where no field has one, and lets pages of other origins read what it says', async () => {
    const films = await start({ CORS_ORIGINS: 'https://app.example' })
    const origin = 'https://app.example'

    expect(rateLimitOf((await films.ask('{ films { title } }', { origin })).headers).limit).toBeNull()
    const { headers } = await films.ask(vote, { origin })
    expect(headers.get('access-control-expose-headers')!.split(', ')).toEqual(
      expect.arrayContaining(['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after']),
    )
  })
})

it('counts on whatever carries the operation: WebSocket and event streams are refused with code and time', async () => {
  const films = await start()
  for (let n = 0; n < 3; n++) await films.ask(vote)
  const refusal = [
    { extensions: { code: 'RATE_LIMITED', coordinate: 'Mutation.vote', retryAfterMs: expect.any(Number) } },
  ]

  expect(await overSocket(films, vote)).toEqual({ data: { vote: { title: 'Metropolis' } } })
  expect(await overStream(films, vote)).toEqual({ data: { vote: { title: 'Metropolis' } } })

  expect(await overSocket(films, vote)).toMatchObject({ errors: refusal })
  expect(await overStream(films, vote)).toMatchObject({ errors: refusal })
  expect((await films.ask(vote)).status).toBe(429)
})

it('counts a subscription when it begins, over both', async () => {
  const films = await start()
  const premiere = 'subscription { premiere { what } }'
  const first = follow(films, premiere)
  await first.isFollowing()
  const stream = await fetch(`${films.url}/graphql?query=${encodeURIComponent(premiere)}`, {
    headers: { accept: 'text/event-stream' },
  })
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
  const now = { premiere: { __typename: 'FilmEvent', what: 'NOW', film: null } }
  // Its first block says that it has begun.
  expect((await reader.read()).value).toBe('id: films:0\n\n')
  await films.publish(['premiere'], now)
  expect((await reader.read()).value).toContain('{"premiere":{"what":"NOW"}}')
  await vi.waitFor(() => expect(first.results).toMatchObject([{ data: { premiere: { what: 'NOW' } } }]))

  const refused = follow(films, premiere)
  await vi.waitFor(() => expect(refused.errors).toHaveLength(1))
  const refusal = [
    { extensions: { code: 'RATE_LIMITED', coordinate: 'Subscription.premiere', retryAfterMs: expect.any(Number) } },
  ]
  expect(refused.errors[0]).toMatchObject(refusal)
  expect(await overStream(films, premiere)).toMatchObject({ errors: refusal })

  await Promise.all([first.end(), refused.end(), reader.cancel()])
})

it('goes on counting over a new supergraph, and keeps the old one when a new limit cannot be kept', async () => {
  const { log, lines } = recordedLog()
  const films = await start({}, log)
  for (let n = 0; n < 5; n++) await films.ask(vote)
  await writeFile(films.file, films.supergraphWithYear())
  await vi.waitFor(() => expect(lines('supergraph swapped')).toHaveLength(1), { timeout: 5_000 })
  expect((await films.ask(vote)).status).toBe(429)

  const sdl = await readFile(films.file, 'utf8')
  await writeFile(films.file, sdl.replace('max: 5, windowS: 60', 'max: 0, windowS: 60'))

  await vi.waitFor(() => expect(lines('supergraph refused')).toHaveLength(1), { timeout: 5_000 })
  expect(lines('Mutation.vote: max')).toHaveLength(1)
  expect((await films.ask('{ films { title } }')).status).toBe(200)
  expect((await films.ask(vote)).status).toBe(429)
})

describeWithRedis('with Redis', () => {
  let redis: RedisServer
  afterEach(() => redis.stop())

  it('counts for all gateways together', async () => {
    redis = await startRedis()
    const [one, other] = await Promise.all([start({ REDIS_URL: redis.url }), start({ REDIS_URL: redis.url })])

    const statuses: number[] = []
    for (const films of [one, other, one, other, one, other, one]) statuses.push((await films.ask(vote)).status)

    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429])
  })

  it('loses no count of many at once', async () => {
    redis = await startRedis()
    const [one, other] = await Promise.all([start({ REDIS_URL: redis.url }), start({ REDIS_URL: redis.url })])

    const answers = await Promise.all(Array.from({ length: 150 }, (_, n) => (n % 2 ? one : other).ask(applaud)))

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(50)
  })

  it('counts on in memory when Redis dies, fails no request and keeps none waiting, and comes back to it', async () => {
    redis = await startRedis()
    const { log, lines } = recordedLog()
    const films = await start({ REDIS_URL: redis.url, TRUSTED_PROXIES: 'loopback' }, log)
    const from = (address: string) => quickly(() => films.ask(applaud, { 'x-forwarded-for': address }))
    const statusesOf = async (times: number, address: string) => {
      const statuses: number[] = []
      for (let n = 0; n < times; n++) statuses.push((await from(address)).status)
      return statuses
    }
    expect(new Set(await statusesOf(10, '192.0.2.1'))).toEqual(new Set([200]))

    const [during] = await Promise.all([statusesOf(50, '192.0.2.1'), redis.stop('SIGKILL')])
    expect(new Set(during)).toEqual(new Set([200]))
    expect(await statusesOf(102, '192.0.2.2')).toEqual([...Array<number>(100).fill(200), 429, 429])

    await redis.start()
    await vi.waitFor(
      async () => {
        expect((await from('192.0.2.3')).status).toBe(200)
        expect(lines('rate limits')).toHaveLength(2)
      },
      { timeout: 5_000, interval: 200 },
    )
    expect(lines('rate limits').map(({ level, msg }) => [level, msg])).toEqual([
      ['warn', 'rate limits are counted by each gateway for itself, redis went away'],
      ['info', 'rate limits are counted in redis again'],
    ])
  })

  it('waits for a Redis that hangs as for a slow one, and then no more', async () => {
    redis = await startRedis()
    const between = await silentProxy(Number(new URL(redis.url).port))
    const films = await start({ REDIS_URL: `redis://127.0.0.1:${between.port}` })
    expect((await films.ask(vote)).headers.get('ratelimit-remaining')).toBe('4')

    between.hang()
    expect((await quickly(() => films.ask(vote))).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 600)) // the connection is given up
    const startedAt = performance.now()
    for (let n = 0; n < 20; n++) expect((await films.ask(applaud)).status).toBe(200)

    expect(performance.now() - startedAt).toBeLessThan(1_000)
    between.close()
  })

  it('starts while Redis is away, counts, and finds it when it comes', async () => {
    redis = await startRedis()
    await redis.stop()
    const { log, lines } = recordedLog()
    const films = await quickly(() => start({ REDIS_URL: redis.url }, log), 5_000)

    const statuses: number[] = []
    for (let n = 0; n < 6; n++) statuses.push((await quickly(() => films.ask(vote))).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])

    await redis.start()
    await vi.waitFor(
      async () => {
        await films.ask(applaud)
        expect(lines('rate limits are counted in redis again')).toHaveLength(1)
      },
      { timeout: 5_000, interval: 200 },
    )
  })
})

async function start(env: Readonly<Record<string, string>> = {}, log?: Log): Promise<Films> {
  const films = await filmsGateway(env, { log })
  running.push(films)
  return films
}

function rateLimitOf(headers: Headers) {
  return {
    limit: headers.get('ratelimit-limit'),
    remaining: headers.get('ratelimit-remaining'),
    reset: headers.get('ratelimit-reset'),
    retryAfter: headers.get('retry-after'),
  }
}

async function overSocket(films: Films, query: string): Promise<any> {
  const following = follow(films, query)
  await vi.waitFor(() => expect(following.results).toHaveLength(1))
  await following.end()
  return following.results[0]
}

async function overStream(films: Films, query: string): Promise<any> {
  const response = await fetch(`${films.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query }),
  })
  return JSON.parse(/^data: (\{.*\})$/m.exec(await response.text())![1]!)
}

function follow(films: Films, query: string) {
  const client = createClient({ url: `${films.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket })
  const results: any[] = []
  const errors: unknown[] = []
  client.subscribe(
    { query },
    { next: (result) => results.push(result), error: (error) => errors.push(error), complete: () => {} },
  )
  return {
    results,
    errors,
    /** The protocol does not say when a subscription has begun. One answer later on the same socket, it has. */
    isFollowing: () =>
      new Promise<void>((resolve, reject) => {
        client.subscribe({ query: '{ __typename }' }, { next: () => {}, error: reject, complete: resolve })
      }),
    end: () => client.dispose(),
  }
}

async function quickly<Result>(run: () => Promise<Result>, withinMs = 1_000): Promise<Result> {
  const startedAt = performance.now()
  const result = await run()
  expect(performance.now() - startedAt).toBeLessThan(withinMs)
  return result
}

function recordedLog() {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  return {
    log: makeLog('test', 'info', stream),
    lines: (about: string) =>
      text
        .split('\n')
        .filter((line) => line.includes(about))
        .map((line) => JSON.parse(line) as { level: string; msg: string }),
  }
}

/** Stands before Redis and, from `hang` on, passes nothing back and takes connections all the same. */
async function silentProxy(target: number) {
  let isHanging = false
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    const onward = connect(target, '127.0.0.1')
    sockets.push(socket, onward)
    socket.on('data', (chunk) => onward.write(chunk)).on('error', () => {})
    onward.on('data', (chunk) => isHanging || socket.write(chunk)).on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    hang: () => void (isHanging = true),
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
