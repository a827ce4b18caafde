import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { clientErrorHandler } from './client-errors.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const IDLE_MS = 65_000
const late = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })

it('leaves a connection alone on which nothing was said, and closes it without a word when it stays silent', () => {
  const socket = socketOf({ bytesRead: 0 })

  clientErrorHandler(IDLE_MS)(late, socket)
  vi.advanceTimersByTime(IDLE_MS - 1)
  expect(socket.destroyed).toBe(false)

  vi.advanceTimersByTime(1)
  expect([socket.destroyed, socket.sent]).toEqual([true, ''])
})

it('leaves a connection alone on which something was said after all', () => {
  const socket = socketOf({ bytesRead: 0 })

  clientErrorHandler(IDLE_MS)(late, socket)
  socket.bytesRead = 100
  vi.advanceTimersByTime(IDLE_MS)

  expect(socket.destroyed).toBe(false)
})

it('waits for nothing once the client has closed it', () => {
  const socket = socketOf({ bytesRead: 0 })
  clientErrorHandler(IDLE_MS)(late, socket)
  socket.emit('close')
  expect(vi.getTimerCount()).toBe(0)
})

it.each([
  ['ERR_HTTP_REQUEST_TIMEOUT', '408'],
  ['HPE_HEADER_OVERFLOW', '431'],
  ['HPE_INVALID_METHOD', '400'],
])('answers a request that was begun with a status and a code: %s', (code, status) => {
  const socket = socketOf({ bytesRead: 1 })
  clientErrorHandler(IDLE_MS)(Object.assign(new Error(code), { code }), socket)
  expect(socket.sent).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(JSON.parse(socket.sent.split('\r\n\r\n')[1]!)).toMatchObject({
    errors: [{ extensions: { code: 'BAD_REQUEST' } }],
  })
})

function socketOf({ bytesRead }: { bytesRead: number }) {
  const socket = Object.assign(new EventEmitter(), {
    bytesRead,
    destroyed: false,
    writable: true,
    sent: '',
    destroy: () => void (socket.destroyed = true),
    end: (text: string) => void (socket.sent += text),
  })
  return socket as unknown as Socket & { sent: string; bytesRead: number; destroyed: boolean }
}
