// Tributary as it is deployed, on one machine: Redis, the two subgraphs and the gateway, each a process of its own.
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { join } from 'node:path'
import { request } from 'undici'
import { freePort } from '../local/free-port.ts'
import { projectFile } from './gateways.ts'
import { startServer, untilReady } from './server-process.ts'
import type { Command, ServerProcess } from './server-process.ts'

/** Starts a process that ends with the measurement, also when one after it does not start. */
export type Serve = (name: string, command: Command, isReady: () => Promise<boolean>) => Promise<ServerProcess>

/** @param folder gets what the processes write */
export function makeServe(folder: string): { readonly serve: Serve; end(): Promise<void> } {
  const servers: ServerProcess[] = []
  return {
    async serve(name, command, isReady) {
      const server = startServer(command, join(folder, `${name}.log`))
      servers.push(server)
      await untilReady(server, isReady)
      return server
    },
    async end() {
      // What was started last leans on what was started first.
      for (const server of servers.reverse()) await server.end()
    },
  }
}

export interface Deployment {
  readonly gatewayUrl: string
  readonly itemsUrl: string
  readonly gatewaySecret: string
  readonly pids: Readonly<Record<'gateway' | 'users' | 'items', number>>
}

/**
 * @param gatewayEnv settings of the gateway besides those that it needs
 * @throws Error when one of them does not start, for instance for want of Redis
 */
export async function startDeployment(
  serve: Serve,
  databaseUrls: Readonly<Record<'users' | 'items', string>>,
  gatewayEnv: Readonly<Record<string, string>> = {},
): Promise<Deployment> {
  const ports = { users: await freePort(), items: await freePort(), gateway: await freePort() }
  const at = (name: keyof typeof ports, path: string) => `http://127.0.0.1:${ports[name]}${path}`
  const gatewaySecret = randomBytes(32).toString('base64url')
  const shared = { REDIS_URL: await serveRedis(serve), GATEWAY_SECRET: gatewaySecret }
  const serveEntry = (name: keyof typeof ports, entry: string, env: Readonly<Record<string, string>>) =>
    serve(
      name,
      { args: [entry], env: { ...shared, PORT: String(ports[name]), ...env }, cwd: projectFile('') },
      async () => (await request(at(name, '/readyz'))).statusCode === 200,
    )

  const users = await serveEntry('users', 'subgraphs/users/index.ts', { USERS_DATABASE_URL: databaseUrls.users })
  const items = await serveEntry('items', 'subgraphs/items/index.ts', {
    ITEMS_DATABASE_URL: databaseUrls.items,
    ACCOUNTS_URL: at('users', '/graphql'),
  })
  const gateway = await serveEntry('gateway', 'gateway/index.ts', {
    SUBGRAPH_URLS: `users=${at('users', '/graphql')},items=${at('items', '/graphql')}`,
    JWKS_URL: at('users', '/.well-known/jwks.json'),
    ...gatewayEnv,
  })
  return {
    gatewayUrl: at('gateway', '/graphql'),
    itemsUrl: at('items', '/graphql'),
    gatewaySecret,
    pids: { gateway: gateway.pid, users: users.pid, items: items.pid },
  }
}

/** @returns its address @throws Error when it does not start */
export async function serveRedis(serve: Serve): Promise<string> {
  const port = await freePort()
  await serve(
    'redis',
    {
      program: 'redis-server',
      args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      env: {},
      cwd: projectFile(''),
    },
    () => isListening(port),
  )
  return `redis://127.0.0.1:${port}`
}

async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false))
    socket.unref()
    setTimeout(() => socket.destroy(), 100)
  })
}
