import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'
import { serveEventStream } from './sse.ts'

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
})

/** The stream of a query, for a client that reads nothing. */
function stream() {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  const closing = new AbortController()
  const run = vi.fn(async () => '{"data":{}}')
  const none = {} as never // neither supergraph nor hub is asked anything for a query
  return {
    response,
    closing,
    run,
    serve: () =>
      serveEventStream({
        response,
        headers: {},
        request: { query: '{ a }' },
        lastEventId: undefined,
        context: { requestId: 'r', identity: ANONYMOUS, clientAddress: null },
        token: { identity: ANONYMOUS, expiresAtMs: Infinity },
        supergraph: none,
        hub: none,
        closing: closing.signal,
        run,
        log: makeLog('test', 'silent'),
      }),
  }
}
