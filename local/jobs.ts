// `npm run jobs -- list` and `npm run jobs -- replay`: the mail that could not be sent, of the database of
// USERS_DATABASE_URL or of the Postgres inside.
import { migrate } from '../drizzle/migrate.ts'
import { runScript } from '../drizzle/script.ts'
import { localConfig } from '../platform/config.ts'
import { makeLog } from '../platform/log.ts'
import { databaseVariable } from '../platform/subgraphs.ts'
import { runJobsCommand } from '../subgraphs/users/jobs.ts'
import { openDatabases } from './databases.ts'

if (import.meta.main) {
  await runScript(async () => {
    const command = process.argv[2]
    const users = process.env[databaseVariable('users')]
    if (users) return runJobsCommand(users, command)
    const databases = await openDatabases(localConfig(process.env), makeLog('jobs', 'silent'))
    try {
      await migrate('users', databases.urls.users)
      await runJobsCommand(databases.urls.users, command)
    } finally {
      await databases.close()
    }
  })
}
