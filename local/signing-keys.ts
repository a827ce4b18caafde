// `npm run signing-keys -- list|rotate`: the keys that sign access tokens, in the users database of the settings or in that
// of the Postgres inside, which need not run.
import { migrate } from '../drizzle/migrate.ts'
import { runScript } from '../drizzle/script.ts'
import { localConfig } from '../platform/config.ts'
import { makeLog, say } from '../platform/log.ts'
import { signingKeysCommand } from '../subgraphs/users/signing-key-command.ts'
import { openDatabases } from './databases.ts'

if (import.meta.main) {
  await runScript(async () => {
    const databases = await openDatabases(localConfig(process.env), makeLog('signing-keys', 'silent'))
    try {
      await migrate('users', databases.urls.users)
      say(await signingKeysCommand(process.argv.slice(2), databases.urls.users))
    } finally {
      await databases.close()
    }
  })
}
