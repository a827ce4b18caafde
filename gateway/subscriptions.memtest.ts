// Whether subscribers leave anything behind: a million deliveries to a thousand of them who come and go, by a gateway that
// is a process of its own, on a real Redis. Some minutes, in which its memory has to stay flat; when everybody has left,
// nothing is resolved for anybody any more, and nothing of a subgraph is followed.
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { untilReady } from '../e2e/support/processes.ts'
import { describeWithRedis, startRedis } from '../e2e/support/redis.ts'
import { temporaryFolder } from '../e2e/support/temporary-folder.ts'
import { freePort } from '../local/free-port.ts'
import { say } from '../platform/log.ts'
import { comeAndGo, stay } from './testing/come-and-go.ts'
import type { Followed, Tally } from './testing/come-and-go.ts'
import { startExchange } from './testing/exchange.ts'
import type { Exchange } from './testing/exchange.ts'
import { startIssuer } from './testing/issuer.ts'
import { startMeasuredProcess } from './testing/measured-process.ts'
import type { MeasuredProcess } from './testing/measured-process.ts'
import { liveSeries, memoryTable, overMargin } from './testing/memory-thirds.ts'
import type { MemorySample } from './testing/memory-thirds.ts'
import { randomFrom } from './testing/random-federation.ts'

/** DELIVERIES is for trying it: below some hundred thousand caches are still filling, which looks like a leak. */
const DELIVERIES = Number(process.env['DELIVERIES'] ?? 1_000_000)
const SUBSCRIBERS = 1_000
const SYMBOLS = Array.from({ length: 10 }, (_, nth) => `S${nth}`)
/** Of each kind, in turn of one symbol after the other. Fewer where that is more than can be told. */
const EVENTS_PER_SECOND = 50
/** Of a symbol, which its witnesses were not told yet. */
const AHEAD_MAX = 3
const SAMPLES = 60
/** Of the samples those in which garbage is collected first, which holds up the process. */
const LIVE_EVERY = 2
/** In between, somebody subscribes who stays until the end: what is followed is not to hold on to what it began with. */
const SUPERGRAPH_SWAPS = 12
const MINUTE_MS = 60_000
const TOKEN_LIFETIME_S = 7_200

describeWithRedis('a million deliveries', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let issuer: Awaited<ReturnType<typeof startIssuer>>
  let exchange: Exchange
  let gateway: MeasuredProcess
  let supergraph: string
  let url: string

  beforeAll(async () => {
    redis = await startRedis()
    issuer = await startIssuer()
    exchange = await startExchange(redis.url)
    folder = await temporaryFolder()
    supergraph = join(folder.path, 'supergraph.graphql')
    await writeFile(supergraph, exchange.supergraph)
    const port = String(await freePort())
    url = `http://127.0.0.1:${port}`
    gateway = startMeasuredProcess('gateway/index.ts', {
      PORT: port,
      SUPERGRAPH: supergraph,
      REDIS_URL: redis.url,
      JWKS_URL: issuer.url,
      GATEWAY_SECRET: 'a secret of at least 32 characters',
    })
    await untilReady(gateway, `${url}/readyz`)
  })
  afterAll(async () => {
    await gateway?.end('SIGKILL')
    await exchange?.close()
    issuer?.server.close()
    await redis?.stop()
    await folder?.remove()
  })

  it(
    'leave nothing behind when their subscribers have left, and none of them is lost or told twice',
    async () => {
      const random = randomFrom(1)
      const tally: Tally = { deliveries: 0, arrivals: 0, wrong: {} }
      const leaving = new AbortController()
      const followed = await subscribers()
      const startedMs = performance.now()
      const witnesses = SYMBOLS.map((symbol) =>
        (['quoted', 'traded'] as const).map((field) =>
          stay(url, { field, symbol, overWebSocket: true, token: null }, random, tally, leaving.signal),
        ),
      )
      const all = [
        ...witnesses.flat().map(({ left }) => left),
        ...followed.map((each) => comeAndGo(url, each, random, tally, leaving.signal)),
      ]
      await vi.waitFor(() => expect(exchange.subscriptions()).toBeGreaterThanOrEqual(SYMBOLS.length), 10_000)
      const stopTrading = trade((symbol, ofSymbol) => {
        if (leaving.signal.aborted) return true
        return witnesses[symbol]!.every(({ told }) => ofSymbol - (told() ?? -1) <= AHEAD_MAX)
      })

      const samples: MemorySample[] = []
      for (let nth = 1; nth <= SAMPLES; nth++) {
        await until((nth * DELIVERIES) / SAMPLES)
        if (nth % Math.floor(SAMPLES / SUPERGRAPH_SWAPS) === 0 && nth < SAMPLES) {
          all.push(stay(url, followed[nth]!, random, tally, leaving.signal).left)
          await appendFile(supergraph, `# ${nth}\n`)
        }
        const { rssMb, liveMb } = await gateway.memory({ live: nth % LIVE_EVERY === 0 })
        samples.push({ process: 'gateway', third: Math.floor((3 * (nth - 1)) / SAMPLES), rssMb, liveMb })
      }
      leaving.abort()
      await Promise.all(all)
      const tookS = Math.round((performance.now() - startedMs) / 1_000)

      // What happens goes on, and nobody is there to be told.
      await vi.waitFor(() => expect([exchange.subscriptions(), exchange.sockets()]).toEqual([0, 0]), 10_000)
      const fetches = exchange.fetches()
      await vi.waitFor(async () => expect(await fetchesWithin(3_000)).toBe(0), 30_000)
      stopTrading()
      const { liveMb } = await gateway.memory({ live: true })

      const swaps = gateway.logged('supergraph swapped')
      say(`${JSON.stringify({ tookS, ...tally, swaps, fetches, leftMb: Math.round(liveMb!) })}`)
      say(`${memoryTable(samples)}\n${liveSeries(samples)}\n${gateway.output()}`)
      expect(tally.wrong).toEqual({})
      expect(tally.arrivals).toBeGreaterThan(SUBSCRIBERS)
      expect(swaps).toBe(SUPERGRAPH_SWAPS - 1)
      expect(overMargin(samples)).toEqual([])
      const inLastThird = samples.flatMap(({ third, liveMb }) => (third === 2 && liveMb !== null ? [liveMb] : []))
      expect(liveMb).toBeLessThan(Math.min(...inLastThird))
      expect(gateway.output()).toBe('')
      expect(await gateway.end()).toBe(0)

      async function until(deliveries: number): Promise<void> {
        while (tally.deliveries < deliveries) await sleep(10)
      }
    },
    30 * MINUTE_MS,
  )

  // Seven of ten follow events, half of each kind over WebSocket; of three identities.
  async function subscribers(): Promise<Followed[]> {
    const tokens = [null, await issuer.token('ada', TOKEN_LIFETIME_S), await issuer.token('bob', TOKEN_LIFETIME_S)]
    return Array.from({ length: SUBSCRIBERS }, (_, nth) => ({
      field: nth % 10 < 7 ? ('quoted' as const) : ('traded' as const),
      symbol: SYMBOLS[Math.floor(nth / 10) % SYMBOLS.length]!,
      overWebSocket: nth % 2 === 0,
      token: tokens[nth % tokens.length]!,
    }))
  }

  async function fetchesWithin(durationMs: number): Promise<number> {
    const before = exchange.fetches()
    await sleep(durationMs)
    return exchange.fetches() - before
  }

  /**
   * @param mayHappen whether so many of a symbol may have happened by now
   * @returns ends it
   */
  function trade(mayHappen: (symbol: number, ofSymbol: number) => boolean): () => void {
    let nth = 0
    const timer = setInterval(() => {
      const symbol = nth % SYMBOLS.length
      const ofSymbol = Math.floor(nth / SYMBOLS.length)
      if (!mayHappen(symbol, ofSymbol)) return
      exchange.quote(SYMBOLS[symbol]!, ofSymbol)
      exchange.trade(SYMBOLS[symbol]!, ofSymbol)
      nth += 1
    }, 1_000 / EVENTS_PER_SECOND)
    return () => clearInterval(timer)
  }
})
