// `npm run dev`: the servers, started again at each change, and Vite's server, which changes the page in place. Postgres is
// this process's and goes on meanwhile, so a restart is short.
import { fork, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { demoLogin } from '../drizzle/demo/people.ts'
import { localConfig } from '../platform/config.ts'
import type { LocalConfig } from '../platform/config.ts'
import { makeLifecycle } from '../platform/lifecycle.ts'
import { makeLog, say } from '../platform/log.ts'
import { runProcess } from '../platform/process.ts'
import { databaseVariable, subgraphNames } from '../platform/subgraphs.ts'
import { LOADING_QUICKLY, outcomeOf } from './child-process.ts'
import { openDataFolder, openLogFile } from './data-folder.ts'
import { openDatabases } from './databases.ts'
import { endWithNpm } from './end-with-npm.ts'
import { freePort } from './free-port.ts'
import { alreadyRunning, Problem } from './problem.ts'
import { startPage } from './start-page.ts'
import { findVite } from './web.ts'

const project = fileURLToPath(new URL('..', import.meta.url))

const WATCHED = ['gateway', 'subgraphs', 'platform', 'drizzle', 'schema', 'local']
const IS_SOURCE = /\.(ts|js|css|html|graphql|sql|json)$/
const IS_TEST = /\.(test|e2e|deployed|soak|memtest|contract)\.ts$/
/** Written by us when an SDL changes. */
const IS_COMPOSED = /^schema\/(supergraph|api)\.graphql$/
const IS_SDL = /^schema\/.*\.graphql$/
/** Editors write a file in several steps, and version control many files at once. */
const SETTLE_MS = 80

const WEB_PORT = 5173
/** Nobody waits for what was running when a file is saved. */
const DRAIN_TIMEOUT_MS = 300

interface Servers {
  /** @returns whether they answer requests; they have said why if not */
  restart(): Promise<boolean>
  stop(): Promise<void>
}

export async function startDevelopment(config: LocalConfig): Promise<{ close(): Promise<void> }> {
  const folder = openDataFolder(config.dataDir)
  const log = makeLog('dev', config.logLevel, openLogFile(folder.tributaryLog))
  const lifecycle = makeLifecycle({
    drainTimeoutMs: config.drainTimeoutMs,
    onError: (what, err) => log.error({ err, what }, 'was not closed in order'),
  })
  try {
    const port = config.port || (await freePort())
    const webPort = await freePort(WEB_PORT)
    const vite = serveWebApp(webPort, port)
    lifecycle.onClose('vite', () => end(vite))

    const databases = await openDatabases(config, log)
    lifecycle.onClose('databases', databases.close)
    if (!databases.isOwner) throw alreadyRunning(folder.path)

    const servers = makeServers({
      PORT: String(port),
      DATA_DIR: folder.path,
      ...Object.fromEntries(subgraphNames.map((name) => [databaseVariable(name), databases.urls[name]])),
      DRAIN_TIMEOUT_MS: String(DRAIN_TIMEOUT_MS),
    })
    lifecycle.onClose('servers', servers.stop)
    const isUp = await servers.restart()
    lifecycle.onClose(
      'watcher',
      watchSources((changed) => follow(changed, servers)),
    )

    if (isUp) {
      const url = `http://127.0.0.1:${port}`
      const app = `http://localhost:${webPort}`
      const dataDir = config.databaseUrls === null ? folder.path : null
      const logFile = folder.tributaryLog
      const { host } = config
      say(startPage({ app, url, login: demoLogin, seeded: null, dataDir, logFile, host, tookMs: performance.now() }))
    }
    say(`Changes in ${WATCHED.join(', ')} start the servers again; changes in web-vue show at once.\n`)
    return { close: lifecycle.close }
  } catch (error) {
    await lifecycle.close()
    throw error
  }
}

async function follow(changed: readonly string[], servers: Servers): Promise<void> {
  const startedMs = performance.now()
  if (changed.some((path) => IS_SDL.test(path))) {
    const composing = spawn(process.execPath, ['schema/compose.ts'], { cwd: project, stdio: 'pipe' })
    const { succeeded, output } = await outcomeOf(composing)
    if (!succeeded) return say(`${output.trim()}\nThe servers go on with the schema that was.`)
  }
  const isUp = await servers.restart()
  const what = changed.length === 1 ? changed[0] : `${changed.length} files`
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1)
  say(isUp ? `${what} changed; restarted in ${seconds} s` : `${what} changed; not running until the next change`)
}

function makeServers(settings: Readonly<Record<string, string>>): Servers {
  let child: ChildProcess | null = null
  async function stop(): Promise<void> {
    if (child) await end(child)
    child = null
  }
  return {
    stop,
    restart: async () => {
      await stop()
      const started = fork(join(project, 'local/dev-servers.ts'), {
        env: { ...process.env, ...settings },
        execArgv: [...LOADING_QUICKLY],
        detached: true, // Ctrl-C comes to this process alone, which ends them in order
      })
      child = started
      const [message] = (await Promise.race([once(started, 'message'), once(started, 'exit')])) as unknown[]
      return typeof message === 'string'
    },
  }
}

function serveWebApp(webPort: number, gatewayPort: number): ChildProcess {
  const vite = findVite()
  if (!vite) throw new Problem('Vite is not installed. "npm ci" installs it, unless development packages are left out.')
  const args = [
    vite,
    'web-vue',
    '--port',
    String(webPort),
    '--strictPort',
    '--clearScreen',
    'false',
    '--logLevel',
    'error',
  ]
  const child = spawn(process.execPath, args, {
    cwd: project,
    env: { ...process.env, GATEWAY_PORT: String(gatewayPort) },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    // The page asks again by itself while the servers start.
    if (!text.includes('proxy error')) process.stderr.write(text)
  })
  process.once('exit', () => child.kill('SIGKILL'))
  return child
}

/** @returns what ends watching */
function watchSources(onChange: (paths: readonly string[]) => Promise<void>): () => void {
  const changed = new Set<string>()
  let isFollowing = false
  let timer: NodeJS.Timeout | undefined

  async function follow(): Promise<void> {
    if (isFollowing) return
    isFollowing = true
    while (changed.size > 0) {
      const paths = [...changed]
      changed.clear()
      await onChange(paths)
    }
    isFollowing = false
  }

  const watchers = WATCHED.map((folder) =>
    watch(join(project, folder), { recursive: true }, (_event, name) => {
      const path = `${folder}/${name?.replaceAll('\\', '/')}`
      if (!IS_SOURCE.test(path) || IS_TEST.test(path) || IS_COMPOSED.test(path)) return
      changed.add(path)
      clearTimeout(timer)
      timer = setTimeout(() => void follow(), SETTLE_MS)
    }),
  )
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

if (import.meta.main) {
  endWithNpm(process.env)
  await runProcess(() => startDevelopment(localConfig(process.env)))
}
