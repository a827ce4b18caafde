// Fails when a subgraph's tables were changed without a migration: tables.ts is compared with what drizzle-kit noted
// down with the last one.
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { generateDrizzleJson } from 'drizzle-kit/api'
import { subgraphNames } from '../platform/subgraphs.ts'
import type { PerSubgraph, SubgraphName } from '../platform/subgraphs.ts'

type Tables = Record<string, unknown>

const loaded = subgraphNames.map(async (name) => [name, (await import(`./${name}/tables.ts`)) as Tables])

export const tablesOf = Object.fromEntries(await Promise.all(loaded)) as PerSubgraph<Tables>

/** Whether the migrations of a subgraph lead to these tables. */
export function areMigrated(name: SubgraphName, tables: Tables = tablesOf[name]): boolean {
  return isDeepStrictEqual(content(generateDrizzleJson(tables)), content(lastSnapshot(name)))
}

function lastSnapshot(name: SubgraphName): object {
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
  for (const name of subgraphNames.filter((one) => !areMigrated(one))) {
    process.stderr.write(
      `drizzle/${name}/tables.ts has a change without a migration: npm run migrate:new -- ${name} <what-it-does>\n`,
    )
    process.exitCode = 1
  }
}
