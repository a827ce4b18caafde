// How long `npm start` takes to the first answer of two subgraphs: the first time on a machine, and later.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { clean } from '../local/clean.ts'
import { freePort } from '../local/free-port.ts'
import { say } from '../platform/log.ts'
import { rounded, spread } from './statistics.ts'
import type { Spread } from './statistics.ts'

const project = fileURLToPath(new URL('..', import.meta.url))

const QUERY = '{ items(first: 3) { nodes { name owner { username } } } }'
const POLL_MS = 10
const TIMEOUT_MS = 60_000

/** What a first start leaves in the project for later ones: the built web app, and what V8 compiled. */
const LEFT_BEHIND = ['web-vue/dist', 'node_modules/.cache/compiled']

export interface StartTimes {
  readonly firstMs: Spread
  readonly laterMs: Spread
}

export async function measureStarts(runs: number): Promise<StartTimes> {
  const firstMs: number[] = []
  const laterMs: number[] = []
  for (let run = 1; run <= runs; run += 1) {
    const dataDir = mkdtempSync(join(tmpdir(), 'tributary-bench-'))
    try {
      for (const path of LEFT_BEHIND) rmSync(join(project, path), { recursive: true, force: true })
      firstMs.push(await measureStart(dataDir))
      laterMs.push(await measureStart(dataDir), await measureStart(dataDir))
      say(`  run ${run}: first ${seconds(firstMs.slice(-1))}, later ${seconds(laterMs.slice(-2))}`)
    } finally {
      await clean(dataDir)
    }
  }
  const [first, later] = [rounded(spread(firstMs), 0), rounded(spread(laterMs), 0)]
  say(`\nFrom "npm start" to the first federated answer, median:`)
  say(`  the first start  ${seconds([first.median])}`)
  say(`  later starts     ${seconds([later.median])}`)
  return { firstMs: first, laterMs: later }
}

/** @returns milliseconds from spawning `npm start` to the answer. It goes on until its page is out, and is ended then. */
async function measureStart(dataDir: string): Promise<number> {
  const port = await freePort()
  const startedMs = performance.now()
  const npm = spawn('npm', ['start', '--silent'], {
    cwd: project,
    env: { ...process.env, DATA_DIR: dataDir, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  })
  const ended = once(npm, 'close')
  const page = once(npm.stdout, 'data')
  try {
    while (!(await isAnswered(port))) {
      if (performance.now() - startedMs > TIMEOUT_MS) throw new Error(`no answer within ${TIMEOUT_MS} ms`)
      if (npm.exitCode !== null) throw new Error(`npm start ended with ${npm.exitCode}`)
      await sleep(POLL_MS)
    }
    const tookMs = performance.now() - startedMs
    await page
    return tookMs
  } finally {
    npm.kill('SIGTERM')
    await ended
  }
}

async function isAnswered(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUERY }),
    })
    const { data } = (await response.json()) as { data?: { items?: { nodes?: { owner?: { username?: string } }[] } } }
    return data?.items?.nodes?.every(({ owner }) => owner?.username) ?? false
  } catch {
    return false // nobody listens yet
  }
}

const seconds = (valuesMs: readonly number[]) => valuesMs.map((ms) => `${(ms / 1_000).toFixed(2)} s`).join(' and ')
