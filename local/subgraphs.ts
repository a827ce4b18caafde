// How the subgraphs start inside one process.
import type { DatabaseOptions } from '../platform/database.ts'
import type { Log } from '../platform/log.ts'
import type { PubSub } from '../platform/pubsub.ts'
import type { RunningSubgraph } from '../platform/subgraph.ts'
import { subgraphNames } from '../platform/subgraphs.ts'
import type { PerSubgraph } from '../platform/subgraphs.ts'
import type { AnySubgraphConfig } from './server-configs.ts'

type StartSubgraph = (
  config: AnySubgraphConfig,
  parts: { readonly log: Log; readonly pubsub: PubSub; readonly onStatement?: DatabaseOptions['onStatement'] },
) => Promise<RunningSubgraph>

const load: PerSubgraph<() => Promise<StartSubgraph>> = {
  users: async () => (await import('../subgraphs/users/index.ts')).startUsers,
  items: async () => (await import('../subgraphs/items/index.ts')).startItems,
}

/** Loads all of them, which takes as long as Postgres does: at the same time, then. */
export async function loadSubgraphs(): Promise<PerSubgraph<StartSubgraph>> {
  const loaded = await Promise.all(subgraphNames.map(async (name) => [name, await load[name]()] as const))
  return Object.fromEntries(loaded) as PerSubgraph<StartSubgraph>
}
