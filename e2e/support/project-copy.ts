// A copy of this project to work on: all its files as they are now, and what is installed.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('../..', import.meta.url))

/** @param folder empty, and outside of the project */
export function copyProject(folder: string): void {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--exclude=node_modules']
  const listed = spawnSync('git', args, { cwd: project })
  if (listed.status !== 0) throw new Error(`git ls-files: ${listed.stderr}`)
  const files = listed.stdout.toString().split('\0').filter(Boolean)
  // The web app as it was built last, so that it is built again only where it has changed.
  for (const path of [...files, 'web-vue/dist']) {
    if (!existsSync(join(project, path))) continue // removed, and not yet committed as such
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    cpSync(join(project, path), join(folder, path), { recursive: true })
  }

  // The packages one by one: what tools write beside them, as their caches, is written to the copy.
  mkdirSync(join(folder, 'node_modules'))
  for (const name of readdirSync(join(project, 'node_modules'))) {
    if (/^\.(?!bin$)/.test(name)) continue
    symlinkSync(join(project, 'node_modules', name), join(folder, 'node_modules', name), 'junction')
  }
}
