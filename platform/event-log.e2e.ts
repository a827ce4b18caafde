// The event log and its feed on a real Postgres, with the tables that migrations make.
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { emptyDatabases } from '../e2e/support/databases.ts'
import type { Databases } from '../e2e/support/databases.ts'
import { openDatabase } from './database.ts'
import type { Database } from './database.ts'
import { postgresEventFeed } from './event-feed.ts'
import { eventLogContract } from './event-log.contract.ts'
import { postgresEventLog } from './event-log.ts'
import type { OutboxEvent } from './events.ts'
import { writeEvent } from './outbox.ts'

let databases: Databases
let database: Database

beforeAll(async () => {
  databases = await emptyDatabases('items')
  database = openDatabase(databases.urlOf('items'), { statementTimeoutMs: 5_000, applicationName: 'test' })
})
afterAll(async () => {
  await database?.close()
  await databases?.remove()
})
beforeEach(empty)

describe('the event log on Postgres', () => {
  const open: { rollback(): Promise<void> }[] = []
  afterEach(async () => {
    for (const transaction of open.splice(0)) await transaction.rollback()
  })

  eventLogContract(async () => ({
    log: postgresEventLog(database),
    feed: postgresEventFeed(database.sql, 20),
    begin: async (event) => {
      const transaction = await beginWriting(event)
      open.push(transaction)
      return transaction
    },
    letHoursPass: (hours) =>
      database.sql`update outbox set published_at = published_at - make_interval(hours => ${hours})`,
    backUp: async () => {
      await database.sql`drop table if exists kept`
      await database.sql`create table kept as select * from outbox`
      const [head] = await database.sql<{ position: string }[]>`select position from outbox_head`
      return async () => {
        await database.sql`delete from outbox`
        await database.sql`insert into outbox overriding system value select * from kept`
        await database.sql`update outbox_head set position = ${head!.position}`
      }
    },
  }))
})

it('is published from by index, also while Postgres does not know yet how many events there are', async () => {
  const scans = async () => {
    const [row] = await database.sql<{ bySequence: number; byIndex: number }[]>`
      select pg_stat_force_next_flush(), pg_stat_clear_snapshot(), seq_tup_read::int as "bySequence", idx_scan::int as "byIndex"
      from pg_stat_user_tables where relname = 'outbox'`
    return row!
  }
  const session = postgresEventLog(database).open(() => {})
  expect(await session.lead()).toBe(true)
  const publishOne = async () => {
    const { commit } = await beginWriting({ channels: ['all'], event: {} })
    await commit()
    await session.givePositions(10)
    const { events } = await session.unpublished(10)
    await session.markPublished(events[0]!.position, events.at(-1)!.position)
  }
  for (let times = 0; times < 10; times += 1) await publishOne() // statements are planned for good after some times
  await database.sql`
    insert into outbox (position, channels, event, published_at)
    select n, '{}', '{}', now() from generate_series(11, 2000) as n`
  await database.sql`update outbox_head set position = 2000`
  const before = await scans()

  for (let times = 0; times < 10; times += 1) await publishOne()
  await session.close()

  await expect.poll(async () => (await scans()).byIndex).toBeGreaterThanOrEqual(before.byIndex + 30) // told when the session ends
  expect((await scans()).bySequence).toBeLessThan(before.bySequence + 2_000) // not all of it, not even once
})

describe('the feed on Postgres', () => {
  it('tells everybody of a gap who was there before the head was raised after a restore', async () => {
    await database.sql`insert into outbox (position, channels, event) values (1, '{}', '{}'), (2, '{}', '{}')`
    await database.sql`update outbox_head set position = 1000`
    const { commit } = await beginWriting({ channels: ['all'], event: {} })
    await commit()
    const session = postgresEventLog(database).open(() => {})
    await session.givePositions(10)
    await session.close()

    const feed = postgresEventFeed(database.sql)
    const gaps = []
    for (const after of [1, 2, 500, 999, 1_000, 1_001]) {
      const { gap, upTo } = await feed.read({ after, channels: null, limit: 10 })
      gaps.push([after, gap, upTo])
    }
    expect(gaps).toEqual([
      [1, false, 1_001],
      [2, true, 1_001],
      [500, true, 1_001],
      [999, true, 1_001],
      [1_000, false, 1_001],
      [1_001, false, 1_001],
    ])
  })

  it('is served by the index on positions, however long the log is and however little is asked of it', async () => {
    await database.sql`
      insert into outbox (position, channels, event, published_at)
      select n, array['public', 'of ' || n % 50000], jsonb_build_object('n', n), now()
      from generate_series(1, 200000) as n`
    await database.sql`update outbox_head set position = 200000`
    await database.sql`analyze outbox`
    const sql = postgres(databases.urlOf('items'), { max: 1 })
    const feed = postgresEventFeed(sql)
    const asked = [
      { after: 199_990, channels: null, limit: 1_000 },
      { after: 0, channels: null, limit: 1_000 },
      { after: 100_000, channels: ['public'], limit: 500 },
      { after: 100_000, channels: ['of 7', 'of 8'], limit: 500 },
      { after: 195_000, channels: ['none'], limit: 500 },
      { after: 300_000, channels: ['none'], limit: 500 },
    ]
    const counts = []
    for (const request of asked) counts.push((await feed.read(request)).events.length)
    expect(counts).toEqual([10, 1_000, 500, 2, 0, 0])

    // The very statement that was sent, as it is prepared, with the plan for these values and the one for any.
    const [prepared] = await sql`
      select name from pg_prepared_statements where statement like '%outbox_head%'`.simple() // or it would find itself
    for (const mode of ['force_custom_plan', 'force_generic_plan']) {
      await sql`select set_config('plan_cache_mode', ${mode}, false)`
      for (const { after, channels, limit } of asked) {
        const names = channels === null ? `true, '{}'` : `false, '{${channels.map((name) => `"${name}"`).join()}}'`
        const explained = await sql.unsafe(
          `explain analyze execute "${prepared!['name']}" (${after}, 10000, ${names}, ${limit})`,
        )
        const plan = explained.map((row) => row['QUERY PLAN'] as string).join('\n')
        expect(plan).toContain('Index Scan using outbox_by_position')
        expect(plan).not.toContain('Seq Scan on outbox ')
        for (const [, rows] of plan.matchAll(/Rows Removed by Filter: (\d+)/g)) {
          expect(Number(rows)).toBeLessThanOrEqual(10_000)
        }
        const cost = Number(/cost=[\d.]+\.\.([\d.]+)/.exec(plan)?.[1])
        expect(cost).toBeLessThan(100_000) // from there on Postgres compiles a plan, which takes longer than to run it
      }
    }
    await sql.end()
  })
})

async function empty(): Promise<void> {
  await database.sql`truncate outbox`
  await database.sql`update outbox_head set position = 0`
}

/** An event in a transaction that goes on until it is told to end. */
async function beginWriting(event: OutboxEvent) {
  const ended = Promise.withResolvers<boolean>()
  const written = Promise.withResolvers<void>()
  const running = database.db
    .transaction(async (transaction) => {
      await writeEvent(transaction, event)
      written.resolve()
      if (!(await ended.promise)) throw new Error('rolled back')
    })
    .catch((error: unknown) => written.reject(error))
  await written.promise
  const end = async (isCommitted: boolean) => {
    ended.resolve(isCommitted)
    await running
  }
  return { commit: () => end(true), rollback: () => end(false) }
}
