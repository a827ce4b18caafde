// Subscriptions: the gateway before a source of events whose answers are recorded, with many sockets on it; beside it `ws`
// alone, and the way of a change from Postgres to a socket.
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { request } from 'undici'
import type { MemoryReport } from '../gateway/testing/memory-report.ts'
import { freePort } from '../local/free-port.ts'
import { say } from '../platform/log.ts'
import { cpuTimeMs } from './cpu-time.ts'
import { makeServe, serveRedis } from './deployment.ts'
import type { Serve } from './deployment.ts'
import { projectFile } from './gateways.ts'
import { measuredNow } from './results.ts'
import type { Measured } from './results.ts'
import type { jobs as broadcastJobs } from './subscriptions/broadcast.ts'
import { measureCommitToSocket } from './subscriptions/commit-to-socket.ts'
import type { CommitToSocket } from './subscriptions/commit-to-socket.ts'
import type { Delays } from './subscriptions/deliveries.ts'
import type { Sources, jobs as sourceJobs } from './subscriptions/event-source.ts'
import type { jobs as followerJobs } from './subscriptions/followers.ts'
import type { Pace } from './subscriptions/pace.ts'
import { checkDescriptors, delaysFrom, deliver, gather } from './subscriptions/rooms.ts'
import type { Followers } from './subscriptions/rooms.ts'
import { startWorker } from './subscriptions/worker.ts'
import type { Worker } from './subscriptions/worker.ts'

export interface SubscriptionResults {
  readonly part: 'subscriptions'
  readonly measured: Measured
  readonly sockets: number
  readonly people: number
  /** Everybody a stranger: one group. */
  readonly strangers: Audience
  /** As many sockets, of people who are signed in and ask the same, which is for everybody: one group as well. */
  readonly signedIn: Audience
  /** The same people asking for what is not for everybody: a group each. */
  readonly apart: Audience
  /** The frames of the first by `ws` alone. */
  readonly broadcast: Broadcast
  /** Ours to that of `ws` alone, for the first. */
  readonly ratio: { readonly cpu: number; readonly p99: number }
  readonly memory: { readonly liveKb: number; readonly rssKb: number }
  /** Events on a channel that nobody follows. */
  readonly unfollowed: { readonly eventsPerSecond: number; readonly cpuMsPer1000: number }
  readonly saturation: { readonly oneGroup: Saturation; readonly manyGroups: Saturation }
  readonly commitToSocket: CommitToSocket
}

export interface Broadcast extends Delays {
  readonly events: number
  /** CPU for each delivery, in microseconds. */
  readonly cpuUs: number
}

export interface Audience extends Broadcast {
  /** Requests to subgraphs for each event. */
  readonly fetches: number
  /** Frames that differ from others of the same event, but for their id. */
  readonly differing: number
}

export interface Saturation {
  readonly groups: number
  readonly sockets: number
  /** The most that were delivered as fast as they came. */
  readonly eventsPerSecond: number
  /** At the next step they were not. Null where the steps ended before. */
  readonly gaveWayAt: number | null
}

const QUERY = 'subscription { itemsChanged { kind itemId item { id name status owner { username } } } }'
/** What a person may do with the item is for that person alone. */
const OWN_QUERY = QUERY.replace('status', 'status viewerPermission')
const CHANNEL = 'public'

const whole = { sockets: 10_000, people: 100, events: 15, unfollowedS: 6, stepS: 3, changes: 1_000 }
const quick = { sockets: 2_000, people: 100, events: 6, unfollowedS: 2, stepS: 1, changes: 300 }

/** Slow enough that an event is with everybody before the next one. */
const EVENTS_PER_SECOND = 1
/** Of people who are signed in: a hundred executions for each event. */
const CHANGES_PER_SECOND = 100
const FOLLOWING_CHANGES = 100
const UNFOLLOWED_PER_SECOND = 2_000
const SATURATION_SOCKETS = 100
const STEP_FACTOR = 1.3
const STEPS_MAX = 14
const FIRST_STEP = { oneGroup: 40, manyGroups: 3 }
/** What is delivered later than that, at the end of a step, has waited for what was before it. */
const LAG_MAX_MS = 250
const WARM_UP_EVENTS = 300

type EventSource = Worker<typeof sourceJobs>

/** @throws Error when something does not start, or a delivery is missing */
export async function measureSubscriptions(options: {
  readonly isQuick: boolean
  readonly folder: string
}): Promise<SubscriptionResults> {
  const { isQuick, folder } = options
  const { sockets, people, events, unfollowedS, stepS, changes } = isQuick ? quick : whole
  checkDescriptors(sockets)
  const { serve, end } = makeServe(folder)
  const source = startWorker<typeof sourceJobs>('event-source.ts')
  const followers = startWorker<typeof followerJobs>('followers.ts')
  try {
    const redisUrl = await serveRedis(serve)
    const sources = await source.ask('start', { redisUrl, people })
    const gateway = await startGateway(serve, redisUrl, sources)
    const room = { gateway, source, followers, url: gateway.url }

    const unfollowed = await measureUnfollowed(room, unfollowedS)
    say(`  nobody follows: ${unfollowed.cpuMsPer1000.toFixed(0)} ms CPU for 1,000 events`)

    await warmUp(room, sources.tokens)
    const before = await gateway.memory()
    await gather(followers, { url: room.url, query: QUERY, sockets, tokens: [] }, () => probe(source))
    const after = await gateway.memory()
    const memory = { liveKb: perSocketKb('liveMb'), rssKb: perSocketKb('rssMb') }
    say(`  ${sockets} sockets: ${memory.liveKb.toFixed(1)} KB each`)
    const { audience: strangers, sample } = await measureAudience(room, sockets, events)
    await followers.ask('disconnect')
    say(`  strangers: p99 ${strangers.p99Ms.toFixed(0)} ms`)

    await gather(followers, { url: room.url, query: QUERY, sockets, tokens: sources.tokens }, () => probe(source))
    const { audience: signedIn } = await measureAudience(room, sockets, events)
    await followers.ask('disconnect')
    say(`  signed in: p99 ${signedIn.p99Ms.toFixed(0)} ms`)

    await gather(followers, { url: room.url, query: OWN_QUERY, sockets, tokens: sources.tokens }, () => probe(source))
    const { audience: apart } = await measureAudience(room, sockets, events)
    await followers.ask('disconnect')
    say(`  apart: p99 ${apart.p99Ms.toFixed(0)} ms`)

    const broadcast = await measureBroadcast(followers, { sockets, events, sample })
    say(`  ws alone: p99 ${broadcast.p99Ms.toFixed(0)} ms`)

    const saturation = {
      oneGroup: await saturate(room, FIRST_STEP.oneGroup, stepS, []),
      manyGroups: await saturate(room, FIRST_STEP.manyGroups, stepS, sources.tokens.slice(0, SATURATION_SOCKETS)),
    }
    await Promise.all([source.end(), followers.end()])
    await end()

    const commitFolder = join(folder, 'commit-to-socket')
    mkdirSync(commitFolder)
    const commitToSocket = await measureCommitToSocket({
      changesPerSecond: CHANGES_PER_SECOND,
      sockets: FOLLOWING_CHANGES,
      changes,
      folder: commitFolder,
    })
    const ratio = { cpu: strangers.cpuUs / broadcast.cpuUs, p99: strangers.p99Ms / broadcast.p99Ms }
    return roundedFigures({
      part: 'subscriptions',
      measured: measuredNow(),
      sockets,
      people,
      strangers,
      signedIn,
      apart,
      broadcast,
      ratio,
      memory,
      unfollowed,
      saturation,
      commitToSocket,
    })

    function perSocketKb(figure: 'liveMb' | 'rssMb'): number {
      return ((after[figure]! - before[figure]!) * 1_024) / sockets
    }
  } finally {
    await Promise.all([source.end(), followers.end()])
    await end()
  }
}

interface MeasuredGateway {
  readonly url: string
  readonly pid: number
  memory(): Promise<MemoryReport>
}

interface Room {
  readonly gateway: MeasuredGateway
  readonly source: EventSource
  readonly followers: Followers
  readonly url: string
}

async function startGateway(serve: Serve, redisUrl: string, sources: Sources): Promise<MeasuredGateway> {
  const port = await freePort()
  const server = await serve(
    'gateway',
    {
      args: ['--expose-gc', '--import', './gateway/testing/memory-report.ts', 'gateway/index.ts'],
      env: {
        PORT: String(port),
        REDIS_URL: redisUrl,
        GATEWAY_SECRET: randomBytes(32).toString('base64url'),
        SUBGRAPH_URLS: `users=${sources.usersUrl},items=${sources.itemsUrl}`,
        JWKS_URL: sources.jwksUrl,
      },
      cwd: projectFile(''),
      hasChannel: true,
    },
    async () => (await request(`http://127.0.0.1:${port}/readyz`)).statusCode === 200,
  )
  return {
    url: `ws://127.0.0.1:${port}/graphql`,
    pid: server.pid,
    memory: async () => (await server.ask({ live: true })) as MemoryReport,
  }
}

const probe = (source: EventSource) => source.ask('send', { channel: CHANNEL, perSecond: 1, count: 1 })

/** One group of strangers, or one for each of the people. */
const queryFor = (tokens: readonly string[]) => (tokens.length > 0 ? OWN_QUERY : QUERY)

/** So that what is made once, and compiled by V8, is there before anything is compared. */
async function warmUp({ source, followers, url }: Room, tokens: readonly string[]): Promise<void> {
  const sockets = SATURATION_SOCKETS
  for (const given of [tokens, []]) {
    await gather(followers, { url, query: queryFor(given), sockets, tokens: given }, () => probe(source))
    const count = given.length > 0 ? Math.ceil(WARM_UP_EVENTS / given.length) : WARM_UP_EVENTS
    const perSecond = given.length > 0 ? FIRST_STEP.manyGroups : FIRST_STEP.oneGroup
    await deliver(followers, count * sockets, () => source.ask('send', { channel: CHANNEL, perSecond, count }))
    await followers.ask('disconnect')
  }
}

async function measureAudience(
  { gateway, source, followers }: Room,
  sockets: number,
  events: number,
): Promise<{ readonly audience: Audience; readonly sample: string }> {
  const fetchesBefore = await source.ask('fetches')
  const cpuBeforeMs = cpuTimeMs(gateway.pid)
  const pace: Pace = { perSecond: EVENTS_PER_SECOND, count: events }
  const {
    received,
    tookMs: _,
    ...delays
  } = await deliver(followers, events * sockets, () => source.ask('send', { channel: CHANNEL, ...pace }))
  const cpuUs = ((cpuTimeMs(gateway.pid) - cpuBeforeMs) * 1_000) / (events * sockets)
  const fetches = ((await source.ask('fetches')) - fetchesBefore) / events
  const { differing, sample } = received
  return { audience: { ...delays, events, cpuUs, fetches, differing }, sample }
}

async function measureBroadcast(
  followers: Followers,
  { sockets, events, sample }: { readonly sockets: number; readonly events: number; readonly sample: string },
): Promise<Broadcast> {
  const server = startWorker<typeof broadcastJobs>('broadcast.ts')
  try {
    const url = await server.ask('start')
    await gather(followers, { url, query: QUERY, sockets, tokens: [] }, () =>
      server.ask('send', { perSecond: 1, count: 1, sample }),
    )
    const cpuBeforeMs = cpuTimeMs(server.pid)
    const {
      received: _,
      tookMs: __,
      ...delays
    } = await deliver(followers, events * sockets, () =>
      server.ask('send', { perSecond: EVENTS_PER_SECOND, count: events, sample }),
    )
    const cpuUs = ((cpuTimeMs(server.pid) - cpuBeforeMs) * 1_000) / (events * sockets)
    await followers.ask('disconnect')
    return { ...delays, events, cpuUs }
  } finally {
    await server.end()
  }
}

async function measureUnfollowed(
  { gateway, source }: Room,
  seconds: number,
): Promise<SubscriptionResults['unfollowed']> {
  const send = () =>
    source.ask('send', {
      channel: 'nobody',
      perSecond: UNFOLLOWED_PER_SECOND,
      count: UNFOLLOWED_PER_SECOND * seconds,
    })
  await send() // as warm as the rest
  const beforeMs = cpuTimeMs(gateway.pid)
  await send()
  const cpuMs = cpuTimeMs(gateway.pid) - beforeMs
  return {
    eventsPerSecond: UNFOLLOWED_PER_SECOND,
    cpuMsPer1000: (cpuMs * 1_000) / (UNFOLLOWED_PER_SECOND * seconds),
  }
}

/** Raises the rate step by step, until the last third of what is sent in a step is delivered late. */
async function saturate(
  { source, followers, url }: Room,
  firstPerSecond: number,
  stepS: number,
  tokens: readonly string[],
): Promise<Saturation> {
  const groups = Math.max(tokens.length, 1)
  const sockets = SATURATION_SOCKETS
  await gather(followers, { url, query: queryFor(tokens), sockets, tokens }, () => probe(source))
  let eventsPerSecond = 0
  let gaveWayAt: number | null = null
  for (let step = 0, rate = firstPerSecond; step < STEPS_MAX && gaveWayAt === null; step += 1, rate *= STEP_FACTOR) {
    const perSecond = Math.round(rate)
    if (await holds(perSecond)) eventsPerSecond = perSecond
    else gaveWayAt = perSecond
  }
  await followers.ask('disconnect')
  say(`  ${groups} groups of ${sockets / groups}: ${eventsPerSecond} events/s, not ${gaveWayAt ?? 'measured further'}`)
  return { groups, sockets, eventsPerSecond, gaveWayAt }

  async function holds(perSecond: number): Promise<boolean> {
    const count = perSecond * stepS
    let from = 0
    try {
      const sent = await deliver(followers, count * sockets, async () => {
        ;({ from } = await source.ask('send', { channel: CHANNEL, perSecond, count }))
      })
      return delaysFrom(from + Math.floor((count * 2) / 3), sent).p99Ms < LAG_MAX_MS
    } catch {
      return false // sockets that cannot keep up are closed
    }
  }
}

/** For people, who read the file. */
function roundedFigures<Value>(value: Value): Value {
  if (typeof value === 'number') return Number(value.toFixed(2)) as Value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, roundedFigures(each)])) as Value
}
