// Everything in one process: Postgres, migrations, a first seed, the subgraphs, the gateway and the web app.
import { randomBytes } from 'node:crypto'
import { localConfig } from '../platform/config.ts'
import type { LocalConfig } from '../platform/config.ts'
import { makeLifecycle } from '../platform/lifecycle.ts'
import { makeLog, say } from '../platform/log.ts'
import type { Log } from '../platform/log.ts'
import { runProcess } from '../platform/process.ts'
import { subgraphNames } from '../platform/subgraphs.ts'
import type { PerSubgraph, SubgraphName } from '../platform/subgraphs.ts'
import { openDataFolder, openLogFile } from './data-folder.ts'
import { openDatabases } from './databases.ts'
import { endWithNpm } from './end-with-npm.ts'
import { alreadyRunning } from './problem.ts'
import { gatewayConfig, subgraphConfig } from './server-configs.ts'
import { appLine, startPage } from './start-page.ts'
import { loadSubgraphs } from './subgraphs.ts'
import { buildWebApp, webRoot } from './web.ts'

export interface LocalParts {
  /** Instead of `<dataDir>/tributary.log`. */
  readonly log?: Log
  /** Told of each statement that a subgraph sends. */
  readonly onStatement?: (subgraph: SubgraphName, text: string, parameters: readonly unknown[]) => void
  /** Told the start page. */
  readonly say?: (text: string) => void
  /** Whether empty databases are filled. Default true. */
  readonly seed?: boolean
  /** Whether the web app is built and served. Default true. */
  readonly web?: boolean
}

export interface RunningLocal {
  /** The gateway's address, without a path. */
  readonly url: string
  readonly databaseUrls: PerSubgraph<string>
  close(): Promise<void>
}

/**
 * Starts the whole. Requests are answered before this returns, which waits for the web app where that has to be built.
 *
 * @throws Problem when something has to be mended first
 * @throws Error with the code EADDRINUSE when the port is taken
 */
export async function startLocal(config: LocalConfig, parts: LocalParts = {}): Promise<RunningLocal> {
  const { onStatement } = parts
  const folder = openDataFolder(config.dataDir)
  const logOf = parts.log ? () => parts.log! : fileLogs(config, folder.tributaryLog)
  const log = logOf('local')
  const lifecycle = makeLifecycle({
    drainTimeoutMs: config.drainTimeoutMs,
    onError: (what, err) => log.error({ err, what }, 'was not closed in order'),
  })
  try {
    // Loading the servers and building the web app take as long as Postgres: all three at the same time.
    const loading = loadServers()
    const building = parts.web === false ? null : buildWebApp(log)
    for (const work of [loading, building]) work?.catch(() => {}) // thrown below, unless something else is before

    const databases = await openDatabases(config, log)
    lifecycle.onClose('databases', databases.close)
    if (!databases.isOwner) throw alreadyRunning(folder.path)
    const databaseUrls = databases.urls

    const { migrate, seed, demoLogin, makePubSub, startSubgraph, startGateway } = await loading
    await Promise.all(subgraphNames.map((name) => migrate(name, databaseUrls[name])))
    const isSeeding = parts.seed !== false
    const seeded = isSeeding ? await seed(databaseUrls) : null

    const pubsub = makePubSub({ redisUrl: config.redisUrl, log: logOf('pubsub') })
    lifecycle.onClose('pubsub', pubsub.close)

    const wiring = { secret: randomBytes(32).toString('base64url'), webRoot: building && webRoot }
    const subgraphUrls: Partial<Record<SubgraphName, string>> = {}
    for (const name of subgraphNames) {
      const subgraph = await startSubgraph[name](subgraphConfig(config, wiring, databaseUrls[name], subgraphUrls), {
        log: logOf(name),
        pubsub,
        onStatement: onStatement && ((text, parameters) => onStatement(name, text, parameters)),
      })
      lifecycle.onClose(name, subgraph.close)
      subgraphUrls[name] = subgraph.url
    }
    const gateway = await startGateway(gatewayConfig(config, wiring, subgraphUrls as PerSubgraph<string>), {
      log: logOf('gateway'),
      pubsub,
    })
    lifecycle.onClose('gateway', gateway.close)
    await gateway.ready

    const page = startPage({
      app: appLine(await building, gateway.url),
      url: gateway.url,
      login: isSeeding ? demoLogin : null,
      seeded,
      dataDir: config.databaseUrls === null ? folder.path : null,
      logFile: parts.log ? null : folder.tributaryLog,
      host: config.host,
      tookMs: performance.now(),
    })
    parts.say?.(page)
    lifecycle.ready()
    return { url: gateway.url, databaseUrls, close: lifecycle.close }
  } catch (error) {
    await lifecycle.close()
    throw error
  }
}

async function loadServers() {
  const [{ migrate }, { seed, demoLogin }, { makePubSub }, startSubgraph, { startGateway }] = await Promise.all([
    import('../drizzle/migrate.ts'),
    import('../drizzle/seed.ts'),
    import('../platform/pubsub.ts'),
    loadSubgraphs(),
    import('../gateway/index.ts'),
  ])
  return { migrate, seed, demoLogin, makePubSub, startSubgraph, startGateway }
}

function fileLogs({ logLevel }: LocalConfig, path: string): (service: string) => Log {
  const file = openLogFile(path)
  return (service) => makeLog(service, logLevel, file)
}

if (import.meta.main) {
  endWithNpm(process.env)
  await import('./quick-loading.ts') // before the servers, which startLocal imports
  await runProcess(() => startLocal(localConfig(process.env), { say }))
}
