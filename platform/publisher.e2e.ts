// The outbox and its publisher, on a real Postgres.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { emptyDatabases } from '../e2e/support/databases.ts'
import type { Databases } from '../e2e/support/databases.ts'
import { describeWithRedis, startRedis } from '../e2e/support/redis.ts'
import { openDatabase } from './database.ts'
import type { Database } from './database.ts'
import { postgresEventFeed } from './event-feed.ts'
import { postgresEventLog } from './event-log.ts'
import { eventsChannel } from './events.ts'
import type { EventMessage, PublishedEvent } from './events.ts'
import { makeLog } from './log.ts'
import { writeEvent } from './outbox.ts'
import { startPublisher } from './publisher.ts'
import type { Publisher } from './publisher.ts'
import { makePubSub } from './pubsub.ts'
import type { PubSub } from './pubsub.ts'
import type { Step, Told } from './testing/publisher-process.ts'

const log = makeLog('test', 'silent')
const RETENTION_HOURS = 2

let databases: Databases
let database: Database
let pubsub: PubSub
/** All that was sent, by whichever publisher. */
let messages: EventMessage[]
const publishers: Publisher[] = []
const processes: ChildProcess[] = []

beforeAll(async () => {
  databases = await emptyDatabases('items')
  database = openDatabase(databases.urlOf('items'), { statementTimeoutMs: 2_000, applicationName: 'test' })
})
afterAll(async () => {
  await database?.close()
  await databases?.remove()
})
beforeEach(async () => {
  await database.sql`truncate outbox`
  await database.sql`update outbox_head set position = 0`
  messages = []
  pubsub = makePubSub({ redisUrl: null, log })
  await pubsub.subscribe(eventsChannel('items'), (message) => messages.push(message as EventMessage))
})
afterEach(async () => {
  for (const child of processes.splice(0)) child.kill('SIGKILL')
  for (const publisher of publishers.splice(0)) await publisher.close()
  await pubsub.close()
})

describe('the publisher', () => {
  it('sends events in the order they were written, with consecutive positions, and marks them', async () => {
    const publisher = start()
    for (let n = 1; n <= 5; n++) await write(n)
    publisher.wake()

    await untilReceived(5)
    expect(received().map(({ position, event, channels }) => [position, event['n'], channels])).toEqual([
      [1, 1, ['public', 'odd "name", {brace}']],
      [2, 2, ['public', 'odd "name", {brace}']],
      [3, 3, ['public', 'odd "name", {brace}']],
      [4, 4, ['public', 'odd "name", {brace}']],
      [5, 5, ['public', 'odd "name", {brace}']],
    ])
    await vi.waitFor(async () => expect(await unmarked()).toBe(0), { timeout: 10_000 })
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
    expect(received().map(({ position, event }) => [position, event['n']])).toEqual([[1, 1]])
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
    expect(received().map(({ position }) => position)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1))
    expect(new Set(received().map(({ event }) => event['n'])).size).toBe(500)
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
    expect(received().map(({ position }) => position)).toEqual([1, 2])
  })

  it('sends again, under the same position, what a leader gave a position and may not have sent', async () => {
    await write(1)
    await database.sql`update outbox set position = 1`
    await database.sql`update outbox_head set position = 1`
    start()

    await untilReceived(1)
    await write(2)
    await untilReceived(2)
    expect(received().map(({ position, event }) => [position, event['n']])).toEqual([
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
    expect(received()).toEqual([])

    isAway = false

    await untilReceived(2, 4_000)
    expect(received().map(({ position, event }) => [position, event['n']])).toEqual([
      [1, 1],
      [2, 2],
    ])
  })

  it('goes on after its connection was cut', async () => {
    const publisher = start()
    await write(1)
    publisher.wake()
    await untilReceived(1)

    const admin = postgres(databases.urlOf('items'), { max: 1 })
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test' and pid <> pg_backend_pid()`
    await admin.end()
    await vi.waitFor(() => write(2), { timeout: 3_000 })

    await untilReceived(2, 5_000)
    expect(received().map(({ position }) => position)).toEqual([1, 2])
  })

  it('tries again once a second, and no more often, while Postgres is away', async () => {
    const attempts: unknown[] = []
    const away = openDatabase('postgres://nobody@127.0.0.1:1/none', {
      statementTimeoutMs: 2_000,
      applicationName: 'test',
    })
    const database = { ...away, connect: (onClose: () => void) => (attempts.push(null), away.connect(onClose)) }
    const events = postgresEventLog(database)
    const publisher = startPublisher({ source: 'items', events, pubsub, retentionHours: RETENTION_HOURS, log })

    await new Promise((resolve) => setTimeout(resolve, 1_500))

    expect(attempts).toHaveLength(2)
    await publisher.close()
    await away.close()
  })
})

describe('the head of the log', () => {
  it('is sent when a publisher begins to lead, and every second of silence, after all events before it', async () => {
    await writeMany(1, 3)
    start()
    await untilHead(3)
    const startedMs = performance.now()
    await vi.waitFor(() => expect(heads()).toEqual([3, 3, 3]), { timeout: 5_000, interval: 10 })

    expect(performance.now() - startedMs).toBeGreaterThan(1_900)
    expect(messages.slice(0, 4).map((message) => ('head' in message ? 'head' : message.position))).toEqual([
      1,
      2,
      3,
      'head',
    ])
  })

  it('is sent while events are, and is never ahead of them', async () => {
    const publisher = start()
    for (let n = 1; n <= 30; n++) {
      await write(n)
      publisher.wake()
      await sleep(50)
    }
    await untilHead(30)

    expect(heads().length).toBeGreaterThanOrEqual(3)
    let last = 0
    for (const message of messages) {
      if ('position' in message) last = message.position
      else expect(message.head).toBe(last)
    }
  })

  it('is sent after what a leader before may have left unsent below it', async () => {
    await write(1)
    await write(2)
    await database.sql`update outbox set position = id - (select min(id) from outbox) + 1`
    await database.sql`update outbox_head set position = 2`
    await database.sql`update outbox set published_at = now() where position = 2`
    start()

    await untilHead(2)
    expect(received().map(({ position }) => position)).toEqual([1])
  })
})

describe('old events', () => {
  it('are removed by the leader when it begins, in batches, behind which events do not wait', async () => {
    await database.sql`
      insert into outbox (position, channels, event, published_at)
      select n, '{}', '{}', now() - interval '3 hours' from generate_series(1, 2500) as n`
    await database.sql`update outbox_head set position = 2500`
    await write(1)
    start()

    await untilHead(2501)
    await vi.waitFor(
      async () => expect(await database.sql`select position from outbox`).toEqual([{ position: '2501' }]),
      { timeout: 10_000 },
    )
    const feed = postgresEventFeed(database.sql)
    expect(await feed.read({ after: 2499, channels: null, limit: 10 })).toMatchObject({ gap: true, upTo: 2501 })
    expect(await feed.read({ after: 2500, channels: null, limit: 10 })).toMatchObject({ gap: false, upTo: 2501 })
  })

  it('are kept while they are not known to have been sent', async () => {
    await database.sql`
      insert into outbox (position, channels, event, created_at)
      select n, '{}', '{}', now() - interval '3 hours' from generate_series(1, 3) as n`
    await database.sql`update outbox_head set position = 3`
    start({ ...pubsub, publish: () => Promise.reject(new Error('away')) })
    await sleep(1_500)

    expect(await unmarked()).toBe(3)
  })
})

describe('a publisher that is killed', () => {
  it.each<Step>([
    'before it gives positions',
    'when it has given positions',
    'when it has sent some of a batch',
    'when it has sent a batch',
    'when it has marked a batch',
  ])('%s leaves no hole, and the next one sends all that it may not have sent', async (step) => {
    await writeMany(1, 6)
    const doomed = publisherProcess(step)
    await doomed.reached
    await doomed.kill()
    await writeMany(7, 8)
    start()

    await untilHead(8)
    expect(followed()).toEqual(inOrder(8))
    expect(await unmarked()).toBe(0)
  })

  it('while Postgres gives positions for it leaves no hole either', async () => {
    await writeMany(1, 6)
    const holding = Promise.withResolvers<void>()
    const held = database.sql.begin(async (transaction) => {
      await transaction`select from outbox_head for update`
      await holding.promise
    })
    const doomed = publisherProcess('never')
    await doomed.leads
    await vi.waitFor(
      async () => {
        const waiting = await database.sql`
          select from pg_stat_activity where application_name = 'doomed' and wait_event_type = 'Lock'`
        expect(waiting).toHaveLength(1)
      },
      { timeout: 10_000 },
    )
    await doomed.kill()
    start()
    holding.resolve()
    await held

    await untilHead(6)
    expect(followed()).toEqual(inOrder(6))
  })
})

describe('a leader that is paused', () => {
  it('loses the lead after 5 s, and does no harm when it goes on', async () => {
    const paused = publisherProcess('never')
    await paused.leads
    await write(1)
    await untilReceived(1)
    paused.signal('SIGSTOP')
    await writeMany(2, 3)
    start()

    await untilHead(3, 30_000)
    paused.signal('SIGCONT')
    await writeMany(4, 5)
    await untilHead(5)
    await sleep(1_500)
    expect(followed()).toEqual(inOrder(5))
    await paused.kill()
  })
})

describe('a leader that is paused in the middle of a statement', () => {
  it('loses the lead too', async () => {
    const pausing = await pausingProxy(databases.urlOf('items'), 'update outbox set published_at')
    const behindProxy = openDatabase(pausing.url, { statementTimeoutMs: 2_000, applicationName: 'paused' })
    const session = postgresEventLog(behindProxy).open(() => {})
    expect(await session.lead()).toBe(true)
    // A statement with parameters is described before its values are sent, which never come.
    const unanswered = session.markPublished(1, 1).catch(() => {})
    await pausing.isPaused

    await write(1)
    start()
    await untilHead(1, 20_000)

    pausing.close()
    await unanswered
    await session.close()
    await behindProxy.close()
  })
})

describeWithRedis('the publisher with Redis', () => {
  it('waits while Redis is away, and then sends everything in order', async () => {
    const redis = await startRedis()
    const [here, there] = [makePubSub({ redisUrl: redis.url, log }), makePubSub({ redisUrl: redis.url, log })]
    await there.subscribe(eventsChannel('items'), (message) => messages.push(message as EventMessage))
    const attempts = vi.spyOn(here, 'publish')
    const publisher = start(here)
    await write(1)
    publisher.wake()
    await untilReceived(1)

    await redis.stop('SIGKILL')
    attempts.mockClear()
    await writeMany(2, 4)
    publisher.wake()
    await sleep(3_000)
    // The three events and a head at the most, about once a second.
    expect(attempts.mock.calls.length).toBeLessThanOrEqual(4 * 4)
    expect(await unmarked()).toBe(3)

    await redis.start()
    await vi.waitFor(async () => expect(await unmarked()).toBe(0), { timeout: 10_000 })
    await publisher.close()
    // Whoever was not connected again yet reads what it missed when it sees the head.
    const { events } = await postgresEventFeed(database.sql).read({ after: 1, channels: null, limit: 10 })
    expect(events.map(({ position, event }) => [position, event['n']])).toEqual([
      [2, 2],
      [3, 3],
      [4, 4],
    ])
    await Promise.all([here.close(), there.close()])
    await redis.stop()
  })
})

function start(over: PubSub = pubsub): Publisher {
  const publisher = startPublisher({
    source: 'items',
    events: postgresEventLog(database),
    pubsub: over,
    retentionHours: RETENTION_HOURS,
    log,
  })
  publishers.push(publisher)
  return publisher
}

/** What it sends is among the messages, as if it went the same way. */
/** Between a client and Postgres; what holds `text` is the last that it passes on. */
async function pausingProxy(databaseUrl: string, text: string) {
  const { hostname, port } = new URL(databaseUrl)
  const paused = Promise.withResolvers<void>()
  const sockets: Socket[] = []
  const proxy = createServer((client) => {
    const postgres = connect(Number(port), hostname)
    for (const socket of [client, postgres]) sockets.push(socket.on('error', () => {}))
    let isPaused = false
    client.on('data', (data) => {
      if (isPaused) return
      postgres.write(data)
      if (!data.includes(text)) return
      isPaused = true
      paused.resolve()
    })
    postgres.on('data', (data) => client.write(data))
    postgres.on('close', () => client.destroy())
    client.on('close', () => postgres.destroy())
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  const url = new URL(databaseUrl)
  url.port = String((proxy.address() as AddressInfo).port)
  return {
    url: url.href,
    isPaused: paused.promise,
    close: () => {
      for (const socket of sockets) socket.destroy()
      proxy.close()
    },
  }
}

function publisherProcess(step: Step) {
  const script = fileURLToPath(new URL('testing/publisher-process.ts', import.meta.url))
  const child = fork(script, [databases.urlOf('items'), step])
  processes.push(child)
  const [reached, leads] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  child.on('message', (told: Told) => {
    if ('sent' in told) messages.push(told.sent as EventMessage)
    else if ('leads' in told) leads.resolve()
    else reached.resolve()
  })
  return {
    reached: reached.promise,
    leads: leads.promise,
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    kill: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function write(n: number): Promise<void> {
  await database.db.transaction((transaction) =>
    writeEvent(transaction, { channels: ['public', 'odd "name", {brace}'], event: { n } }),
  )
}

async function writeMany(first: number, last: number): Promise<void> {
  for (let n = first; n <= last; n++) await write(n)
}

async function unmarked(): Promise<number> {
  const [row] = await database.sql<{ count: number }[]>`
    select count(*)::int as count from outbox where published_at is null`
  return row!.count
}

/** The events among the messages, in the order they came in. */
const received = (): PublishedEvent[] => messages.filter((message) => 'position' in message)

const heads = (): number[] => messages.flatMap((message) => ('head' in message ? [message.head] : []))

/** What somebody makes of the messages who knows positions, as `position:n`; a hole is left to the feed. */
function followed(): string[] {
  let last = 0
  return received().flatMap(({ position, event }) => {
    if (position !== last + 1) return []
    last = position
    return [`${position}:${String(event['n'])}`]
  })
}

const inOrder = (last: number) => Array.from({ length: last }, (_, index) => `${index + 1}:${index + 1}`)

const untilReceived = (count: number, timeout = 10_000) =>
  vi.waitFor(() => expect(received()).toHaveLength(count), { timeout, interval: 10 })

const untilHead = (head: number, timeout = 10_000) =>
  vi.waitFor(() => expect(heads().at(-1)).toBe(head), { timeout, interval: 10 })
