// `npm run seed`: fills the databases of the settings, or those of the Postgres inside, if they are empty. With
// `-- --items 1000000` it adds that many made-up items to whatever they hold.
import { manyItems, readSeedArguments } from '../drizzle/many/seed-many.ts'
import { migrate } from '../drizzle/migrate.ts'
import { runScript } from '../drizzle/script.ts'
import { demoLogin, seed } from '../drizzle/seed.ts'
import { localConfig } from '../platform/config.ts'
import { makeLog, say } from '../platform/log.ts'
import { subgraphNames } from '../platform/subgraphs.ts'
import { openDatabases } from './databases.ts'

if (import.meta.main) {
  await runScript(async () => {
    const { itemCount } = readSeedArguments(process.argv.slice(2))
    const databases = await openDatabases(localConfig(process.env), makeLog('seed', 'silent'))
    try {
      for (const name of subgraphNames) await migrate(name, databases.urls[name])
      if (itemCount !== null) return await manyItems(databases.urls, itemCount, say)
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
