// Writes a subgraph's next migration from what changed in its tables.ts: `npm run migrate:new -- users add-nickname`.
// Flags of `drizzle-kit generate` may follow, as `--custom` for one that is written by hand.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { subgraphNames } from '../platform/subgraphs.ts'
import { areMigrated } from './check-migrations.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const drizzleKit = fileURLToPath(new URL('../node_modules/drizzle-kit/bin.cjs', import.meta.url))

if (import.meta.main) {
  const problem = newMigration(process.argv.slice(2))
  if (problem) {
    process.stderr.write(`${problem}\n`)
    process.exitCode = 1
  }
}

function newMigration([givenName, migration, ...flags]: readonly string[]): string | null {
  const name = subgraphNames.find((one) => one === givenName)
  if (!name || !migration || !/^[a-z][a-z\d]*(-[a-z\d]+)*$/.test(migration)) {
    return `Usage: npm run migrate:new -- ${subgraphNames.join('|')} <what-it-does, in lower case and dashes>`
  }

  // Its paths are relative ones: it puts `./` before them.
  const [schema, out] = [`drizzle/${name}/tables.ts`, `drizzle/${name}/migrations`]
  const args = ['generate', '--dialect', 'postgresql', '--schema', schema, '--out', out, '--name', migration, ...flags]
  spawnSync(process.execPath, [drizzleKit, ...args], { cwd: root, stdio: 'inherit' })

  // Its exit code is 0 whatever happens.
  return areMigrated(name) ? null : `No migration was written for what changed in ${schema}.`
}
