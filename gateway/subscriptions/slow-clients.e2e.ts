// Clients that read slowly, or not at all, on real sockets: what waits for them is bounded, and holds up nobody else.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Socket as TcpSocket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { portOf } from '../testing/films.ts'
import { BYTES_WAITING_MAX, FRAMES_WAITING_MAX, openSocket } from './socket.ts'
import type { Socket } from './socket.ts'

let sockets: WebSocketServer
const clients: WebSocket[] = []

beforeEach(async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  sockets = new WebSocketServer({ server })
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate()
  sockets.close()
  sockets.options.server!.close()
})

describe('openSocket', () => {
  it('closes a client that stops reading, and goes on with one that reads', async () => {
    const [slow, quick] = [await connect(), await connect()]
    tcpOf(slow.client).pause()
    const frame = 'x'.repeat(16 * 1024)

    let sent = 0
    while (!slow.isClosed()) {
      slow.socket.send(frame)
      quick.socket.send(frame)
      sent += 1
      await quick.received(sent) // each of them, while the other reads nothing
      expect(slow.waiting()).toBeLessThan(BYTES_WAITING_MAX + 2 * frame.length)
    }

    tcpOf(slow.client).resume()
    expect(await slow.closeCode).toBe(1013)
    quick.socket.send('goes on')
    await quick.received(sent + 1)
  })

  it('cuts off a client that does not read that it is closed either', async () => {
    const { client, socket, isClosed, closeCode } = await connect()
    tcpOf(client).pause()
    while (!isClosed()) socket.send('x'.repeat(64 * 1024))

    await vi.waitFor(() => expect(sockets.clients.size).toBe(0), { timeout: 3_000 })
    tcpOf(client).resume()
    expect([1006, 1013]).toContain(await closeCode)
  })

  it('closes a client for which too many small frames wait', async () => {
    const { client, socket, closeCode, isClosed, waiting } = await connect()
    tcpOf(client).pause()
    while (waiting() === 0) socket.send('x'.repeat(8 * 1024)) // until the kernel takes no more

    for (let n = 0; n <= FRAMES_WAITING_MAX; n++) socket.send('{}')

    expect(waiting()).toBeLessThan(100 * 1024)
    expect(isClosed()).toBe(true)
    tcpOf(client).resume()
    expect(await closeCode).toBe(1013)
  })

  it('takes any number of frames at once that leave at once', async () => {
    const { socket, received, isClosed } = await connect()

    for (let n = 0; n < 3 * FRAMES_WAITING_MAX; n++) socket.send('{}')

    expect(isClosed()).toBe(false)
    await received(3 * FRAMES_WAITING_MAX)
  })

  it('says when what was sent has left, also to a client that is gone by then', async () => {
    const { client, socket, waiting } = await connect()
    tcpOf(client).pause()
    while (waiting() < 500 * 1024) socket.send('x'.repeat(8 * 1024))
    let isFlushed = false
    const flushed = socket.flushed().then(() => (isFlushed = true))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(isFlushed).toBe(false)

    tcpOf(client).resume()
    await flushed
    expect(waiting()).toBeLessThan(65 * 1024)

    tcpOf(client).pause()
    while (waiting() < 500 * 1024) socket.send('x'.repeat(8 * 1024))
    const gone = socket.flushed()
    client.terminate()
    await gone
  })
})

/** The connection below a client, to stop it from reading. */
function tcpOf(client: WebSocket): TcpSocket {
  return (client as unknown as { _socket: TcpSocket })._socket
}

async function connect() {
  const accepted = once(sockets, 'connection') as Promise<[WebSocket]>
  const client = new WebSocket(`ws://127.0.0.1:${portOf(sockets.options.server as never)}`)
  clients.push(client)
  let count = 0
  client.on('message', () => (count += 1))
  client.on('error', () => {})
  const closeCode = once(client, 'close').then(([code]) => code as number)
  const [[webSocket]] = await Promise.all([accepted, once(client, 'open')])
  const socket: Socket = openSocket(webSocket)
  return {
    client,
    socket,
    closeCode,
    isClosed: () => webSocket.readyState !== webSocket.OPEN,
    waiting: () => webSocket.bufferedAmount,
    received: (frames: number) =>
      vi.waitFor(() => expect(count).toBeGreaterThanOrEqual(frames), { interval: 1, timeout: 5_000 }),
  }
}
