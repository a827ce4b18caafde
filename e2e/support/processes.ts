// Tributary as separate processes, started as a deployment starts them: by their entry files, settings by environment.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { LOADING_QUICKLY } from '../../local/child-process.ts'
import { freePort } from '../../local/free-port.ts'
import { startPostgres } from '../../local/postgres.ts'
import { makeLog } from '../../platform/log.ts'
import { databaseVariable, perSubgraph, subgraphNames } from '../../platform/subgraphs.ts'
import type { SubgraphName } from '../../platform/subgraphs.ts'

export type Env = Readonly<Record<string, string>>

export interface RunningProcess {
  /** What it wrote, on stdout and stderr. */
  output(): string
  /** SIGTERM unless told otherwise. @returns its exit code, null where a signal ended it */
  end(signal?: NodeJS.Signals): Promise<number | null>
  /** Resolves with the exit code when it ends by itself. */
  readonly ended: Promise<number | null>
}

const START_TIMEOUT_MS = 20_000
const projectFolder = fileURLToPath(new URL('../..', import.meta.url))

/** Runs an entry file of the project with nothing in its environment but this. */
export function startProcess(entry: string, env: Env): RunningProcess {
  const child: ChildProcess = spawn(process.execPath, [...LOADING_QUICKLY, entry], {
    cwd: projectFolder,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const killChild = () => void child.kill('SIGKILL')
  process.once('exit', killChild)
  void ended.then(() => process.off('exit', killChild))
  return {
    output: () => output,
    ended,
    end: (signal = 'SIGTERM') => {
      child.kill(signal)
      return ended
    },
  }
}

/** @throws Error with the process's output when it ends, or time does, before `url` answers with 200 */
export async function untilReady(running: RunningProcess, url: string): Promise<void> {
  let isEnded = false
  void running.ended.then(() => (isEnded = true))
  for (const startedAt = Date.now(); Date.now() - startedAt < START_TIMEOUT_MS; await sleep(50)) {
    if (isEnded) break
    const response = await fetch(url).catch(() => null)
    await response?.body?.cancel()
    if (response?.status === 200) return
  }
  throw new Error(`${url} did not become ready:\n${running.output()}`)
}

/** Postgres, migrated databases, and the settings of every process; nothing is started yet. */
export async function prepareDeployment(redisUrl: string) {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-processes-'))
  const postgres = await startPostgres({ dataDir: folder, log: makeLog('test', 'silent') })
  const gateway = await freePort()
  const ports = new Map<SubgraphName, number>()
  for (const name of subgraphNames) ports.set(name, await freePort())
  const addressOf = (name: SubgraphName) => `http://127.0.0.1:${ports.get(name)}`
  const shared: Env = { REDIS_URL: redisUrl, GATEWAY_SECRET: 'a secret of at least 32 characters', LOG_LEVEL: 'info' }
  const databaseOf = (name: SubgraphName) => ({ [databaseVariable(name)]: postgres.urlOf(name) })
  const deployment = {
    url: `http://127.0.0.1:${gateway}`,
    env: {
      migrate: Object.assign({}, ...subgraphNames.map(databaseOf)) as Env,
      ...perSubgraph((name) => ({
        ...shared,
        ...databaseOf(name),
        ...(name === 'items' && { ACCOUNTS_URL: `${addressOf('users')}/graphql` }),
        PORT: String(ports.get(name)),
      })),
      gateway: {
        ...shared,
        PORT: String(gateway),
        SUBGRAPH_URLS: subgraphNames.map((name) => `${name}=${addressOf(name)}/graphql`).join(','),
        JWKS_URL: `${addressOf('users')}/.well-known/jwks.json`,
        REVOCATIONS_FROM: 'users',
        API_KEYS_FROM: 'users',
        SESSIONS_FROM: 'users',
        COOKIE_TO: 'users=__Host-refresh',
        DEV_PAGES_FROM: 'users',
        WEB_ROOT: join(projectFolder, 'web-vue/dist'),
        TRUSTED_PROXIES: 'loopback', // tests say themselves where a request comes from
      },
    } satisfies Record<string, Env>,
    async startSubgraph(name: SubgraphName) {
      return startAndWait(`subgraphs/${name}/index.ts`, deployment.env[name], `${addressOf(name)}/readyz`)
    },
    async startGateway() {
      return startAndWait('gateway/index.ts', deployment.env.gateway, `${deployment.url}/readyz`)
    },
    async close() {
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
  const migration = startProcess('drizzle/migrate.ts', deployment.env.migrate)
  if ((await migration.ended) !== 0) throw new Error(`migrations failed:\n${migration.output()}`)
  return deployment
}

async function startAndWait(entry: string, env: Env, readyUrl: string): Promise<RunningProcess> {
  const running = startProcess(entry, env)
  await untilReady(running, readyUrl)
  return running
}
