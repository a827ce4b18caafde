// The databases of a start on one machine: those of the settings, or those of the Postgres inside.
import type { LocalConfig } from '../platform/config.ts'
import type { Log } from '../platform/log.ts'
import { startPostgres } from './postgres.ts'

export interface Databases {
  readonly usersDatabaseUrl: string
  readonly itemsDatabaseUrl: string
  /** Whether nobody else ends them: always so for databases of the settings. */
  readonly isOwner: boolean
  close(): Promise<void>
}

/** @throws Problem when Postgres does not start */
export async function openDatabases(config: LocalConfig, log: Log): Promise<Databases> {
  const { usersDatabaseUrl, itemsDatabaseUrl } = config
  if (usersDatabaseUrl !== null && itemsDatabaseUrl !== null) {
    return { usersDatabaseUrl, itemsDatabaseUrl, isOwner: true, close: async () => {} }
  }
  const postgres = await startPostgres({ dataDir: config.dataDir, log })
  return {
    usersDatabaseUrl: postgres.urlOf('users'),
    itemsDatabaseUrl: postgres.urlOf('items'),
    isOwner: postgres.isOwner,
    close: () => postgres.stop(),
  }
}
