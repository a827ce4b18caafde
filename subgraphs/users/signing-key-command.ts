// What people do about the keys that sign access tokens: look at them, and replace the one that signs. As a script: with
// the settings of a process of the subgraph, as in a container of it.
import { usersConfig } from '../../platform/config.ts'
import { openDatabase } from '../../platform/database.ts'
import { say } from '../../platform/log.ts'
import { describeStartError } from '../../platform/process.ts'
import { rotationChange, signerOf } from './signing-key-schedule.ts'
import { signingKeyStore } from './signing-key-store.ts'
import type { ReadKeys } from './signing-key-store.ts'
import { makeSigningKey } from './signing-keys.ts'

export const SIGNING_KEYS_USAGE = 'Usage: npm run signing-keys -- list|rotate'

/** Longer than any wait for the lock of a process that changes the keys. */
const STATEMENT_TIMEOUT_MS = 10_000

/**
 * @param args `list` or `rotate`
 * @returns what to tell the person
 * @throws Error without a stack for anything else, and where the database does not answer
 */
export async function signingKeysCommand(args: readonly string[], databaseUrl: string): Promise<string> {
  const [command] = args
  if (args.length !== 1 || (command !== 'list' && command !== 'rotate')) throw plainError(SIGNING_KEYS_USAGE)
  const settings = { statementTimeoutMs: STATEMENT_TIMEOUT_MS, applicationName: 'signing-keys' }
  const database = openDatabase(databaseUrl, settings)
  try {
    await database.sql`select 1`.catch((cause: Error & { code?: string }) => {
      throw plainError(`The users database does not answer: ${cause.message || cause.code}`, cause)
    })
    const store = signingKeyStore(database.db)
    return command === 'list' ? listed(await store.read()) : await rotate(store)
  } finally {
    await database.close()
  }
}

async function rotate(store: ReturnType<typeof signingKeyStore>): Promise<string> {
  const fresh = await makeSigningKey()
  let isAdded = false
  const keys = await store.change((before) => {
    const change = rotationChange(before, fresh)
    isAdded = change.add !== null
    return change
  })
  const done = isAdded ? 'A key was added. Nobody is logged out.' : 'A key waits already: no other was added.'
  return `${done}\n${listed(keys)}`
}

function listed(keys: ReadKeys): string {
  const signer = signerOf(keys)
  const lines = keys.rows.map((key) => {
    if (key.id === signer?.id) return line(key.id, `signs since ${shown(key.signsFromMs)}`)
    if (key.signsFromMs > keys.nowMs) return line(key.id, `signs from ${shown(key.signsFromMs)} on`)
    return line(key.id, 'signs no more; stays until no token of it is good')
  })
  return lines.length > 0 ? lines.join('\n') : 'There are no keys: the first start makes one.'
}

const line = (kid: string, does: string) => `${kid}  ${does}`

const shown = (timeMs: number) => `${new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** For people who typed something: the stack would tell them nothing. */
function plainError(message: string, cause?: unknown): Error {
  const error = new Error(message, { cause })
  delete error.stack
  return error
}

if (import.meta.main) {
  try {
    say(await signingKeysCommand(process.argv.slice(2), usersConfig(process.env).databaseUrl))
  } catch (error) {
    process.stderr.write(`${describeStartError(error)}\n`)
    process.exitCode = 1
  }
}
