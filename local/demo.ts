// `npm run demo`: two clients follow 1,000 changes through two gateways, one of which is killed on the way, and count
// what they were told. Everything it starts is its own and goes with it.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { makeLifecycle } from '../platform/lifecycle.ts'
import { say } from '../platform/log.ts'
import { describeStartError } from '../platform/process.ts'
import { startCluster } from './cluster.ts'
import { endWithNpm } from './end-with-npm.ts'
import { startRedis } from './redis-server.ts'

const EVENTS = 1_000
const KILL_AFTER = 500
const WRITERS = 10
/** Somebody is to see it happen: about four seconds of changes. */
const PAUSE_MS = 30
const TOLD_WITHIN_MS = 30_000
/** Ending in the middle of the start waits for the rest of it. A second Ctrl-C waits for nothing. */
const CLOSE_TIMEOUT_MS = 60_000

interface Follower {
  readonly name: string
  /** Ids of items, in the order in which it was told of them. */
  readonly told: readonly string[]
  readonly returns: () => number
  readonly ready: Promise<void>
  end(): void
}

/** @returns whether both clients were told everything once */
async function demonstrate(onClose: (what: string, close: () => unknown) => void): Promise<boolean> {
  say(`Two gateways, two subgraphs, Postgres and Redis are starting, for this demonstration alone.`)
  const folder = await mkdtemp(join(tmpdir(), 'tributary-demo-'))
  onClose('folder', () => rm(folder, { recursive: true, force: true }))
  const redis = await startRedis()
  onClose('redis', () => redis.stop())
  const starting = startCluster({
    dataDir: folder,
    redisUrl: redis.url,
    gateways: 2,
    subgraphs: 1,
    env: { LOG_LEVEL: 'warn' },
  })
  // Who ends it while it starts waits until it can be ended in order.
  onClose('cluster', async () => (await starting.catch(() => null))?.close())
  const { gateways } = await starting

  const ports = gateways.map(({ port }) => port)
  const followers = [follow('Client 1', ports), follow('Client 2', ports.toReversed())]
  onClose('clients', () => followers.forEach((each) => each.end()))
  await Promise.all(followers.map(({ ready }) => ready))
  say(`Two clients follow every change, one through each gateway; ${EVENTS} items are being created.`)

  const created = await create(`http://127.0.0.1:${ports[1]}`, async () => {
    await gateways[0]!.end('SIGKILL')
    say(
      `Gateway 1 was killed after ${KILL_AFTER} changes. Client 1 comes back through gateway 2, and says where it was.`,
    )
  })
  const startedAtMs = performance.now()
  const isTold = () => followers.every(({ told }) => new Set(told).size >= created.size)
  while (!isTold() && performance.now() - startedAtMs < TOLD_WITHIN_MS) await sleep(50)

  for (const { name, told, returns } of followers) {
    say(`${name} was told of ${new Set(told).size}; times it had to connect again: ${returns()}.`)
  }
  const lost = sum(followers, ({ told }) => created.difference(new Set(told)).size)
  const doubled = sum(followers, ({ told }) => told.length - new Set(told).size)
  say(`${created.size} events, ${lost} lost, ${doubled} doubled`)
  return created.size === EVENTS && lost === 0 && doubled === 0
}

/** Comes back to whichever gateway is there, and goes on after the last position it was told. */
function follow(name: string, ports: readonly number[]): Follower {
  const told: string[] = []
  let tries = 0
  let returns = 0
  const extensions: Record<string, unknown> = {}
  const client = createClient({
    url: () => `ws://127.0.0.1:${ports[tries++ % ports.length]}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: () => sleep(200),
    on: {
      connected: (_socket, _payload, wasRetry) => void (wasRetry && (returns += 1)),
    },
  })
  client.subscribe<{ itemsChanged: { itemId: string } }, { position: string }>(
    {
      query: 'subscription { itemsChanged { itemId item { name owner { username } } } }',
      extensions,
    },
    {
      next: ({ data, extensions: given }) => {
        extensions['after'] = given?.['position']
        if (data) told.push(data.itemsChanged.itemId)
      },
      error: () => {},
      complete: () => {},
    },
  )
  // The protocol does not say when a subscription has begun. One answer later on the same socket, it has.
  const ready = new Promise<void>((resolve, reject) => {
    client.subscribe({ query: '{ __typename }' }, { next: () => {}, error: reject, complete: resolve })
  })
  const end = () => void Promise.resolve(client.dispose()).catch(() => {})
  return { name, told, returns: () => returns, ready, end }
}

/** Writes all of the changes. @returns the ids of the items */
async function create(url: string, atHalf: () => Promise<void>): Promise<Set<string>> {
  const person = { username: 'demo', email: 'demo@example.com', password: randomBytes(16).toString('base64url') }
  await ask(url, 'mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }', person)
  const { email, password } = person
  const { login } = await ask<{ login: { accessToken: string } }>(
    url,
    'mutation ($input: LoginInput!) { login(input: $input) { accessToken } }',
    { email, password },
  )

  const created = new Set<string>()
  let begun = 0
  let killing: Promise<void> | undefined
  const write = async () => {
    while (begun < EVENTS) {
      const input = { name: `Item ${(begun += 1)}`, visibility: 'PUBLIC' }
      const { createItem } = await ask<{ createItem: { item: { id: string } } }>(
        url,
        'mutation ($input: CreateItemInput!) { createItem(input: $input) { item { id } } }',
        input,
        login.accessToken,
      )
      created.add(createItem.item.id)
      if (created.size === KILL_AFTER) killing = atHalf()
      await sleep(PAUSE_MS)
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, write))
  await killing
  return created
}

async function ask<Data>(url: string, query: string, input: object, token?: string): Promise<Data> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables: { input } }),
  })
  const { data, errors } = (await response.json()) as { data?: Data; errors?: unknown }
  if (!data || errors) throw new Error(JSON.stringify(errors))
  return data
}

const sum = <T>(all: readonly T[], count: (one: T) => number) => all.map(count).reduce((a, b) => a + b, 0)

if (import.meta.main) {
  endWithNpm(process.env)
  const lifecycle = makeLifecycle({
    drainTimeoutMs: CLOSE_TIMEOUT_MS,
    onError: (what, error) => say(`${what} was not closed in order: ${String(error)}`),
  })
  let signals = 0
  const interrupt = () => {
    signals += 1
    if (signals > 1) process.exit(130)
    say('Ending.')
    void lifecycle.close().then(() => process.exit(130))
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    const isRight = await demonstrate(lifecycle.onClose)
    await lifecycle.close()
    if (signals === 0) process.exit(isRight ? 0 : 1)
  } catch (error) {
    await lifecycle.close()
    // What is torn down under it fails too: that is no news.
    if (signals > 0) process.exit(130)
    process.stderr.write(`${describeStartError(error)}\n`)
    process.exit(1)
  }
}
