import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { temporaryFolder } from '../e2e/support/temporary-folder.ts'
import { startPostgres } from '../local/postgres.ts'
import { openDatabase } from './database.ts'
import type { Database } from './database.ts'
import { makeLog } from './log.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let server: Awaited<ReturnType<typeof startPostgres>>
let admin: postgres.Sql
let database: Database

beforeAll(async () => {
  folder = await temporaryFolder()
  server = await startPostgres({ dataDir: folder.path, log: makeLog('test', 'silent') })
  admin = postgres(server.urlOf('items'), { max: 1 })
  await admin`create table counters (n integer)`
})
afterAll(async () => {
  await admin?.end()
  await server?.stop()
  await folder?.remove()
})
beforeEach(() => {
  database = openDatabase(server.urlOf('items'), { statementTimeoutMs: 1_000, applicationName: 'test' })
})
afterEach(() => database.close())

// An exception nobody can catch would fail the whole run, and in production end the process.
it.each([
  ['while a statement runs', () => sql`select pg_sleep(0.9)`],
  ['by its own statement', () => sql`select pg_terminate_backend(pg_backend_pid())`],
])(
  'outlives a connection that is cut %s in a transaction, which is rolled back and told so',
  async (_when, statement) => {
    await admin`truncate counters`
    const transactions = Array.from({ length: 5 }, () =>
      database.db.transaction(async (transaction) => {
        await transaction.execute(sql`insert into counters values (1)`)
        await transaction.execute(statement())
        await transaction.execute(sql`insert into counters values (2)`)
      }),
    )
    const settled = Promise.allSettled(transactions)
    await new Promise((resolve) => setTimeout(resolve, 200))
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test'`

    expect((await settled).map(({ status }) => status)).toEqual(Array(5).fill('rejected'))
    expect(await admin`select * from counters`).toEqual([])
    expect(await database.db.execute(sql`select 1 as one`)).toEqual([{ one: 1 }])
  },
)

it('rolls back and passes on what the work throws', async () => {
  await admin`truncate counters`
  const work = database.db.transaction(async (transaction) => {
    await transaction.execute(sql`insert into counters values (1)`)
    throw new Error('changed my mind')
  })

  await expect(work).rejects.toThrow('changed my mind')
  expect(await admin`select * from counters`).toEqual([])
})

it('passes on what a statement in a transaction is refused for, and goes on', async () => {
  const work = database.db.transaction((transaction) => transaction.execute(sql`select 1 / 0`))

  await expect(work).rejects.toMatchObject({ cause: { code: '22012' } })
  expect(await database.db.execute(sql`select 1 as one`)).toEqual([{ one: 1 }])
})

it('lets Postgres cancel a statement that runs too long', async () => {
  await expect(database.db.execute(sql`select pg_sleep(3)`)).rejects.toMatchObject({ cause: { code: '57014' } })
})

it('prepares a statement of a transaction once for a connection, and outside of transactions those with a name', async () => {
  const add = (n: number) => sql`insert into counters values (${n})`
  const prepared = sql`select calls from (
    select generic_plans + custom_plans as calls, statement from pg_prepared_statements
  ) as known where statement like ${'insert into counters%'}`
  await database.db.transaction(async (transaction) => {
    await transaction.execute(add(1))
    await Promise.all([2, 3, 4].map((n) => transaction.execute(add(n))))
    expect(await transaction.execute(prepared)).toEqual([{ calls: '4' }])
  })

  await database.db.transaction((transaction) => transaction.execute(add(5))) // on a connection that has it by now
  await database.db.execute(add(6))
  expect(await database.db.execute(prepared)).toEqual([{ calls: '5' }])
})
