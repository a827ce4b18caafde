// A real Postgres for one machine, from npm: made at the first start, found again at every other.
//
// One process at a time owns the server: it starts it again when it dies and stops it at the end. Owning it is holding an
// advisory lock on a connection that stays open, so it ends with the owner, however that ends. Others who come while
// the server runs use it and leave it running; who comes after an owner was killed finds the server and owns it.
import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import type { Sql } from 'postgres'
import type { Log } from '../platform/log.ts'
import { subgraphNames } from '../platform/subgraphs.ts'
import { openDataFolder } from './data-folder.ts'
import { clusterOwner, openCluster, SUPERUSER } from './postgres-cluster.ts'
import { findPrograms } from './postgres-programs.ts'
import { findOrStartServer, stopServer, stopServerNow } from './postgres-server.ts'
import { Problem, systemCode } from './problem.ts'

/** Advisory locks, in the database `postgres`. */
const OWNER_LOCK = 1
const DATABASES_LOCK = 2

/** A killed owner's lock goes when Postgres notices that its connection is gone. */
const OWNERSHIP_TIMEOUT_MS = 500
const OWNERSHIP_POLL_MS = 50
/** What a server says that is just starting, recovering or stopping; it is asked again. */
const PASSING = ['ECONNREFUSED', 'ECONNRESET', 'CONNECTION_CLOSED', 'CONNECTION_DESTROYED', '57P01', '57P02', '57P03']
const PASSING_TIMEOUT_MS = 10_000
const RETRY_MS = 100
const RESTART_PAUSE_MS = 1_000

export interface RunningPostgres {
  urlOf(database: string): string
  /** Whether this process starts the server again when it dies, and stops it at the end. */
  readonly isOwner: boolean
  /** Stops the server if this process owns it, and leaves it running otherwise. */
  stop(): Promise<void>
}

/**
 * Starts Postgres on the cluster in `dataDir`, or uses the server that runs there already. It listens on a free port of
 * the loopback address and has a database for each subgraph, of its name.
 *
 * @throws Problem when it cannot, with what to do about it
 */
export async function startPostgres({ dataDir, log }: { dataDir: string; log: Log }): Promise<RunningPostgres> {
  const folder = openDataFolder(dataDir)
  const programs = await findPrograms(clusterOwner(folder))
  const password = await openCluster(folder, programs)
  const files = { folder, programs }
  const urlAt = (port: number, database: string) => `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`

  const stopping = new AbortController()
  let spawned: ChildProcess | null = null
  let session: Sql | null = null
  let isOwner = false
  let recovery: Promise<void> | null = null
  let stopped: Promise<void> | null = null

  // Whatever ends this process, no server of its own is left behind.
  const stopAtExit = () => {
    spawned?.kill('SIGINT') // reaches also a server so young that pg_ctl does not find it
    if (isOwner || spawned) stopServerNow(files)
  }
  process.once('exit', stopAtExit)

  try {
    const port = await attach(null)
    return {
      urlOf: (database) => urlAt(port, database),
      get isOwner() {
        return isOwner
      },
      stop: () => (stopped ??= stop()),
    }
  } catch (error) {
    stopAtExit()
    process.removeListener('exit', stopAtExit)
    throw error
  }

  // Finds or starts the server, and owns it if nobody else does.
  async function attach(fixedPort: number | null): Promise<number> {
    const deadlineMs = Date.now() + PASSING_TIMEOUT_MS
    for (;;) {
      const port = await findOrStartServer(files, fixedPort, stopping.signal, (child) => (spawned = child))
      let isAttached = false
      const opened = postgres(urlAt(port, 'postgres'), {
        max: 1,
        max_lifetime: null, // the lock lives as long as this connection
        onnotice: () => {},
        onclose: () => {
          if (isAttached && isOwner && !stopping.signal.aborted) recovery ??= recover(port)
        },
      })
      try {
        await makeDatabases(opened)
        isOwner = await takeOwnership(opened)
        spawned = null // from now on it is the owner's
        if (!isOwner) await opened.end()
        session = opened
        isAttached = true
        return port
      } catch (error) {
        await opened.end({ timeout: 0 })
        if (!PASSING.includes(systemCode(error) ?? '') || Date.now() > deadlineMs) throw error
        await sleep(RETRY_MS, undefined, { signal: stopping.signal })
      }
    }
  }

  // On the same port, so that connection pools find the server again by themselves.
  async function recover(port: number): Promise<void> {
    log.warn('postgres went away')
    while (!stopping.signal.aborted) {
      try {
        const found = await attach(port)
        if (found !== port) throw new Problem(`Postgres was started by another process, on port ${found}.`)
        log.info('postgres is back')
        break
      } catch (error) {
        if (stopping.signal.aborted) break
        log.error({ err: error, retryMs: RESTART_PAUSE_MS }, 'postgres could not be started again')
        await sleep(RESTART_PAUSE_MS, undefined, { signal: stopping.signal }).catch(() => {})
      }
    }
    recovery = null
  }

  async function stop(): Promise<void> {
    stopping.abort()
    await recovery
    if (isOwner) await stopServer(files)
    isOwner = false
    process.removeListener('exit', stopAtExit)
    await session?.end({ timeout: 0 })
  }
}

// One starter at a time: Postgres has no `create database if not exists`.
async function makeDatabases(session: Sql): Promise<void> {
  await session`select pg_advisory_lock(${DATABASES_LOCK})`
  const existing = await session<{ name: string }[]>`select datname as name from pg_database`
  for (const name of subgraphNames) {
    if (!existing.some((database) => database.name === name)) await session`create database ${session(name)}`
  }
  await session`select pg_advisory_unlock(${DATABASES_LOCK})`
}

async function takeOwnership(session: Sql): Promise<boolean> {
  const deadlineMs = Date.now() + OWNERSHIP_TIMEOUT_MS
  for (;;) {
    const [row] = await session<{ taken: boolean }[]>`select pg_try_advisory_lock(${OWNER_LOCK}) as taken`
    if (row?.taken) return true
    if (Date.now() > deadlineMs) return false
    await sleep(OWNERSHIP_POLL_MS)
  }
}
