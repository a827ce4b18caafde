// One WebSocket that is written to. What waits for a client is bounded: whoever cannot keep up is closed with a code that
// lets it come back and go on where it was, and holds up nobody else.
import { setTimeout as pause } from 'node:timers/promises'
import type { WebSocket } from 'ws'

/** Frames, or events of a stream, that wait for one client. A page that shows a list has long given up by then. */
export const FRAMES_WAITING_MAX = 1_000
/** Bytes that wait for one client, beside what the kernel holds. */
export const BYTES_WAITING_MAX = 1024 * 1024
/** More may follow when no more than this waits. */
const BYTES_FLUSHED = 64 * 1024
const FLUSH_POLL_MS = 20
/** A client that reads nothing does not read that it is closed either. */
const TERMINATE_AFTER_MS = 1_000
/** "Try Again Later": clients come back. */
export const CLOSE_TRY_AGAIN_LATER = 1013

export interface Socket {
  send(frame: string): void
  /** Resolves when little waits for the client, or when it is gone. */
  flushed(): Promise<void>
  close(code: number, reason: string): void
  terminate(): void
  onClosed(callback: () => void): void
}

export function openSocket(socket: WebSocket): Socket {
  let framesSent = 0
  let framesLeft = 0
  /** So many had been sent when nothing waited. */
  let framesSentBefore = 0

  // Of a message that is too long, for instance; the socket is closed with the code that says so.
  socket.on('error', () => {})

  // The kernel has it, or the socket is gone. Told in a later turn, also where the kernel took it at once.
  const left = () => void (framesLeft += 1)

  function close(code: number, reason: string): void {
    socket.close(code, reason)
    const timer = setTimeout(() => socket.terminate(), TERMINATE_AFTER_MS)
    socket.once('close', () => clearTimeout(timer))
  }

  return {
    send(frame) {
      if (socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount === 0) framesSentBefore = framesSent
      const framesWaiting = framesSent - Math.max(framesLeft, framesSentBefore)
      if (framesWaiting >= FRAMES_WAITING_MAX || socket.bufferedAmount > BYTES_WAITING_MAX) {
        close(CLOSE_TRY_AGAIN_LATER, 'Too slow')
      } else {
        framesSent += 1
        socket.send(frame, left)
      }
    },
    async flushed() {
      while (socket.readyState === socket.OPEN && socket.bufferedAmount > BYTES_FLUSHED) await pause(FLUSH_POLL_MS)
    },
    close,
    terminate: () => socket.terminate(),
    onClosed: (callback) => void socket.once('close', callback),
  }
}
