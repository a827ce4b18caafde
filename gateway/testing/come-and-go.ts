// Subscribers that come and go: over WebSocket and as event streams, to events and to what a subgraph answers itself. They
// leave as clients do, politely or not, and come back with the position they were told last.
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { Random } from './random-federation.ts'

export interface Followed {
  readonly field: 'quoted' | 'traded'
  readonly symbol: string
  readonly overWebSocket: boolean
  /** Null for anonymous subscribers. */
  readonly token: string | null
}

export interface Tally {
  deliveries: number
  /** Times that somebody came. */
  arrivals: number
  /** What went wrong, with its number. */
  readonly wrong: Record<string, number>
}

/**
 * Node accepts one connection in each turn of its loop, and the kernel keeps 511 that wait: a thousand at once, or a hundred
 * a second on a busy machine, are more than that, and some of them are reset.
 */
const COME_WITHIN_MS = 30_000
/** Some leave at once, the others within this. */
const STAY_MAX_MS = 60_000
const AWAY_MAX_MS = 500

/** A subscriber that comes and goes until it is told to leave for good. */
export async function comeAndGo(
  url: string,
  followed: Followed,
  random: Random,
  tally: Tally,
  leaving: AbortSignal,
): Promise<void> {
  const reader = readerOf(followed, tally)
  await sleep(random.below(COME_WITHIN_MS))
  while (!leaving.aborted) {
    tally.arrivals += 1
    const stay = AbortSignal.any([leaving, AbortSignal.timeout(random.below(STAY_MAX_MS))])
    await (followed.overWebSocket ? followBySocket : followByStream)(url, followed, reader, random, stay)
    await sleep(random.below(AWAY_MAX_MS))
  }
}

/** A subscriber over WebSocket that stays until it is told to leave, and says how far it was told. */
export function stay(url: string, followed: Followed, random: Random, tally: Tally, leaving: AbortSignal) {
  const reader = readerOf(followed, tally)
  const left = followBySocket(url, followed, reader, random, leaving)
  return { left, told: () => reader.last }
}

interface Reader {
  /** Where to go on; null where it was told of none yet. */
  position: string | null
  /** The number of what it was told last. */
  last: number | null
  begin(): void
  /** @param text the JSON text of a result */
  read(text: string): void
  fail(what: string): void
}

// Everything that happens to a symbol is numbered: who comes back with a position misses none and gets none twice.
function readerOf({ field }: Followed, tally: Tally): Reader {
  const reader: Reader = {
    position: null,
    last: null,
    begin() {
      if (field === 'traded') reader.last = null // nobody goes on where there are no positions
    },
    read(text) {
      const [, nth, name] = /"nth":(\d+),"listing":\{"name":"([^"]*)"\}/.exec(text) ?? []
      if (!nth || !name) return reader.fail(text)
      const { last } = reader
      if (last !== null && Number(nth) !== last + 1) reader.fail(`${field} ${Number(nth) > last ? 'lost' : 'doubled'}`)
      reader.last = Number(nth)
      reader.position = /"position":"([^"]*)"/.exec(text)?.[1] ?? reader.position
      tally.deliveries += 1
    },
    fail: (what) => void (tally.wrong[what] = (tally.wrong[what] ?? 0) + 1),
  }
  return reader
}

const queryOf = ({ field, symbol }: Followed) =>
  `subscription { ${field}(symbol: "${symbol}") { nth listing { name } } }`

function followBySocket(url: string, followed: Followed, reader: Reader, random: Random, stay: AbortSignal) {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws')
  const payload = followed.token === null ? {} : { authorization: `Bearer ${followed.token}` }
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })))
  socket.on('message', (message: Buffer) => {
    const text = message.toString()
    const type = /"type":"(\w+)"/.exec(text)?.[1]
    if (type === 'next') reader.read(text)
    else if (type === 'ping') socket.send('{"type":"pong"}')
    else if (type === 'connection_ack') {
      // What is answered by a subgraph itself has no positions, whatever a socket is told.
      if (followed.field === 'quoted') reader.position ??= /"position":"([^"]*)"/.exec(text)?.[1] ?? null
      const extensions = { after: reader.position ?? undefined }
      reader.begin()
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: queryOf(followed), extensions } }))
    } else reader.fail(text)
  })
  socket.on('error', (error) => {
    if (!stay.aborted) reader.fail(String(error))
  })
  const leave = () => {
    const way = random.below(3)
    if (way === 0 && socket.readyState === WebSocket.OPEN) socket.send('{"id":"1","type":"complete"}')
    if (way === 2) socket.terminate()
    else socket.close(1000)
  }
  stay.addEventListener('abort', leave)
  return new Promise<void>((resolve) => {
    socket.on('close', (code) => {
      if (!stay.aborted) reader.fail(`closed with ${code}`)
      stay.removeEventListener('abort', leave)
      resolve()
    })
  })
}

function followByStream(url: string, followed: Followed, reader: Reader, _random: Random, stay: AbortSignal) {
  const headers = {
    accept: 'text/event-stream',
    ...(followed.token !== null && { authorization: `Bearer ${followed.token}` }),
    ...(reader.position !== null && { 'last-event-id': reader.position }),
  }
  reader.begin()
  const { promise, resolve } = Promise.withResolvers<void>()
  const request = get(`${url}/graphql?query=${encodeURIComponent(queryOf(followed))}`, { headers, agent: false })
  const leave = () => void request.destroy()
  stay.addEventListener('abort', leave)
  request.on('response', (response: IncomingMessage) => {
    let rest = ''
    response.setEncoding('utf8').on('data', (text: string) => {
      const blocks = (rest + text).split('\n\n')
      rest = blocks.pop()!
      for (const block of blocks) {
        reader.position = /^id: (.*)$/m.exec(block)?.[1] ?? reader.position
        const result = /^data: (.+)$/m.exec(block)?.[1]
        if (result) reader.read(result)
      }
    })
    response.on('error', () => {}) // it has left
  })
  request.on('error', (error) => {
    if (!stay.aborted) reader.fail(String(error))
  })
  request.on('close', () => {
    if (!stay.aborted) reader.fail('the stream ended')
    stay.removeEventListener('abort', leave)
    resolve()
  })
  return promise
}
