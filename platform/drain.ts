// The end of an HTTP server: running requests are answered, and nothing else is waited for.
import type { FastifyInstance } from 'fastify'

/** How often, during the end, it is looked whether anything still runs. */
const SWEEP_MS = 10

/**
 * Left to itself, a server waits for each connection that was busy when its end began until the client lets go of it,
 * and for connections on which nothing was ever asked.
 *
 * @returns what closes the server: it stops listening, answers what is running and closes every connection
 */
export function drainOnClose(server: FastifyInstance): () => Promise<void> {
  let running = 0
  let isClosing = false

  const ended = () => {
    running -= 1
  }
  server.addHook('onRequest', (_request, reply, done) => {
    running += 1
    // Comes also when the client leaves before the answer.
    reply.raw.once('close', ended)
    done()
  })
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (isClosing) reply.header('connection', 'close')
    done(null, payload)
  })

  return async () => {
    isClosing = true
    const sweep = setInterval(() => {
      if (running === 0) server.server.closeAllConnections()
    }, SWEEP_MS)
    await server.close()
    clearInterval(sweep)
  }
}
