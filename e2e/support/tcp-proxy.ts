// Stands before several servers as a load balancer does: a connection goes to the next of them that takes it. What is
// connected through it can be cut.
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface TcpProxy {
  readonly port: number
  /** Resets every connection. @returns how many there were */
  cut(): number
  /** Whether a connection to a server comes from this port of ours. */
  connectsFrom(port: number): boolean
  close(): Promise<void>
}

const RETRY_MS = 50
/** Whoever connects while no server is there is told so after this time. */
const CONNECT_TIMEOUT_MS = 1_000

export async function startTcpProxy(ports: readonly number[]): Promise<TcpProxy> {
  const pairs = new Set<readonly [client: Socket, server: Socket]>()
  let turn = 0

  const listener = createServer({ pauseOnConnect: true, noDelay: true }, (client) => {
    client.on('error', () => {})
    void join(client)
  })

  async function join(client: Socket): Promise<void> {
    for (const startedAtMs = Date.now(); Date.now() - startedAtMs < CONNECT_TIMEOUT_MS; await sleep(RETRY_MS)) {
      for (let tried = 0; tried < ports.length; tried++) {
        const server = await connection(ports[turn++ % ports.length]!)
        if (!server) continue
        const pair = [client, server] as const
        pairs.add(pair)
        for (const [one, other] of [pair, [server, client] as const]) {
          one.on('error', () => {})
          // Whichever end is gone, and however: the other learns of it at once.
          one.once('close', () => {
            pairs.delete(pair)
            other.destroy()
          })
          one.pipe(other)
        }
        if (client.destroyed) server.destroy()
        client.resume()
        return
      }
    }
    client.resetAndDestroy()
  }

  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))

  const cut = () => {
    const count = pairs.size
    for (const [client, server] of pairs) {
      client.resetAndDestroy()
      server.resetAndDestroy()
    }
    return count
  }
  return {
    port: (listener.address() as AddressInfo).port,
    cut,
    connectsFrom: (port) => [...pairs].some(([, server]) => server.localPort === port),
    async close() {
      const closed = new Promise((resolve) => listener.close(resolve))
      cut()
      await closed
    },
  }
}

function connection(port: number): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(null))
  })
}
