// What operators do with mail that could not be sent: `list` shows it, `replay` has it sent again. As a script, for the
// database of USERS_DATABASE_URL; `npm run jobs` finds the Postgres inside, too.
import { ConfigError } from '../../platform/config.ts'
import { say } from '../../platform/log.ts'
import { describeStartError } from '../../platform/process.ts'
import { openDeadMail } from './dead-mail.ts'
import type { DeadMailBox } from './dead-mail.ts'

const commands: Readonly<Record<string, (box: DeadMailBox) => Promise<void>>> = { list, replay }

/** @throws ConfigError for a command that there is not */
export async function runJobsCommand(databaseUrl: string, name = 'list'): Promise<void> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) throw new ConfigError([`there are the commands ${Object.keys(commands).join(' and ')}, and no ${name}`])
  const box = await openDeadMail(databaseUrl)
  try {
    await command(box)
  } finally {
    await box.close()
  }
}

async function list(box: DeadMailBox): Promise<void> {
  const mails = await box.list()
  for (const { id, kind, userId, failedAt, error } of mails) say([failedAt, kind, error, userId, id].join('  '))
  say(`${mails.length} mails could not be sent.`)
}

async function replay(box: DeadMailBox): Promise<void> {
  say(`${await box.replay()} mails are sent again.`)
}

if (import.meta.main) {
  try {
    const databaseUrl = process.env['USERS_DATABASE_URL']
    if (!databaseUrl) throw new ConfigError(['USERS_DATABASE_URL is missing'])
    await runJobsCommand(databaseUrl, process.argv[2])
  } catch (error) {
    process.stderr.write(`${describeStartError(error)}\n`)
    process.exitCode = 1
  }
}
