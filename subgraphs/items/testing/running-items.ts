// The items subgraph on a real Postgres of its own, asked as the gateway asks.
import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { emptyDatabases } from '../../../e2e/support/databases.ts'
import { asGateway } from '../../../e2e/support/signed-requests.ts'
import type { ItemsConfig } from '../../../platform/config.ts'
import { ANONYMOUS, identitySigner } from '../../../platform/identity.ts'
import type { Identity } from '../../../platform/identity.ts'
import { makeLog } from '../../../platform/log.ts'
import { makePubSub } from '../../../platform/pubsub.ts'
import { startItems } from '../index.ts'

export interface Statement {
  readonly text: string
  readonly parameters: readonly unknown[]
}

export const secret = 'a secret of at least thirty-two characters'

export type RunningItems = Awaited<ReturnType<typeof runningItems>>

/** @param accountsUrl where accounts are followed; null for nowhere */
export async function runningItems(accountsUrl: string | null = null) {
  const databases = await emptyDatabases('items')
  const log = makeLog('items', 'silent')
  const pubsub = makePubSub({ redisUrl: null, log })
  const statements: Statement[] = []
  const config: ItemsConfig = {
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
    drainTimeoutMs: 4_000,
    databaseUrl: databases.urlOf('items'),
    gatewaySecrets: [secret],
    redisUrl: null,
    statementTimeoutMs: 10_000,
    eventRetentionHours: 24,
    accountsUrl,
  }
  const subgraph = await startItems(config, {
    log,
    pubsub,
    onStatement: (text, parameters) => void statements.push({ text, parameters }),
  })
  const sql = postgres(config.databaseUrl, { max: 2, onnotice: () => {} })
  return {
    sql,
    pubsub,
    databaseUrl: config.databaseUrl,
    ask: asGateway({ name: 'items', url: subgraph.url, secret }),
    url: subgraph.url,
    /** What the gateway sends in the header of an identity. */
    sign: (identity: Identity) => identitySigner(secret)({ identity, clientAddress: null }, 'items'),
    /** Those that were sent since it was emptied. */
    statements,
    async empty() {
      await sql`truncate items, item_versions, shares, comments, activities, people, idempotency_keys, outbox`
      statements.length = 0
    },
    async stop() {
      await subgraph.close()
      await pubsub.close()
      await sql.end()
      await databases.remove()
    },
  }
}

export type Person = Identity & { readonly subject: string }

/** Somebody with an account, as a new one is. */
export function person(
  scopes: readonly string[] = ['items:read', 'items:write', 'shares:write', 'comments:write'],
): Person {
  return { ...ANONYMOUS, subject: randomUUID(), scopes }
}
