// Fails when a subgraph's tables were changed without a migration: tables.ts is compared with what drizzle-kit noted
// down with the last one.
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { generateDrizzleJson } from 'drizzle-kit/api'
import { databaseNames } from './databases.ts'
import type { DatabaseName } from './databases.ts'
import * as items from './items/tables.ts'
import * as users from './users/tables.ts'

type Tables = Record<string, unknown>

export const tablesOf: Readonly<Record<DatabaseName, Tables>> = { users, items }

/** Whether the migrations of a subgraph lead to these tables. */
export function areMigrated(name: DatabaseName, tables: Tables = tablesOf[name]): boolean {
  return isDeepStrictEqual(content(generateDrizzleJson(tables)), content(lastSnapshot(name)))
}

function lastSnapshot(name: DatabaseName): object {
  const read = (file: string): unknown =>
    JSON.parse(readFileSync(new URL(`${name}/migrations/meta/${file}`, import.meta.url), 'utf8'))
  const { entries } = read('_journal.json') as { entries: readonly { tag: string }[] }
  return read(`${entries.at(-1)?.tag.split('_')[0]}_snapshot.json`) as object
}

// Each snapshot names itself and the one before; the rest goes through JSON, as the stored one did.
function content(snapshot: object): unknown {
  return JSON.parse(JSON.stringify({ ...snapshot, id: null, prevId: null }))
}

if (import.meta.main) {
  for (const name of databaseNames.filter((one) => !areMigrated(one))) {
    process.stderr.write(
      `drizzle/${name}/tables.ts has a change without a migration: npm run migrate:new -- ${name} <what-it-does>\n`,
    )
    process.exitCode = 1
  }
}
