// What logins cost and what they do to others: one query at an even pace, in turn alone and beside as many logins as the
// processes of a deployment take. Hashing a password is meant to be dear; everybody else is not to notice.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { Pool } from 'undici'
import { users } from '../drizzle/users/tables.ts'
import { startPostgres } from '../local/postgres.ts'
import { makeLog } from '../platform/log.ts'
import { makePasswordHashes } from '../subgraphs/users/password-hashes.ts'
import { queryText } from './answers.ts'
import { cpuTimeMs } from './cpu-time.ts'
import { makeServe, startDeployment } from './deployment.ts'
import { measuredNow } from './results.ts'
import type { Measured } from './results.ts'
import { writeRows } from './rows.ts'
import { median, percentile, ratios, rounded, spread } from './statistics.ts'
import type { Spread } from './statistics.ts'
import { atPace } from './subscriptions/pace.ts'

export interface LoginResults {
  readonly part: 'logins'
  readonly measured: Measured
  readonly settings: typeof SETTINGS & { readonly rounds: number; readonly turnMs: number }
  readonly loginsPerSecond: Spread
  /** Of the users process, milliseconds for one login, and those of the hash alone in a process of its own. */
  readonly cpuMs: Spread
  readonly hashCpuMs: number
  /** As many as a core would take that did nothing else. */
  readonly loginsPerCoreSecond: number
  readonly queries: {
    readonly alone: Latency
    readonly inStorm: Latency
    /** In the storm to alone, round by round. */
    readonly p99Ratio: Spread
  }
}

interface Latency {
  readonly p50Ms: Spread
  readonly p99Ms: Spread
}

const SETTINGS = {
  queriesPerSecond: 100,
  /** Logins under way at a time: more than can be hashed, fewer than are refused. */
  loginsAtOnce: 20,
}
/** Nobody logs in twice in a minute, as an account is refused after ten tries. */
const PEOPLE = 2_000
const PASSWORD = 'correct horse battery staple'
const LOGIN = 'mutation ($input: LoginInput!) { login(input: $input) { accessToken } }'
const HASHES_ALONE = 50
/** What a turn leaves behind is done before the next. */
const PAUSE_MS = 500

interface Options {
  readonly rounds: number
  readonly turnMs: number
  readonly folder: string
}

/** @throws Error when an answer is not the right one, or Tributary does not start, for instance for want of Redis */
export async function measureLogins({ rounds, turnMs, folder }: Options): Promise<LoginResults> {
  const database = await startPostgres({ dataDir: join(folder, 'data'), log: makeLog('bench', 'silent') })
  const { serve, end } = makeServe(folder)
  const hashes = makePasswordHashes()
  let pool: Pool | undefined
  try {
    const databaseUrls = { users: database.urlOf('users'), items: database.urlOf('items') }
    await writeRows(1, databaseUrls)
    await writePeople(databaseUrls.users, await hashes.hash(PASSWORD))
    // Everybody comes from somewhere else, as the gateway counts logins by address.
    const { gatewayUrl, pids } = await startDeployment(serve, databaseUrls, { TRUSTED_PROXIES: 'loopback' })
    pool = new Pool(new URL(gatewayUrl).origin, { connections: 100 })
    const client = clientOf(pool)

    const turns: { alone: number[]; inStorm: number[]; logins: number; elapsedMs: number; usersCpuMs: number }[] = []
    for (let round = 0; round < rounds; round += 1) {
      const alone = await queriesAtPace(client, turnMs)
      await sleep(PAUSE_MS)
      const storm = startStorm(client)
      await sleep(PAUSE_MS) // twenty in the same millisecond are a fault of this script, not a storm
      const [startedMs, cpuBeforeMs, answeredBefore] = [performance.now(), cpuTimeMs(pids.users), storm.answered()]
      const inStorm = await queriesAtPace(client, turnMs)
      const logins = storm.answered() - answeredBefore
      const elapsedMs = performance.now() - startedMs
      const usersCpuMs = cpuTimeMs(pids.users) - cpuBeforeMs
      await storm.end()
      await sleep(PAUSE_MS)
      if (round > 0) turns.push({ alone, inStorm, logins, elapsedMs, usersCpuMs }) // the first one warms up
    }
    const cpuMs = spread(turns.map(({ usersCpuMs, logins }) => usersCpuMs / logins))
    return {
      part: 'logins',
      measured: measuredNow(),
      settings: { ...SETTINGS, rounds: rounds - 1, turnMs },
      loginsPerSecond: rounded(spread(turns.map(({ logins, elapsedMs }) => (logins * 1_000) / elapsedMs)), 1),
      cpuMs: rounded(cpuMs, 1),
      hashCpuMs: Number((await cpuOfOneHash(hashes)).toFixed(1)),
      loginsPerCoreSecond: Number((1_000 / cpuMs.median).toFixed(1)),
      queries: {
        alone: latency(turns.map(({ alone }) => alone)),
        inStorm: latency(turns.map(({ inStorm }) => inStorm)),
        p99Ratio: rounded(ratios(turns.map(p99Of('inStorm')), turns.map(p99Of('alone'))), 2),
      },
    }
  } finally {
    await hashes.close()
    await pool?.destroy()
    await end()
    await database.stop()
  }
}

export function loginTable(results: LoginResults): string {
  const { settings, loginsPerSecond, loginsPerCoreSecond, cpuMs, hashCpuMs, queries } = results
  const { alone, inStorm, p99Ratio } = queries
  const of = ({ p50Ms, p99Ms }: Latency) => `p50 ${p50Ms.median} ms, p99 ${p99Ms.median} ms`
  return [
    `Logins, ${settings.loginsAtOnce} at once: ${loginsPerSecond.median} a second, ${loginsPerCoreSecond} for a second of CPU`,
    `  CPU of the users subgraph for one: ${cpuMs.median} ms, of which the hash of the password takes ${hashCpuMs} ms`,
    `Other queries, ${settings.queriesPerSecond} a second: alone ${of(alone)}; beside the logins ${of(inStorm)}`,
    `  p99 beside them to alone: ${p99Ratio.median} (${p99Ratio.min}–${p99Ratio.max}), wanted at most 2`,
  ].join('\n')
}

type Client = ReturnType<typeof clientOf>

function clientOf(pool: Pool) {
  let address = 0
  return async (query: string, variables: object): Promise<any> => {
    const from = `10.${(address += 1) >> 16}.${(address >> 8) & 255}.${address & 255}`
    const { body } = await pool.request({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
      body: JSON.stringify({ query, variables }),
    })
    const answer = (await body.json()) as { data?: any; errors?: unknown }
    if (answer.errors) throw new Error(`Not answered: ${JSON.stringify(answer.errors)}`)
    return answer.data
  }
}

/** @returns how long each took, in milliseconds, ascending */
async function queriesAtPace(ask: Client, turnMs: number): Promise<number[]> {
  const query = queryText('small')
  const perSecond = SETTINGS.queriesPerSecond
  const tookMs: Promise<number>[] = []
  await atPace({ perSecond, count: Math.round((perSecond * turnMs) / 1_000) }, () => {
    const startedMs = performance.now()
    tookMs.push(ask(query, { after: null }).then(() => performance.now() - startedMs))
  })
  return (await Promise.all(tookMs)).sort((a, b) => a - b)
}

let nextPerson = 0

function startStorm(ask: Client) {
  let answered = 0
  let isOver = false
  const logIn = async () => {
    while (!isOver) {
      const email = emailOf(nextPerson++ % PEOPLE)
      const { login } = await ask(LOGIN, { input: { email, password: PASSWORD } })
      if (!login?.accessToken) throw new Error('Logged in without a token.')
      answered += 1
    }
  }
  const all = Promise.all(Array.from({ length: SETTINGS.loginsAtOnce }, logIn))
  all.catch(() => {}) // told at the end
  return {
    answered: () => answered,
    end: () => {
      isOver = true
      return all
    },
  }
}

async function writePeople(url: string, passwordHash: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  const rows = Array.from({ length: PEOPLE }, (_, number) => ({
    username: `login-${number}`,
    email: emailOf(number),
    emailVerifiedAt: new Date(),
    passwordHash,
    roles: ['USER'],
  }))
  await drizzle(sql)
    .insert(users)
    .values(rows)
    .finally(() => sql.end())
}

const emailOf = (number: number) => `login-${number}@example.com`

/** With the threads that do it. */
async function cpuOfOneHash(hashes: ReturnType<typeof makePasswordHashes>): Promise<number> {
  const passwordHash = await hashes.hash(PASSWORD)
  const before = process.cpuUsage()
  for (let count = 0; count < HASHES_ALONE; count += 1) await hashes.isRight(PASSWORD, passwordHash)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000 / HASHES_ALONE
}

const p99Of =
  (which: 'alone' | 'inStorm') =>
  (turn: { readonly alone: readonly number[]; readonly inStorm: readonly number[] }): number =>
    percentile(turn[which], 0.99)

const latency = (turns: readonly (readonly number[])[]): Latency => ({
  p50Ms: rounded(spread(turns.map((tookMs) => median(tookMs))), 1),
  p99Ms: rounded(spread(turns.map((tookMs) => percentile(tookMs, 0.99))), 1),
})
