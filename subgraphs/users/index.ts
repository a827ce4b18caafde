// The users subgraph: accounts, logins and the keys that sign access tokens.
import { readFileSync } from 'node:fs'
import { usersConfig } from '../../platform/config.ts'
import type { UsersConfig } from '../../platform/config.ts'
import { openDatabase } from '../../platform/database.ts'
import type { DatabaseOptions } from '../../platform/database.ts'
import { makeLifecycle } from '../../platform/lifecycle.ts'
import { makeLog } from '../../platform/log.ts'
import type { Log } from '../../platform/log.ts'
import { runProcess } from '../../platform/process.ts'
import { serveSubgraph } from '../../platform/subgraph.ts'
import type { RunningSubgraph } from '../../platform/subgraph.ts'
import type { UsersContext } from './context.ts'
import { userLoaders } from './loaders.ts'
import { makePasswords } from './passwords.ts'
import { resolvers } from './resolvers.ts'
import { signingKeys } from './signing-keys.ts'
import { userStore } from './store.ts'
import { makeTokens } from './tokens.ts'

/** How long a gateway may keep the public keys. It asks at once for a key it does not know. */
const JWKS_MAX_AGE_S = 300

/** @throws Error with the code EADDRINUSE when the port is taken */
export async function startUsers(
  config: UsersConfig,
  { log, onStatement }: { readonly log: Log; readonly onStatement?: DatabaseOptions['onStatement'] },
): Promise<RunningSubgraph> {
  const { statementTimeoutMs, drainTimeoutMs } = config
  const lifecycle = makeLifecycle({
    drainTimeoutMs,
    onError: (what, err) => log.error({ err, what }, 'was not closed in order'),
  })
  try {
    const database = openDatabase(config.databaseUrl, { statementTimeoutMs, applicationName: 'users', onStatement })
    lifecycle.onClose('database', database.close)

    const store = userStore(database.db)
    const keys = signingKeys(store)
    const passwords = await makePasswords()
    const tokens = makeTokens(keys, config)

    const server = await serveSubgraph<UsersContext>({
      name: 'users',
      typeDefs: readFileSync(new URL('../../schema/users.graphql', import.meta.url), 'utf8'),
      resolvers,
      makeContext: ({ identity }) => ({ identity, loaders: userLoaders(store), store, passwords, tokens }),
      config,
      health: { database: () => database.sql`select 1`, isReady: () => lifecycle.isReady },
      log,
      routes: (routes) =>
        routes.get('/.well-known/jwks.json', async (_request, reply) => {
          reply.header('cache-control', `public, max-age=${JWKS_MAX_AGE_S}`)
          return keys.jwks()
        }),
    })
    lifecycle.onClose('server', server.close)

    // The first key is made now and not at the first login. Without a database the process waits, unready, for one.
    await keys.newest().catch((err: unknown) => log.warn({ err }, 'the database does not answer yet'))
    lifecycle.ready()
    log.info({ url: server.url }, 'users subgraph listens')
    return { url: server.url, close: () => lifecycle.close().then(() => log.info('users subgraph ended')) }
  } catch (error) {
    await lifecycle.close()
    throw error
  }
}

if (import.meta.main) {
  await runProcess(() => {
    const config = usersConfig(process.env)
    return startUsers(config, { log: makeLog('users', config.logLevel) })
  })
}
