// The outbox and its publisher, on a real Postgres.
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../e2e/support/temporary-folder.ts'
import { startPostgres } from '../local/postgres.ts'
import { openDatabase } from './database.ts'
import type { Database } from './database.ts'
import { makeLog } from './log.ts'
import { eventsChannel, writeEvent } from './outbox.ts'
import type { PublishedEvent } from './outbox.ts'
import { startPublisher } from './publisher.ts'
import type { Publisher } from './publisher.ts'
import { makePubSub } from './pubsub.ts'
import type { PubSub } from './pubsub.ts'

const log = makeLog('test', 'silent')

describe('the publisher', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let server: Awaited<ReturnType<typeof startPostgres>>
  let database: Database
  let pubsub: PubSub
  let received: PublishedEvent[]
  const publishers: Publisher[] = []

  beforeAll(async () => {
    folder = await temporaryFolder()
    server = await startPostgres({ dataDir: folder.path, log })
    database = openDatabase(server.urlOf('items'), { statementTimeoutMs: 2_000, applicationName: 'test' })
    // As the migrations of a subgraph make them.
    await database.sql`
      create table outbox (
        id bigint generated always as identity primary key, position bigint unique, channels text[] not null,
        event jsonb not null, created_at timestamptz not null default now(), published_at timestamptz
      )`
    await database.sql`
      create table outbox_head (id boolean primary key default true check (id), position bigint not null default 0)`
  })
  afterAll(async () => {
    await database?.close()
    await server?.stop()
    await folder?.remove()
  })
  beforeEach(async () => {
    await database.sql`truncate outbox, outbox_head restart identity`
    await database.sql`insert into outbox_head default values`
    received = []
    pubsub = makePubSub({ redisUrl: null, log })
    await pubsub.subscribe(eventsChannel('items'), (message) => received.push(message as PublishedEvent))
  })
  afterEach(async () => {
    for (const publisher of publishers.splice(0)) await publisher.close()
    await pubsub.close()
  })

  it('sends events in the order they were written, with consecutive positions, and marks them', async () => {
    const publisher = start()
    for (let n = 1; n <= 5; n++) await write(n)
    publisher.wake()

    await untilReceived(5)
    expect(received.map(({ position, event, channels }) => [position, event['n'], channels])).toEqual([
      [1, 1, ['public', 'odd "name", {brace}']],
      [2, 2, ['public', 'odd "name", {brace}']],
      [3, 3, ['public', 'odd "name", {brace}']],
      [4, 4, ['public', 'odd "name", {brace}']],
      [5, 5, ['public', 'odd "name", {brace}']],
    ])
    await vi.waitFor(async () => expect(await unmarked()).toBe(0))
  })

  it('sends nothing of a transaction that is rolled back, and leaves no hole for it', async () => {
    const publisher = start()
    await database.db
      .transaction(async (transaction) => {
        await writeEvent(transaction, { channels: [], event: { n: 0 } })
        throw new Error('rolled back')
      })
      .catch(() => {})
    await write(1)
    publisher.wake()

    await untilReceived(1)
    expect(received.map(({ position, event }) => [position, event['n']])).toEqual([[1, 1]])
  })

  it('sends within a second what nobody woke it for', async () => {
    start()
    await new Promise((resolve) => setTimeout(resolve, 200))
    await write(1)

    await untilReceived(1, 1_500)
  })

  it('sends an event soon after it is woken', async () => {
    const publisher = start()
    await write(0)
    await untilReceived(1)

    await write(1)
    publisher.wake()
    await untilReceived(2, 500)
  })

  it('gives consecutive positions to the events of fifty writers at once, through two publishers', async () => {
    const [leader, standby] = [start(), start()]
    const writers = Array.from({ length: 50 }, async (_, writer) => {
      for (let n = 0; n < 10; n++) {
        await write(writer * 10 + n)
        ;(n % 2 ? leader : standby).wake()
      }
    })
    await Promise.all(writers)

    await untilReceived(500)
    expect(received.map(({ position }) => position)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1))
    expect(new Set(received.map(({ event }) => event['n'])).size).toBe(500)
  })

  it('lets a standing-by publisher take over when the leader ends', async () => {
    const leader = start()
    await write(1)
    leader.wake()
    await untilReceived(1)
    start()

    await leader.close()
    await write(2)

    await untilReceived(2, 4_000)
    expect(received.map(({ position }) => position)).toEqual([1, 2])
  })

  it('sends again, under the same position, what a leader gave a position and may not have sent', async () => {
    await write(1)
    await database.sql`update outbox set position = 1`
    await database.sql`update outbox_head set position = 1`
    start()

    await untilReceived(1)
    await write(2)
    await untilReceived(2)
    expect(received.map(({ position, event }) => [position, event['n']])).toEqual([
      [1, 1],
      [2, 2],
    ])
  })

  it('keeps an event that could not be sent, and sends it when it can', async () => {
    let isAway = true
    const flaky: PubSub = {
      ...pubsub,
      publish: (channel, message) => (isAway ? Promise.reject(new Error('away')) : pubsub.publish(channel, message)),
    }
    start(flaky)
    await write(1)
    await write(2)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(received).toEqual([])

    isAway = false

    await untilReceived(2, 4_000)
    expect(received.map(({ position, event }) => [position, event['n']])).toEqual([
      [1, 1],
      [2, 2],
    ])
  })

  it('goes on after its connection was cut', async () => {
    const publisher = start()
    await write(1)
    publisher.wake()
    await untilReceived(1)

    const admin = postgres(server.urlOf('items'), { max: 1 })
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test' and pid <> pg_backend_pid()`
    await admin.end()
    await vi.waitFor(() => write(2), { timeout: 3_000 })

    await untilReceived(2, 5_000)
    expect(received.map(({ position }) => position)).toEqual([1, 2])
  })

  it('tries again once a second, and no more often, while Postgres is away', async () => {
    const attempts: unknown[] = []
    const away = openDatabase('postgres://nobody@127.0.0.1:1/none', {
      statementTimeoutMs: 2_000,
      applicationName: 'test',
    })
    const database = { ...away, connect: (onClose: () => void) => (attempts.push(null), away.connect(onClose)) }
    const publisher = startPublisher({ source: 'items', database, pubsub, log })

    await new Promise((resolve) => setTimeout(resolve, 1_500))

    expect(attempts).toHaveLength(2)
    await publisher.close()
    await away.close()
  })

  function start(over: PubSub = pubsub): Publisher {
    const publisher = startPublisher({ source: 'items', database, pubsub: over, log })
    publishers.push(publisher)
    return publisher
  }

  async function write(n: number): Promise<void> {
    await drizzle(database.sql).transaction((transaction) =>
      writeEvent(transaction, { channels: ['public', 'odd "name", {brace}'], event: { n } }),
    )
  }

  async function unmarked(): Promise<number> {
    const [row] = await database.sql<{ count: number }[]>`
      select count(*)::int as count from outbox where published_at is null`
    return row!.count
  }

  const untilReceived = (count: number, timeout = 3_000) =>
    vi.waitFor(() => expect(received).toHaveLength(count), { timeout, interval: 10 })
})
