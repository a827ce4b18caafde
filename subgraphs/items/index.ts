// The items subgraph: what people keep a record of, and the events that tell of changes.
import { readFileSync } from 'node:fs'
import { itemsConfig } from '../../platform/config.ts'
import type { ItemsConfig } from '../../platform/config.ts'
import { runEventSubgraph, startEventSubgraph } from '../../platform/event-subgraph.ts'
import type { EventSubgraph, EventSubgraphParts } from '../../platform/event-subgraph.ts'
import { startPeriodicWork } from '../../platform/periodic-work.ts'
import { signedSource } from '../../platform/signed-source.ts'
import { readerOf } from './access.ts'
import { followAccounts } from './account-follower.ts'
import type { ItemsContext } from './context.ts'
import { signedCursors } from './cursors.ts'
import { itemLoaders } from './loaders.ts'
import { purge, PURGE_INTERVAL_MS, PURGE_LOCK } from './purge.ts'
import { resolvers } from './resolvers.ts'
import { LIKENESS_MIN } from './search.ts'
import { itemStore } from './store.ts'

const typeDefs = readFileSync(new URL('../../schema/items.graphql', import.meta.url), 'utf8')

/**
 * @throws Error with the code EADDRINUSE when the port is taken
 * @throws ConfigError when there is no Redis and another process publishes the events of this database
 */
export function startItems(config: ItemsConfig, parts: EventSubgraphParts) {
  const subgraph: EventSubgraph<ItemsContext> = {
    name: 'items',
    typeDefs,
    resolvers,
    databaseSettings: {
      'pg_trgm.word_similarity_threshold': String(LIKENESS_MIN),
      // What a search finds among a million items: in the default 4 MB Postgres keeps pages instead of rows, and looks
      // through whole ones again.
      work_mem: '16MB',
    },
    open: (database, afterCommit) => {
      const store = itemStore(database.db, afterCommit)
      const cursors = signedCursors(config.gatewaySecrets)
      const purging = startPeriodicWork({
        name: 'purge of items',
        database,
        lock: PURGE_LOCK,
        everyMs: PURGE_INTERVAL_MS,
        work: purge,
        log: parts.log,
      })
      const { accountsUrl: url, gatewaySecrets } = config
      const following =
        url === null
          ? null
          : followAccounts({
              source: signedSource({ name: 'users', url, secret: gatewaySecrets[0]! }),
              database,
              pubsub: parts.pubsub,
              log: parts.log,
              afterCommit,
            })
      return {
        makeContext: ({ identity }) => {
          const reader = readerOf(identity)
          return { identity, reader, store, cursors, loaders: itemLoaders(store, reader) }
        },
        close: async () => {
          await Promise.all([purging.close(), following?.close()])
        },
      }
    },
  }
  return startEventSubgraph(subgraph, config, parts)
}

if (import.meta.main) await runEventSubgraph('items', () => itemsConfig(process.env), startItems)
