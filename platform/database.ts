// A subgraph's connection pool.
import { drizzle } from 'drizzle-orm/postgres-js'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import type { Sql, TransactionSql } from 'postgres'

/** Connections of one process; statements beyond wait their turn. */
const POOL_SIZE = 10
const IDLE_TIMEOUT_S = 30
const CONNECT_TIMEOUT_S = 5

export type Transaction = Parameters<Parameters<PostgresJsDatabase['transaction']>[0]>[0]

export interface Database {
  readonly db: PostgresJsDatabase
  /** The driver itself, for what Drizzle has no word for. */
  readonly sql: Sql
  /**
   * Opens one connection of its own, for locks that belong to a connection. It is used until it is closed, by either
   * side, and never opened again by itself.
   *
   * @param onClose called when it is closed
   */
  connect(onClose: () => void): Sql
  /** Waits for running statements, 2 s at the most, then closes every connection of the pool. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Postgres cancels a statement that runs longer. */
  readonly statementTimeoutMs: number
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string
  /** Of Postgres, for every connection: names and values as `set` takes them. */
  readonly settings?: Readonly<Record<string, string>> | undefined
  /** Told of each statement Drizzle sends, with its parameters: what tests count. */
  readonly onStatement?: (text: string, parameters: readonly unknown[]) => void
}

/** Opens no connection yet: the first statement does. */
export function openDatabase(url: string, options: DatabaseOptions): Database {
  const settings = {
    connect_timeout: CONNECT_TIMEOUT_S,
    connection: {
      ...options.settings,
      application_name: options.applicationName,
      statement_timeout: options.statementTimeoutMs,
    },
    onnotice: () => {},
  }
  const sql = withSafeTransactions(postgres(url, { ...settings, max: POOL_SIZE, idle_timeout: IDLE_TIMEOUT_S }))
  const { onStatement } = options
  return {
    sql,
    db: drizzle(sql, { logger: onStatement ? { logQuery: onStatement } : false }),
    connect: (onClose) =>
      withSafeTransactions(postgres(url, { ...settings, max: 1, max_lifetime: null, onclose: onClose })),
    close: () => sql.end({ timeout: 2 }),
  }
}

/**
 * Transactions that outlive their connection, which those of postgres.js do not:
 *
 * - After a statement failed because the connection is gone it writes a rollback to that connection, and thereby ends the
 *   process, by an exception nobody can catch. So such a failure is held back from it; it learns of the close all the
 *   same, from the connection. @see https://github.com/porsager/postgres/issues/1208
 * - A connection that Postgres ended during a statement fails once more, with that old error and before anything is
 *   sent, when it is used again. A transaction whose work has not begun is tried on the next one.
 */
function withSafeTransactions(sql: Sql): Sql {
  const begin = sql.begin.bind(sql) as (options: string, work: Work) => Promise<unknown>

  async function safeBegin(...args: [Work] | [string, Work]): Promise<unknown> {
    const [options, work] = args.length === 1 ? ['', args[0]] : args
    for (let connectionsLeft = POOL_SIZE; ; connectionsLeft--) {
      let hasBegun = false
      try {
        return await begin(options, async (transaction) => {
          hasBegun = true
          try {
            return await work(withPreparedStatements(transaction))
          } catch (error) {
            if (isConnectionGone(error)) return new Promise(() => {})
            throw error
          }
        })
      } catch (error) {
        if (hasBegun || connectionsLeft === 0 || !isEndedByPostgres(error)) throw error
      }
    }
  }

  return Object.assign(sql, { begin: safeBegin as Sql['begin'] })
}

/**
 * Prepares each statement of Drizzle's in a transaction, where none has a name: a connection sends the text of one once,
 * and from then on its parameters. What is not prepared goes to Postgres twice each time, as the driver asks for the types
 * of the parameters first, and is planned anew. Outside of transactions that may be what is wanted: a list with filters.
 */
function withPreparedStatements(transaction: TransactionSql): TransactionSql {
  const unsafe = transaction.unsafe.bind(transaction)
  return Object.assign(transaction, {
    // Drizzle, and nobody else here, says whether to prepare.
    unsafe: ((text, parameters, options) =>
      unsafe(text, parameters, options && { ...options, prepare: true })) as TransactionSql['unsafe'],
  })
}

type Work = (transaction: TransactionSql) => unknown

// Drizzle wraps what the driver throws.
function isConnectionGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error.cause instanceof Error) return isConnectionGone(error.cause)
  return (
    isEndedByPostgres(error) || ('code' in error && /^(CONNECTION_|ECONN|EPIPE|ETIMEDOUT)/.test(String(error.code)))
  )
}

// Class 57P: an administrator's command, a crash, a shutdown. Whoever may not log in is told so at once.
function isEndedByPostgres(error: unknown): boolean {
  return error instanceof postgres.PostgresError && error.code.startsWith('57P')
}
