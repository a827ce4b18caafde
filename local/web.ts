// The built web app: present, or built now by Vite in a process of its own, while everything else starts.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Log } from '../platform/log.ts'
import { outcomeOf } from './child-process.ts'
import { isRunning } from './postgres-cluster.ts'
import { systemCode } from './problem.ts'

const project = fileURLToPath(new URL('..', import.meta.url))

const buildOf = (folder: string) => join(folder, 'web-vue/dist')

/** Where the build is served from. */
export const webRoot = buildOf(project)

/** Kept in the build: what it was made from. */
const STAMP = '.built-from'

/**
 * `ready`: the build was made from the present sources. `outdated`: it was made from older ones, because building these
 * failed. `failed`, `not installed`: there is none, because building failed or Vite is missing.
 */
export type WebApp = 'ready' | 'outdated' | 'failed' | 'not installed'

/**
 * Builds the web app unless the build that is there was made from the present sources. The log says why it failed.
 *
 * @param folder the project
 */
export async function buildWebApp(log: Log, folder = project): Promise<WebApp> {
  const vite = findVite()
  try {
    const sources = hashOfSources(folder)
    if (readStamp(folder) === sources) return 'ready'
    if (vite) {
      await build(folder, vite, sources)
      return 'ready'
    }
  } catch (error) {
    log.error({ err: error }, 'building the web app failed')
  }
  if (existsSync(join(buildOf(folder), 'index.html'))) return 'outdated'
  return vite ? 'failed' : 'not installed'
}

/** The path of Vite's command, or null where it was left out of the installation. */
export function findVite(): string | null {
  try {
    return fileURLToPath(new URL('bin/vite.js', import.meta.resolve('vite/package.json')))
  } catch {
    return null
  }
}

// Apart from what is served and from what others build at the same time, then put in its place as a whole.
async function build(folder: string, vite: string, stamp: string): Promise<void> {
  const builds = join(folder, 'node_modules/.cache')
  mkdirSync(builds, { recursive: true })
  removeUnfinished(builds)
  const unfinished = mkdtempSync(join(builds, `web-build-${process.pid}-`))
  try {
    const args = [vite, 'build', 'web-vue', '--outDir', unfinished, '--logLevel', 'warn']
    // Whatever starts it: a build for development would be larger than is served.
    const env = { ...process.env, NODE_ENV: 'production' }
    const { succeeded, output } = await outcomeOf(spawn(process.execPath, args, { cwd: folder, env, stdio: 'pipe' }))
    if (!succeeded) throw new Error(output)
    writeFileSync(join(unfinished, STAMP), stamp)
    chmodSync(unfinished, 0o755) // a temporary folder is closed to other accounts
    rmSync(buildOf(folder), { recursive: true, force: true })
    renameSync(unfinished, buildOf(folder))
  } catch (error) {
    // Somebody else put the same build in its place a moment before.
    if (!['ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) throw error
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

// What a process left that was killed while it built.
function removeUnfinished(builds: string): void {
  for (const name of readdirSync(builds)) {
    const [, pid] = /^web-build-(\d+)-/.exec(name) ?? []
    if (pid && !isRunning(Number(pid))) rmSync(join(builds, name), { recursive: true, force: true })
  }
}

function hashOfSources(folder: string): string {
  const hash = createHash('sha256')
  const paths = filesIn(join(folder, 'web-vue'), buildOf(folder))
  for (const path of [...paths.sort(), join(folder, 'package-lock.json')]) {
    hash
      .update(`${path.slice(folder.length)}\0`)
      .update(readFileSync(path))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesIn(folder: string, besides: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (path === besides) return []
    return entry.isDirectory() ? filesIn(path, besides) : [path]
  })
}

function readStamp(folder: string): string | null {
  const path = join(buildOf(folder), STAMP)
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}
