// What `npm start` promises, kept by the real process: its page, its end, and what it survives.
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { apiOf } from '../e2e/support/api.ts'
import type { Person } from '../e2e/support/api.ts'
import { startProcess } from '../e2e/support/processes.ts'
import type { RunningProcess } from '../e2e/support/processes.ts'
import { makeLog } from '../platform/log.ts'
import { databaseVariable, subgraphNames } from '../platform/subgraphs.ts'
import { clean } from './clean.ts'
import { dataFolder } from './data-folder.ts'
import { freePort } from './free-port.ts'
import { findPostmaster, isRunning } from './postgres-cluster.ts'
import { startPostgres } from './postgres.ts'
import { Problem } from './problem.ts'

const END_MS = 5_000
const FIRST_ITEMS = '{ items(first: 3) { nodes { name owner { username } } } }'

const cleanUps: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

describe('a start on an empty data folder', () => {
  let dataDir: string
  let tributary: Started

  beforeAll(async () => {
    dataDir = newFolder()
    tributary = await start(dataDir)
  })
  afterAll(() => removeData(dataDir))

  it('says where everything is, on one page', () => {
    const page = tributary.process.output()
    expect(page.split('\n').length).toBeLessThan(20)
    expect(page).toContain(`${tributary.shownUrl}/graphql`)
    expect(page).toContain(`${tributary.shownUrl}/playground`)
    expect(page).toContain(dataDir)
    expect(page).toContain(join(dataDir, 'tributary.log'))
    expect(page).toContain('Ctrl-C')
  })

  it('answers from both subgraphs, with people and items that read like real ones', async () => {
    const { data } = await apiOf(tributary.url).ask(FIRST_ITEMS)
    expect(data.items.nodes).toHaveLength(3)
    for (const { name, owner } of data.items.nodes) {
      expect(name).not.toBe('')
      expect(owner.username).toMatch(/^[a-z]+$/)
    }
  })

  it('lets in whoever uses the login on the page, who can create items', async () => {
    const person = await logInAsShown(tributary)
    const id = await apiOf(tributary.url).createItem(person, { name: 'Written on the first day' })
    expect(id).toBeTruthy()
  })

  it('serves the web app and the playground', async () => {
    for (const path of ['/', '/items/anything', '/playground']) {
      const response = await fetch(tributary.url + path, { headers: { accept: 'text/html' } })
      expect([path, response.status, response.headers.get('content-type')]).toEqual([
        path,
        200,
        expect.stringContaining('text/html'),
      ])
    }
  })

  it('writes its log as JSON lines to the data folder, and nothing of it to the terminal', () => {
    const lines = readFileSync(join(dataDir, 'tributary.log'), 'utf8').trim().split('\n')
    const services = lines.map((line) => (JSON.parse(line) as { service: string }).service)
    expect(new Set(services)).toEqual(new Set([...subgraphNames, 'gateway']))
    expect(tributary.process.output()).not.toContain('"level"')
  })

  it('is refused to a second one as long as it runs', async () => {
    const second = startProcess('local/index.ts', { DATA_DIR: dataDir, PORT: '0' })
    expect(await second.ended).toBe(1)
    expect(second.output().trim().split('\n')).toHaveLength(1)
    expect(second.output()).toContain(dataDir)
    expect((await apiOf(tributary.url).ask(FIRST_ITEMS)).codes).toEqual([])
  })

  it('lets migrations and the seed be run beside it', async () => {
    for (const command of ['local/migrate.ts', 'local/seed.ts']) {
      expect(await startProcess(command, { DATA_DIR: dataDir }).ended).toBe(0)
    }
    expect((await apiOf(tributary.url).ask(FIRST_ITEMS)).codes).toEqual([])
  })

  it('is not cleaned away as long as it runs', async () => {
    await expect(clean(dataDir)).rejects.toThrow(Problem)
    expect((await apiOf(tributary.url).ask(FIRST_ITEMS)).codes).toEqual([])
  })

  it('answers again after Postgres was killed, by itself', async () => {
    const { pid } = findPostmaster(dataFolder(dataDir))!
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => findPostmaster(dataFolder(dataDir))?.pid ?? pid, { timeout: 15_000 }).not.toBe(pid)
    const answer = async () => (await apiOf(tributary.url).ask(FIRST_ITEMS)).codes
    await expect.poll(answer, { timeout: 15_000 }).toEqual([])
  })

  it('ends within five seconds of SIGTERM, with exit code 0 and no server left, also with an open socket', async () => {
    const socket = new WebSocket(tributary.url.replace('http', 'ws') + '/graphql', 'graphql-transport-ws')
    await once(socket, 'open')
    const closed = once(socket, 'close')
    const { pid } = findPostmaster(dataFolder(dataDir))!
    const startedMs = Date.now()
    expect(await tributary.process.end('SIGTERM')).toBe(0)
    expect(Date.now() - startedMs).toBeLessThan(END_MS)
    await closed
    expect(findPostmaster(dataFolder(dataDir))).toBeNull()
    await expect.poll(() => isRunning(pid)).toBe(false)
  })

  it('finds at the next start what was written, and fills nothing in again', async () => {
    tributary = await start(dataDir)
    const person = await logInAsShown(tributary)
    const { data } = await apiOf(tributary.url).ask('{ me { items(first: 1) { nodes { name } } } }', {}, person)
    expect(data.me.items.nodes).toEqual([{ name: 'Written on the first day' }])
    expect(tributary.process.output()).not.toContain('300 items')
    expect(await tributary.process.end('SIGINT')).toBe(0)
    expect(findPostmaster(dataFolder(dataDir))).toBeNull()
  })
})

describe('kill -9 of everything', () => {
  it('loses nothing that was acknowledged while items were being written', async () => {
    const dataDir = folderOfTest()
    const killed = await start(dataDir)
    const person = await logInAsShown(killed)
    const { pid } = findPostmaster(dataFolder(dataDir))!

    const acknowledged: string[] = []
    const writers = Array.from({ length: 8 }, (_, writer) => write(killed, person, `writer ${writer}`, acknowledged))
    await expect.poll(() => acknowledged.length, { interval: 5, timeout: 15_000 }).toBeGreaterThan(100)
    process.kill(pid, 'SIGKILL')
    await killed.process.end('SIGKILL')
    await Promise.all(writers)

    const next = await start(dataDir)
    const again = await logInAsShown(next)
    const found = await Promise.all(
      acknowledged.map((id) => apiOf(next.url).ask('query ($id: ID!) { item(id: $id) { id } }', { id }, again)),
    )
    expect(found.filter(({ data }) => data.item === null)).toEqual([])
    await next.process.end()
  })

  it('leaves a data folder that can be cleaned, with what is not ours in it', async () => {
    const dataDir = folderOfTest()
    const killed = await start(dataDir)
    await killed.process.end('SIGKILL')
    const { pid } = findPostmaster(dataFolder(dataDir))!
    writeFileSync(join(dataDir, 'letter.txt'), 'not ours')

    expect(await clean(dataDir)).toBe('removed')
    await expect.poll(() => isRunning(pid)).toBe(false)
    expect(readdirSync(dataDir)).toEqual(['letter.txt'])

    rmSync(join(dataDir, 'letter.txt'))
    expect(await clean(dataDir)).toBe('nothing there')
    expect(existsSync(dataDir)).toBe(false)
  })
})

describe('npm run migrate and npm run seed', () => {
  it('work on the Postgres inside while nothing else runs, and leave no server', async () => {
    const dataDir = folderOfTest()
    const migrating = startProcess('local/migrate.ts', { DATA_DIR: dataDir })
    expect([await migrating.ended, migrating.output()]).toEqual([0, expect.stringContaining('migrated')])
    const seeding = startProcess('local/seed.ts', { DATA_DIR: dataDir })
    expect([await seeding.ended, seeding.output()]).toEqual([0, expect.stringContaining('12 users and 300 items')])
    expect(findPostmaster(dataFolder(dataDir))).toBeNull()
  })
})

describe('a signal', () => {
  it('in the middle of a start ends it, with no server left', async () => {
    const dataDir = folderOfTest()
    const starting = startProcess('local/index.ts', { DATA_DIR: dataDir, PORT: '0' })
    await expect.poll(() => findPostmaster(dataFolder(dataDir)), { interval: 5, timeout: 15_000 }).not.toBeNull()
    const startedMs = Date.now()
    await starting.end('SIGINT')
    expect(Date.now() - startedMs).toBeLessThan(END_MS)
    expect(findPostmaster(dataFolder(dataDir))).toBeNull()
  })

  it('that comes twice ends it at once, with no server left', async () => {
    const dataDir = folderOfTest()
    const tributary = await start(dataDir)
    void tributary.process.end('SIGINT')
    expect(await tributary.process.end('SIGTERM')).toBe(1)
    expect(findPostmaster(dataFolder(dataDir))).toBeNull()
  })
})

describe('what a person has to mend is said in one message, with exit code 1 and no server left', () => {
  it('a port that is taken, by its number', async () => {
    const dataDir = folderOfTest()
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    cleanUps.push(() => other.close())
    const { port } = other.address() as AddressInfo

    const { output } = await fail({ DATA_DIR: dataDir, PORT: String(port) })
    expect(output).toContain(`Port ${port} is taken`)
    expect(output).toContain('PORT')
    expect(findPostmaster(dataFolder(dataDir))).toBeNull()
  })

  it('settings, all at once', async () => {
    const { output } = await fail({ PORT: 'abc', LOG_LEVEL: 'loud', REDIS_URL: 'nowhere', DATA_DIR: folderOfTest() })
    for (const name of ['PORT', 'LOG_LEVEL', 'REDIS_URL']) expect(output).toContain(`- ${name} `)
  })

  it('a data folder that cannot be one', async () => {
    const file = join(folderOfTest(), 'file')
    writeFileSync(file, '')
    const { output } = await fail({ DATA_DIR: join(file, 'data') })
    expect(output.trim().split('\n')).toHaveLength(1)
    expect(output).toContain('DATA_DIR')
  })

  it('a Postgres that does not start, with the end of its log', async () => {
    const dataDir = folderOfTest()
    await (await startPostgres({ dataDir, log: makeLog('test', 'silent') })).stop()
    rmSync(join(dataDir, 'postgres/cluster/postgresql.conf'))
    const { output } = await fail({ DATA_DIR: dataDir })
    expect(output).toContain('Postgres does not start')
    expect(output).toContain(join(dataDir, 'postgres.log'))
    expect(output).toContain('postgresql.conf')
  })

  it('databases of the settings that do not answer, without their password', async () => {
    const nowhere = `postgres://someone:hidden@127.0.0.1:${await freePort()}/users`
    const databases = Object.fromEntries(subgraphNames.map((name) => [databaseVariable(name), nowhere]))
    const { output } = await fail({ ...databases, DATA_DIR: folderOfTest() })
    expect(output.trim().split('\n')).toHaveLength(1)
    expect(output).toContain('ECONNREFUSED')
    expect(output).not.toContain('hidden')
  })
})

interface Started {
  readonly process: RunningProcess
  readonly url: string
  /** As the page has it. */
  readonly shownUrl: string
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tributary-start-'))
}

// Removed after the test, with the server that may still run on it.
function folderOfTest(): string {
  const folder = newFolder()
  cleanUps.push(() => removeData(folder))
  return folder
}

async function removeData(dataDir: string): Promise<void> {
  await clean(dataDir)
  rmSync(dataDir, { recursive: true, force: true })
}

async function start(dataDir: string): Promise<Started> {
  const running = startProcess('local/index.ts', { DATA_DIR: dataDir, PORT: '0' })
  let hasEnded = false
  void running.ended.then(() => (hasEnded = true))
  for (;;) {
    const shownUrl = /(http:\S+)\/graphql/.exec(running.output())?.[1]
    if (shownUrl && running.output().includes('Stop')) {
      return { process: running, shownUrl, url: shownUrl.replace('localhost', '127.0.0.1') }
    }
    if (hasEnded) throw new Error(`It ended instead of starting:\n${running.output()}`)
    await sleep(10)
  }
}

async function fail(env: Record<string, string>): Promise<{ output: string }> {
  const running = startProcess('local/index.ts', { PORT: '0', ...env })
  expect(await running.ended).toBe(1)
  const output = running.output()
  expect(output).not.toMatch(/^ {4}at /m)
  return { output }
}

async function logInAsShown({ process, url }: Started): Promise<Person> {
  const [, email, password] = /Log in as +(\S+), password (\S+)/.exec(process.output())!
  const { data } = await apiOf(url).ask(
    `mutation ($input: LoginInput!) { login(input: $input) { accessToken user { id username email } } }`,
    { input: { email, password } },
  )
  return { ...data.login.user, token: data.login.accessToken }
}

// Until the process is gone.
async function write({ url }: Started, person: Person, name: string, acknowledged: string[]): Promise<void> {
  for (;;) {
    try {
      acknowledged.push(await apiOf(url).createItem(person, { name }))
    } catch {
      return
    }
  }
}
