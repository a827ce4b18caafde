// Brings a subgraph's database up to the tables of this release. As a script: the databases of USERS_DATABASE_URL,
// ITEMS_DATABASE_URL and so on, those of them that are set.
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator'
import { say } from '../platform/log.ts'
import { databaseVariable, subgraphNames } from '../platform/subgraphs.ts'
import type { SubgraphName } from '../platform/subgraphs.ts'
import { databaseUrls, onConnection } from './databases.ts'
import { runScript } from './script.ts'

/** Any number, as long as nothing else in a subgraph's database locks with it. */
const MIGRATION_LOCK = 7_215_002

/**
 * Applies what is missing, each migration once, however many processes start at the same time.
 *
 * @throws Error without a stack when the database does not answer
 */
export async function migrate(name: SubgraphName, databaseUrl: string): Promise<void> {
  await onConnection(name, databaseUrl, async (sql) => {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`
    await applyMigrations(drizzle(sql), { migrationsFolder: migrationsFolder(name) })
  })
}

const migrationsFolder = (name: SubgraphName) => fileURLToPath(new URL(`${name}/migrations`, import.meta.url))

if (import.meta.main) {
  await runScript(async () => {
    const urls = databaseUrls(process.env)
    for (const name of subgraphNames) {
      const url = urls[name]
      if (url) await migrate(name, url)
      say(url ? `${name}: migrated` : `${name}: left alone, ${databaseVariable(name)} is not set`)
    }
  })
}
