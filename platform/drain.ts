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

  server.addHook('onRequest', async (_request, reply) => {
    running += 1
    // Comes also when the client leaves before the answer.
    reply.raw.once('close', () => (running -= 1))
  })
  server.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close')
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
