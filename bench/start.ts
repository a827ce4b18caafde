// How long `npm start` takes to the first answer of two subgraphs: the first time on a machine, and later.
//   node bench/start.ts [runs]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { clean } from '../local/clean.ts'
import { freePort } from '../local/free-port.ts'
import { say } from '../platform/log.ts'

const project = fileURLToPath(new URL('..', import.meta.url))

const QUERY = '{ items(first: 3) { nodes { name owner { username } } } }'
const POLL_MS = 10
const TIMEOUT_MS = 60_000

/** What a first start leaves in the project for later ones: the built web app, and what V8 compiled. */
const LEFT_BEHIND = ['web-vue/dist', 'node_modules/.cache/compiled']

async function benchmark(runs: number): Promise<void> {
  const firstMs: number[] = []
  const laterMs: number[] = []
  for (let run = 1; run <= runs; run += 1) {
    const dataDir = mkdtempSync(join(os.tmpdir(), 'tributary-bench-'))
    try {
      for (const path of LEFT_BEHIND) rmSync(join(project, path), { recursive: true, force: true })
      firstMs.push(await measureStart(dataDir))
      laterMs.push(await measureStart(dataDir), await measureStart(dataDir))
      say(`run ${run}: first ${seconds(firstMs.slice(-1))}, later ${seconds(laterMs.slice(-2))}`)
    } finally {
      await clean(dataDir)
    }
  }
  say(`\nFrom "npm start" to the first federated answer, median, on ${os.availableParallelism()} cores:`)
  say(`  the first start  ${seconds([median(firstMs)])}`)
  say(`  later starts     ${seconds([median(laterMs)])}`)
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

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
}

const seconds = (valuesMs: readonly number[]) => valuesMs.map((ms) => `${(ms / 1_000).toFixed(2)} s`).join(' and ')

if (import.meta.main) await benchmark(Number(process.argv[2] ?? 5))
