// The supergraph that is served: read from a file, watched, and swapped as a whole when a new one holds. The last good
// one stays when it does not.
import { unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { DocumentNode } from 'graphql'
import type { ForwardedCookie } from '../platform/config.ts'
import type { Log } from '../platform/log.ts'
import { ApolloGateway } from './apollo.ts'
import type { FetchAnswer, FetchRequest } from './execution/run.ts'
import { readGraph } from './operations/graph.ts'
import type { Graph } from './operations/graph.ts'
import { makeOperations } from './operations/operations.ts'
import type { OperationOptions, OperationRequest } from './operations/operations.ts'
import type { AdmittedOperation } from './operations/prepare.ts'
import { countRequest, countUses } from './rate-limits/count.ts'
import type { RateCounters } from './rate-limits/counters.ts'
import type { RequestContext } from './request-context.ts'
import { separateSecurity } from './security-directives.ts'
import type { SecuredSupergraph } from './security-directives.ts'
import { makeInFlight } from './subgraph-client/in-flight.ts'
import { FETCH_LIMITS, subgraphClient } from './subgraph-client/subgraph-client.ts'
import type { FetchLimits, SignIdentity, SubgraphClient } from './subgraph-client/subgraph-client.ts'
import { readChannels } from './subscriptions/channels.ts'
import type { ChannelRules } from './subscriptions/channels.ts'
import { openUpstream } from './subscriptions/upstream.ts'
import type { Upstream } from './subscriptions/upstream.ts'
import { readVisibleRules } from './subscriptions/visibility.ts'
import type { VisibleRules } from './subscriptions/visibility.ts'

/** Everything derived from one supergraph SDL. Never changed: a new SDL makes a new one. */
export interface LoadedSupergraph {
  readonly graph: Graph
  /**
   * The one way to run an operation, whatever brought it: prepared, admitted for its variables and its identity, and
   * counted where its fields have a rate limit. What is refused earlier is not counted, but for the requests of an API key.
   *
   * @param document the request's query, where it has been parsed already
   * @throws RefusedOperation with an HTTP status for each error
   */
  admit(request: OperationRequest, context: RequestContext, document?: DocumentNode): Promise<AdmittedOperation>
  /** The subscription fields that the gateway answers itself, and the events they follow. */
  readonly channels: ChannelRules
  /** What their subscribers must be able to see. */
  readonly visible: VisibleRules
  /** By subgraph name. A subgraph without a server has none. */
  readonly clients: ReadonlyMap<string, SubgraphClient>
  /** By subgraph name, as `clients`: where subscription fields are followed that the gateway does not answer itself. */
  readonly upstreams: ReadonlyMap<string, Upstream>
  /** The subgraph that is told which session an identity comes from; null: none. */
  readonly sessionsFrom: string | null
  /** What one operation fetches with. All its fetches together have one deadline, which counts from this call. */
  fetches(context: RequestContext): (request: FetchRequest) => Promise<FetchAnswer>
}

export interface SupergraphSource {
  readonly current: LoadedSupergraph
  /** Apollo's gateway, for the life cycle; what it would execute with is never used. */
  readonly gateway: ApolloGateway
  /** Calls with each supergraph that takes the place of another one. */
  onSwap(callback: (next: LoadedSupergraph) => void): void
  close(): Promise<void>
}

/** How often the file is looked at: works for links, renames and network file systems alike. */
const WATCH_INTERVAL_MS = 500

/** @throws Error with the reason when the first supergraph cannot be read or does not hold */
export async function openSupergraph(options: {
  readonly file: string
  /** Addresses that replace those of the supergraph, by subgraph name. */
  readonly subgraphUrls: Readonly<Record<string, string>>
  /** Where subgraphs answer subscriptions, if not at the address of their queries, by subgraph name. */
  readonly subscriptionUrls: Readonly<Record<string, string>>
  readonly sign: SignIdentity | null
  /** The subgraph that is told which session an identity comes from; null: none. */
  readonly sessionsFrom: string | null
  /** The one cookie that one subgraph gets and may set; null: none. */
  readonly cookieTo: ForwardedCookie | null
  readonly operations: OperationOptions
  /** Outlive the supergraph: a new one with the same limits goes on counting. */
  readonly rateCounters: RateCounters
  /** Default: `FETCH_LIMITS` */
  readonly fetchLimits?: FetchLimits
  readonly log: Log
}): Promise<SupergraphSource> {
  const { file, subgraphUrls, subscriptionUrls, sign, sessionsFrom, cookieTo, rateCounters, log } = options
  const { fetchLimits: limits = FETCH_LIMITS } = options
  // By name and address: a supergraph that leaves a subgraph where it was keeps its connections.
  const clients = new Map<string, SubgraphClient>()
  const upstreams = new Map<string, Upstream>()
  const inFlight = makeInFlight(limits.fetchTimeoutMs)

  let sdl = await readFile(file, 'utf8')
  let secured = separateSecurity(sdl)
  let current = load(secured)
  /** Those that operations may still run on: the current one, and for as long as an operation may take those before it. */
  const inUse = new Set([current])
  let isClosed = false
  reportUnknownUrls()

  const swapCallbacks: ((next: LoadedSupergraph) => void)[] = []
  let update: (sdl: string) => void = () => {}
  const gateway = new ApolloGateway({
    supergraphSdl: async (hook) => {
      update = hook.update
      return { supergraphSdl: secured.sdl }
    },
    buildService: () => ({ process: executesNothing }),
    logger: log,
  })

  watchFile(file, { interval: WATCH_INTERVAL_MS, persistent: false }, () => void swap())

  async function swap(): Promise<void> {
    try {
      const nextSdl = await readFile(file, 'utf8')
      if (nextSdl === sdl) return
      const nextSecured = separateSecurity(nextSdl)
      const next = load(nextSecured)
      update(nextSecured.sdl) // throws when Apollo's gateway does not take it; nothing has changed then
      retire(current)
      inUse.add(next)
      ;[sdl, secured, current] = [nextSdl, nextSecured, next]
      reportUnknownUrls()
      log.info({ subgraphs: [...next.clients.keys()] }, 'supergraph swapped')
      for (const callback of swapCallbacks) callback(next)
    } catch (error) {
      log.error({ err: error, file }, 'supergraph refused, the last good one stays')
      closeUnused() // it may name subgraphs that no other does
    }
  }

  function retire(supergraph: LoadedSupergraph): void {
    const retired = setTimeout(() => {
      inUse.delete(supergraph)
      closeUnused()
    }, limits.operationTimeoutMs)
    retired.unref()
  }

  function closeUnused(): void {
    if (isClosed) return // all of them are closed by then
    const used = new Set([...inUse].flatMap(({ clients, upstreams }) => [...clients.values(), ...upstreams.values()]))
    for (const known of [clients, upstreams]) {
      for (const [key, each] of known) {
        if (used.has(each)) continue
        known.delete(key)
        void each.close()
      }
    }
  }

  function load(secured: SecuredSupergraph): LoadedSupergraph {
    const graph = readGraph(secured)
    const operations = makeOperations(graph, options.operations)
    const addresses = graph.subgraphs.map(({ name, url }) => ({ name, address: subgraphUrls[name] ?? url }))
    // One without a server has subscription fields alone, which the gateway answers itself.
    const withServer = addresses.filter(({ address }) => /^https?:\/\//.test(address))
    const served = new Map(withServer.map(({ name, address }) => [name, client(name, address)]))
    const followed = withServer.map(({ name, address }) => {
      const url = subscriptionUrls[name] ?? socketUrl(address)
      return [name, upstream(name, url)] as const
    })
    return {
      graph,
      admit: async (request, context, document) => {
        if (context.apiKey) await countRequest(context.apiKey, context, rateCounters)
        const admitted = operations.prepare(request, document).admit(request.variables, context.identity)
        if (admitted.limited.length > 0) await countUses(admitted.limited, context, rateCounters)
        return admitted
      },
      channels: readChannels(graph.schema),
      visible: readVisibleRules(graph.schema),
      clients: served,
      upstreams: new Map(followed),
      sessionsFrom,
      fetches: (context) => {
        const deadlineAt = performance.now() + limits.operationTimeoutMs
        return (request) => served.get(request.subgraph)!.fetch(request, context, deadlineAt)
      },
    }
  }

  function client(name: string, url: string): SubgraphClient {
    const key = `${name} ${url}`
    const known =
      clients.get(key) ??
      subgraphClient({
        name,
        url,
        sign,
        isToldSession: name === sessionsFrom,
        cookie: cookieTo?.subgraph === name ? cookieTo.name : null,
        inFlight,
        limits,
        log,
      })
    clients.set(key, known)
    return known
  }

  function upstream(name: string, url: string): Upstream {
    const key = `${name} ${url}`
    const known = upstreams.get(key) ?? openUpstream({ name, url, sign, isToldSession: name === sessionsFrom, log })
    upstreams.set(key, known)
    return known
  }

  function reportUnknownUrls(): void {
    const isUnknown = (name: string) => !current.clients.has(name)
    const unknown = [...Object.keys(subgraphUrls), ...Object.keys(subscriptionUrls)].filter(isUnknown)
    if (unknown.length > 0) log.warn({ unknown }, 'settings name subgraphs that the supergraph does not have')
  }

  return {
    get current() {
      return current
    },
    gateway,
    onSwap: (callback) => void swapCallbacks.push(callback),
    close: async () => {
      unwatchFile(file)
      isClosed = true
      for (const each of upstreams.values()) each.close()
      await Promise.all([...clients.values()].map((each) => each.close()))
    },
  }
}

// Servers answer both on one path, unless they are told otherwise.
function socketUrl(url: string): string {
  return url.replace(/^http/, 'ws')
}

// Apollo's gateway keeps the life cycle of the supergraph; its executor is not used.
async function executesNothing(): Promise<never> {
  throw new Error('Operations are executed by gateway/execution.')
}
