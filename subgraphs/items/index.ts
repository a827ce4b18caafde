// The items subgraph: what people keep a record of, and the events that tell of changes.
import { readFileSync } from 'node:fs'
import { itemsConfig } from '../../platform/config.ts'
import type { EventSubgraphConfig } from '../../platform/config.ts'
import { runEventSubgraph, startEventSubgraph } from '../../platform/event-subgraph.ts'
import type { EventSubgraph, EventSubgraphParts } from '../../platform/event-subgraph.ts'
import { readerOf } from './access.ts'
import type { ItemsContext } from './context.ts'
import { itemLoaders } from './loaders.ts'
import { resolvers } from './resolvers.ts'
import { itemStore } from './store.ts'

const subgraph: EventSubgraph<ItemsContext> = {
  name: 'items',
  typeDefs: readFileSync(new URL('../../schema/items.graphql', import.meta.url), 'utf8'),
  resolvers,
  open: ({ db }, afterCommit) => {
    const store = itemStore(db, afterCommit)
    return {
      makeContext: ({ identity }) => {
        const reader = readerOf(identity)
        return { identity, reader, store, loaders: itemLoaders(store, reader) }
      },
    }
  },
}

/**
 * @throws Error with the code EADDRINUSE when the port is taken
 * @throws ConfigError when there is no Redis and another process publishes the events of this database
 */
export const startItems = (config: EventSubgraphConfig, parts: EventSubgraphParts) =>
  startEventSubgraph(subgraph, config, parts)

if (import.meta.main) await runEventSubgraph('items', () => itemsConfig(process.env), startItems)
