// `npm run migrate`: the databases of the settings, or those of the Postgres inside, which need not run.
import { migrate } from '../drizzle/migrate.ts'
import { runScript } from '../drizzle/script.ts'
import { localConfig } from '../platform/config.ts'
import { makeLog, say } from '../platform/log.ts'
import { subgraphNames } from '../platform/subgraphs.ts'
import { openDatabases } from './databases.ts'

if (import.meta.main) {
  await runScript(async () => {
    const databases = await openDatabases(localConfig(process.env), makeLog('migrate', 'silent'))
    try {
      for (const name of subgraphNames) await migrate(name, databases.urls[name])
      say(`${new Intl.ListFormat('en').format(subgraphNames)} are migrated.`)
    } finally {
      await databases.close()
    }
  })
}
