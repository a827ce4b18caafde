import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import { NO_TOKEN } from '../access-token.ts'
import { makeLog } from '../../platform/log.ts'
import type { Subscriber } from './group.ts'
import { FRAMES_WAITING_MAX } from './socket.ts'
import { serveEventStream } from './sse.ts'

// What is followed makes no difference here: events come from the hub below.
vi.mock('./operation.ts', () => ({ prepareSubscription: async () => ({}) }))

describe('serveEventStream', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  it('writes nothing behind complete, however long the client takes to read that', async () => {
    const { response, serve } = stream()
    const failed = vi.fn()
    response.on('error', failed)

    await serve()
    expect(response.writableEnded).toBe(true)
    await vi.advanceTimersByTimeAsync(60_000)

    expect(failed).not.toHaveBeenCalled()
  })

  it('begins nothing for a client that left before its token was read', async () => {
    const { response, serve, run } = stream()
    response.destroy()

    await serve()

    expect(run).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is cut at once where the gateway is ending already', async () => {
    const { response, serve, closing } = stream()
    closing.abort()

    await serve()

    expect(response.destroyed).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('cuts off a client for which too many events wait, however small they are', async () => {
    const within = stream({ events: FRAMES_WAITING_MAX })
    await within.serve()
    expect(within.response.destroyed).toBe(false)

    const beyond = stream({ events: FRAMES_WAITING_MAX + 1 })
    await beyond.serve()
    expect(beyond.response.destroyed).toBe(true)
  })
})

/** A stream for a client that reads nothing: of a query, or of a subscription to which so much happens at once. */
function stream({ events }: { events?: number } = {}) {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  const closing = new AbortController()
  const run = vi.fn(async () => '{"data":{}}')
  const none = {} as never
  const hub = {
    position: () => '',
    follow: async (_operation: unknown, _context: unknown, _after: unknown, subscriber: Subscriber) => {
      for (let position = 1; position <= events!; position++) subscriber.next('{}', `s:${position}`)
      return { position: () => `s:${events}`, leave: () => {} }
    },
  }
  return {
    response,
    closing,
    run,
    serve: () =>
      serveEventStream({
        response,
        headers: {},
        request: { query: events === undefined ? '{ a }' : 'subscription { a }' },
        lastEventId: undefined,
        context: { requestId: 'r', identity: ANONYMOUS, clientAddress: null },
        token: NO_TOKEN,
        whenEnded: () => () => {},
        supergraph: none,
        hub: hub as never,
        closing: closing.signal,
        run,
        log: makeLog('test', 'silent'),
      }),
  }
}
