// For tests: a client of the graphql-transport-ws protocol that sends what it is told to, fitting or not, and keeps every
// frame it gets.
import { once } from 'node:events'
import { vi } from 'vitest'
import { WebSocket } from 'ws'

export interface Frame {
  readonly type: string
  readonly id?: string
  readonly payload?: any
}

export type RawSocket = Awaited<ReturnType<typeof openRawSocket>>

/**
 * @param url of the gateway
 * @param options.protocol null offers none
 */
export async function openRawSocket(
  url: string,
  options: {
    readonly isInitialised?: boolean
    readonly answersPings?: boolean
    readonly token?: string
    readonly protocol?: string | null
  } = {},
) {
  const { isInitialised = true, protocol = 'graphql-transport-ws' } = options
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocol === null ? [] : [protocol])
  const all: Frame[] = []
  const { promise: acknowledged, resolve: acknowledge } = Promise.withResolvers<void>()
  const send = (message: object | string) =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  socket.on('error', () => {})
  socket.on('message', (text: Buffer) => {
    const frame = JSON.parse(text.toString()) as Frame
    all.push(frame)
    if (frame.type === 'connection_ack') acknowledge()
    if (frame.type === 'ping' && options.answersPings) send({ type: 'pong' })
  })
  const closing = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }))
  })
  await once(socket, 'open')
  if (isInitialised) {
    send({ type: 'connection_init', payload: options.token ? { authorization: `Bearer ${options.token}` } : {} })
  }
  const frames = (type: string) => all.filter((frame) => frame.type === type)
  return {
    socket,
    send,
    subscribe: (id: string, query: string, more: object = {}) =>
      send({ type: 'subscribe', id, payload: { query, ...more } }),
    /** All frames, in order. */
    all,
    frames,
    acknowledged,
    closing,
    closeCode: closing.then(({ code }) => code),
    /** The protocol does not tell when a subscription has begun: one answer later on the same socket, it has. */
    async isFollowing(): Promise<void> {
      const answers = () => frames('complete').filter(({ id }) => id === 'last').length
      const before = answers()
      send({ type: 'subscribe', id: 'last', payload: { query: '{ __typename }' } })
      await vi.waitUntil(() => answers() > before)
    },
  }
}
