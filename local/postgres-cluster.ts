// Postgres's files in the data folder: `postgres/cluster` is what initdb makes, `postgres/password` what opens it.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DataFolder } from './data-folder.ts'
import { OWN_DATABASES_INSTEAD } from './postgres-programs.ts'
import type { Account, Programs } from './postgres-programs.ts'
import { Problem, systemCode } from './problem.ts'

export const SUPERUSER = 'postgres'

/** A server that runs on the cluster. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  /** False while it starts, recovers or stops. */
  readonly isReady: boolean
}

export function hasCluster(folder: DataFolder): boolean {
  return existsSync(folder.postgres)
}

/** Whose the cluster is: null while there is none, and for root, whose it cannot be. */
export function clusterOwner(folder: DataFolder): Account | null {
  const stat = statSync(folder.postgres, { throwIfNoEntry: false })
  return stat?.uid ? { uid: stat.uid, gid: stat.gid } : null
}

/**
 * Makes the cluster where it is missing, with UTF-8 text that sorts by code point on every platform.
 *
 * @returns the superuser's password
 * @throws Problem when the cluster is another account's or another Postgres's, or cannot be made
 */
export async function openCluster(folder: DataFolder, programs: Programs): Promise<string> {
  if (!hasCluster(folder)) await makeCluster(folder, programs)
  removeUnfinished(folder)
  const uid = process.getuid?.() ?? 0
  const owner = clusterOwner(folder)
  if (uid !== 0 && owner && owner.uid !== uid) {
    throw new Problem(
      `The data in ${folder.postgres} belong to another account (user id ${owner.uid}). ` +
        'Start as that account or as root, or choose another folder with DATA_DIR=<folder>.',
    )
  }
  const version = readFileSync(join(clusterPath(folder), 'PG_VERSION'), 'utf8').trim()
  if (version !== programs.majorVersion) {
    throw new Problem(
      `The data in ${folder.postgres} were written by Postgres ${version}, and this is Postgres ` +
        `${programs.majorVersion}. Choose another folder with DATA_DIR=<folder>, or remove the data with ` +
        `"npm run clean". To keep them, move them with pg_dump of Postgres ${version}.`,
    )
  }
  return readFileSync(join(folder.postgres, 'password'), 'utf8')
}

/** The server that runs on the cluster now, whoever started it; null when there is none. */
export function findPostmaster(folder: DataFolder): Postmaster | null {
  const pidFile = join(clusterPath(folder), 'postmaster.pid')
  const text = readIfThere(pidFile)
  const lines = text?.split('\n') ?? []
  const pid = Number(lines[0])
  if (!pid || !isTaken(pid)) return null
  if (!isRunning(pid) || isAnotherProgram(pid, folder)) {
    // Postgres would take whatever has this process id for a living server and not start.
    if (readIfThere(pidFile) === text) rmSync(pidFile, { force: true })
    return null
  }
  // See src/include/utils/pidfile.h of Postgres for what each line holds.
  return { pid, port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' }
}

/** Whether a process runs. One that has ended, and whose parent has not yet asked how, does not. */
export function isRunning(pid: number): boolean {
  if (!isTaken(pid)) return false
  if (process.platform !== 'linux') return true
  const state = /^\d+ \(.*\) (.)/s.exec(readIfThere(`/proc/${pid}/stat`) ?? '')?.[1]
  return state !== undefined && !'ZX'.includes(state)
}

/** What another process sees of the cluster's path inside `postgres/`. */
export const clusterIn = (seenFolder: string) => `${seenFolder}/cluster`

const clusterPath = (folder: DataFolder) => clusterIn(folder.postgres)

// In a folder of its own first: whoever finds `postgres/` finds a whole cluster, however many start at once or are killed.
async function makeCluster(folder: DataFolder, programs: Programs): Promise<void> {
  const unfinished = mkdtempSync(`${folder.postgres}.init-${process.pid}-`)
  try {
    const password = join(unfinished, 'password')
    writeFileSync(password, randomBytes(24).toString('base64url'), { mode: 0o600 })
    const { account } = programs
    if (account) for (const path of [unfinished, password]) chownSync(path, account.uid, account.gid)
    const { succeeded, output } = await programs.run('initdb', unfinished, (seen) => [
      `--pgdata=${clusterIn(seen)}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${seen}/password`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ])
    if (!succeeded) {
      throw new Problem(`Postgres cannot make its files in ${folder.path}:\n${output.trim()}\n${OWN_DATABASES_INSTEAD}`)
    }
    renameSync(unfinished, folder.postgres)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    // Somebody else who starts at the same time was first.
    if (error instanceof Problem || !hasCluster(folder)) throw error
  }
}

// What a process left that was killed while it made a cluster. If its initdb still writes there, the next start removes it.
function removeUnfinished(folder: DataFolder): void {
  for (const name of readdirSync(folder.path)) {
    const [, pid] = /^postgres\.init-(\d+)-/.exec(name) ?? []
    if (!pid || isRunning(Number(pid))) continue
    try {
      rmSync(join(folder.path, name), { recursive: true, force: true })
    } catch {
      continue
    }
  }
}

function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}

// The process id of a server that was killed goes to whoever comes next.
function isAnotherProgram(pid: number, folder: DataFolder): boolean {
  try {
    switch (process.platform) {
      case 'win32':
        return false
      case 'linux':
        // A server works in the folder of its cluster.
        return readlinkSync(`/proc/${pid}/cwd`) !== realpathSync(clusterPath(folder))
      default:
        return !execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).includes('postgres')
    }
  } catch {
    return false // it has ended meanwhile, or is not ours to look into
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH') return null
    throw error
  }
}
