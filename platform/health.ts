// What load balancers, and the gateway's own health page, ask a subgraph. Anybody who reaches the port may ask, so the
// answers tell nothing more than yes or no.
import type { FastifyInstance, FastifyReply } from 'fastify'

/** A check that takes longer counts as failed. */
const CHECK_DEADLINE_MS = 2_000

export interface HealthChecks {
  /** Rejects when the database does not answer. */
  database(): Promise<unknown>
  /** False when pub/sub does not answer; subgraphs without events have none. */
  readonly cache?: () => Promise<boolean>
  /** False while the process starts and from the moment its end begins. */
  isReady(): boolean
}

/**
 * `/livez`: the process runs. `/readyz`: it takes requests. `/health/db` and `/health/cache`: what it stands on
 * answers. 200 or 503.
 */
export function addHealthRoutes(server: FastifyInstance, { database, cache, isReady }: HealthChecks): void {
  const isDatabaseHealthy = () => answers(database().then(() => true))

  server.get('/livez', (_request, reply) => tell(reply, true))
  server.get('/readyz', async (_request, reply) => tell(reply, isReady() && (await isDatabaseHealthy())))
  server.get('/health/db', async (_request, reply) => tell(reply, await isDatabaseHealthy()))
  server.get('/health/cache', async (_request, reply) => tell(reply, cache ? await answers(cache()) : true))
}

function tell(reply: FastifyReply, isHealthy: boolean): FastifyReply {
  return reply
    .code(isHealthy ? 200 : 503)
    .header('cache-control', 'no-store')
    .send({ status: isHealthy ? 'healthy' : 'unhealthy' })
}

async function answers(check: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, CHECK_DEADLINE_MS, false)))
  try {
    return await Promise.race([check, late])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
