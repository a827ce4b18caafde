// What a client is told whose request cannot be read as HTTP, or does not arrive in time.
import type { Socket } from 'node:net'

/** Where Node's parser stopped; anything else is a request that is none. */
const statuses: Readonly<Record<string, readonly [status: string, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers are too long.'],
}
const badRequest = ['400 Bad Request', 'This is no HTTP request.'] as const

/**
 * A connection on which nothing was ever said is no slow request. Browsers, proxies and clients that dropped a request keep
 * such ones for later: told 408 after ten seconds, they would take it for the answer to what they send in that moment. It
 * may lie for as long as one that is idle between two requests.
 *
 * @param idleMs for how long
 */
export function clientErrorHandler(idleMs: number) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && socket.bytesRead === 0) {
      const timer = setTimeout(() => void (socket.bytesRead === 0 && socket.destroy()), idleMs)
      socket.once('close', () => clearTimeout(timer))
      return
    }
    const [status, message] = statuses[error.code ?? ''] ?? badRequest
    const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] })
    const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n`
    if (socket.writable) socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    else socket.destroy(error)
  }
}
