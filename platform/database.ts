// A subgraph's connection pool.
import { drizzle } from 'drizzle-orm/postgres-js'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import type { Sql } from 'postgres'

/** Connections of one process; statements beyond wait their turn. */
const POOL_SIZE = 10
const IDLE_TIMEOUT_S = 30
const CONNECT_TIMEOUT_S = 5

export interface Database {
  readonly db: PostgresJsDatabase
  /** The driver itself, for what Drizzle has no word for. */
  readonly sql: Sql
  /** Waits for running statements, 2 s at the most, then closes every connection. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Postgres cancels a statement that runs longer. */
  readonly statementTimeoutMs: number
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string
  /** Told of each statement Drizzle sends, with its parameters: what tests count. */
  readonly onStatement?: (text: string, parameters: readonly unknown[]) => void
}

/** Opens no connection yet: the first statement does. */
export function openDatabase(url: string, options: DatabaseOptions): Database {
  const sql = postgres(url, {
    max: POOL_SIZE,
    idle_timeout: IDLE_TIMEOUT_S,
    connect_timeout: CONNECT_TIMEOUT_S,
    connection: {
      application_name: options.applicationName,
      statement_timeout: options.statementTimeoutMs,
    },
    onnotice: () => {},
  })
  const { onStatement } = options
  const db = drizzle(sql, { logger: onStatement ? { logQuery: onStatement } : false })
  return { db, sql, close: () => sql.end({ timeout: 2 }) }
}
