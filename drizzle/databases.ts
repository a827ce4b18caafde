// Which databases the scripts of this folder work on, and a connection to one of them.
import postgres from 'postgres'
import type { Sql } from 'postgres'
import { ConfigError } from '../platform/config.ts'
import type { Env } from '../platform/config.ts'
import { databaseVariable, subgraphNames } from '../platform/subgraphs.ts'
import type { SubgraphName } from '../platform/subgraphs.ts'

/**
 * The addresses of the databases that are set, by name.
 *
 * @throws ConfigError naming every address that is malformed, or all of them when none is set
 */
export function databaseUrls(env: Env): Partial<Record<SubgraphName, string>> {
  const urls: Partial<Record<SubgraphName, string>> = {}
  const missing: string[] = []
  const malformed: string[] = []
  for (const name of subgraphNames) {
    const variable = databaseVariable(name)
    const url = env[variable]
    if (!url) missing.push(`${variable} is missing`)
    else if (!/^postgres(ql)?:$/.test(URL.parse(url)?.protocol ?? '')) {
      malformed.push(`${variable} must be a postgres:// address`)
    } else urls[name] = url
  }
  if (malformed.length > 0) throw new ConfigError(malformed)
  if (missing.length === subgraphNames.length) throw new ConfigError(missing)
  return urls
}

const CONNECT_TIMEOUT_S = 5

/**
 * Works on a single connection, so that advisory locks and statements meet.
 *
 * @throws Error without a stack when the database does not answer or does not let us in
 */
export async function onConnection<Result>(
  name: SubgraphName,
  url: string,
  work: (sql: Sql) => Promise<Result>,
): Promise<Result> {
  const sql = postgres(url, { max: 1, max_lifetime: null, connect_timeout: CONNECT_TIMEOUT_S, onnotice: () => {} })
  try {
    await sql`select 1`.catch((cause: Error & { code?: string }) => {
      const error = new Error(`The ${name} database does not answer: ${cause.message || cause.code}`, { cause })
      delete error.stack // the settings are to be looked at, not the code
      throw error
    })
    return await work(sql)
  } finally {
    await sql.end()
  }
}
