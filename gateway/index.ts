// The gateway: config → supergraph → operations → transports → shutdown.
import { ConfigError, gatewayConfig } from '../platform/config.ts'
import type { GatewayConfig } from '../platform/config.ts'
import { identitySigner } from '../platform/identity.ts'
import { makeLifecycle } from '../platform/lifecycle.ts'
import { makeLog } from '../platform/log.ts'
import type { Log } from '../platform/log.ts'
import { runProcess } from '../platform/process.ts'
import { makePubSub } from '../platform/pubsub.ts'
import type { PubSub } from '../platform/pubsub.ts'
import { tokenReader } from './access-token.ts'
import { makeApiKeys } from './api-keys.ts'
import { makeCredentials } from './credentials.ts'
import { startGraphQLServer } from './graphql-server.ts'
import { openRateCounters } from './rate-limits/counters.ts'
import { followRevocations } from './revocations/revocations.ts'
import type { Revocations } from './revocations/revocations.ts'
import { startServer } from './server.ts'
import type { FetchLimits } from './subgraph-client/subgraph-client.ts'
import { makeHub } from './subscriptions/hub.ts'
import { openSupergraph } from './supergraph.ts'
import type { LoadedSupergraph } from './supergraph.ts'

/** Without word of revocations for so long, somebody is to look. */
const SILENCE_TOLD_MS = 60_000

export interface GatewayParts {
  readonly log: Log
  /** Where events come from; null where there is no way to hear of any. */
  readonly pubsub: PubSub | null
  /** How long subgraphs may take, where it is not as long as usual. */
  readonly fetchLimits?: FetchLimits
  /** Without word of revocations for so long, the health says so. Default 60 s */
  readonly silenceToldMs?: number
}

export interface RunningGateway {
  /** `http://host:port`, without a path. */
  readonly url: string
  /** Resolves when it knows what it has to before it serves: `/readyz` says so from then on. Never when it is closed before. */
  readonly ready: Promise<void>
  /** Finishes running requests and ends sockets so that clients come back. */
  close(): Promise<void>
}

/**
 * @throws ConfigError when the supergraph follows events and there is no pub/sub
 * @throws Error with the reason when the supergraph does not hold or the port is taken
 */
export async function startGateway(
  config: GatewayConfig,
  { log, pubsub, fetchLimits, silenceToldMs = SILENCE_TOLD_MS }: GatewayParts,
): Promise<RunningGateway> {
  const lifecycle = makeLifecycle({
    drainTimeoutMs: config.drainTimeoutMs,
    onError: (what, error) => log.error({ err: error, what }, 'closing failed'),
  })
  try {
    const rateCounters = await openRateCounters({ redisUrl: config.redisUrl, log })
    lifecycle.onClose('rate counters', rateCounters.close)
    const supergraph = await openSupergraph({
      file: config.supergraphFile,
      subgraphUrls: config.subgraphUrls,
      subscriptionUrls: config.subscriptionUrls,
      sign: config.gatewaySecret === null ? null : identitySigner(config.gatewaySecret),
      sessionsFrom: config.sessionsFrom,
      cookieTo: config.cookieTo,
      operations: { introspection: config.introspection },
      rateCounters,
      fetchLimits,
      log,
    })
    lifecycle.onClose('supergraph', supergraph.close)
    if (supergraph.current.channels.size > 0 && !pubsub) {
      throw new ConfigError([
        'REDIS_URL is missing: the supergraph has subscriptions, whose events come from other processes through Redis',
      ])
    }
    checkNames(config, supergraph.current, pubsub)
    const hub = makeHub({
      pubsub,
      readFeed: (source) => async (request) => {
        const client = supergraph.current.clients.get(source)
        if (!client) throw new Error(`there is no subgraph ${source} whose events could be read`)
        return client.readEvents(request)
      },
      log,
    })
    lifecycle.onClose('hub', async () => hub.close())
    await hub.use(supergraph.current)
    supergraph.onSwap((next) => void hub.use(next))
    const graphql = await startGraphQLServer({ supergraph, log })
    lifecycle.onClose('graphql', graphql.close)
    const revocations =
      config.revocationsFrom === null ? null : followRevocations({ stream: hub.stream(config.revocationsFrom), log })
    lifecycle.onClose('revocations', () => revocations?.close())
    const { apiKeysFrom } = config
    const credentials = makeCredentials({
      readAccessToken: tokenReader(config),
      apiKeys:
        apiKeysFrom === null
          ? null
          : makeApiKeys({ ask: (path, body) => supergraph.current.clients.get(apiKeysFrom)!.ask(path, body), log }),
      revocations,
      revocationsTimeoutMs: config.revocationsTimeoutMs,
    })
    const server = await startServer({
      config,
      supergraph,
      graphql,
      hub,
      credentials,
      isReady: () => lifecycle.isReady,
      knowsWhoAsks: () => !revocations || revocations.silentMs() <= silenceToldMs,
      log,
    })
    lifecycle.onClose('server', server.close)
    log.info({ url: server.url, supergraph: config.supergraphFile }, 'gateway started')
    void reportSubgraphs(supergraph.current, log)
    const ready = untilReady(config, revocations, log).then(lifecycle.ready)
    if (!revocations) await ready
    return { url: server.url, ready, close: lifecycle.close }
  } catch (error) {
    await lifecycle.close()
    throw error
  }
}

// A token that was revoked before the gateway started is refused from its first request on.
async function untilReady({ revocationsFrom }: GatewayConfig, revocations: Revocations | null, log: Log) {
  if (!revocations) return
  await revocations.ready()
  log.info({ subgraph: revocationsFrom }, 'revocations are known')
}

/** @throws ConfigError naming every setting that names a subgraph which is not there */
function checkNames(config: GatewayConfig, { clients }: LoadedSupergraph, pubsub: PubSub | null): void {
  const named = {
    REVOCATIONS_FROM: config.revocationsFrom,
    API_KEYS_FROM: config.apiKeysFrom,
    SESSIONS_FROM: config.sessionsFrom,
    COOKIE_TO: config.cookieTo?.subgraph ?? null,
    DEV_PAGES_FROM: config.devPagesFrom,
  }
  const problems = Object.entries(named)
    .filter(([, subgraph]) => subgraph !== null && !clients.has(subgraph))
    .map(([variable, subgraph]) => `${variable} names ${subgraph}, which the supergraph does not have`)
  if (config.revocationsFrom !== null && !pubsub) {
    problems.push('REDIS_URL is missing: revocations come from another process through Redis')
  }
  if (problems.length > 0) throw new ConfigError(problems)
}

// A gateway starts without its subgraphs, and answers in part until they come: said once, so that nobody wonders.
async function reportSubgraphs({ clients }: LoadedSupergraph, log: Log): Promise<void> {
  for (const [subgraph, client] of clients) {
    if ((await client.probe('/livez')) === null) log.warn({ subgraph }, 'subgraph does not answer yet')
  }
}

if (import.meta.main) {
  await runProcess(async () => {
    const config = gatewayConfig(process.env)
    const log = makeLog('gateway', config.logLevel)
    const pubsub = config.redisUrl === null ? null : makePubSub({ redisUrl: config.redisUrl, log })
    const gateway = await startGateway(config, { log, pubsub })
    return {
      close: async () => {
        await gateway.close()
        await pubsub?.close()
      },
    }
  })
}
