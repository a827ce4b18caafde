import { migrate } from '../../drizzle/migrate.ts'
import { startPostgres } from '../../local/postgres.ts'
import { makeLog } from '../../platform/log.ts'
import type { SubgraphName } from '../../platform/subgraphs.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface Databases {
  urlOf(database: string): string
  /** Stops Postgres and removes what it kept. */
  remove(): Promise<void>
}

/** A Postgres of a test's own, whose databases have their tables and no rows. */
export async function emptyDatabases(...names: readonly SubgraphName[]): Promise<Databases> {
  const folder = await temporaryFolder()
  const postgres = await startPostgres({ dataDir: folder.path, log: makeLog('postgres', 'silent') })
  for (const name of names) await migrate(name, postgres.urlOf(name))
  return {
    urlOf: postgres.urlOf,
    remove: async () => {
      await postgres.stop()
      await folder.remove()
    },
  }
}
