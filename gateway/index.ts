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
import { startGraphQLServer } from './graphql-server.ts'
import { openRateCounters } from './rate-limits/counters.ts'
import { startServer } from './server.ts'
import type { FetchLimits } from './subgraph-client/subgraph-client.ts'
import { makeHub } from './subscriptions/hub.ts'
import { openSupergraph } from './supergraph.ts'
import type { LoadedSupergraph } from './supergraph.ts'

export interface RunningGateway {
  /** `http://host:port`, without a path. */
  readonly url: string
  /** Finishes running requests and ends sockets so that clients come back. */
  close(): Promise<void>
}

/**
 * @param parts.pubsub where events come from; null where there is no way to hear of any
 * @param parts.fetchLimits how long subgraphs may take, where it is not as long as usual
 * @throws ConfigError when the supergraph follows events and there is no pub/sub
 * @throws Error with the reason when the supergraph does not hold or the port is taken
 */
export async function startGateway(
  config: GatewayConfig,
  { log, pubsub, fetchLimits }: { log: Log; pubsub: PubSub | null; fetchLimits?: FetchLimits },
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
    const readToken = tokenReader(config)
    const server = await startServer({
      config,
      supergraph,
      graphql,
      hub,
      readToken,
      isReady: () => lifecycle.isReady,
      log,
    })
    lifecycle.onClose('server', server.close)
    lifecycle.ready()
    log.info({ url: server.url, supergraph: config.supergraphFile }, 'gateway started')
    void reportSubgraphs(supergraph.current, log)
    return { url: server.url, close: lifecycle.close }
  } catch (error) {
    await lifecycle.close()
    throw error
  }
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
