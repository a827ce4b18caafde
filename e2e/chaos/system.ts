// What is broken: several gateways and two processes of each subgraph behind proxies, a real Redis and a real Postgres.
import postgres from 'postgres'
import { startCluster } from '../../local/cluster.ts'
import type { Cluster } from '../../local/cluster.ts'
import { startRedis } from '../../local/redis-server.ts'
import type { RedisServer } from '../../local/redis-server.ts'
import type { ServerProcess } from '../../local/server-process.ts'
import { makeLifecycle } from '../../platform/lifecycle.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import type { TcpProxy } from '../support/tcp-proxy.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

export interface LoggedEvent {
  readonly position: number
  readonly channels: readonly string[]
  /** What followers of `itemsChanged` are told; null for an event of another field, as for the activity feed. */
  readonly itemEvent: { readonly kind: string; readonly itemId: string } | null
}

export interface System {
  /** Where clients connect: the proxy before all gateways. */
  readonly host: string
  readonly redis: RedisServer
  readonly cluster: Cluster
  /** Connections of clients to gateways. */
  readonly front: TcpProxy
  /** The process that publishes now; null while none does. */
  publisher(): Promise<ServerProcess | null>
  /** Whether a batch is under way: events have positions and are not known to have been sent. */
  isMidBatch(): Promise<boolean>
  /** Cuts the connections of the publishers to Postgres. @returns how many */
  cutPublishersOff(): Promise<number>
  /** Resolves when all that was written has its position; with all of it. */
  readLog(): Promise<LoggedEvent[]>
  close(): Promise<void>
}

const PROCESSES_PER_SUBGRAPH = 2
const CLOSE_TIMEOUT_MS = 30_000

export async function startSystem(gateways: number): Promise<System> {
  const lifecycle = makeLifecycle({ drainTimeoutMs: CLOSE_TIMEOUT_MS, onError: () => {} })
  try {
    const folder = await temporaryFolder()
    lifecycle.onClose('folder', folder.remove)
    const redis = await startRedis()
    lifecycle.onClose('redis', () => redis.stop())
    // Each publisher has a proxy of its own before Postgres: the port of a connection says whose it is.
    const toDatabase: TcpProxy[] = []
    const proxy = async (ports: readonly number[]) => {
      const started = await startTcpProxy(ports)
      lifecycle.onClose('proxy', started.close)
      return started
    }
    const cluster = await startCluster({
      dataDir: folder.path,
      redisUrl: redis.url,
      gateways,
      subgraphs: PROCESSES_PER_SUBGRAPH,
      inFrontOf: async (_name, ports) => (await proxy(ports)).port,
      databaseFor: async (name, nth, url) => {
        if (name !== 'items') return url
        const through = new URL(url)
        toDatabase[nth] = await proxy([Number(through.port)])
        through.port = String(toDatabase[nth].port)
        return through.href
      },
      // Writers say themselves where they come from.
      env: { LOG_LEVEL: 'info', TRUSTED_PROXIES: 'loopback' },
    })
    lifecycle.onClose('cluster', cluster.close)
    const front = await proxy(cluster.gateways.map(({ port }) => port))
    const sql = postgres(cluster.databaseUrls.items, { max: 1, onnotice: () => {} })
    lifecycle.onClose('database', () => sql.end())

    return {
      host: `127.0.0.1:${front.port}`,
      redis,
      cluster,
      front,
      async publisher() {
        const [leader] = await sql<{ port: number }[]>`
          select client_port as port from pg_stat_activity join pg_locks using (pid)
          where locktype = 'advisory' and granted and pg_stat_activity.datname = current_database()`
        const nth = leader ? toDatabase.findIndex((each) => each.connectsFrom(leader.port)) : -1
        return cluster.subgraphs.items[nth] ?? null
      },
      async isMidBatch() {
        const [row] = await sql`select from outbox where position is not null and published_at is null limit 1`
        return row !== undefined
      },
      async cutPublishersOff() {
        const cut = await sql`
          select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()`
        return cut.count
      },
      async readLog() {
        for (;;) {
          const [waiting] = await sql`select from outbox where position is null limit 1`
          if (!waiting) break
          await new Promise((resolve) => setTimeout(resolve, 100))
        }
        const rows = await sql<{ position: string; channels: string[]; itemEvent: LoggedEvent['itemEvent'] }[]>`
          select position, channels, event -> 'itemsChanged' as "itemEvent" from outbox order by position`
        return rows.map((row) => ({ ...row, position: Number(row.position) }))
      },
      close: lifecycle.close,
    }
  } catch (error) {
    await lifecycle.close()
    throw error
  }
}
