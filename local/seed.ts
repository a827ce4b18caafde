// `npm run seed`: fills the databases of the settings, or those of the Postgres inside, if they are empty.
import { migrate } from '../drizzle/migrate.ts'
import { runScript } from '../drizzle/script.ts'
import { demoLogin, seed } from '../drizzle/seed.ts'
import { localConfig } from '../platform/config.ts'
import { makeLog, say } from '../platform/log.ts'
import { subgraphNames } from '../platform/subgraphs.ts'
import { openDatabases } from './databases.ts'

if (import.meta.main) {
  await runScript(async () => {
    const databases = await openDatabases(localConfig(process.env), makeLog('seed', 'silent'))
    try {
      for (const name of subgraphNames) await migrate(name, databases.urls[name])
      const seeded = await seed(databases.urls)
      say(
        seeded
          ? `${seeded.users} users and ${seeded.items} items written. Log in as ${demoLogin.email}, ${demoLogin.password}`
          : 'Nothing to do: there are rows already.',
      )
    } finally {
      await databases.close()
    }
  })
}
