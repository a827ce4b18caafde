// Fails when a generated file is not what its sources make of it. The files are up to date afterwards: what is left to
// do is to read their diff and to commit it.
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const generated = [
  'schema/{supergraph,api}.graphql',
  '{subgraphs,sdk}/**/*.generated.ts',
  'web-vue/src/gql/**/*.ts',
  'sdk/operations/*.json',
]
const root = fileURLToPath(new URL('..', import.meta.url))

/** Names of the files that differ, are new or are gone. */
export function changedFiles(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const paths = new Set([...before.keys(), ...after.keys()])
  return [...paths].filter((path) => before.get(path) !== after.get(path)).sort()
}

function readGenerated(): Map<string, string> {
  return new Map(globSync(generated, { cwd: root }).map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

if (import.meta.main) {
  const before = readGenerated()
  // Through a shell, because npm is a script of the shell's on Windows.
  const { status } = spawnSync('npm run --silent schema', { cwd: root, stdio: 'inherit', shell: true })
  const changed = changedFiles(before, readGenerated())
  if (changed.length > 0) {
    const list = changed.map((path) => `- ${path}`).join('\n')
    process.stderr.write(
      `Generated files were not up to date. \`npm run schema\` has written them; commit them with their source:\n${list}\n`,
    )
  }
  process.exitCode = status === 0 && changed.length === 0 ? 0 : 1
}
