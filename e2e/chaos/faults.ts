// What is done to a running system. Each fault ends with everything running again, though not all of it settled.
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { ServerProcess } from '../../local/server-process.ts'
import type { System } from './system.ts'

export const faultKinds = [
  'Redis is killed and started again',
  "Redis's connections are cut",
  'Redis hangs',
  'a gateway is killed',
  'a gateway ends',
  'an items process is killed',
  'a users process is killed',
  'the publisher is killed in the middle of a batch',
  'the publisher is paused, longer than its lead lasts',
  "the publisher's connection to Postgres is cut",
  "clients' connections are cut",
] as const
export type FaultKind = (typeof faultKinds)[number]

/** A publisher that says nothing for 5 s loses the lead. */
const PAUSE_MS = 6_000
/** Clients take a Redis that owes an answer for 3 s for gone. */
const HANG_MS = 4_000
const MID_BATCH_WITHIN_MS = 3_000

export interface Faults {
  /** Does it. @returns whether it hit what it was for */
  cause(kind: FaultKind): Promise<boolean>
}

/** @param awayMaxMs how long what was killed is away, at the most */
export function makeFaults(system: System, random: () => number, awayMaxMs: number): Faults {
  const { redis, cluster, front } = system
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const away = () => sleep(random() * awayMaxMs)

  async function killAndStart(each: ServerProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<boolean> {
    await each.end(signal)
    await away()
    await each.start()
    return true
  }

  async function askRedis<Answer>(ask: (redis: Redis) => Promise<Answer>): Promise<Answer> {
    const client = new Redis(redis.url)
    client.on('error', () => {})
    try {
      return await ask(client)
    } finally {
      client.disconnect()
    }
  }

  async function publisher(): Promise<ServerProcess> {
    for (;;) {
      const found = await system.publisher()
      if (found) return found
      await sleep(100)
    }
  }

  // While Redis holds everything back, a batch cannot end: its events have positions and wait to be sent. What was on its
  // way is sent after all, by nobody who is alive, and once more by the next publisher.
  async function killPublisherMidBatch(): Promise<boolean> {
    const found = await publisher()
    await askRedis((client) => client.call('CLIENT', 'PAUSE', '1500', 'ALL'))
    const startedAtMs = performance.now()
    while (!(await system.isMidBatch()) && performance.now() - startedAtMs < MID_BATCH_WITHIN_MS) await sleep(5)
    const isMidBatch = await system.isMidBatch()
    await killAndStart(found)
    return isMidBatch
  }

  const causes: Record<FaultKind, () => Promise<boolean>> = {
    async 'Redis is killed and started again'() {
      await redis.stop('SIGKILL')
      await away()
      await redis.start()
      return true
    },
    async "Redis's connections are cut"() {
      const killed = await askRedis(async (client) => [
        await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub'),
        await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'),
      ])
      return killed.every((count) => Number(count) > 0)
    },
    async 'Redis hangs'() {
      await askRedis((client) => client.call('CLIENT', 'PAUSE', String(HANG_MS), 'ALL'))
      await sleep(HANG_MS)
      return true
    },
    'a gateway is killed': () => killAndStart(pick(cluster.gateways)),
    'a gateway ends': () => killAndStart(pick(cluster.gateways), 'SIGTERM'),
    'an items process is killed': () => killAndStart(pick(cluster.subgraphs.items)),
    'a users process is killed': () => killAndStart(pick(cluster.subgraphs.users)),
    'the publisher is killed in the middle of a batch': killPublisherMidBatch,
    async 'the publisher is paused, longer than its lead lasts'() {
      const paused = await publisher()
      paused.signal('SIGSTOP')
      await sleep(PAUSE_MS)
      const other = await publisher()
      paused.signal('SIGCONT')
      return other !== paused
    },
    "the publisher's connection to Postgres is cut": async () => (await system.cutPublishersOff()) > 0,
    "clients' connections are cut": async () => front.cut() > 0,
  }

  return { cause: (kind) => causes[kind]() }
}
