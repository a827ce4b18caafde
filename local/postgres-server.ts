// The server process of a cluster: found when it runs already, started when not, stopped.
import type { ChildProcess } from 'node:child_process'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { putAsideLongLog } from './data-folder.ts'
import type { DataFolder } from './data-folder.ts'
import { freePort } from './free-port.ts'
import { clusterIn, findPostmaster } from './postgres-cluster.ts'
import type { Programs } from './postgres-programs.ts'
import { Problem } from './problem.ts'

/** How long a start may take; recovery after a crash is the longest. */
const START_TIMEOUT_MS = 30_000
/** Postgres ends its statements and writes a checkpoint within this, or is stopped without, to recover when it starts. */
const STOP_TIMEOUT_S = 3
const POLL_MS = 20
/** Of the log's end that is shown when Postgres does not start. */
const SHOWN_LINES = 8
const SHOWN_BYTES = 4_000

/** Failures that pass: another process was first, or what a killed server left is still being cleared away. */
const PASSING = /postmaster\.pid|pre-existing shared memory block|could not bind|could not create any TCP\/IP sockets/

export interface ServerOf {
  readonly folder: DataFolder
  readonly programs: Programs
}

/**
 * Finds the server of a cluster or starts one, and waits until it takes connections. Any number of processes may call it
 * at once: all of them get the same server.
 *
 * @param port where a server that has to be started is to listen; null: on any free port
 * @param onSpawn told of the process as soon as there is one
 * @returns the port it listens on
 * @throws Problem with the last lines of the log when Postgres does not start
 */
export async function findOrStartServer(
  { folder, programs }: ServerOf,
  port: number | null,
  signal: AbortSignal,
  onSpawn: (child: ChildProcess) => void,
): Promise<number> {
  const deadlineMs = Date.now() + START_TIMEOUT_MS
  let child: ChildProcess | null = null
  for (;;) {
    const running = findPostmaster(folder)
    if (running?.isReady) return running.port
    if (!running && hasEnded(child)) {
      if (child && !PASSING.test(linesOf(child, folder))) throw startProblem(folder)
      if (!child) putAsideLongLog(folder.postgresLog)
      child = startServer({ folder, programs }, port ?? (await freePort()))
      onSpawn(child)
    }
    if (Date.now() > deadlineMs) throw startProblem(folder)
    await sleep(POLL_MS, undefined, { signal })
  }
}

export async function stopServer({ folder, programs }: ServerOf): Promise<void> {
  const { succeeded } = await programs.run('pg_ctl', folder.postgres, stopArgs('fast'))
  if (!succeeded && findPostmaster(folder)) await programs.run('pg_ctl', folder.postgres, stopArgs('immediate'))
}

/** The same while this process is about to exit. */
export function stopServerNow({ folder, programs }: ServerOf): void {
  const { succeeded } = programs.runNow('pg_ctl', folder.postgres, stopArgs('fast'))
  if (!succeeded && findPostmaster(folder)) programs.runNow('pg_ctl', folder.postgres, stopArgs('immediate'))
}

function startServer({ folder, programs }: ServerOf, port: number): ChildProcess {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Lines are told apart by the process that wrote them.
    log_line_prefix: '%m [%p] ',
  }
  return programs.spawnServer(folder.postgres, folder.postgresLog, (seen) => [
    '-D',
    clusterIn(seen),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ])
}

const stopArgs = (mode: 'fast' | 'immediate') => (seen: string) => [
  'stop',
  `--pgdata=${clusterIn(seen)}`,
  `--mode=${mode}`,
  `--timeout=${STOP_TIMEOUT_S}`,
  '--wait',
  '--silent',
]

function hasEnded(child: ChildProcess | null): boolean {
  return !child?.pid || child.exitCode !== null || child.signalCode !== null
}

function startProblem(folder: DataFolder): Problem {
  const lines = endOfLog(folder).trimEnd().split('\n').slice(-SHOWN_LINES)
  return new Problem(`Postgres does not start. The end of ${folder.postgresLog}:\n${lines.join('\n')}`)
}

// Of a log that several processes write, as long as they try to start a server.
function linesOf({ pid }: ChildProcess, folder: DataFolder): string {
  const lines = endOfLog(folder).split('\n')
  return lines.filter((line) => line.includes(`[${pid}]`)).join('\n')
}

function endOfLog(folder: DataFolder): string {
  const file = openSync(folder.postgresLog, 'r')
  try {
    const length = Math.min(SHOWN_BYTES, fstatSync(file).size)
    const buffer = Buffer.alloc(length)
    readSync(file, buffer, 0, length, fstatSync(file).size - length)
    return buffer.toString('utf8')
  } finally {
    closeSync(file)
  }
}
