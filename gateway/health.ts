// What operators and the status page ask: is it running, is it ready, do its parts work.
import os from 'node:os'
import type { FastifyInstance } from 'fastify'
import type { LoadedSupergraph } from './supergraph.ts'

type Status = 'healthy' | 'unhealthy' | 'unknown'

/** An answer serves everybody for so long: these routes are public, and what they ask costs a statement each. */
const KEPT_MS = 1_000
const MIB = 1024 * 1024

export function healthRoutes(
  server: FastifyInstance,
  parts: {
    readonly supergraph: () => LoadedSupergraph
    readonly isReady: () => boolean
    /** False when the gateway cannot serve whoever comes with a token. */
    readonly knowsWhoAsks: () => boolean
  },
): void {
  const ask = {
    database: kept(() => askSubgraphs(parts.supergraph(), '/health/db')),
    cache: kept(() => askSubgraphs(parts.supergraph(), '/health/cache')),
  }

  server.get('/livez', async () => ({ status: 'ok' }))
  server.get('/readyz', async (_request, reply) => {
    reply.status(parts.isReady() ? 200 : 503)
    return { status: parts.isReady() ? 'ok' : 'unavailable' }
  })
  // Ready all the same: everybody else is served, and another gateway would know no more.
  server.get('/health', async (_request, reply) => {
    const isOk = parts.knowsWhoAsks()
    reply.status(isOk ? 200 : 503)
    return { status: isOk ? 'ok' : 'degraded', timestamp: new Date().toISOString() }
  })
  for (const [path, part] of [
    ['/health/db', ask.database],
    ['/health/cache', ask.cache],
  ] as const) {
    server.get(path, async (_request, reply) => {
      const status = await part()
      reply.status(status === 'unhealthy' ? 503 : 200)
      return { status, timestamp: new Date().toISOString() }
    })
  }
  server.get('/health/all', async (_request, reply) => {
    const [database, cache] = await Promise.all([ask.database(), ask.cache()])
    const api: Status = parts.isReady() && parts.knowsWhoAsks() ? 'healthy' : 'unhealthy'
    const isOk = [api, database, cache].every((status) => status !== 'unhealthy')
    reply.status(isOk ? 200 : 503)
    return {
      status: isOk ? 'ok' : 'degraded',
      timestamp: new Date().toISOString(),
      services: { api: { status: api }, database: { status: database }, cache: { status: cache } },
      system: {
        uptime: Math.floor(process.uptime()),
        memory: { used: Math.round(process.memoryUsage.rss() / MIB), total: Math.round(memoryBytes() / MIB) },
        platform: process.platform,
      },
    }
  })
}

// One subgraph that says "unhealthy" or does not answer makes the whole unhealthy. One that knows no such path (it is
// somebody else's) says nothing.
async function askSubgraphs(supergraph: LoadedSupergraph, path: string): Promise<Status> {
  const answers = await Promise.all([...supergraph.clients.values()].map((client) => client.probe(path)))
  const known = answers.filter((status) => status !== 404)
  if (known.length === 0) return 'unknown'
  return known.every((status) => status === 200) ? 'healthy' : 'unhealthy'
}

function kept<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => {
    if (!answer) {
      answer = ask()
      setTimeout(() => (answer = undefined), KEPT_MS).unref()
    }
    return answer
  }
}

// In a container its own limit, not the host's memory.
function memoryBytes(): number {
  const constrained = process.constrainedMemory()
  return constrained > 0 && constrained < os.totalmem() ? constrained : os.totalmem()
}
