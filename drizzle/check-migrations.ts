// Fails when a subgraph's tables were changed without a migration: what the last one left is compared with tables.ts.
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { generateDrizzleJson } from 'drizzle-kit/api'
import * as items from './items/tables.ts'
import * as users from './users/tables.ts'

interface Journal {
  readonly entries: readonly { readonly tag: string }[]
}

/** Whether these tables are the ones that drizzle-kit noted down with a subgraph's last migration. */
export function areMigrated(tables: Record<string, unknown>, snapshot: object): boolean {
  return isDeepStrictEqual(content(generateDrizzleJson(tables)), content(snapshot))
}

/** What drizzle-kit noted down with the last migration of a subgraph. */
export function lastSnapshot(subgraph: 'users' | 'items'): object {
  const read = (name: string) =>
    JSON.parse(readFileSync(new URL(`${subgraph}/migrations/meta/${name}`, import.meta.url), 'utf8'))
  const { entries }: Journal = read('_journal.json')
  return read(`${entries.at(-1)?.tag.split('_')[0]}_snapshot.json`)
}

// Each snapshot has an id, and its predecessor's; the rest goes through JSON as the stored one did.
function content(snapshot: object): unknown {
  return JSON.parse(JSON.stringify({ ...snapshot, id: null, prevId: null }))
}

if (import.meta.main) {
  for (const [subgraph, tables] of [
    ['users', users],
    ['items', items],
  ] as const) {
    if (areMigrated(tables, lastSnapshot(subgraph))) continue
    process.stderr.write(
      `drizzle/${subgraph}/tables.ts has changes that no migration makes: npm run migrate:new -- ${subgraph} <what-it-does>\n`,
    )
    process.exitCode = 1
  }
}
