// What a socket to a subgraph does with a server that does not keep to the protocol, or does not answer.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import type { AddressInfo } from 'node:net'
import { ANONYMOUS } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'
import { openUpstream } from './upstream.ts'
import type { Upstream } from './upstream.ts'

interface Message {
  readonly id: string
  readonly type: string
  readonly payload?: unknown
}

let server: WebSocketServer
let upstream: Upstream
let sockets: WebSocket[]
let messages: Message[]
let closings: number[]
/** What the server says to a message. */
let answer: (message: Message, socket: WebSocket) => void

beforeEach(async () => {
  ;[sockets, messages, closings] = [[], [], []]
  answer = ({ type }, socket) => {
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}')
  }
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    sockets.push(socket)
    socket.on('close', (code) => closings.push(code))
    socket.on('message', (text) => {
      const message = JSON.parse(String(text)) as Message
      messages.push(message)
      answer(message, socket)
    })
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  upstream = openUpstream({
    name: 's',
    url: `ws://127.0.0.1:${port}/`,
    sign: null,
    isToldSession: false,
    log: makeLog('test', 'silent'),
  })
})
afterEach(() => {
  vi.useRealTimers()
  upstream.close()
  for (const socket of sockets) socket.terminate()
  server.close()
})

it('says what the protocol wants, in its order', async () => {
  const { unsubscribe, isSubscribed } = subscribe()
  await isSubscribed()
  unsubscribe()

  await vi.waitFor(() => expect(closings).toEqual([1000]))
  const id = expect.any(String) as string
  expect(messages).toEqual([
    { type: 'connection_init' },
    { id, type: 'subscribe', payload: { query: 'subscription { a }' } },
    { id, type: 'complete' },
  ])
})

it('says nothing to a server that is left before it has answered', async () => {
  const { unsubscribe, listener } = subscribe()
  unsubscribe()
  await new Promise((resolve) => setTimeout(resolve, 100))

  expect(messages.filter(({ type }) => type !== 'connection_init')).toEqual([])
  expect(listener.end).not.toHaveBeenCalled()
})

it('answers pings', async () => {
  await subscribe().isSubscribed()
  sockets[0]!.send('{"type":"ping"}')

  await vi.waitFor(() => expect(messages.at(-1)).toEqual({ type: 'pong' }))
})

it('takes a server that closes after its last word at its word', async () => {
  answer = ({ id, type }, socket) => {
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}')
    if (type !== 'subscribe') return
    socket.send(JSON.stringify({ id, type: 'next', payload: { data: { a: 1 } } }))
    socket.send(JSON.stringify({ id, type: 'complete' }))
    socket.close(1001)
  }
  const { listener } = subscribe()

  await vi.waitFor(() => expect(listener.end).toHaveBeenCalled())
  expect(listener.next.mock.calls[0]![0]).toEqual({ data: { a: 1 } })
  expect(listener.end.mock.calls).toEqual([[null]])
})

it.each([
  ['a message that is none', 'nonsense', 4004],
  ['a message that a server does not send', '{"type":"connection_init"}', 4004],
  ['a message over a mebibyte', `{"type":"pong","payload":{"a":"${'x'.repeat(1024 * 1024)}"}}`, 1009],
])('leaves a server that sends %s', async (_what, sent, code) => {
  const { listener, isSubscribed } = subscribe()
  await isSubscribed()
  sockets[0]!.send(sent)

  await vi.waitFor(() => expect(listener.end).toHaveBeenCalled())
  expect(codeOf(listener)).toBe('SUBGRAPH_UNAVAILABLE')
  await vi.waitFor(() => expect(closings).toEqual([code]))
})

it('leaves a server that does not acknowledge the connection within 3 s', async () => {
  answer = () => {}
  const { listener } = subscribe()

  await vi.waitFor(() => expect(listener.end).toHaveBeenCalled(), { timeout: 5_000 })
  expect(codeOf(listener)).toBe('SUBGRAPH_UNAVAILABLE')
  await vi.waitFor(() => expect(closings).toEqual([4504]))
})

it('leaves a server that has not answered a ping by the next one', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { listener, isSubscribed } = subscribe()
  await isSubscribed()
  answer = ({ type }, socket) => {
    if (type === 'ping') socket.send('{"type":"pong"}')
  }
  const pings = () => messages.filter(({ type }) => type === 'ping').length

  vi.advanceTimersByTime(12_000)
  await isReached()
  answer = () => {}
  vi.advanceTimersByTime(12_000)
  await vi.waitUntil(() => pings() === 2)
  expect(listener.end).not.toHaveBeenCalled()
  vi.advanceTimersByTime(12_000)

  await vi.waitUntil(() => listener.end.mock.calls.length > 0)
  expect(codeOf(listener)).toBe('SUBGRAPH_UNAVAILABLE')

  async function isReached(): Promise<void> {
    await vi.waitUntil(() => pings() === 1)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
})

it('opens another socket for whoever comes after the last has left', async () => {
  const first = subscribe()
  await first.isSubscribed()
  first.unsubscribe()
  const second = subscribe()

  await vi.waitFor(() => expect(sockets).toHaveLength(2))
  sockets[0]!.terminate()
  await vi.waitFor(() => expect(messages.filter(({ type }) => type === 'subscribe')).toHaveLength(2))
  expect(second.listener.end).not.toHaveBeenCalled()
})

function subscribe() {
  const listener = { next: vi.fn(), end: vi.fn() }
  return {
    listener,
    unsubscribe: upstream.subscribe('{"query":"subscription { a }"}', ANONYMOUS, listener),
    isSubscribed: () => vi.waitUntil(() => messages.some(({ type }) => type === 'subscribe')),
  }
}

function codeOf({ end }: ReturnType<typeof subscribe>['listener']): unknown {
  return (end.mock.calls[0]![0] as { extensions: { code: string } } | null)?.extensions.code
}
