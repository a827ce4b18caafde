// The built web app: present, or built now by Vite in a process of its own, while everything else starts.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Log } from '../platform/log.ts'
import { outcomeOf } from './child-process.ts'
import { systemCode } from './problem.ts'

const project = fileURLToPath(new URL('..', import.meta.url))
const sources = join(project, 'web-vue')
const unfinishedBuilds = join(project, 'node_modules/.cache')

/** Where the build is served from. */
export const webRoot = join(sources, 'dist')

/** Kept in the build: what it was made from. */
const STAMP = '.built-from'

/**
 * `ready`: what is served was made from the present sources. `outdated`: it was made from older ones. Else there is
 * nothing to serve, because the build failed or what builds is not installed.
 */
export type WebApp = 'ready' | 'outdated' | 'failed' | 'not installed'

/** Builds the web app unless the build that is there was made from the present sources. */
export async function buildWebApp(log: Log): Promise<WebApp> {
  const stamp = hashOfSources()
  if (readStamp() === stamp) return 'ready'
  const vite = findVite()
  if (vite) {
    mkdirSync(unfinishedBuilds, { recursive: true })
    // Apart from what is served, and from what others build at the same time.
    const unfinished = mkdtempSync(join(unfinishedBuilds, 'tributary-web-'))
    try {
      const args = [vite, 'build', sources, '--outDir', unfinished, '--logLevel', 'warn']
      const { succeeded, output } = await outcomeOf(spawn(process.execPath, args, { cwd: project, stdio: 'pipe' }))
      if (succeeded) {
        writeFileSync(join(unfinished, STAMP), stamp)
        putInPlace(unfinished)
        return 'ready'
      }
      log.error({ output }, 'building the web app failed')
    } finally {
      rmSync(unfinished, { recursive: true, force: true })
    }
  }
  if (existsSync(join(webRoot, 'index.html'))) return 'outdated'
  return vite ? 'failed' : 'not installed'
}

function putInPlace(built: string): void {
  rmSync(webRoot, { recursive: true, force: true })
  try {
    renameSync(built, webRoot)
  } catch (error) {
    // Somebody else put the same build there in between.
    if (systemCode(error) !== 'ENOTEMPTY' && systemCode(error) !== 'EEXIST') throw error
  }
}

function hashOfSources(): string {
  const hash = createHash('sha256')
  const files = readdirSync(sources, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(join(webRoot, '/')))
    .sort()
  for (const path of [...files, join(project, 'package-lock.json')]) {
    hash
      .update(`${path.slice(project.length)}\0`)
      .update(readFileSync(path))
      .update('\0')
  }
  return hash.digest('hex')
}

function readStamp(): string | null {
  const path = join(webRoot, STAMP)
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

/** The path of Vite's command, or null where it was left out of the installation. */
export function findVite(): string | null {
  try {
    return fileURLToPath(new URL('bin/vite.js', import.meta.resolve('vite/package.json')))
  } catch {
    return null
  }
}
