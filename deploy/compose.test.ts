// compose.yaml against the code it starts: no container is needed to find a wrong setting.
import { existsSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { gatewayConfig, itemsConfig, usersConfig } from '../platform/config.ts'
import type { Env } from '../platform/config.ts'

interface Service {
  readonly image: string
  readonly build?: string
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string | number>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(posix.join(root, path), 'utf8')
const compose = parse(read('compose.yaml'), { merge: true }) as { services: Record<string, Service> }
const { gateway, users, items, migrate, seed, postgres, redis } = compose.services as Record<string, Service> &
  Record<'gateway' | 'users' | 'items' | 'migrate' | 'seed' | 'postgres' | 'redis', Service>
const ours = { gateway, users, items, migrate, seed }

describe('the settings in compose.yaml', () => {
  it.each([
    ['gateway', gateway, 'gatewayConfig'],
    ['users', users, 'usersConfig'],
    ['items', items, 'itemsConfig'],
  ])('of %s are all that it reads, and no other', (_name, service, reader) => {
    expect(Object.keys(service.environment).sort()).toEqual(variablesReadBy(reader))
  })

  it('have the defaults of the code', () => {
    const secret = { GATEWAY_SECRET: 'x'.repeat(32) }
    const redisUrl = { REDIS_URL: 'redis://localhost' }
    const withDefaults = {
      gateway: gatewayConfig({ ...secret, NODE_ENV: 'production' }),
      users: usersConfig({ ...secret, ...redisUrl, USERS_DATABASE_URL: 'postgres://localhost/users' }),
      items: itemsConfig({ ...secret, ...redisUrl, ITEMS_DATABASE_URL: 'postgres://localhost/items' }),
    }
    const { logLevel, drainTimeoutMs, issuer, audience, corsOrigins, trustedProxies, playground, introspection } =
      withDefaults.gateway
    const { statementTimeoutMs, accessTokenLifetimeS, port } = withDefaults.users
    const { eventRetentionHours } = withDefaults.items

    expect(gatewayConfig(environmentOf(gateway))).toMatchObject({
      ...{ logLevel, drainTimeoutMs, issuer, audience, corsOrigins, trustedProxies, playground, introspection },
      port: withDefaults.gateway.port,
      isProduction: true,
    })
    expect(usersConfig(environmentOf(users))).toMatchObject({
      ...{ logLevel, drainTimeoutMs, issuer, audience, statementTimeoutMs, accessTokenLifetimeS, port },
    })
    expect(itemsConfig(environmentOf(items))).toMatchObject({
      ...{ logLevel, drainTimeoutMs, statementTimeoutMs, eventRetentionHours, port: withDefaults.items.port },
    })
  })

  it('lead the gateway to the subgraphs, and to the keys of the one that issues tokens', () => {
    const { subgraphUrls, jwksUrl } = gatewayConfig(environmentOf(gateway))

    expect(subgraphUrls).toEqual({
      users: `http://users:${users.environment['PORT']}/graphql`,
      items: `http://items:${items.environment['PORT']}/graphql`,
    })
    expect(jwksUrl).toBe(`http://users:${users.environment['PORT']}/.well-known/jwks.json`)
  })

  it('follow one value where processes must agree', () => {
    const env = { GATEWAY_SECRET: 's'.repeat(32), ISSUER: 'issuer', AUDIENCE: 'audience' }
    const [asGateway, asUsers, asItems] = [
      gatewayConfig(environmentOf(gateway, env)),
      usersConfig(environmentOf(users, env)),
      itemsConfig(environmentOf(items, env)),
    ]

    expect([asGateway.gatewaySecret, ...asUsers.gatewaySecrets, ...asItems.gatewaySecrets]).toEqual(
      Array(3).fill(env.GATEWAY_SECRET),
    )
    expect([asGateway.issuer, asUsers.issuer]).toEqual(['issuer', 'issuer'])
    expect([asGateway.audience, asUsers.audience]).toEqual(['audience', 'audience'])
    expect(new Set([asGateway, asUsers, asItems].map(({ redisUrl }) => redisUrl))).toEqual(
      new Set(['redis://redis:6379']),
    )
  })

  it('take a second secret while the first is being replaced', () => {
    const env = { GATEWAY_SECRET: 'n'.repeat(32), GATEWAY_SECRET_PREVIOUS: 'o'.repeat(32) }

    for (const config of [usersConfig(environmentOf(users, env)), itemsConfig(environmentOf(items, env))]) {
      expect(config.gatewaySecrets).toEqual([env.GATEWAY_SECRET, env.GATEWAY_SECRET_PREVIOUS])
    }
  })

  it('give each subgraph, and the migrations, the role and the database that Postgres makes for it', () => {
    const env = { USERS_DATABASE_PASSWORD: 'ofusers', ITEMS_DATABASE_PASSWORD: 'ofitems' }
    const usersUrl = 'postgres://users:ofusers@postgres:5432/users'
    const itemsUrl = 'postgres://items:ofitems@postgres:5432/items'

    expect(environmentOf(postgres, env)).toMatchObject(env)
    expect(usersConfig(environmentOf(users, env)).databaseUrl).toBe(usersUrl)
    expect(itemsConfig(environmentOf(items, env)).databaseUrl).toBe(itemsUrl)
    for (const service of [migrate, seed]) {
      expect(environmentOf(service, env)).toEqual({ USERS_DATABASE_URL: usersUrl, ITEMS_DATABASE_URL: itemsUrl })
    }
  })
})

describe('the services of compose.yaml', () => {
  it('are one image, built once', () => {
    expect(new Set(Object.values(ours).map(({ image }) => image)).size).toBe(1)
    expect(Object.values(compose.services).filter(({ build }) => build)).toEqual([migrate])
  })

  it('publish nothing but the gateway, and that on the loopback address unless told otherwise', () => {
    const published = Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, substitute(port, {})]),
    )

    expect(published).toEqual([['gateway', `127.0.0.1:4000:${gateway.environment['PORT']}`]])
  })

  it('listen where other containers reach them', () => {
    for (const { environment } of [gateway, users, items]) expect(environment['HOST']).toBe('0.0.0.0')
  })

  it('start in order: servers, tables, subgraphs, gateway', () => {
    const conditions = (service: Service) =>
      Object.fromEntries(Object.entries(service.depends_on ?? {}).map(([name, { condition }]) => [name, condition]))
    const [healthy, completed] = ['service_healthy', 'service_completed_successfully']

    expect(conditions(migrate)).toEqual({ postgres: healthy })
    expect(conditions(users)).toEqual({ migrate: completed, redis: healthy })
    expect(conditions(items)).toEqual({ migrate: completed, redis: healthy })
    expect(conditions(gateway)).toEqual({ users: healthy, items: healthy, redis: healthy })
    expect(conditions(seed)).toEqual({ migrate: completed })
    expect([postgres, redis]).toEqual(Array(2).fill(expect.objectContaining({ healthcheck: expect.any(Object) })))
  })

  it('mount only what is there', () => {
    const [mounted] = postgres
      .volumes!.filter((volume) => volume.startsWith('./'))
      .map((volume) => volume.split(':')[0])

    expect(existsSync(posix.join(root, mounted!, 'create-databases.sh'))).toBe(true)
  })
})

/** A service's environment as compose gives it, `${NAME:-default}` filled in. */
function environmentOf(service: Service, env: Env = {}): Env {
  return Object.fromEntries(
    Object.entries(service.environment).map(([name, value]) => [name, substitute(String(value), env)]),
  )
}

function substitute(text: string, env: Env): string {
  return text.replaceAll(/\$\{(\w+):-([^}]*)\}/g, (_whole, name: string, value: string) => env[name] || value)
}

/** Variables that a function of platform/config.ts reads: the keys of its schema, those it spreads into it too. */
function variablesReadBy(functionName: string): string[] {
  const config = ts.createSourceFile('config.ts', read('platform/config.ts'), ts.ScriptTarget.Latest)
  const found = new Set<string>()
  const declarations = config.statements.flatMap((statement): readonly ts.NamedDeclaration[] => {
    if (ts.isVariableStatement(statement)) return statement.declarationList.declarations
    return ts.isFunctionDeclaration(statement) ? [statement] : []
  })
  const visitDeclaration = (name: string) => visit(declarations.find((declaration) => nameOf(declaration) === name)!)
  const visit = (node: ts.Node) => {
    if (ts.isPropertyAssignment(node) && /^[A-Z][A-Z\d_]*$/.test(nameOf(node))) found.add(nameOf(node))
    if (ts.isSpreadAssignment(node) && ts.isIdentifier(node.expression)) {
      visitDeclaration(node.expression.text)
    }
    ts.forEachChild(node, visit)
  }
  visitDeclaration(functionName)
  return [...found].sort()
}

function nameOf({ name }: { readonly name?: ts.Node }): string {
  return name && ts.isIdentifier(name) ? name.text : ''
}
