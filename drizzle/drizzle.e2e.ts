// Migrations and the seed on a real Postgres: each test has databases of its own.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { verify } from '@node-rs/argon2'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres } from '../local/postgres.ts'
import type { RunningPostgres } from '../local/postgres.ts'
import { makeLog } from '../platform/log.ts'
import { subgraphNames } from '../platform/subgraphs.ts'
import { migrate } from './migrate.ts'
import { demoLogin, seed } from './seed.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'tributary-drizzle-'))
let server: RunningPostgres

beforeAll(async () => {
  server = await startPostgres({ dataDir, log: makeLog('test', 'silent') })
})

afterAll(async () => {
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

describe.each(subgraphNames)('migrations of %s', (name) => {
  const journal = JSON.parse(
    readFileSync(new URL(`${name}/migrations/meta/_journal.json`, import.meta.url), 'utf8'),
  ) as { entries: unknown[] }
  const applied = (url: string) => query(url, 'select hash from drizzle.__drizzle_migrations')

  it('are applied once each by sixteen processes that start at the same time', async () => {
    const url = await newDatabase()
    const starts = await Promise.allSettled(Array.from({ length: 16 }, () => migrate(name, url)))
    expect(starts.filter(({ status }) => status === 'rejected')).toEqual([])
    expect(await applied(url)).toHaveLength(journal.entries.length)
  })

  it('are not applied again', async () => {
    const url = await newDatabase()
    await migrate(name, url)
    const first = await applied(url)
    await migrate(name, url)
    expect(await applied(url)).toEqual(first)
    expect(await query(url, `select count(*)::int as rows from ${name}`)).toEqual([{ rows: 0 }])
  })
})

describe('the seed', () => {
  it('fills empty databases once, however many processes start at the same time', async () => {
    const urls = await migratedDatabases()
    const seeded = await Promise.all([seed(urls), seed(urls), seed(urls)])
    expect(seeded.filter((written) => written !== null)).toEqual([{ users: 12, items: 300 }])
    expect(await seed(urls)).toBeNull()
    expect(await query(urls.users, 'select count(*)::int as rows from users')).toEqual([{ rows: 12 }])
    expect(await query(urls.items, 'select count(*)::int as rows from items')).toEqual([{ rows: 300 }])
  })

  it('has a login that creates items, and one administrator who is somebody else', async () => {
    const urls = await migratedDatabases()
    await seed(urls)
    const people = await query(urls.users, 'select email, roles, password_hash as hash from users')
    const login = people.find(({ email }) => email === demoLogin.email)
    expect(login?.roles).toEqual(['user', 'creator'])
    expect(login?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await verify(login?.hash, demoLogin.password)).toBe(true)
    expect(people.filter(({ roles }) => roles.includes('admin'))).toHaveLength(1)
    expect(new Set(people.map(({ hash }) => hash)).size).toBe(people.length)
  })

  it('tells nobody: it writes no events', async () => {
    const urls = await migratedDatabases()
    await seed(urls)
    expect(await query(urls.items, 'select * from outbox')).toEqual([])
  })

  it('is finished by the next start when a process was killed between the two databases', async () => {
    const urls = await migratedDatabases()
    await seed(urls)
    await query(urls.items, 'truncate items cascade')
    expect(await seed(urls)).toEqual({ users: 0, items: 300 })
  })

  it('leaves databases alone that somebody uses', async () => {
    const urls = await migratedDatabases()
    await query(
      urls.users,
      `insert into users (username, email, password_hash, roles) values ('eve', 'eve@example.org', '-', '{user}')`,
    )
    expect(await seed(urls)).toBeNull()
    expect(await query(urls.items, 'select * from items')).toEqual([])
  })
})

describe('as scripts', () => {
  it('they work on the databases of the settings', async () => {
    const env = { USERS_DATABASE_URL: await newDatabase(), ITEMS_DATABASE_URL: await newDatabase() }
    const migrated = expect.stringContaining('users: migrated\nitems: migrated\n')
    expect(await script('migrate.ts', env)).toMatchObject({ code: 0, stdout: migrated })
    expect(await script('seed.ts', env)).toMatchObject({ code: 0, stdout: expect.stringContaining(demoLogin.email) })
    expect(await query(env.ITEMS_DATABASE_URL, 'select count(*)::int as rows from items')).toEqual([{ rows: 300 }])
  })

  it('they name every setting that is missing, and fail', async () => {
    for (const file of ['migrate.ts', 'seed.ts']) {
      const { code, stderr } = await script(file, {})
      expect(code).toBe(1)
      expect(stderr).toContain('USERS_DATABASE_URL is missing')
      expect(stderr).toContain('ITEMS_DATABASE_URL is missing')
    }
  })

  it('they say in one message that a database does not answer', async () => {
    const nobody = 'postgres://postgres:secret@127.0.0.1:1/users'
    const { code, stderr } = await script('migrate.ts', { USERS_DATABASE_URL: nobody })
    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toContain('ECONNREFUSED')
    expect(stderr).not.toContain('secret')
  })

  it('they migrate one database alone, and say which they left', async () => {
    const { code, stdout } = await script('migrate.ts', { ITEMS_DATABASE_URL: await newDatabase() })
    expect(code).toBe(0)
    expect(stdout).toContain('items: migrated')
    expect(stdout).toContain('USERS_DATABASE_URL is not set')
  })
})

let databases = 0

async function newDatabase(): Promise<string> {
  const name = `test_${(databases += 1)}`
  await query(server.urlOf('postgres'), `create database ${name}`)
  return server.urlOf(name)
}

async function migratedDatabases() {
  const urls = { users: await newDatabase(), items: await newDatabase() }
  await Promise.all([migrate('users', urls.users), migrate('items', urls.items)])
  return urls
}

async function query(url: string, text: string) {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return [...(await sql.unsafe(text))]
  } finally {
    await sql.end()
  }
}

function script(file: string, env: Record<string, string>): Promise<{ code: number; stdout: string; stderr: string }> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  return new Promise((resolve) => {
    execFile(process.execPath, [path], { env: { PATH: process.env.PATH, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
}
