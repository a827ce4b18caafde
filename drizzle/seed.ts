// Rows to look at: people and items that read like real ones, the same on every machine. As a script: into the databases
// of USERS_DATABASE_URL and ITEMS_DATABASE_URL.
import { hash } from '@node-rs/argon2'
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import type { Sql } from 'postgres'
import { ConfigError } from '../platform/config.ts'
import { say } from '../platform/log.ts'
import { databaseVariable } from '../platform/subgraphs.ts'
import type { PerSubgraph } from '../platform/subgraphs.ts'
import { databaseUrls, onConnection } from './databases.ts'
import { demoItems, demoVersions } from './demo/items.ts'
import { demoLogin, demoPassword, demoPeople } from './demo/people.ts'
import { items, itemVersions } from './items/tables.ts'
import { manyItems, readSeedArguments } from './many/seed-many.ts'
import { runScript } from './script.ts'
import { ARGON2ID } from './users/password-hashing.ts'
import { users } from './users/tables.ts'

export { demoLogin }

/** Any number, as long as nothing else in a subgraph's database locks with it. */
const SEED_LOCK = 7_215_003

/**
 * Fills databases that are empty, and leaves others alone, however many processes start at the same time. No events are
 * written: nobody can have been waiting for these rows.
 *
 * @returns how many rows were written, or null when there were rows already
 */
export async function seed(
  urls: Pick<PerSubgraph<string>, 'users' | 'items'>,
): Promise<{ users: number; items: number } | null> {
  return onConnection('users', urls.users, (usersSql) =>
    onConnection('items', urls.items, async (itemsSql) => {
      await usersSql`select pg_advisory_lock(${SEED_LOCK})`
      const now = new Date()
      // Each on its own: a process that was killed between the two has left the second to the next one.
      const seeded = { users: await seedUsers(usersSql, now), items: 0 }
      if (await hasDemoPeople(usersSql)) seeded.items = await seedItems(itemsSql, now)
      return seeded.users + seeded.items > 0 ? seeded : null
    }),
  )
}

async function seedUsers(sql: Sql, now: Date): Promise<number> {
  const db = drizzle(sql)
  if ((await db.$count(users)) > 0) return 0
  const rows = await Promise.all(
    demoPeople.map(async ({ joinedDaysAgo, ...person }) => ({
      ...person,
      passwordHash: await hash(demoPassword, ARGON2ID),
      emailVerifiedAt: now,
      createdAt: new Date(now.getTime() - joinedDaysAgo * 86_400_000),
    })),
  )
  await db.insert(users).values(rows)
  return rows.length
}

async function seedItems(sql: Sql, now: Date): Promise<number> {
  const db = drizzle(sql)
  if ((await db.$count(items)) > 0) return 0
  const rows = demoItems(now)
  await db.transaction(async (transaction) => {
    await transaction.insert(items).values(rows)
    await transaction.insert(itemVersions).values(rows.flatMap(demoVersions))
  })
  return rows.length
}

// The owners of the items. Where others opened the first accounts, items of people unknown would be of no use.
async function hasDemoPeople(sql: Sql): Promise<boolean> {
  return (await drizzle(sql).$count(users, eq(users.id, demoPeople[0].id))) > 0
}

if (import.meta.main) {
  await runScript(async () => {
    const urls = databaseUrls(process.env)
    const missing = (['users', 'items'] as const).filter((name) => !urls[name])
    if (missing.length > 0) throw new ConfigError(missing.map((name) => `${databaseVariable(name)} is missing`))
    const { itemCount } = readSeedArguments(process.argv.slice(2))
    if (itemCount !== null) return void (await manyItems(urls as Required<typeof urls>, itemCount, say))
    const seeded = await seed(urls as Required<typeof urls>)
    if (!seeded) return say('Nothing to do: there are rows already.')
    say(`${seeded.users} users and ${seeded.items} items written. Log in as ${demoLogin.email}, ${demoLogin.password}`)
  })
}
