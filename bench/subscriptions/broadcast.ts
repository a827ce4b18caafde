// What there is to compare with: `ws` alone, which sends the same frames to as many sockets and knows nothing of GraphQL.
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { atPace } from './pace.ts'
import type { Pace } from './pace.ts'
import { stamps, writeStamp } from './stamps.ts'
import { doJobs } from './worker.ts'

export interface Broadcasting extends Pace {
  /** Of one event, without the id at its beginning. */
  readonly sample: string
}

let server: WebSocketServer | undefined
let sent = 0

export const jobs = {
  /** @returns its address */
  async start(): Promise<string> {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: ([first]) => first ?? false })
    await new Promise((resolve) => server!.once('listening', resolve))
    server.on('connection', (socket) => {
      socket.once('message', () => socket.send('{"type":"connection_ack"}'))
    })
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
  },

  /** @returns milliseconds that it took */
  send: ({ sample, ...pace }: Broadcasting): Promise<number> =>
    atPace(pace, () => {
      sent += 1
      const stamp = writeStamp(sent)
      const frame = `{"id":"0"${sample.replace(stamps, stamp)}`
      for (const socket of server!.clients) socket.send(frame)
    }),
}

if (import.meta.main) doJobs(jobs)
