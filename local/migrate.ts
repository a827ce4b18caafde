// `npm run migrate`: the databases of the settings, or those of the Postgres inside, which need not run.
import { migrate } from '../drizzle/migrate.ts'
import { runScript } from '../drizzle/script.ts'
import { localConfig } from '../platform/config.ts'
import { makeLog, say } from '../platform/log.ts'
import { openDatabases } from './databases.ts'

if (import.meta.main) {
  await runScript(async () => {
    const databases = await openDatabases(localConfig(process.env), makeLog('migrate', 'silent'))
    try {
      await migrate('users', databases.usersDatabaseUrl)
      await migrate('items', databases.itemsDatabaseUrl)
      say('users and items are migrated.')
    } finally {
      await databases.close()
    }
  })
}
