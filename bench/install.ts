// What Tributary is measured against is no dependency of its own: it is installed when it is first needed.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { say } from '../platform/log.ts'
import { projectFile, versionOf } from './gateways.ts'

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

/** Whether every package that the folder names is there, in its version: times of files change with every checkout. */
function isInstalled(folder: string): boolean {
  const { dependencies } = JSON.parse(readFileSync(projectFile(`${folder}/package.json`), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  return Object.entries(dependencies).every(
    ([name, version]) => versionOf(`${folder}/node_modules/${name}`) === version,
  )
}
