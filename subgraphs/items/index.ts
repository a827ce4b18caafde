// The items subgraph: what people keep a record of, and the events that tell of changes.
import { readFileSync } from 'node:fs'
import { ConfigError, itemsConfig } from '../../platform/config.ts'
import type { EventSubgraphConfig } from '../../platform/config.ts'
import { openDatabase } from '../../platform/database.ts'
import type { DatabaseOptions } from '../../platform/database.ts'
import { postgresEventFeed } from '../../platform/event-feed.ts'
import { postgresEventLog } from '../../platform/event-log.ts'
import { isUuid } from '../../platform/input.ts'
import { makeLifecycle } from '../../platform/lifecycle.ts'
import { makeLog } from '../../platform/log.ts'
import type { Log } from '../../platform/log.ts'
import { runProcess } from '../../platform/process.ts'
import { startPublisher } from '../../platform/publisher.ts'
import { makePubSub } from '../../platform/pubsub.ts'
import type { PubSub } from '../../platform/pubsub.ts'
import { serveSubgraph } from '../../platform/subgraph.ts'
import type { RunningSubgraph } from '../../platform/subgraph.ts'
import type { ItemsContext } from './context.ts'
import { itemLoaders } from './loaders.ts'
import { resolvers } from './resolvers.ts'
import { itemStore } from './store.ts'

/** Longer than the lead of a process that is gone lasts. */
const LEAD_TIMEOUT_MS = 7_000

/**
 * @throws Error with the code EADDRINUSE when the port is taken
 * @throws ConfigError when there is no Redis and another process publishes the events of this database
 */
export async function startItems(
  config: EventSubgraphConfig,
  parts: { readonly log: Log; readonly pubsub: PubSub; readonly onStatement?: DatabaseOptions['onStatement'] },
): Promise<RunningSubgraph> {
  const { statementTimeoutMs, drainTimeoutMs, eventRetentionHours: retentionHours } = config
  const { log, pubsub, onStatement } = parts
  const lifecycle = makeLifecycle({
    drainTimeoutMs,
    onError: (what, err) => log.error({ err, what }, 'was not closed in order'),
  })
  try {
    const database = openDatabase(config.databaseUrl, { statementTimeoutMs, applicationName: 'items', onStatement })
    lifecycle.onClose('database', database.close)

    const publisher = startPublisher({
      source: 'items',
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

    const store = itemStore(database.db, publisher.wake)

    const server = await serveSubgraph<ItemsContext>({
      name: 'items',
      typeDefs: readFileSync(new URL('../../schema/items.graphql', import.meta.url), 'utf8'),
      resolvers,
      makeContext: ({ identity }) => {
        const viewer = isUuid(identity.subject) ? identity.subject : null
        return { identity, viewer, store, loaders: itemLoaders(store, viewer) }
      },
      events: postgresEventFeed(database.sql),
      config,
      health: { database: () => database.sql`select 1`, cache: pubsub.isHealthy, isReady: () => lifecycle.isReady },
      log,
    })
    lifecycle.onClose('server', server.close)

    lifecycle.ready()
    log.info({ url: server.url }, 'items subgraph listens')
    return { url: server.url, close: () => lifecycle.close().then(() => log.info('items subgraph ended')) }
  } catch (error) {
    await lifecycle.close()
    throw error
  }
}

if (import.meta.main) {
  await runProcess(async () => {
    const config = itemsConfig(process.env)
    const log = makeLog('items', config.logLevel)
    const pubsub = makePubSub({ redisUrl: config.redisUrl, log })
    try {
      const { url, close } = await startItems(config, { log, pubsub })
      return { url, close: () => close().finally(pubsub.close) }
    } catch (error) {
      await pubsub.close()
      throw error
    }
  })
}
