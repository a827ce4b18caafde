// A subgraph that tells of changes: its database, the publisher of its events and its server, opened and closed in order.
import { ConfigError } from './config.ts'
import type { EventSubgraphConfig } from './config.ts'
import { openDatabase } from './database.ts'
import type { Database, DatabaseOptions } from './database.ts'
import { postgresEventFeed } from './event-feed.ts'
import { postgresEventLog } from './event-log.ts'
import type { Identity } from './identity.ts'
import { makeLifecycle } from './lifecycle.ts'
import { makeLog } from './log.ts'
import type { Log } from './log.ts'
import { runProcess } from './process.ts'
import { startPublisher } from './publisher.ts'
import { makePubSub } from './pubsub.ts'
import type { PubSub } from './pubsub.ts'
import { serveSubgraph } from './subgraph.ts'
import type { RunningSubgraph, SubgraphOptions } from './subgraph.ts'

/** Longer than the lead of a process that is gone lasts. */
const LEAD_TIMEOUT_MS = 7_000

export interface EventSubgraphParts {
  readonly log: Log
  readonly pubsub: PubSub
  readonly onStatement?: DatabaseOptions['onStatement']
}

export interface EventSubgraph<Context extends { readonly identity: Identity }> extends Pick<
  SubgraphOptions<Context>,
  'name' | 'typeDefs' | 'resolvers'
> {
  /** Of Postgres, for every connection. */
  readonly databaseSettings?: DatabaseOptions['settings']
  /**
   * Called once, before anything is served.
   *
   * @param afterCommit to be called when a transaction that wrote events has ended
   */
  open(database: Database, afterCommit: () => void): OpenedSubgraph<Context> | Promise<OpenedSubgraph<Context>>
}

export interface OpenedSubgraph<Context extends { readonly identity: Identity }> extends Pick<
  SubgraphOptions<Context>,
  'makeContext' | 'routes' | 'signedRoutes'
> {
  /** Ends what works beside requests, after the last of them and before the database is closed. */
  close?(): Promise<void>
}

/**
 * @throws Error with the code EADDRINUSE when the port is taken
 * @throws ConfigError when there is no Redis and another process publishes the events of this database
 */
export async function startEventSubgraph<Context extends { readonly identity: Identity }>(
  { name, typeDefs, resolvers, databaseSettings, open }: EventSubgraph<Context>,
  config: EventSubgraphConfig,
  { log, pubsub, onStatement }: EventSubgraphParts,
): Promise<RunningSubgraph> {
  const { statementTimeoutMs, drainTimeoutMs, eventRetentionHours: retentionHours } = config
  const lifecycle = makeLifecycle({
    drainTimeoutMs,
    onError: (what, err) => log.error({ err, what }, 'was not closed in order'),
  })
  try {
    const database = openDatabase(config.databaseUrl, {
      statementTimeoutMs,
      applicationName: name,
      settings: databaseSettings,
      onStatement,
    })
    lifecycle.onClose('database', database.close)

    const publisher = startPublisher({
      source: name,
      events: postgresEventLog(database),
      pubsub,
      retentionHours,
      log,
    })
    lifecycle.onClose('publisher', publisher.close)
    // Without Redis events go no further than the process that sends them.
    if (config.redisUrl === null && !(await publisher.leadsWithin(LEAD_TIMEOUT_MS))) {
      throw new ConfigError(['REDIS_URL is missing: another process publishes the events of this database'])
    }

    const { makeContext, routes, signedRoutes, close } = await open(database, publisher.wake)
    if (close) lifecycle.onClose('work', close)

    const server = await serveSubgraph<Context>({
      name,
      typeDefs,
      resolvers,
      makeContext,
      routes,
      signedRoutes,
      events: postgresEventFeed(database.sql),
      config,
      health: { database: () => database.sql`select 1`, cache: pubsub.isHealthy, isReady: () => lifecycle.isReady },
      log,
    })
    lifecycle.onClose('server', server.close)

    lifecycle.ready()
    log.info({ url: server.url }, `${name} subgraph listens`)
    return { url: server.url, close: () => lifecycle.close().then(() => log.info(`${name} subgraph ended`)) }
  } catch (error) {
    await lifecycle.close()
    throw error
  }
}

/** Runs it as a process of its own, whose events go through Redis. */
export async function runEventSubgraph<Config extends EventSubgraphConfig>(
  name: string,
  readConfig: () => Config,
  start: (config: Config, parts: EventSubgraphParts) => Promise<RunningSubgraph>,
): Promise<void> {
  await runProcess(async () => {
    const config = readConfig()
    const log = makeLog(name, config.logLevel)
    const pubsub = makePubSub({ redisUrl: config.redisUrl, log })
    try {
      const { url, close } = await start(config, { log, pubsub })
      return { url, close: () => close().finally(pubsub.close) }
    } catch (error) {
      await pubsub.close()
      throw error
    }
  })
}
