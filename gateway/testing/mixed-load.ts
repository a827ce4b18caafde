// A load of visits at a bounded rate, and of subscribers that come and go. Goes on until it is ended, and tells then
// what came of it.
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { Person } from '../../e2e/support/api.ts'
import type { Random } from './random-federation.ts'
import type { Visit } from './visits.ts'

export interface MixedLoad {
  /** Lets everybody leave. */
  end(): Promise<Tally>
}

export interface Tally {
  readonly visits: number
  /** Outcomes by visit that are not the right ones, with their number. */
  readonly wrong: Readonly<Record<string, number>>
  /** Visits that the rate wanted and that did not begin, because too many were under way. */
  readonly heldBack: number
  readonly subscribers: number
  /** Events that reached somebody. */
  readonly events: number
}

const VISITS_PER_SECOND = 150
const TICK_MS = 50
/** A system that is held up is not to be piled upon. */
const UNDER_WAY_MAX = 200
const SOCKETS = 20
const STREAMS = 10
/** Subscribers stay for up to this long. */
const STAY_MAX_MS = 30_000

const subscription = `subscription ($scope: ItemsScope!) { itemsChanged(scope: $scope) {
  kind itemId item { id name description visibility owner { id username } viewerPermission }
} }`

export function startMixedLoad(
  url: string,
  visits: readonly Visit[],
  people: readonly Person[],
  random: Random,
): MixedLoad {
  const leaving = new AbortController()
  const wrong: Record<string, number> = {}
  const counts = { visits: 0, heldBack: 0, subscribers: 0, events: 0 }
  const underWay = new Set<Promise<void>>()
  const lots = lotsOf(visits)

  const ticker = setInterval(() => {
    for (let nth = 0; nth < (VISITS_PER_SECOND * TICK_MS) / 1_000; nth++) {
      if (underWay.size >= UNDER_WAY_MAX) counts.heldBack++
      else begin(random.pick(lots))
    }
  }, TICK_MS)
  const subscribers = [
    ...Array.from({ length: SOCKETS }, () => comeAndGo(followBySocket)),
    ...Array.from({ length: STREAMS }, () => comeAndGo(followByStream)),
  ]

  function begin({ name, outcome, visit }: Visit): void {
    counts.visits++
    const ended = visit()
      .catch((error: unknown) => `failed with ${String(error)}`)
      .then((came) => {
        underWay.delete(ended)
        if (came !== outcome) note(`${name}: ${came}`)
      })
    underWay.add(ended)
  }

  function note(what: string): void {
    wrong[what] = (wrong[what] ?? 0) + 1
  }

  async function comeAndGo(follow: (stay: AbortSignal) => Promise<void>): Promise<void> {
    while (!leaving.signal.aborted) {
      counts.subscribers++
      const stay = AbortSignal.any([leaving.signal, AbortSignal.timeout(1 + random.below(STAY_MAX_MS))])
      await follow(stay).catch((error: unknown) => {
        if (!stay.aborted) note(`a subscriber: ${String(error)}`)
      })
      await sleep(random.below(1_000))
    }
  }

  async function followBySocket(stay: AbortSignal): Promise<void> {
    const who = random.chance(0.5) ? random.pick(people) : null
    const client = createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: who ? { authorization: `Bearer ${who.token}` } : {},
    })
    const scopes = who ? ['PUBLIC', 'MINE'] : ['PUBLIC']
    const follows = scopes.map(
      (scope) =>
        new Promise<void>((resolve, reject) => {
          client.subscribe(
            { query: subscription, variables: { scope } },
            { next: () => void counts.events++, error: (error) => reject(errorOf(error)), complete: resolve },
          )
        }),
    )
    let isConnected = false
    client.on('connected', () => void (isConnected = true))
    // Some say goodbye, of others the connection is cut.
    stay.addEventListener(
      'abort',
      () => void (isConnected && random.chance(0.5) ? client.terminate() : client.dispose()),
    )
    await Promise.all(follows)
  }

  async function followByStream(stay: AbortSignal): Promise<void> {
    const query = encodeURIComponent('subscription { itemsChanged { kind item { name owner { username } } } }')
    const headers = { accept: 'text/event-stream' }
    const response = await fetch(`${url}/graphql?query=${query}`, { headers, signal: stay })
    // Some never read what they are sent.
    if (random.chance(0.2)) return new Promise((resolve) => stay.addEventListener('abort', () => resolve()))
    for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
      counts.events += text.split('event: next').length - 1
    }
    throw new Error('The stream ended.')
  }

  return {
    async end() {
      clearInterval(ticker)
      leaving.abort()
      await Promise.all([...underWay, ...subscribers])
      return { ...counts, wrong }
    },
  }
}

// Each visit as often as its share wants it, in tenths.
function lotsOf(visits: readonly Visit[]): Visit[] {
  return visits.flatMap((visit) => Array.from({ length: Math.round(visit.share * 10) }, () => visit))
}

function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(JSON.stringify(error))
}
