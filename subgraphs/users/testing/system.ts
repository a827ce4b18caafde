// The users subgraph on a Postgres of its own, for tests: what a gateway sends it, what it tells, and the mail it sends.
import { createHash } from 'node:crypto'
import postgres from 'postgres'
import { vi } from 'vitest'
import { emptyDatabases } from '../../../e2e/support/databases.ts'
import type { UsersConfig } from '../../../platform/config.ts'
import { ANONYMOUS, identitySigner } from '../../../platform/identity.ts'
import type { Identity } from '../../../platform/identity.ts'
import { makeLog } from '../../../platform/log.ts'
import { makePubSub } from '../../../platform/pubsub.ts'
import type { RunningSubgraph } from '../../../platform/subgraph.ts'
import { startUsers } from '../index.ts'

export const secret = 'a secret of at least thirty-two characters'
export const previousSecret = 'the secret of before, of at least thirty-two'
export const PASSWORD = 'correct horse battery staple'

export interface Call {
  readonly variables?: Readonly<Record<string, unknown>>
  readonly identity?: Identity
  readonly cookie?: string
  readonly userAgent?: string
  readonly address?: string
}

export interface CallAnswer {
  readonly data: any
  /** Path, code and field of each error, as `register CONFLICT email`. */
  readonly codes: readonly string[]
  readonly errors: readonly { readonly extensions: Readonly<Record<string, unknown>> }[]
  readonly setCookie: string | null
}

export interface Person {
  readonly id: string
  readonly email: string
  readonly username: string
}

/** A logged in person: what a gateway would make of the access token, and the next refresh token. */
export interface LoggedIn extends Person {
  readonly identity: Identity
  readonly sessionId: string
  readonly accessToken: string
  readonly refreshToken: string
}

const register = 'mutation($input: RegisterInput!) { register(input: $input) { user { id } needsVerification } }'
const loginFields = 'accessToken expiresIn refreshToken user { id }'
const login = `mutation($input: LoginInput!) { login(input: $input) { ${loginFields} } }`

export async function usersSystem(config: Partial<UsersConfig> = {}) {
  const databases = await emptyDatabases('users')
  const sql = postgres(databases.urlOf('users'), { max: 4, onnotice: () => {} })
  const statements: string[] = []
  const running: RunningSubgraph[] = []
  const sign = identitySigner(secret)
  let logged = ''
  let people = 0

  async function start(changed: Partial<UsersConfig> = {}): Promise<RunningSubgraph> {
    const subgraph = await startUsers(
      { ...usersTestConfig(databases.urlOf('users')), ...config, ...changed },
      {
        log: makeLog('users', 'debug', { write: (line) => void (logged += line) }),
        pubsub: makePubSub({ redisUrl: null, log: makeLog('pubsub', 'silent') }),
        onStatement: (text) => void statements.push(text),
      },
    )
    running.push(subgraph)
    return subgraph
  }
  const subgraph = await start()

  async function call(query: string, sent: Call = {}, { url } = subgraph): Promise<CallAnswer> {
    const { variables, identity = ANONYMOUS, cookie, userAgent, address = '198.51.100.7' } = sent
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-tributary-identity': sign({ identity, clientAddress: address }, 'users'),
        ...(cookie && { cookie }),
        ...(userAgent && { 'user-agent': userAgent }),
      },
      body: JSON.stringify({ query, variables }),
    })
    const { data, errors = [] } = (await response.json()) as { data?: unknown; errors?: readonly any[] }
    return {
      data,
      errors,
      codes: errors.map(({ path = [], extensions: { code, field } }) =>
        [path.join('.'), code, field].filter(Boolean).join(' '),
      ),
      setCookie: response.headers.get('set-cookie'),
    }
  }

  /** Opens an account. Names are unique, so that tests share a database without meeting. */
  async function person(given: Readonly<Record<string, unknown>> = {}): Promise<Person> {
    people += 1
    const input = { username: `person-${people}`, email: `person-${people}@example.com`, password: PASSWORD, ...given }
    const { data, errors } = await call(register, { variables: { input } })
    if (errors.length > 0) throw new Error(JSON.stringify(errors))
    return { id: data.register.user.id, username: input.username, email: input.email.toLowerCase() }
  }

  async function logIn(who: Person, password = PASSWORD, sent: Call = {}): Promise<LoggedIn> {
    const answer = await call(login, { ...sent, variables: { input: { email: who.email, password } } })
    if (answer.errors.length > 0) throw new Error(JSON.stringify(answer.errors))
    return loggedIn(who, answer.data.login)
  }

  return {
    sql,
    statements,
    subgraph,
    start,
    call,
    person,
    logIn,
    databaseUrl: databases.urlOf('users'),
    urlOf: databases.urlOf,
    logged: () => logged,
    /** Makes an account verified, as if its mail had been read. */
    verify: async ({ id }: Person) => void (await sql`update users set email_verified_at = now() where id = ${id}`),
    /** The token of the newest mail to an address with this subject, once it has come. */
    tokenOf: ({ email }: Person, subject: string, before = 0): Promise<string> =>
      vi.waitFor(
        async () => {
          const mails = await sql`
            select text from mailbox where recipient = ${email} and subject = ${subject} order by created_at desc`
          if (mails.length <= before) throw new Error(`no mail to ${email}`)
          return /token=([\w-]+)/.exec(mails[0]!['text'] as string)![1]!
        },
        { timeout: 8_000, interval: 50 },
      ),
    /** What was told on a channel, in order. */
    async told(channel: string): Promise<any[]> {
      const rows = await sql`select event from outbox where ${channel} = any(channels) order by id`
      return rows.map(({ event }) => event as unknown)
    },
    async close() {
      for (const one of running) await one.close()
      await sql.end()
      await databases.remove()
    },
  }
}

export type UsersSystem = Awaited<ReturnType<typeof usersSystem>>

export function loggedIn(who: Person, tokens: { accessToken: string; refreshToken: string }): LoggedIn {
  const claims = claimsOf(tokens.accessToken)
  const identity: Identity = {
    subject: claims.sub,
    roles: claims.roles,
    scopes: claims.scope.split(' '),
    policies: claims.policies,
    session: claims.sid,
  }
  return { ...who, ...tokens, identity, sessionId: claims.sid }
}

export const claimsOf = (accessToken: string) =>
  JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()) as any

export const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex')

export function usersTestConfig(databaseUrl: string): UsersConfig {
  return {
    host: '127.0.0.1',
    port: 0,
    logLevel: 'debug',
    drainTimeoutMs: 4_000,
    databaseUrl,
    gatewaySecrets: [secret, previousSecret],
    redisUrl: null,
    statementTimeoutMs: 5_000,
    eventRetentionHours: 24,
    issuer: 'tributary',
    audience: 'tributary',
    accessTokenLifetimeS: 3_600,
    refreshTokenLifetimeS: 86_400,
    signingKeyLifetimeDays: 90,
    defaultRoles: ['user', 'creator'],
    requireVerifiedEmail: false,
    firstAdminEmail: null,
    smtpUrl: null,
    mailFrom: 'Tributary <no-reply@example.com>',
    publicUrl: 'https://app.example.com',
    devPages: true,
  }
}
