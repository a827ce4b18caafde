// The users subgraph: accounts, logins and the keys that sign access tokens.
import { readFileSync } from 'node:fs'
import { systemClock } from '../../platform/clock.ts'
import { ConfigError, usersConfig } from '../../platform/config.ts'
import type { UsersConfig } from '../../platform/config.ts'
import { runEventSubgraph, startEventSubgraph } from '../../platform/event-subgraph.ts'
import type { EventSubgraph, EventSubgraphParts } from '../../platform/event-subgraph.ts'
import { accountsFeed } from './accounts-feed.ts'
import { apiKeyExchange } from './api-key-exchange.ts'
import { openCapabilities } from './capabilities.ts'
import type { UsersContext } from './context.ts'
import { userLoaders } from './loaders.ts'
import { mailboxPages } from './mailbox-page.ts'
import { resolvers } from './resolvers.ts'
import { isRole } from './roles.ts'
import { startKeyRotation } from './signing-key-rotation.ts'
import { JWKS_MAX_AGE_S } from './signing-key-schedule.ts'
import { signingKeyStore } from './signing-key-store.ts'
import { signingKeys } from './signing-keys.ts'
import { longestTokenLifetimeS } from './tokens.ts'

/**
 * @throws Error with the code EADDRINUSE when the port is taken
 * @throws ConfigError when there is no Redis and another process publishes the events of this database
 */
export const startUsers = (config: UsersConfig, parts: EventSubgraphParts) =>
  startEventSubgraph(subgraph(config, parts), config, parts)

function checkRoles({ defaultRoles }: UsersConfig): void {
  const unknown = defaultRoles.filter((role) => !isRole(role))
  if (unknown.length > 0) throw new ConfigError([`DEFAULT_ROLES has roles that there are not: ${unknown.join(', ')}`])
}

function subgraph(config: UsersConfig, { log }: EventSubgraphParts): EventSubgraph<UsersContext> {
  checkRoles(config)
  return {
    name: 'users',
    typeDefs: readFileSync(new URL('../../schema/users.graphql', import.meta.url), 'utf8'),
    resolvers,
    open: async (database, afterCommit) => {
      const keyStore = signingKeyStore(database.db)
      const keys = signingKeys(keyStore)
      const capabilities = await openCapabilities({ database, afterCommit, keys, config, log })
      // The first key is made now and not at the first login. Without a database the process waits, unready, for one.
      await keys.signer().catch((err: unknown) => log.warn({ err }, 'the database does not answer yet'))
      const rotation = startKeyRotation({
        store: keyStore,
        lifetimeDays: config.signingKeyLifetimeDays,
        tokenLifetimeS: longestTokenLifetimeS(config),
        log,
        clock: systemClock,
      })
      const exchange = apiKeyExchange(capabilities.apiKeys, log)
      return {
        makeContext: ({ identity, clientAddress }, request) => ({
          ...capabilities,
          identity,
          clientAddress,
          request,
          loaders: userLoaders(capabilities),
        }),
        routes: (routes) => {
          routes.get('/.well-known/jwks.json', async (_request, reply) => {
            reply.header('cache-control', `public, max-age=${JWKS_MAX_AGE_S}`)
            return keys.jwks()
          })
          if (config.devPages && config.smtpUrl === null) mailboxPages(database.db)(routes)
        },
        signedRoutes: (routes) => {
          accountsFeed(database.db)(routes)
          exchange.routes(routes)
        },
        close: async () => {
          await Promise.all([rotation.close(), exchange.close()])
          await capabilities.close()
        },
      }
    },
  }
}

if (import.meta.main) await runEventSubgraph('users', () => usersConfig(process.env), startUsers)
