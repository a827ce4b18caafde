// The keys that sign access tokens, on a real Postgres: several processes, rotations by schedule and by command.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createLocalJWKSet, jwtVerify } from 'jose'
import type { JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../platform/database.ts'
import type { Database } from '../../platform/database.ts'
import { makeLog } from '../../platform/log.ts'
import { signingKeysCommand } from './signing-key-command.ts'
import { rotateWhenDue } from './signing-key-rotation.ts'
import { signingKeyStore } from './signing-key-store.ts'
import { signingKeys } from './signing-keys.ts'
import { usersOnPostgres } from './testing/users-on-postgres.ts'
import { makeTokens } from './tokens.ts'

const MINUTE_MS = 60_000
const TOKEN_LIFETIME_S = 3_600

let users: Awaited<ReturnType<typeof usersOnPostgres>>
const databases: Database[] = []

beforeAll(async () => {
  users = await usersOnPostgres()
})
afterAll(async () => {
  for (const database of databases) await database.close()
  await users?.close()
})
beforeEach(() => users.sql`truncate signing_keys`)

describe('a rotation', () => {
  it('by command logs nobody out: two processes, and a verifier that has cached the key set', async () => {
    const [one, other] = [openProcess(), openProcess()]
    const early = await one.token()
    const verifier = await cachingVerifier(one)

    expect(await command('rotate')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^A key was added/) as string,
    })
    // Whoever reads the keys now knows both; whoever does not, meets no token of the new one yet.
    const knowing = await cachingVerifier(openProcess())
    expect(knowing.kids).toHaveLength(2)
    for (const process of [one, other, openProcess()]) await verifier.verify(await process.token())

    await pass(8 * MINUTE_MS, one, other)
    const [late, alsoLate] = [await one.token(), await other.token()]
    expect(kidOf(late)).toBe(kidOf(alsoLate))
    expect(kidOf(late)).not.toBe(kidOf(early))
    // The cached set is renewed within its five minutes, and tokens of both keys are good.
    const renewed = await cachingVerifier(other)
    for (const token of [early, late, alsoLate]) {
      await renewed.verify(token)
      await knowing.verify(token)
    }
  })

  it('by schedule adds one key and removes what is left, whichever of many processes looks', async () => {
    const process = openProcess()
    const early = await process.token()
    await pass(90 * 24 * 60 * MINUTE_MS, process)
    await allLook()
    expect(await kids()).toHaveLength(2)

    await pass(8 * MINUTE_MS, process)
    await allLook()
    const late = await process.token()
    expect(kidOf(late)).not.toBe(kidOf(early))
    expect(await kids()).toContain(kidOf(early))

    await pass(TOKEN_LIFETIME_S * 1000 + 2 * MINUTE_MS, process)
    await allLook()
    expect(await kids()).toEqual([kidOf(late)])
  })

  it('is one, however often it is asked for at once', async () => {
    await openProcess().token()
    const answers = await Promise.all(Array.from({ length: 2 }, () => command('rotate')))
    expect(answers.map(({ exitCode }) => exitCode)).toEqual([0, 0])
    expect(answers.filter(({ stdout }) => stdout.startsWith('A key was added'))).toHaveLength(1)
    expect(await kids()).toHaveLength(2)
  })

  it('waits for no reader, and lets none wait', async () => {
    const process = openProcess()
    await process.token()
    const locked = await users.sql.reserve()
    try {
      await locked`begin`
      await locked`lock table signing_keys in exclusive mode`
      await process.token()
      expect((await cachingVerifier(openProcess())).kids).toHaveLength(1)
    } finally {
      await locked`rollback`
      locked.release()
    }
  })
})

describe('the command', () => {
  it('lists what each key does', async () => {
    const lines = async () => (await signingKeysCommand(['list'], users.databaseUrl)).split('\n')
    expect(await lines()).toEqual(['There are no keys: the first start makes one.'])
    const process = openProcess()
    const first = kidOf(await process.token())
    await signingKeysCommand(['rotate'], users.databaseUrl)
    const [, second] = await kids()
    expect(await lines()).toEqual([
      expect.stringMatching(new RegExp(`^${first}  signs since 20..-..-.. ..:..:.. UTC$`)) as string,
      expect.stringMatching(new RegExp(`^${second}  signs from 20..-..-.. ..:..:.. UTC on$`)) as string,
    ])
    await pass(8 * MINUTE_MS, process)
    expect(await lines()).toEqual([
      `${first}  signs no more; stays until no token of it is good`,
      expect.stringMatching(new RegExp(`^${second}  signs since`)) as string,
    ])
  })

  it('says how it is used, and what is wrong, without a stack', async () => {
    expect(await command('help')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'Usage: npm run signing-keys -- list|rotate\n',
    })
    for (const args of [[], ['rotate', 'now'], ['constructor']]) {
      await expect(signingKeysCommand(args, users.databaseUrl)).rejects.toThrow('Usage')
    }
    await expect(signingKeysCommand(['list'], 'postgres://127.0.0.1:1/users')).rejects.toThrow('does not answer')
  })
})

it('is looked at by each process of the subgraph itself', async () => {
  await openProcess().token()
  await users.sql`update signing_keys set signs_from = now() - interval '90 days'`
  // Its own first process leads; what another one is for is to begin.
  await users.start({ redisUrl: 'redis://127.0.0.1:1' })
  await expect.poll(kids, { timeout: 5_000 }).toHaveLength(2)
})

/** What one process of the subgraph has of the keys, on a clock that the test moves. */
function openProcess() {
  const database = openDatabase(users.databaseUrl, { statementTimeoutMs: 5_000, applicationName: 'test' })
  databases.push(database)
  let aheadMs = 0
  const store = signingKeyStore(database.db)
  const keys = signingKeys(store, { nowMs: () => performance.now() + aheadMs })
  const settings = { issuer: 'tributary', audience: 'tributary', accessTokenLifetimeS: TOKEN_LIFETIME_S }
  const tokens = makeTokens(keys, settings)
  return {
    keys,
    token: async () => (await tokens.issue({ id: 'ada', roles: [] }, { sessionId: 'one' })).accessToken,
    pass: (ms: number) => void (aheadMs += ms),
    look: () =>
      rotateWhenDue({ store, lifetimeDays: 90, tokenLifetimeS: TOKEN_LIFETIME_S, log: makeLog('test', 'silent') }),
  }
}

/** Time passes for the database, whose keys grow older, and for the processes, which read them again. */
async function pass(ms: number, ...processes: readonly ReturnType<typeof openProcess>[]): Promise<void> {
  const interval = `${ms} milliseconds`
  await users.sql`
    update signing_keys set created_at = created_at - ${interval}::interval, signs_from = signs_from - ${interval}::interval`
  for (const process of processes) process.pass(ms)
}

const allLook = () => Promise.all(Array.from({ length: 5 }, () => openProcess().look()))

async function cachingVerifier({ keys }: ReturnType<typeof openProcess>) {
  const { keys: read } = await keys.jwks()
  const set = createLocalJWKSet({ keys: [...read] } as JSONWebKeySet)
  return {
    kids: read.map(({ kid }) => kid),
    verify: (token: string) => jwtVerify(token, set, { algorithms: ['ES256'] }),
  }
}

const kids = async () =>
  (await users.sql`select id from signing_keys order by signs_from`).map(({ id }) => id as string)

const kidOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as { kid: string }).kid

const script = fileURLToPath(new URL('../../local/signing-keys.ts', import.meta.url))

async function command(...args: readonly string[]) {
  const env = { ...process.env, USERS_DATABASE_URL: users.databaseUrl, ITEMS_DATABASE_URL: users.databaseUrl }
  const child = spawn(process.execPath, [script, ...args], { env })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const [exitCode] = (await once(child, 'close')) as [number]
  return { exitCode, stdout, stderr }
}
