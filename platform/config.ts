// What operators set, read from the environment in one place: one function per process. Modules are given values and
// never read the environment themselves. Quantities end in their unit.
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { LogLevel } from './log.ts'
import { databaseVariable, databaseVariables, perSubgraph, subgraphNames } from './subgraphs.ts'
import type { DatabaseVariable, PerSubgraph } from './subgraphs.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** Settings that break a rule, all at once: one restart mends them all. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(['The settings do not hold:', ...problems.map((problem) => `- ${problem}`)].join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

const projectFile = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

const port = integer('must be a port, 0 to 65535', 0, 65_535)
const milliseconds = integer('must be a number of milliseconds, 1 to 3600000', 1, 3_600_000)
const seconds = integer('must be a number of seconds, 1 to 31536000', 1, 31_536_000)
const hours = integer('must be a number of hours, 1 to 8760', 1, 8_760)
const days = integer('must be a number of days, 1 to 3650', 1, 3_650)
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
const webSocketUrl = z.url({ protocol: /^wss?$/, error: 'must be a ws:// or wss:// address' })
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' })
const redisUrl = z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// address' })
const secret = z.string().min(32, 'must have at least 32 characters')
const flag = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true')
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean),
)
// `users=__Host-refresh`. The name is a token of RFC 9110.
const forwardedCookie = z.string().transform((text, context): ForwardedCookie => {
  const [, subgraph = '', name = ''] = /^([^=\s]+)=([\w!#$%&'*+.^`|~-]+)$/.exec(text.trim()) ?? []
  if (name === '') context.addIssue({ code: 'custom', message: 'must be of the form subgraph=name of the cookie' })
  return { subgraph, name }
})

const everyProcess = {
  /** Where the process listens. Loopback unless told otherwise: a container sets 0.0.0.0. */
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  /** How long the end may take: running requests are finished within it. */
  DRAIN_TIMEOUT_MS: milliseconds.default(4_000),
}

export interface ProcessConfig {
  readonly host: string
  readonly port: number
  readonly logLevel: LogLevel
  readonly drainTimeoutMs: number
}

export interface GatewayConfig extends ProcessConfig {
  readonly isProduction: boolean
  /** Path of the supergraph SDL; watched, and swapped in when it changes. */
  readonly supergraphFile: string
  /** Addresses that replace those of the supergraph, by subgraph name. */
  readonly subgraphUrls: Readonly<Record<string, string>>
  /** Where subgraphs answer subscriptions, if not at the address of their queries, by subgraph name. */
  readonly subscriptionUrls: Readonly<Record<string, string>>
  /** Signs the identity sent to subgraphs; without it none is sent. */
  readonly gatewaySecret: string | null
  /** Where the issuer's public keys stand; without it every bearer token is refused. */
  readonly jwksUrl: string | null
  readonly issuer: string
  readonly audience: string
  readonly redisUrl: string | null
  /** Origins besides the gateway's own whose pages may call it. */
  readonly corsOrigins: readonly string[]
  /** Addresses of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[]
  /** Folder of the built web app; null serves none. */
  readonly webRoot: string | null
  /** Serves GraphiQL at `/playground` and answers introspection. */
  readonly playground: boolean
  readonly introspection: boolean
  /** The subgraph in whose feed revocations stand; null: no token is revoked before it expires. */
  readonly revocationsFrom: string | null
  /** Without word from that feed for so long, requests with a token are refused until there is. */
  readonly revocationsTimeoutMs: number
  /** The subgraph that knows whose an API key is; null: only access tokens are taken. */
  readonly apiKeysFrom: string | null
  /** The one subgraph that is told of an identity which session it comes from; null: none. */
  readonly sessionsFrom: string | null
  /** The one cookie that reaches one subgraph, with mutations only. */
  readonly cookieTo: ForwardedCookie | null
  /** The subgraph whose pages are served at `/dev/`; never in production. */
  readonly devPagesFrom: string | null
}

export interface ForwardedCookie {
  readonly subgraph: string
  /** Of the cookie. */
  readonly name: string
}

export interface SubgraphConfig extends ProcessConfig {
  readonly databaseUrl: string
  /** The current secret first, then the previous one, where there is one. */
  readonly gatewaySecrets: readonly string[]
  readonly redisUrl: string | null
  /** Postgres cancels a statement that runs longer. */
  readonly statementTimeoutMs: number
}

export interface EventSubgraphConfig extends SubgraphConfig {
  /** How long events can be read again, by whoever missed them. */
  readonly eventRetentionHours: number
}

export interface UsersConfig extends EventSubgraphConfig {
  /** `iss` and `aud` of the tokens issued. */
  readonly issuer: string
  readonly audience: string
  readonly accessTokenLifetimeS: number
  /** How long a session goes on without being used. */
  readonly refreshTokenLifetimeS: number
  /** How long a key signs access tokens before another takes its place. */
  readonly signingKeyLifetimeDays: number
  /** What a new account gets, as roles are stored. */
  readonly defaultRoles: readonly string[]
  /** Whether a login has to wait until the address is verified. */
  readonly requireVerifiedEmail: boolean
  /** Who verifies this address becomes an admin while there is none; in lower case. */
  readonly firstAdminEmail: string | null
  /** Takes mail; without it, mail goes to the table `mailbox`. */
  readonly smtpUrl: string | null
  readonly mailFrom: string
  /** Address of the web app, without a slash at its end, for links in mail. */
  readonly publicUrl: string
  /** Serves pages for development, as the mailbox. */
  readonly devPages: boolean
}

export interface ItemsConfig extends EventSubgraphConfig {
  /** Where the subgraph that keeps the accounts takes operations: its feed is beside it. Null follows no accounts. */
  readonly accountsUrl: string | null
}

const DEFAULT_ISSUER = 'tributary'
const DEFAULT_AUDIENCE = 'tributary'

/** @throws ConfigError naming every missing or malformed variable at once */
export function gatewayConfig(env: Env): GatewayConfig {
  const variables = {
    ...everyProcess,
    PORT: port.default(4_000),
    SUPERGRAPH: z.string().default(projectFile('schema/supergraph.graphql')),
    SUBGRAPH_URLS: urlsByName(httpUrl, 'http').default({}),
    SUBSCRIPTION_URLS: urlsByName(webSocketUrl, 'ws').default({}),
    GATEWAY_SECRET: secret.optional(),
    JWKS_URL: httpUrl.optional(),
    ISSUER: z.string().default(DEFAULT_ISSUER),
    AUDIENCE: z.string().default(DEFAULT_AUDIENCE),
    REDIS_URL: redisUrl.optional(),
    CORS_ORIGINS: list.default([]),
    TRUSTED_PROXIES: list.default([]),
    WEB_ROOT: z.string().optional(),
    PLAYGROUND: flag.optional(),
    INTROSPECTION: flag.optional(),
    REVOCATIONS_FROM: z.string().optional(),
    REVOCATIONS_TIMEOUT_MS: milliseconds.default(10_000),
    API_KEYS_FROM: z.string().optional(),
    SESSIONS_FROM: z.string().optional(),
    COOKIE_TO: forwardedCookie.optional(),
    DEV_PAGES_FROM: z.string().optional(),
  }
  const read = readEnv(env, variables, ({ NODE_ENV, DEV_PAGES_FROM }) =>
    NODE_ENV === 'production' && DEV_PAGES_FROM
      ? ['DEV_PAGES_FROM is for development only: its pages are open to everybody']
      : [],
  )
  const isProduction = read.NODE_ENV === 'production'
  return Object.freeze({
    ...processConfig(read),
    isProduction,
    supergraphFile: read.SUPERGRAPH,
    subgraphUrls: read.SUBGRAPH_URLS,
    subscriptionUrls: read.SUBSCRIPTION_URLS,
    gatewaySecret: read.GATEWAY_SECRET ?? null,
    jwksUrl: read.JWKS_URL ?? null,
    issuer: read.ISSUER,
    audience: read.AUDIENCE,
    redisUrl: read.REDIS_URL ?? null,
    corsOrigins: read.CORS_ORIGINS,
    trustedProxies: read.TRUSTED_PROXIES,
    webRoot: read.WEB_ROOT ?? null,
    playground: read.PLAYGROUND ?? !isProduction,
    introspection: read.INTROSPECTION ?? !isProduction,
    revocationsFrom: read.REVOCATIONS_FROM ?? null,
    revocationsTimeoutMs: read.REVOCATIONS_TIMEOUT_MS,
    apiKeysFrom: read.API_KEYS_FROM ?? null,
    sessionsFrom: read.SESSIONS_FROM ?? null,
    cookieTo: read.COOKIE_TO ?? null,
    devPagesFrom: read.DEV_PAGES_FROM ?? null,
  })
}

/** @throws ConfigError naming every missing or malformed variable at once */
export function usersConfig(env: Env): UsersConfig {
  const read = readEnv(env, {
    ...eventSubgraphVariables,
    PORT: port.default(4_001),
    USERS_DATABASE_URL: postgresUrl,
    ISSUER: z.string().default(DEFAULT_ISSUER),
    AUDIENCE: z.string().default(DEFAULT_AUDIENCE),
    ACCESS_TOKEN_LIFETIME_S: seconds.default(3_600),
    REFRESH_TOKEN_LIFETIME_S: seconds.default(30 * 86_400),
    SIGNING_KEY_LIFETIME_DAYS: days.default(90),
    DEFAULT_ROLES: list.default(['user', 'creator']),
    REQUIRE_VERIFIED_EMAIL: flag.optional(),
    FIRST_ADMIN_EMAIL: z.string().trim().toLowerCase().pipe(z.email('must be an e-mail address')).optional(),
    SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// address' }).optional(),
    MAIL_FROM: z.string().default('Tributary <no-reply@localhost>'),
    PUBLIC_URL: httpUrl.default('http://localhost:4000'),
  })
  const isProduction = read.NODE_ENV === 'production'
  return Object.freeze({
    ...eventSubgraphConfig(read, read.USERS_DATABASE_URL),
    issuer: read.ISSUER,
    audience: read.AUDIENCE,
    accessTokenLifetimeS: read.ACCESS_TOKEN_LIFETIME_S,
    refreshTokenLifetimeS: read.REFRESH_TOKEN_LIFETIME_S,
    signingKeyLifetimeDays: read.SIGNING_KEY_LIFETIME_DAYS,
    defaultRoles: read.DEFAULT_ROLES,
    requireVerifiedEmail: read.REQUIRE_VERIFIED_EMAIL ?? isProduction,
    firstAdminEmail: read.FIRST_ADMIN_EMAIL ?? null,
    smtpUrl: read.SMTP_URL ?? null,
    mailFrom: read.MAIL_FROM,
    publicUrl: read.PUBLIC_URL.replace(/\/+$/, ''),
    devPages: !isProduction,
  })
}

/** @throws ConfigError naming every missing or malformed variable at once */
export function itemsConfig(env: Env): ItemsConfig {
  const read = readEnv(env, {
    ...eventSubgraphVariables,
    PORT: port.default(4_002),
    ITEMS_DATABASE_URL: postgresUrl,
    ACCOUNTS_URL: httpUrl.default('http://127.0.0.1:4001/graphql'),
  })
  return Object.freeze({
    ...eventSubgraphConfig(read, read.ITEMS_DATABASE_URL),
    accountsUrl: read.ACCOUNTS_URL,
  })
}

export interface LocalConfig {
  readonly host: string
  /** The gateway's port; the subgraphs take free ones. */
  readonly port: number
  /** Where Postgres keeps its data and the log goes. */
  readonly dataDir: string
  readonly logLevel: LogLevel
  readonly drainTimeoutMs: number
  /** Databases of one's own instead of those inside. */
  readonly databaseUrls: PerSubgraph<string> | null
  readonly redisUrl: string | null
  /** Addresses of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[]
}

/** @throws ConfigError naming every malformed variable at once */
export function localConfig(env: Env): LocalConfig {
  const variables = {
    ...everyProcess,
    PORT: port.default(4_000),
    DATA_DIR: z.string().default(projectFile('.data')),
    ...localDatabaseVariables,
    REDIS_URL: redisUrl.optional(),
    TRUSTED_PROXIES: list.default([]),
  }
  const read = readEnv(env, variables, (given) => {
    const set = subgraphNames.filter((name) => given[databaseVariable(name)])
    return [0, subgraphNames.length].includes(set.length) ? [] : [`${databaseVariables} go together: set all or none`]
  })
  const databaseUrls = perSubgraph((name) => read[databaseVariable(name)])
  return Object.freeze({
    host: read.HOST,
    port: read.PORT,
    dataDir: read.DATA_DIR,
    logLevel: read.LOG_LEVEL,
    drainTimeoutMs: read.DRAIN_TIMEOUT_MS,
    databaseUrls: areSet(databaseUrls) ? databaseUrls : null,
    redisUrl: read.REDIS_URL ?? null,
    trustedProxies: read.TRUSTED_PROXIES,
  })
}

const subgraphVariables = {
  ...everyProcess,
  GATEWAY_SECRET: secret,
  GATEWAY_SECRET_PREVIOUS: secret.optional(),
  REDIS_URL: redisUrl.optional(),
  STATEMENT_TIMEOUT_MS: milliseconds.default(2_000),
}

/** Of a subgraph that publishes events. */
const eventSubgraphVariables = {
  ...subgraphVariables,
  REDIS_URL: z.string('is missing: events reach the gateways, which are other processes, through Redis').pipe(redisUrl),
  EVENT_RETENTION_HOURS: hours.default(24),
}

const optionalPostgresUrl = postgresUrl.optional()
const localDatabaseVariables = Object.fromEntries(
  subgraphNames.map((name) => [databaseVariable(name), optionalPostgresUrl]),
) as Record<DatabaseVariable, typeof optionalPostgresUrl>

const areSet = (urls: PerSubgraph<string | undefined>): urls is PerSubgraph<string> =>
  Object.values(urls).every((url) => url !== undefined)

type ReadProcess = { HOST: string; PORT: number; LOG_LEVEL: LogLevel; DRAIN_TIMEOUT_MS: number }

function processConfig(read: ReadProcess): ProcessConfig {
  return { host: read.HOST, port: read.PORT, logLevel: read.LOG_LEVEL, drainTimeoutMs: read.DRAIN_TIMEOUT_MS }
}

type ReadSubgraph = ReadProcess & {
  GATEWAY_SECRET: string
  GATEWAY_SECRET_PREVIOUS?: string | undefined
  REDIS_URL?: string | undefined
  STATEMENT_TIMEOUT_MS: number
}

function subgraphConfig(read: ReadSubgraph, databaseUrl: string): SubgraphConfig {
  return {
    ...processConfig(read),
    databaseUrl,
    gatewaySecrets: [read.GATEWAY_SECRET, read.GATEWAY_SECRET_PREVIOUS].filter((value) => value !== undefined),
    redisUrl: read.REDIS_URL ?? null,
    statementTimeoutMs: read.STATEMENT_TIMEOUT_MS,
  }
}

function eventSubgraphConfig(
  read: ReadSubgraph & { EVENT_RETENTION_HOURS: number },
  databaseUrl: string,
): EventSubgraphConfig {
  return Object.freeze({ ...subgraphConfig(read, databaseUrl), eventRetentionHours: read.EVENT_RETENTION_HOURS })
}

// `users=http://localhost:4001/graphql,items=…`
function urlsByName(form: z.ZodType<string>, scheme: string) {
  return list.transform((entries, context) => {
    const urls: Record<string, string> = {}
    for (const entry of entries) {
      const at = entry.indexOf('=')
      const url = form.safeParse(entry.slice(at + 1))
      if (at < 1 || !url.success) {
        context.addIssue({ code: 'custom', message: `"${entry}" is not of the form name=${scheme}://…` })
      } else {
        urls[entry.slice(0, at)] = url.data
      }
    }
    return urls
  })
}

function integer(problem: string, min: number, max: number) {
  return z.string().regex(/^\d+$/, problem).transform(Number).pipe(z.number().min(min, problem).max(max, problem))
}

/** @param problemsOf what is wrong between variables, each of which may be right */
function readEnv<Shape extends z.ZodRawShape>(
  env: Env,
  shape: Shape,
  problemsOf: (given: Env) => readonly string[] = () => [],
): z.output<z.ZodObject<Shape>> {
  // A variable set to nothing counts as not set, as compose files write it.
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => name in shape && value?.trim() !== ''))
  const read = z.object(shape).safeParse(given)
  const problems = (read.error?.issues ?? []).map(({ path, message }) => {
    const name = String(path[0])
    const isMissing = given[name] === undefined
    return isMissing && !message.startsWith('is missing') ? `${name} is missing` : `${name} ${message}`
  })
  problems.push(...problemsOf(given))
  if (problems.length > 0 || !read.success) throw new ConfigError(problems)
  return read.data
}
