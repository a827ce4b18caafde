// What Tributary is measured against is no dependency of its own: it is installed when it is first needed.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { say } from '../platform/log.ts'
import { projectFile } from './gateways.ts'

const folders = ['hive', 'mercurius', 'postgraphile'].map((peer) => `bench/peers/${peer}`)

/** Says what could not be installed: those who live there do not start then, and are reported as not measured. */
export function installPeers(): void {
  for (const folder of folders.filter((each) => !isInstalled(each))) {
    say(`npm ci --prefix ${folder}`)
    const { status } = spawnSync('npm', ['ci'], {
      cwd: projectFile(folder),
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    })
    if (status !== 0) say(`  failed with ${status}: those of this folder cannot be measured`)
  }
}

/** Whether npm has installed what the lock says since the lock was changed. */
function isInstalled(folder: string): boolean {
  const installed = projectFile(`${folder}/node_modules/.package-lock.json`)
  return (
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(projectFile(`${folder}/package-lock.json`)).mtimeMs
  )
}
