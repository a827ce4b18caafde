// The settings of the servers inside: what one machine and one process make of the few that can be set.
import { fileURLToPath } from 'node:url'
import type { GatewayConfig, ItemsConfig, LocalConfig, UsersConfig } from '../platform/config.ts'
import type { PerSubgraph, SubgraphName } from '../platform/subgraphs.ts'

/** Of the time for the end, what the servers leave to Postgres. */
const POSTGRES_STOP_MS = 1_000

/** Issuer and audience of the tokens. */
const NAME = 'tributary'

/** The subgraph that keeps the accounts. */
const ACCOUNTS: SubgraphName = 'users'
/** The cookie in which it keeps a browser logged in. */
const REFRESH_COOKIE = '__Host-refresh'
const REVOCATIONS_TIMEOUT_MS = 10_000

const ACCESS_TOKEN_LIFETIME_S = 3_600
const REFRESH_TOKEN_LIFETIME_S = 30 * 86_400
const SIGNING_KEY_LIFETIME_DAYS = 90
const STATEMENT_TIMEOUT_MS = 2_000
const EVENT_RETENTION_HOURS = 24

/** What gateway and subgraphs know of each other; made anew at each start. */
export interface Wiring {
  readonly secret: string
  readonly webRoot: string | null
}

/** What any of the subgraphs reads. */
export type AnySubgraphConfig = UsersConfig & ItemsConfig

/** @param subgraphUrls of those that run already: each before those that follow it */
export function subgraphConfig(
  config: LocalConfig,
  { secret }: Wiring,
  databaseUrl: string,
  subgraphUrls: Partial<PerSubgraph<string>>,
): AnySubgraphConfig {
  return {
    ...processConfig(config),
    // Only the gateway calls it, from this process.
    host: '127.0.0.1',
    port: 0,
    databaseUrl,
    gatewaySecrets: [secret],
    redisUrl: config.redisUrl,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    issuer: NAME,
    audience: NAME,
    accessTokenLifetimeS: ACCESS_TOKEN_LIFETIME_S,
    refreshTokenLifetimeS: REFRESH_TOKEN_LIFETIME_S,
    signingKeyLifetimeDays: SIGNING_KEY_LIFETIME_DAYS,
    defaultRoles: ['user', 'creator'],
    // People try it out with addresses that do not exist.
    requireVerifiedEmail: false,
    firstAdminEmail: null,
    smtpUrl: null,
    mailFrom: 'Tributary <no-reply@localhost>',
    publicUrl: `http://localhost:${config.port}`,
    devPages: true,
    eventRetentionHours: EVENT_RETENTION_HOURS,
    accountsUrl: subgraphUrls[ACCOUNTS] ?? null,
  }
}

export function gatewayConfig(
  config: LocalConfig,
  { secret, webRoot }: Wiring,
  subgraphUrls: PerSubgraph<string>,
): GatewayConfig {
  return {
    ...processConfig(config),
    isProduction: false,
    supergraphFile: fileURLToPath(new URL('../schema/supergraph.graphql', import.meta.url)),
    subgraphUrls,
    subscriptionUrls: {},
    gatewaySecret: secret,
    jwksUrl: new URL('/.well-known/jwks.json', subgraphUrls.users).href,
    issuer: NAME,
    audience: NAME,
    redisUrl: config.redisUrl,
    corsOrigins: [],
    trustedProxies: config.trustedProxies,
    webRoot,
    playground: true,
    introspection: true,
    revocationsFrom: ACCOUNTS,
    revocationsTimeoutMs: REVOCATIONS_TIMEOUT_MS,
    apiKeysFrom: ACCOUNTS,
    sessionsFrom: ACCOUNTS,
    cookieTo: { subgraph: ACCOUNTS, name: REFRESH_COOKIE },
    devPagesFrom: ACCOUNTS,
  }
}

function processConfig({ host, port, logLevel, drainTimeoutMs }: LocalConfig) {
  return { host, port, logLevel, drainTimeoutMs: Math.max(drainTimeoutMs - POSTGRES_STOP_MS, drainTimeoutMs / 2) }
}
