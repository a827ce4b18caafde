import { EventEmitter } from 'node:events'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { FRAMES_WAITING_MAX, openSocket } from './socket.ts'

it('keeps a client that reads on, although there is never nothing that waits for it', () => {
  const { webSocket, close, leave } = fake()
  const socket = openSocket(webSocket)

  for (let n = 0; n < 3 * FRAMES_WAITING_MAX; n++) {
    socket.send('{}')
    if (n > 10) leave()
  }

  expect(close).not.toHaveBeenCalled()
})

it('closes a client for which a thousand frames wait, whatever it read before', () => {
  const { webSocket, close, leave } = fake()
  const socket = openSocket(webSocket)
  for (let n = 0; n < 3 * FRAMES_WAITING_MAX; n++) {
    socket.send('{}')
    leave()
  }

  for (let n = 0; n < FRAMES_WAITING_MAX; n++) socket.send('{}')
  expect(close).not.toHaveBeenCalled()
  socket.send('{}')

  expect(close).toHaveBeenCalledExactlyOnceWith(1013, 'Too slow')
})

it('terminates a client that does not even read that it is closed, and no other', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const [silent, reading] = [fake({ isSilent: true }), fake()]
  for (const { webSocket } of [silent, reading]) openSocket(webSocket).close(1013, 'Too slow')

  await vi.advanceTimersByTimeAsync(999)
  expect(silent.terminate).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(silent.terminate).toHaveBeenCalledOnce()
  expect(reading.terminate).not.toHaveBeenCalled()
})

/** What waits leaves when a test says so. */
function fake({ isSilent = false } = {}) {
  const waiting: { readonly frame: string; readonly left: () => void }[] = []
  const close = vi.fn(() => void (isSilent || queueMicrotask(() => webSocket.emit('close'))))
  const terminate = vi.fn()
  const webSocket = Object.assign(new EventEmitter(), {
    OPEN: 1,
    readyState: 1,
    close,
    terminate,
    send: (frame: string, left: () => void) => void waiting.push({ frame, left }),
  })
  Object.defineProperty(webSocket, 'bufferedAmount', {
    get: () => waiting.reduce((bytes, { frame }) => bytes + frame.length, 0),
  })
  return { webSocket: webSocket as unknown as WebSocket, close, terminate, leave: () => waiting.shift()?.left() }
}
