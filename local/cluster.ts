// Tributary as several processes on one machine: subgraphs and gateways, each as often as is asked for, on databases of
// their own. Each may be ended and started again while the others go on.
import { randomBytes } from 'node:crypto'
import { migrate } from '../drizzle/migrate.ts'
import { makeLog } from '../platform/log.ts'
import { databaseVariable, perSubgraph, subgraphNames } from '../platform/subgraphs.ts'
import type { PerSubgraph, SubgraphName } from '../platform/subgraphs.ts'
import { freePort } from './free-port.ts'
import { startPostgres } from './postgres.ts'
import { serverProcess } from './server-process.ts'
import type { ServerProcess } from './server-process.ts'

export interface Cluster {
  readonly subgraphs: PerSubgraph<readonly ServerProcess[]>
  readonly gateways: readonly ServerProcess[]
  readonly databaseUrls: PerSubgraph<string>
  /** Ends every process, the gateways first, and Postgres. */
  close(): Promise<void>
}

export interface ClusterOptions {
  /** Where Postgres keeps its data. */
  readonly dataDir: string
  readonly redisUrl: string
  /** Processes of each kind. */
  readonly gateways: number
  readonly subgraphs: number
  /** What stands between the gateways and the processes of a subgraph. @returns its port; the first process's by default */
  readonly inFrontOf?: (subgraph: SubgraphName, ports: readonly number[]) => Promise<number>
  /** What stands between a process of a subgraph and its database. @returns the address to use */
  readonly databaseFor?: (subgraph: SubgraphName, nth: number, url: string) => Promise<string>
  /** Environment of every process beyond what makes it one of the cluster. */
  readonly env?: Readonly<Record<string, string>>
}

/** Starts Postgres, migrates, and starts every process. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const {
    redisUrl,
    inFrontOf = async (_name, ports) => ports[0]!,
    databaseFor = async (_name, _nth, url) => url,
  } = options
  const shared = { ...options.env, REDIS_URL: redisUrl, GATEWAY_SECRET: randomBytes(32).toString('base64url') }
  const postgres = await startPostgres({ dataDir: options.dataDir, log: makeLog('cluster', 'silent') })
  /** Of one kind together, in the order of their start. */
  const kinds: (readonly ServerProcess[])[] = []

  async function close(): Promise<void> {
    for (const processes of kinds.toReversed()) await Promise.all(processes.map((each) => each.end()))
    await postgres.stop()
  }

  try {
    const subgraphs: Partial<Record<SubgraphName, readonly ServerProcess[]>> = {}
    const urls: Partial<Record<SubgraphName, string>> = {}
    for (const name of subgraphNames) {
      await migrate(name, postgres.urlOf(name))
      const processes: ServerProcess[] = []
      for (let nth = 0; nth < options.subgraphs; nth++) {
        const databaseUrl = await databaseFor(name, nth, postgres.urlOf(name))
        const accounts: Record<string, string> =
          urls.users === undefined ? {} : { ACCOUNTS_URL: `${urls.users}/graphql` }
        const env = { ...shared, ...accounts, [databaseVariable(name)]: databaseUrl }
        processes.push(serverProcess({ entry: `subgraphs/${name}/index.ts`, port: await freePort(), env }))
      }
      subgraphs[name] = processes
      const port = await inFrontOf(
        name,
        processes.map(({ port }) => port),
      )
      urls[name] = `http://127.0.0.1:${port}`
      kinds.push(processes)
    }
    const env = {
      ...shared,
      SUBGRAPH_URLS: subgraphNames.map((name) => `${name}=${urls[name]}/graphql`).join(),
      JWKS_URL: `${urls.users}/.well-known/jwks.json`,
      REVOCATIONS_FROM: 'users',
      API_KEYS_FROM: 'users',
      SESSIONS_FROM: 'users',
      COOKIE_TO: 'users=__Host-refresh',
    }
    const gateways: ServerProcess[] = []
    for (let nth = 0; nth < options.gateways; nth++) {
      gateways.push(serverProcess({ entry: 'gateway/index.ts', port: await freePort(), env }))
    }
    await Promise.all(kinds.flat().map((each) => each.start()))
    kinds.push(gateways)
    await Promise.all(gateways.map((each) => each.start()))
    return {
      subgraphs: subgraphs as PerSubgraph<readonly ServerProcess[]>,
      gateways,
      databaseUrls: perSubgraph(postgres.urlOf),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
