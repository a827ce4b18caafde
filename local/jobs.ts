// `npm run jobs -- list` shows the mail that could not be sent, `npm run jobs -- replay` has it sent again: of the
// database of USERS_DATABASE_URL, or of the Postgres inside.
import { databaseUrls } from '../drizzle/databases.ts'
import { migrate } from '../drizzle/migrate.ts'
import { runScript } from '../drizzle/script.ts'
import { ConfigError, localConfig } from '../platform/config.ts'
import { makeLog, say } from '../platform/log.ts'
import { openDeadMail } from '../subgraphs/users/jobs.ts'
import { openDatabases } from './databases.ts'

const commands: Readonly<Record<string, (databaseUrl: string) => Promise<void>>> = { list, replay }

if (import.meta.main) {
  await runScript(async () => {
    const [name = 'list'] = process.argv.slice(2)
    const command = commands[name]
    if (!command) throw new ConfigError([`there are the commands ${Object.keys(commands).join(' and ')}, no ${name}`])
    const { users } = databaseUrls(process.env)
    if (users) return command(users)
    const databases = await openDatabases(localConfig(process.env), makeLog('jobs', 'silent'))
    try {
      await migrate('users', databases.urls.users)
      await command(databases.urls.users)
    } finally {
      await databases.close()
    }
  })
}

async function list(databaseUrl: string): Promise<void> {
  const box = await openDeadMail(databaseUrl)
  try {
    const mails = await box.list()
    for (const { id, kind, userId, failedAt, error } of mails) say([failedAt, kind, error, userId, id].join('  '))
    say(`${mails.length} mails could not be sent.`)
  } finally {
    await box.close()
  }
}

async function replay(databaseUrl: string): Promise<void> {
  const box = await openDeadMail(databaseUrl)
  try {
    say(`${await box.replay()} mails are sent again.`)
  } finally {
    await box.close()
  }
}
