import { once } from 'node:events'
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { queryObjects } from 'node:v8'
import { createClient } from 'graphql-ws'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { gatewayConfig } from '../platform/config.ts'
import { makeLog } from '../platform/log.ts'
import { QueryPlanner } from './apollo.ts'
import { startGateway } from './index.ts'
import { filmsGateway, portOf } from './testing/films.ts'

let films: Awaited<ReturnType<typeof filmsGateway>>

beforeEach(async () => {
  films = await filmsGateway()
})
afterEach(() => films.close())

const typeHasYear = async () => {
  const { data } = await films.ask('{ __type(name: "Film") { fields { name } } }')
  return data.__type.fields.some(({ name }: { name: string }) => name === 'year')
}

it('serves a new supergraph as soon as its file changes, without a failed request', async () => {
  let isDone = false
  const failures: unknown[] = []
  const load = (async () => {
    while (!isDone) {
      const { data } = await films.ask('{ films { title director { name } } }')
      if (data?.films?.length !== 2) failures.push(data)
    }
  })()

  await writeFile(films.file, films.supergraphWithYear())

  await vi.waitFor(async () => expect(await typeHasYear()).toBe(true), { timeout: 5_000 })
  isDone = true
  await load
  expect(failures).toEqual([])
})

it('notices a file that is put in the place of the old one', async () => {
  await writeFile(`${films.file}.next`, films.supergraphWithYear())
  await rename(`${films.file}.next`, films.file)

  await vi.waitFor(async () => expect(await typeHasYear()).toBe(true), { timeout: 5_000 })
})

it.each([
  ['no SDL', 'type {'],
  ['no supergraph', 'type Query { a: Int }'],
])('keeps the last good supergraph when the new one is %s, and takes the next good one', async (_what, broken) => {
  await writeFile(films.file, broken)
  await new Promise((resolve) => setTimeout(resolve, 1_200))

  expect((await films.ask('{ films { title } }')).data.films).toHaveLength(2)

  await writeFile(films.file, films.supergraphWithYear())
  await vi.waitFor(async () => expect(await typeHasYear()).toBe(true), { timeout: 5_000 })
})

it('leaves an address that no subgraph has any more, as soon as no operation can want it', async () => {
  await films.close()
  films = await filmsGateway({}, { fetchLimits: { fetchTimeoutMs: 5_000, operationTimeoutMs: 5_000 } })
  films.people.keepAliveTimeout = 60_000 // clients keep to what they are told, and would close idle connections before that
  const moved = createServer((request, response) => films.people.emit('request', request, response))
  await once(moved.listen(0, '127.0.0.1'), 'listening')
  await films.ask('{ films { director { name } } }')
  const release = hold(films.films)
  const begunBefore = films.ask('{ films { title director { name } } }')
  await release.somethingHeld

  const sdl = await readFile(films.file, 'utf8')
  await writeFile(films.file, sdl.replaceAll(`:${portOf(films.people)}/`, `:${portOf(moved)}/`))
  release.others()
  await vi.waitFor(async () => {
    await films.ask('{ films { director { name } } }')
    expect(await connections(moved)).toBeGreaterThan(0)
  }, 4_000)
  release.all()

  expect((await begunBefore).data.films).toHaveLength(2)
  expect((await begunBefore).codes).toBeUndefined()
  expect(await connections(films.people)).toBeGreaterThan(0)
  await vi.waitFor(async () => expect(await connections(films.people)).toBe(0), 10_000)
  expect((await films.ask('{ films { director { name } } }')).codes).toBeUndefined()
  moved.closeAllConnections()
  moved.close()
})

it('does not matter any more to a gateway that is closed before a swap is over', async () => {
  await films.close()
  films = await filmsGateway({}, { fetchLimits: { fetchTimeoutMs: 2_000, operationTimeoutMs: 2_000 } })
  const unhandled = vi.fn()
  process.on('unhandledRejection', unhandled)
  const sdl = await readFile(films.file, 'utf8')
  await writeFile(films.file, sdl.replaceAll(`:${portOf(films.people)}/`, ':1/'))
  await vi.waitFor(async () => {
    const { codes } = await films.ask('{ films { director { name } } }')
    expect(codes).toContain('SUBGRAPH_UNAVAILABLE')
  }, 4_000)

  await films.close()
  await new Promise((resolve) => setTimeout(resolve, 2_500))

  expect(unhandled).not.toHaveBeenCalled()
  process.off('unhandledRejection', unhandled)
  films = await filmsGateway()
})

it('is gone when it was swapped, although what was followed then goes on', async () => {
  await films.close()
  films = await filmsGateway({}, { fetchLimits: { fetchTimeoutMs: 500, operationTimeoutMs: 500 } })
  const query = 'subscription { filmChanged(id: "1") { what } }'
  const leaving = new AbortController()
  const client = createClient({ url: `${films.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket })
  const told = vi.fn()
  const inMemory = () => queryObjects(QueryPlanner, { format: 'count' })
  const before = inMemory()

  for (let nth = 1; nth <= 3; nth++) {
    client.subscribe({ query }, { next: told, error: told, complete: told })
    await fetch(`${films.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream' },
      signal: leaving.signal,
    })
    await new Promise((resolve) => setTimeout(resolve, 200))
    await appendFile(films.file, `# ${nth}\n`)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }

  await vi.waitFor(() => expect(inMemory()).toBeLessThanOrEqual(before), { timeout: 5_000, interval: 500 })
  expect(told).not.toHaveBeenCalled()
  leaving.abort()
  await client.dispose()
})

it('does not start on a file that is no supergraph, and says why', async () => {
  await writeFile(films.file, 'type Query { a: Int }')
  const start = startGateway(gatewayConfig({ PORT: '0', SUPERGRAPH: films.file }), {
    log: makeLog('test', 'silent'),
    pubsub: null,
  })

  await expect(start).rejects.toThrow(/supergraph/i)
})

const connections = (server: Server) =>
  new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)))

/** Has a server answer nothing until it is released: what comes from now on, then what came before. */
function hold(server: Server) {
  const [answer] = server.listeners('request') as RequestListener[]
  const { promise: released, resolve: all } = Promise.withResolvers<void>()
  const { promise: somethingHeld, resolve: heldOne } = Promise.withResolvers<void>()
  let isHeld = true
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    if (!isHeld) return answer!(request, response)
    heldOne()
    void released.then(() => answer!(request, response))
  })
  return { somethingHeld, others: () => (isHeld = false), all }
}
