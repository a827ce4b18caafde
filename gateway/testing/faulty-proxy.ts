// For tests: stands on a real socket between the gateway and a subgraph, and breaks what it is told to.
import { Agent, createServer, request as sendRequest } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** What happens to a request. `pass` hands it on and answers with what the subgraph said. */
export type Fault = (request: IncomingMessage, response: ServerResponse, pass: () => void) => void

export const noFault: Fault = (_request, _response, pass) => pass()

export async function faultyProxy() {
  let fault = noFault
  let target = 0
  let requests = 0
  let dropped = 0
  const sockets = new Set<Socket>()
  const agent = new Agent({ keepAlive: true })

  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(404).end() // the gateway looks whether anybody is there
      return
    }
    requests += 1
    response.once('close', () => {
      if (!response.writableFinished) dropped += 1
    })
    fault(request, response, () => {
      const { method, url, headers } = request
      const onward = sendRequest({ host: '127.0.0.1', port: target, path: url, method, headers, agent }, (answer) => {
        response.writeHead(answer.statusCode!, { 'content-type': answer.headers['content-type'] })
        answer.pipe(response)
      })
      onward.on('error', () => response.destroy())
      request.pipe(onward)
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo

  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  const refuse = () => {
    const closed = new Promise((resolve) => server.close(resolve))
    cut()
    return closed
  }

  return {
    url: `http://127.0.0.1:${port}/graphql`,
    port,
    /** Requests that came, whatever became of them. */
    requests: () => requests,
    /** Requests whose answer was cut off, by whichever side. */
    dropped: () => dropped,
    connections: () => sockets.size,
    forwardTo: (port: number) => void (target = port),
    set: (next: Fault) => void (fault = next),
    /** Cuts every connection. */
    cut,
    /** Cuts every connection and takes no new one. */
    refuse,
    accept: () => listen(port),
    async close() {
      cut()
      agent.destroy()
      if (server.listening) await refuse()
    },
  }
}
