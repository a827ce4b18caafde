// The databases of a start on one machine: those of the settings, or those of the Postgres inside.
import type { LocalConfig } from '../platform/config.ts'
import type { Log } from '../platform/log.ts'
import { perSubgraph } from '../platform/subgraphs.ts'
import type { PerSubgraph } from '../platform/subgraphs.ts'
import { startPostgres } from './postgres.ts'

export interface Databases {
  readonly urls: PerSubgraph<string>
  /** Whether nobody else ends them: always so for databases of the settings. */
  readonly isOwner: boolean
  close(): Promise<void>
}

/** @throws Problem when Postgres does not start */
export async function openDatabases(config: LocalConfig, log: Log): Promise<Databases> {
  if (config.databaseUrls !== null) return { urls: config.databaseUrls, isOwner: true, close: async () => {} }
  const postgres = await startPostgres({ dataDir: config.dataDir, log })
  return {
    urls: perSubgraph(postgres.urlOf),
    isOwner: postgres.isOwner,
    close: () => postgres.stop(),
  }
}
