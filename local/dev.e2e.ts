// `npm run dev` with the real processes: a change starts the servers again, and nothing is left in the end.
import { mkdtempSync, rmSync, statSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { apiOf } from '../e2e/support/api.ts'
import { startProcess } from '../e2e/support/processes.ts'
import type { RunningProcess } from '../e2e/support/processes.ts'
import { clean } from './clean.ts'
import { dataFolder } from './data-folder.ts'
import { freePort } from './free-port.ts'
import { findPostmaster } from './postgres-cluster.ts'

const WAIT = { timeout: 30_000, interval: 20 }
const project = fileURLToPath(new URL('..', import.meta.url))
const ITEMS = '{ items(first: 1) { nodes { name owner { username } } } }'

const dataDir = mkdtempSync(join(tmpdir(), 'tributary-dev-'))
let development: RunningProcess
let gateway: string
let app: string

beforeAll(async () => {
  const port = await freePort()
  development = startProcess('local/dev.ts', { DATA_DIR: dataDir, PORT: String(port) })
  while (!development.output().includes('Changes in')) await sleep(20)
  gateway = `http://127.0.0.1:${port}`
  app = /App +(\S+)/.exec(development.output())![1]!
})

afterAll(async () => {
  await development.end('SIGKILL')
  await clean(dataDir)
  rmSync(dataDir, { recursive: true, force: true })
})

it('serves the page from its sources, with the gateway behind it', async () => {
  const page = await fetch(app)
  expect(await page.text()).toContain('/@vite/client')
  expect((await apiOf(app).ask(ITEMS)).codes).toEqual([])
})

it('starts the servers again when one of their files changes, and keeps Postgres running', async () => {
  const before = findPostmaster(dataFolder(dataDir))
  touch('platform/errors.ts')
  await expect.poll(() => development.output(), WAIT).toContain('platform/errors.ts changed; restarted')
  expect((await apiOf(gateway).ask(ITEMS)).codes).toEqual([])
  expect(findPostmaster(dataFolder(dataDir))).toEqual(before)
})

it('composes the supergraph when an SDL changes', async () => {
  const composed = join(project, 'schema/supergraph.graphql')
  const { mtimeMs } = statSync(composed)
  touch('schema/items.graphql')
  await expect.poll(() => development.output(), WAIT).toContain('schema/items.graphql changed; restarted')
  expect(statSync(composed).mtimeMs).toBeGreaterThan(mtimeMs)
})

it('ends within five seconds of Ctrl-C, with exit code 0 and nothing left', async () => {
  const startedMs = Date.now()
  expect(await development.end('SIGINT')).toBe(0)
  expect(Date.now() - startedMs).toBeLessThan(5_000)
  expect(findPostmaster(dataFolder(dataDir))).toBeNull()
  for (const url of [app, gateway]) await expect(fetch(url)).rejects.toThrow()
})

function touch(path: string): void {
  const now = new Date()
  utimesSync(join(project, path), now, now)
}
