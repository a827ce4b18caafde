// Which databases the scripts of this folder work on.
import { ConfigError } from '../platform/config.ts'
import type { Env } from '../platform/config.ts'

export const databaseNames = ['users', 'items'] as const

export type DatabaseName = (typeof databaseNames)[number]

/**
 * The addresses of the databases that are set, by name.
 *
 * @throws ConfigError naming every address that is malformed, or all of them when none is set
 */
export function databaseUrls(env: Env): Partial<Record<DatabaseName, string>> {
  const urls: Partial<Record<DatabaseName, string>> = {}
  const missing: string[] = []
  const malformed: string[] = []
  for (const name of databaseNames) {
    const variable = variableOf(name)
    const url = env[variable]
    if (!url) missing.push(`${variable} is missing`)
    else if (!/^postgres(ql)?:$/.test(URL.parse(url)?.protocol ?? '')) {
      malformed.push(`${variable} must be a postgres:// address`)
    } else urls[name] = url
  }
  if (malformed.length > 0) throw new ConfigError(malformed)
  if (missing.length === databaseNames.length) throw new ConfigError(missing)
  return urls
}

export const variableOf = (name: DatabaseName) => `${name.toUpperCase()}_DATABASE_URL`
