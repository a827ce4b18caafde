import { describe, expect, it } from 'vitest'
import { ConfigError, gatewayConfig, itemsConfig, localConfig, usersConfig } from './config.ts'
import type { Env } from './config.ts'
import { databaseVariable, perSubgraph, subgraphNames } from './subgraphs.ts'

const secret = 'a secret of at least thirty-two characters'
const usersEnv = {
  USERS_DATABASE_URL: 'postgres://localhost/users',
  GATEWAY_SECRET: secret,
  REDIS_URL: 'redis://localhost',
}
const itemsEnv = {
  ITEMS_DATABASE_URL: 'postgres://localhost/items',
  GATEWAY_SECRET: secret,
  REDIS_URL: 'redis://localhost',
}

describe('settings', () => {
  it('have defaults wherever there can be one', () => {
    expect(gatewayConfig({})).toMatchObject({ host: '127.0.0.1', port: 4000, playground: true, introspection: true })
    expect(usersConfig(usersEnv)).toMatchObject({ port: 4001, accessTokenLifetimeS: 3600, statementTimeoutMs: 2000 })
    expect(usersConfig(usersEnv)).toMatchObject({ signingKeyLifetimeDays: 90 })
    expect(itemsConfig(itemsEnv)).toMatchObject({ port: 4002, redisUrl: 'redis://localhost', logLevel: 'info' })
    expect(itemsConfig(itemsEnv)).toMatchObject({
      eventRetentionHours: 24,
      accountsUrl: 'http://127.0.0.1:4001/graphql',
    })
    expect(localConfig({})).toMatchObject({ port: 4000, databaseUrls: null, redisUrl: null, trustedProxies: [] })
  })

  it('of accounts are strict in production and easy in development', () => {
    expect(usersConfig(usersEnv)).toMatchObject({
      refreshTokenLifetimeS: 2_592_000,
      defaultRoles: ['user', 'creator'],
      requireVerifiedEmail: false,
      firstAdminEmail: null,
      smtpUrl: null,
      publicUrl: 'http://localhost:4000',
      devPages: true,
    })
    const production = { ...usersEnv, NODE_ENV: 'production', PUBLIC_URL: 'https://app.example.com/' }
    expect(usersConfig({ ...production, FIRST_ADMIN_EMAIL: ' Boss@Example.com ' })).toMatchObject({
      requireVerifiedEmail: true,
      firstAdminEmail: 'boss@example.com',
      publicUrl: 'https://app.example.com',
      devPages: false,
    })
    expect(usersConfig({ ...production, REQUIRE_VERIFIED_EMAIL: 'false' }).requireVerifiedEmail).toBe(false)
    const broken = { ...usersEnv, SMTP_URL: 'http://localhost', PUBLIC_URL: 'app', FIRST_ADMIN_EMAIL: 'boss' }
    expect(problemsOf(() => usersConfig(broken)).sort()).toEqual(['FIRST_ADMIN_EMAIL', 'PUBLIC_URL', 'SMTP_URL'])
  })

  it('cannot be changed once they are read', () => {
    expect(() => Object.assign(usersConfig(usersEnv), { port: 1 })).toThrow(TypeError)
  })

  it('that break a rule are named all at once', () => {
    const env = { PORT: '70000', DRAIN_TIMEOUT_MS: '4 s', LOG_LEVEL: 'loud', USERS_DATABASE_URL: 'mysql://localhost' }
    expect(problemsOf(() => usersConfig(env))).toEqual([
      'DRAIN_TIMEOUT_MS',
      'GATEWAY_SECRET',
      'LOG_LEVEL',
      'PORT',
      'REDIS_URL',
      'USERS_DATABASE_URL',
    ])
  })

  it.each(['-1', '65536', '1.5', '0x10', '1e3', 'http'])('take no %s for a port', (PORT) => {
    expect(problemsOf(() => gatewayConfig({ PORT }))).toEqual(['PORT'])
  })

  it('that are set to nothing count as not set', () => {
    expect(gatewayConfig({ PORT: '', REDIS_URL: ' ', GATEWAY_SECRET: '' })).toMatchObject({
      port: 4000,
      redisUrl: null,
      gatewaySecret: null,
    })
    expect(problemsOf(() => usersConfig({ ...usersEnv, GATEWAY_SECRET: ' ' }))).toEqual(['GATEWAY_SECRET'])
  })

  it('hold no secret that could be guessed', () => {
    expect(problemsOf(() => usersConfig({ ...usersEnv, GATEWAY_SECRET: 'short' }))).toEqual(['GATEWAY_SECRET'])
  })

  it('put the current secret before the previous one', () => {
    const env = { ...usersEnv, GATEWAY_SECRET_PREVIOUS: secret.toUpperCase() }
    expect(usersConfig(env).gatewaySecrets).toEqual([secret, secret.toUpperCase()])
  })

  it('name Redis for a process whose events go to others, and say why', () => {
    const { REDIS_URL: _left, ...env } = itemsEnv
    expect(() => itemsConfig(env)).toThrow(/REDIS_URL is missing: .*through Redis/)
    expect(problemsOf(() => itemsConfig({ ...env, REDIS_URL: 'http://localhost' }))).toEqual(['REDIS_URL'])
  })

  it.each(['0', '8761', '1.5', 'a day'])('keep no events for %s hours', (EVENT_RETENTION_HOURS) => {
    expect(problemsOf(() => itemsConfig({ ...itemsEnv, EVENT_RETENTION_HOURS }))).toEqual(['EVENT_RETENTION_HOURS'])
  })

  it('give one machine every database or none', () => {
    const databaseUrls = perSubgraph((name) => `postgresql://localhost/${name}`)
    const env: Env = Object.fromEntries(subgraphNames.map((name) => [databaseVariable(name), databaseUrls[name]]))
    const { ITEMS_DATABASE_URL: _left, ...incomplete } = env
    expect(localConfig(env)).toMatchObject({ databaseUrls })
    expect(() => localConfig(incomplete)).toThrow(ConfigError)
    expect(() => localConfig({ ...incomplete, PORT: 'many' })).toThrow(
      /- PORT .*\n- USERS_DATABASE_URL.*ITEMS_DATABASE_URL/,
    )
  })

  it('name the subgraphs that a gateway asks about tokens, keys and cookies, and none unless told', () => {
    const env = { REVOCATIONS_FROM: 'users', API_KEYS_FROM: 'keys', SESSIONS_FROM: 'users', DEV_PAGES_FROM: 'users' }
    expect(gatewayConfig({ ...env, COOKIE_TO: 'users=__Host-refresh', REVOCATIONS_TIMEOUT_MS: '500' })).toMatchObject({
      revocationsFrom: 'users',
      revocationsTimeoutMs: 500,
      apiKeysFrom: 'keys',
      sessionsFrom: 'users',
      cookieTo: { subgraph: 'users', name: '__Host-refresh' },
      devPagesFrom: 'users',
    })
    expect(gatewayConfig({})).toMatchObject({
      revocationsFrom: null,
      revocationsTimeoutMs: 10_000,
      apiKeysFrom: null,
      sessionsFrom: null,
      cookieTo: null,
      devPagesFrom: null,
    })
  })

  it.each(['users', 'users=', '=refresh', 'users=a b', 'users=a;b', 'users=a=b'])(
    'take no %j for a cookie and its subgraph',
    (COOKIE_TO) => {
      expect(problemsOf(() => gatewayConfig({ COOKIE_TO }))).toEqual(['COOKIE_TO'])
    },
  )

  it('open no pages for development in production', () => {
    expect(problemsOf(() => gatewayConfig({ NODE_ENV: 'production', DEV_PAGES_FROM: 'users' }))).toEqual([
      'DEV_PAGES_FROM',
    ])
    expect(gatewayConfig({ NODE_ENV: 'production', DEV_PAGES_FROM: '' }).devPagesFrom).toBeNull()
  })

  it('read lists and addresses of subgraphs', () => {
    const env = {
      SUBGRAPH_URLS: 'users=http://users:4001/graphql, items=https://items',
      SUBSCRIPTION_URLS: 'items=wss://items/live',
      CORS_ORIGINS: 'https://a , https://b,',
    }
    expect(gatewayConfig(env)).toMatchObject({
      subgraphUrls: { users: 'http://users:4001/graphql', items: 'https://items' },
      subscriptionUrls: { items: 'wss://items/live' },
      corsOrigins: ['https://a', 'https://b'],
    })
    expect(problemsOf(() => gatewayConfig({ SUBGRAPH_URLS: 'http://users,items=ftp://items' }))).toEqual([
      'SUBGRAPH_URLS',
      'SUBGRAPH_URLS',
    ])
    expect(problemsOf(() => gatewayConfig({ SUBSCRIPTION_URLS: 'items=https://items' }))).toEqual(['SUBSCRIPTION_URLS'])
  })

  it('close the playground and introspection in production unless told otherwise', () => {
    expect(gatewayConfig({ NODE_ENV: 'production' })).toMatchObject({ playground: false, introspection: false })
    expect(gatewayConfig({ NODE_ENV: 'production', PLAYGROUND: 'true' })).toMatchObject({ playground: true })
  })
})

/** The variables that are complained about. */
function problemsOf(read: () => unknown): string[] {
  try {
    read()
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    const { problems, message } = error as ConfigError
    for (const problem of problems) expect(message).toContain(problem)
    return problems.map((problem) => problem.split(' ')[0]!).sort()
  }
  return []
}
