// Programs that some tests are about and npm cannot bring. Where one is missing, its tests are skipped and name the
// Debian package that has it; `.ci/run` installs them all.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe } from 'vitest'

/** The first of these programs that is on PATH, or null. */
export function findProgram(...names: readonly string[]): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable) ?? null
}

interface Suite {
  (title: string, tests: () => void): unknown
  skip(title: string, tests: () => void): unknown
}

/** `describe` that skips its tests, and says what to install, where the program was not found. */
export function describeWith(program: string | null, debianPackage: string, suite: Suite = describe) {
  return (title: string, tests: () => void): void => {
    if (program !== null) return void suite(title, tests)
    process.stderr.write(`skipped: ${title} (install the Debian package ${debianPackage})\n`)
    suite.skip(`${title} (needs the Debian package ${debianPackage})`, tests)
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
