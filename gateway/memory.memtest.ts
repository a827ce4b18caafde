// Whether memory stays flat: gateway and subgraphs as processes of their own, on a real Postgres and a real Redis, under
// everything that clients do and should not do. The first third of the time fills what is kept on purpose, up to its
// bounds; from then on nothing may grow. A hundred bytes lost by each request would be over the margin.
import { readFileSync } from 'node:fs'
import { appendFile, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PASSWORD, apiOf } from '../e2e/support/api.ts'
import { prepareDeployment, startProcess, untilReady } from '../e2e/support/processes.ts'
import type { Env } from '../e2e/support/processes.ts'
import { describeWithRedis, startRedis } from '../e2e/support/redis.ts'
import { temporaryFolder } from '../e2e/support/temporary-folder.ts'
import { say } from '../platform/log.ts'
import { startMeasuredProcess } from './testing/measured-process.ts'
import type { MeasuredProcess } from './testing/measured-process.ts'
import { liveSeries, memoryTable, overMargin } from './testing/memory-thirds.ts'
import type { MemorySample } from './testing/memory-thirds.ts'
import { startMixedLoad } from './testing/mixed-load.ts'
import { randomFrom } from './testing/random-federation.ts'
import { visitsOf } from './testing/visits.ts'

const MINUTE_MS = 60_000
/** MEMORY_MINUTES is for trying it: below some ten minutes caches are still filling, which looks like a leak. */
const durationMs = Number(process.env['MEMORY_MINUTES'] ?? 30) * MINUTE_MS
const SAMPLES = 180
/** Of the samples those in which garbage is collected first, which holds up the process. */
const LIVE_EVERY = 6
const SUPERGRAPH_SWAPS = 9
const PEOPLE = 5

describeWithRedis('under a mixed load', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>
  let deployment: Awaited<ReturnType<typeof prepareDeployment>>
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let supergraph: string
  const processes: Record<string, MeasuredProcess> = {}

  beforeAll(async () => {
    redis = await startRedis()
    deployment = await prepareDeployment(redis.url)
    folder = await temporaryFolder()
    supergraph = join(folder.path, 'supergraph.graphql')
    await copyFile('schema/supergraph.graphql', supergraph)
    await startProcess('drizzle/seed.ts', deployment.env.migrate).ended
    const { users, items, gateway } = deployment.env
    const deployed = {
      NODE_ENV: 'production',
      NODE_OPTIONS: heapOfTheImage(),
      INTROSPECTION: 'true',
      REQUIRE_VERIFIED_EMAIL: 'false', // nobody reads mail here
      DEV_PAGES_FROM: '',
    }
    await start('users', 'subgraphs/users/index.ts', { ...users, ...deployed })
    await start('items', 'subgraphs/items/index.ts', { ...items, ...deployed })
    await start('gateway', 'gateway/index.ts', { ...gateway, ...deployed, SUPERGRAPH: supergraph })
  })
  afterAll(async () => {
    await Promise.all(Object.values(processes).map((each) => each.end('SIGKILL')))
    await deployment?.close()
    await redis?.stop()
    await folder?.remove()
  })

  it(
    'takes no more memory as time goes by, and answers every request',
    async () => {
      const api = apiOf(deployment.url)
      const random = randomFrom(1)
      const people = await Promise.all(Array.from({ length: PEOPLE }, () => api.person()))
      const visits = visitsOf(deployment.url, people, PASSWORD, random)

      const load = startMixedLoad(deployment.url, visits, people, random)
      const samples = await sampleMemory()
      const tally = await load.end()
      say(`${JSON.stringify(tally)}\n${memoryTable(samples)}\n${liveSeries(samples)}`)
      for (const { output } of Object.values(processes)) say(output())

      expect(tally.wrong).toEqual({})
      expect(tally.events).toBeGreaterThan(tally.subscribers)
      expect(processes['gateway']!.logged('supergraph swapped')).toBe(SUPERGRAPH_SWAPS)
      expect(overMargin(samples)).toEqual([])
      for (const [name, each] of Object.entries(processes)) expect([name, await each.end()]).toEqual([name, 0])
    },
    durationMs + 5 * MINUTE_MS,
  )

  function heapOfTheImage(): string {
    return /^ENV NODE_OPTIONS=(--max-old-space-size=\d+)$/m.exec(readFileSync('Dockerfile', 'utf8'))![1]!
  }

  async function start(name: string, entry: string, env: Env & { PORT: string }): Promise<void> {
    const running = startMeasuredProcess(entry, env)
    processes[name] = running
    await untilReady(running, `http://127.0.0.1:${env.PORT}/readyz`)
  }

  async function sampleMemory(): Promise<MemorySample[]> {
    const samples: MemorySample[] = []
    const startedMs = performance.now()
    const swapEvery = Math.floor(SAMPLES / (SUPERGRAPH_SWAPS + 1))
    for (let nth = 1; nth <= SAMPLES; nth++) {
      await sleep(Math.max(0, startedMs + (nth * durationMs) / SAMPLES - performance.now()))
      // The same supergraph, and to the gateway a new one: everything that is derived from it is made anew.
      if (nth % swapEvery === 0 && nth < SAMPLES) await appendFile(supergraph, `# ${nth}\n`)
      for (const [name, running] of Object.entries(processes)) {
        const { rssMb, liveMb } = await running.memory({ live: nth % LIVE_EVERY === 0 })
        samples.push({ process: name, third: Math.floor((3 * (nth - 1)) / SAMPLES), rssMb, liveMb })
      }
    }
    return samples
  }
})
