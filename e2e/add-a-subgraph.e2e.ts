// docs/add-a-subgraph.md, followed word for word on a copy of this project: every file that is written, every command that
// is run and every operation that is sent comes from the page.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { demoPassword, demoPeople } from '../drizzle/demo/people.ts'
import { clean } from '../local/clean.ts'
import { dataFolder } from '../local/data-folder.ts'
import { freePort } from '../local/free-port.ts'
import { startPostgres } from '../local/postgres.ts'
import { ANONYMOUS, identitySigner } from '../platform/identity.ts'
import { makeLog } from '../platform/log.ts'
import { apiOf } from './support/api.ts'
import type { Api, Person } from './support/api.ts'
import { readSteps, writeStep } from './support/guide.ts'
import { copyProject } from './support/project-copy.ts'
import { describeWithRedis, startRedis } from './support/redis.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

const START = 'npm start'
const ALONE = 'npm run subgraph:bookmarks'
/** Checks and tests of a whole project are among the commands. */
const FOLLOW_TIMEOUT_MS = 300_000
const WAIT = { timeout: 20_000, interval: 20 }

const page = readFileSync(new URL('../docs/add-a-subgraph.md', import.meta.url), 'utf8')
const steps = readSteps(page)
const operations = steps.flatMap((step) => (step.kind === 'ask' ? [step.operation] : []))
const [logIn, follow, add, owners] = ['LogIn', 'Follow', 'Add', 'Owners'].map((name) =>
  operations.find((text) => new RegExp(`^\\w+ ${name}\\b`).test(text))!,
) as [string, string, string, string]

let project: Awaited<ReturnType<typeof temporaryFolder>>
let data: Awaited<ReturnType<typeof temporaryFolder>>
const running: Command[] = []
const outcomes: { command: string; code: number | null; output: string }[] = []
let url: string
let databaseUrl: string
let api: Api
let ada: Person

beforeAll(async () => {
  project = await temporaryFolder()
  data = await temporaryFolder()
  copyProject(project.path)
  for (const step of steps) {
    if (step.kind === 'ask') continue
    if (step.kind !== 'run') {
      writeStep(project.path, step)
      continue
    }
    for (const command of step.commands) {
      const started = run(command, { DATA_DIR: data.path, PORT: '0', TRUSTED_PROXIES: 'loopback' })
      if (command === START) {
        url = (await started.says(/GraphQL +(http:\S+)\/graphql[^]*Stop/)).replace('localhost', '127.0.0.1')
      } else {
        outcomes.push({ command, code: await started.ended, output: started.output() })
      }
    }
  }
  api = apiOf(url)
  ada = await person(demoPeople[0].email)
  const server = await startPostgres({ dataDir: data.path, log: makeLog('test', 'silent') })
  databaseUrl = server.urlOf('bookmarks')
  await server.stop()
}, FOLLOW_TIMEOUT_MS)
afterAll(async () => {
  for (const command of running) await command.end()
  await clean(data.path)
  await data.remove()
  await project.remove()
})

describe('the page', () => {
  it('has ten steps at the most', () => {
    const numbers = Array.from(page.matchAll(/^## (\d+)\. /gm), ([, number]) => Number(number))
    expect(numbers).toEqual(numbers.map((_number, index) => index + 1))
    expect(numbers.length).toBeLessThanOrEqual(10)
  })

  it('has commands that succeed, the checks of the project and of its boundaries among them', () => {
    expect(outcomes.filter(({ command, code }) => code !== 0 && command !== ALONE)).toEqual([])
    expect(outcomes.map(({ command }) => command)).toEqual(
      expect.arrayContaining([expect.stringContaining('check:types'), expect.stringContaining('boundaries')]),
    )
  })

  it.each([
    'eslint --max-warnings 0 subgraphs/bookmarks drizzle/bookmarks',
    'prettier --check subgraphs drizzle schema',
  ])('leads to files that pass %s', async (command) => {
    const checking = run(`npx --no-install ${command}`, {})
    expect([await checking.ended, checking.output()]).toEqual([0, expect.any(String)])
  })

  it('is linked from the README', () => {
    expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain('(docs/add-a-subgraph.md)')
  })
})

describe('the subgraph that comes of it', () => {
  it('answers a mutation through the gateway', async () => {
    const { data, errors } = await addBookmark('Notes by the translator', ada)

    expect(errors).toBeUndefined()
    expect(data.addBookmark.bookmark).toEqual({
      id: expect.any(String),
      title: 'Notes by the translator',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    })
  })

  it('refuses who is not logged in, and writes nothing', async () => {
    const { data, codes, errors } = await addBookmark('By nobody')

    expect([data.addBookmark, codes, errors![0]!.path]).toEqual([null, ['UNAUTHENTICATED'], ['addBookmark']])
    expect(await onDatabase((sql) => sql`select from bookmarks where title = 'By nobody'`)).toHaveLength(0)
  })

  it.each([
    ['an address that is none', { url: 'javascript:alert(1)' }, 'url'],
    ['an address that is too long', { url: `https://example.com/${'x'.repeat(2_000)}` }, 'url'],
    ['a blank title', { title: ' ' }, 'title'],
  ])('refuses %s as BAD_USER_INPUT that names the field', async (_what, bad, field) => {
    const { errors } = await api.ask(add, { url: 'https://example.com/', title: 'Page', ...bad }, ada)

    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }])
  })

  it('tells who follows a person of each bookmark, in order, with fields of the users subgraph', async () => {
    const bob = await person(demoPeople[1]!.email)
    const following = await followBookmarks(ada.id)

    await addBookmark('Of somebody else', bob)
    const first = await addBookmark('First', ada)
    const second = await addBookmark('Second', ada)

    await expect.poll(() => following.events.length, WAIT).toBe(2)
    const eventOf = (added: typeof first) => {
      const { id, title } = added.data.addBookmark.bookmark
      return { bookmarkAdded: { bookmarkId: id, bookmark: { title, owner: { username: ada.username } } } }
    }
    expect(following.events).toEqual([eventOf(first), eventOf(second)])
    await following.end()
  })

  it('reads the bookmarks of everybody on a page of a hundred items with one statement', async () => {
    const others = await Promise.all(demoPeople.slice(2, 5).map(({ email }) => person(email)))
    for (const other of others) for (const title of ['Old', 'Newer', 'Newest']) await addBookmark(title, other)

    const { answer, statements } = await countingStatements(() => api.ask(owners))

    expect(answer.errors).toBeUndefined()
    expect(answer.data.items.nodes).toHaveLength(100)
    const found = new Map<string, string[]>(
      answer.data.items.nodes.map(({ owner }: any) => [owner.username, owner.bookmarks.map(({ title }: any) => title)]),
    )
    expect(found.size).toBeGreaterThan(5)
    for (const { username } of others) expect(found.get(username)).toEqual(['Newest', 'Newer'])
    expect(statements).toEqual({ items: 1, users: 1, bookmarks: 1 })
  })
})

describe('the subgraph as a process of its own', () => {
  it('names every setting that is missing, and ends', () => {
    const { code, output } = outcomes.find(({ command }) => command === ALONE)!

    expect(code).not.toBe(0)
    for (const name of ['BOOKMARKS_DATABASE_URL', 'REDIS_URL', 'GATEWAY_SECRET']) expect(output).toContain(`- ${name} `)
  })

  describeWithRedis('with Redis', () => {
    it('becomes ready, and lets gateways read its events again', async () => {
      const redis = await startRedis()
      const secret = 'a secret of at least 32 characters'
      const port = await freePort()
      const alone = run(ALONE, {
        ...{ PORT: String(port), REDIS_URL: redis.url },
        ...{ GATEWAY_SECRET: secret, BOOKMARKS_DATABASE_URL: databaseUrl },
      })
      const at = `http://127.0.0.1:${port}`
      await expect
        .poll(
          () =>
            fetch(`${at}/readyz`).then(
              ({ status }) => status,
              () => null,
            ),
          WAIT,
        )
        .toBe(200)
      const [newest] = await onDatabase((sql) => sql`select id from bookmarks order by created_at desc limit 1`)

      const identity = identitySigner(secret)({ identity: ANONYMOUS, clientAddress: null }, 'bookmarks')
      const feed = await fetch(`${at}/events?after=0`, { headers: { 'x-tributary-identity': identity } })

      const { events, gap } = (await feed.json()) as any
      expect(gap).toBe(false)
      expect(events.at(-1).event.bookmarkAdded.bookmarkId).toBe(newest!['id'])
      await alone.end()
      await redis.stop()
    })
  })
})

const addBookmark = (title: string, who?: Person) =>
  api.ask(add, { url: 'https://example.com/analytical-engine', title }, who)

async function person(email: string): Promise<Person> {
  const { data } = await api.ask(logIn, { email, password: demoPassword })
  const { username } = demoPeople.find((one) => one.email === email)!
  return { id: data.login.user.id, username, email, token: data.login.accessToken }
}

async function followBookmarks(ownerId: string) {
  const client = createClient({ url: `${url.replace(/^http/, 'ws')}/graphql`, webSocketImpl: WebSocket })
  const events: unknown[] = []
  client.subscribe(
    { query: follow, variables: { ownerId } },
    { next: ({ data }) => void events.push(data), error: (error) => void events.push(error), complete: () => {} },
  )
  // One answer later on the same socket, the subscription has begun.
  await new Promise<void>((resolve, reject) => {
    client.subscribe({ query: '{ __typename }' }, { next: () => {}, error: reject, complete: resolve })
  })
  return { events, end: async () => client.dispose() }
}

/** What Postgres itself saw: how many statements read each subgraph's table. */
async function countingStatements<Answer>(work: () => Promise<Answer>) {
  const read = () => readFileSync(dataFolder(data.path).postgresLog, 'utf8')
  await onDatabase((sql) => sql`alter system set log_statement = 'all'`)
  await onDatabase((sql) => sql`select pg_reload_conf()`)
  await expect.poll(() => onDatabase((sql) => sql`show log_statement`), WAIT).toEqual([{ log_statement: 'all' }])
  const before = read().length
  const answer = await work()
  const executed = read()
    .slice(before)
    .split(/ LOG: {2}/)
  const count = (table: string) => executed.filter((text) => text.includes(`from "${table}"`)).length
  return { answer, statements: { items: count('items'), users: count('users'), bookmarks: count('bookmarks') } }
}

async function onDatabase<Rows extends readonly object[]>(work: (sql: postgres.Sql) => Promise<Rows>) {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  try {
    return [...(await work(sql))] as unknown as Rows
  } finally {
    await sql.end()
  }
}

interface Command {
  output(): string
  readonly ended: Promise<number | null>
  /** Resolves with what the form's group found. @throws Error when it ends before */
  says(form: RegExp): Promise<string>
  /** As Ctrl-C does, which comes to the command and to everything it started. */
  end(): Promise<number | null>
}

/** Runs a command as a person would, in the copy. */
function run(command: string, env: Readonly<Record<string, string>>): Command {
  const { PATH, HOME } = process.env
  const child = spawn(command, {
    cwd: project.path,
    env: { PATH, HOME, ...env },
    shell: true,
    detached: true, // a process group of its own
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const isEnded = () => child.exitCode !== null || child.signalCode !== null
  const signal = (name: NodeJS.Signals) => {
    if (!isEnded()) process.kill(-child.pid!, name)
  }
  const kill = () => signal('SIGKILL')
  process.once('exit', kill)
  void ended.then(() => process.off('exit', kill))
  const started: Command = {
    output: () => output,
    ended,
    says: async (form) => {
      for (;;) {
        const found = form.exec(output)?.[1]
        if (found) return found
        if (isEnded()) throw new Error(`"${command}" ended:\n${output}`)
        await sleep(20)
      }
    },
    end: () => {
      signal('SIGINT')
      return ended
    },
  }
  running.push(started)
  return started
}
