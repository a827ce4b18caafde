// The users subgraph: accounts, logins and the keys that sign access tokens.
import { readFileSync } from 'node:fs'
import { ConfigError, usersConfig } from '../../platform/config.ts'
import type { UsersConfig } from '../../platform/config.ts'
import { runEventSubgraph, startEventSubgraph } from '../../platform/event-subgraph.ts'
import type { EventSubgraph, EventSubgraphParts } from '../../platform/event-subgraph.ts'
import { accountsFeed } from './accounts-feed.ts'
import { openCapabilities } from './capabilities.ts'
import type { UsersContext } from './context.ts'
import { userLoaders } from './loaders.ts'
import { mailboxPages } from './mailbox-page.ts'
import { resolvers } from './resolvers.ts'
import { isRole } from './roles.ts'
import { signingKeyStore } from './signing-key-store.ts'
import { signingKeys } from './signing-keys.ts'

/** How long a gateway may keep the public keys. It asks at once for a key it does not know. */
const JWKS_MAX_AGE_S = 300

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
      const keys = signingKeys(signingKeyStore(database.db))
      const capabilities = await openCapabilities({ database, afterCommit, keys, config, log })
      // The first key is made now and not at the first login. Without a database the process waits, unready, for one.
      await keys.newest().catch((err: unknown) => log.warn({ err }, 'the database does not answer yet'))
      return {
        makeContext: ({ identity, clientAddress }, request) => ({
          ...capabilities,
          identity,
          clientAddress,
          request,
          loaders: userLoaders(capabilities.accounts, capabilities.sessions),
        }),
        routes: (routes) => {
          routes.get('/.well-known/jwks.json', async (_request, reply) => {
            reply.header('cache-control', `public, max-age=${JWKS_MAX_AGE_S}`)
            return keys.jwks()
          })
          if (config.devPages && config.smtpUrl === null) mailboxPages(database.db)(routes)
        },
        signedRoutes: accountsFeed(database.db),
        close: capabilities.close,
      }
    },
  }
}

if (import.meta.main) await runEventSubgraph('users', () => usersConfig(process.env), startUsers)
