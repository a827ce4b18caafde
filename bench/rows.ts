// The rows that the bench asks for: the same in the databases of the subgraphs and in the one that has both.
import { readFileSync, readdirSync } from 'node:fs'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import type { Sql } from 'postgres'
import { items } from '../drizzle/items/tables.ts'
import { migrate } from '../drizzle/migrate.ts'
import { users } from '../drizzle/users/tables.ts'
import { projectFile } from './gateways.ts'

/** Pages begin so many items apart, so that no two have the same items, or the same owners, first. */
export const PAGE_STEP = 10
/** Owners of so many items that follow each other. */
const STEP_OWNERS = 3
/** Of the largest page. */
const PAGE_ITEMS = 100
const ROWS_AT_ONCE = 500

export interface Place {
  readonly createdAt: Date
  readonly id: string
}

/** @returns the items that pages begin after, by page; null for the first page */
export function pageStarts(pages: number): (Place | null)[] {
  return Array.from({ length: pages }, (_, page) => (page === 0 ? null : itemRow(page * PAGE_STEP - 1)))
}

/** Writes as many rows as pages need into databases without tables. @param urls.monolith has both, where it is wanted */
export async function writeRows(
  pages: number,
  urls: { readonly users: string; readonly items: string; readonly monolith?: string },
): Promise<void> {
  const steps = pages + PAGE_ITEMS / PAGE_STEP
  const rows = {
    users: Array.from({ length: steps * STEP_OWNERS }, (_, number) => userRow(number)),
    items: Array.from({ length: steps * PAGE_STEP }, (_, number) => itemRow(number)),
  }
  for (const name of ['users', 'items'] as const) {
    await migrate(name, urls[name])
    await onConnection(urls[name], (sql) => insert(sql, { [name]: rows[name] }))
  }
  if (urls.monolith === undefined) return
  // A schema for each subgraph: what both call the same keeps apart.
  await onConnection(urls.monolith, async (sql) => {
    // Where both find them: migrations leave alone what is there.
    for (const extension of ['pg_trgm', 'unaccent']) await sql`create extension ${sql(extension)} schema public`
    for (const name of ['users', 'items'] as const) {
      await sql`create schema ${sql(name)}`
      await sql`select set_config('search_path', ${`${name}, public`}, false)`
      await sql.unsafe(migrationsOf(name))
      await insert(sql, { [name]: rows[name] })
    }
    await sql`alter table items.items add foreign key (owner_id) references users.users`
    await sql`vacuum analyze`
  })
}

async function insert(
  sql: Sql,
  rows: { readonly users?: (typeof users.$inferInsert)[]; readonly items?: (typeof items.$inferInsert)[] },
): Promise<void> {
  const db = drizzle(sql)
  for (const part of inParts(rows.users ?? [])) await db.insert(users).values(part)
  for (const part of inParts(rows.items ?? [])) await db.insert(items).values(part)
  await sql`vacuum analyze`
}

function userRow(number: number): typeof users.$inferInsert & { readonly id: string } {
  return {
    id: uuid(1, number),
    username: `person-${String(number).padStart(6, '0')}`,
    email: `person-${number}@example.com`,
    passwordHash: '', // nobody logs in
    roles: ['USER'],
    createdAt: new Date(Date.UTC(2025, 0, 1)),
  }
}

/** @param number 0 for the newest */
function itemRow(number: number): typeof items.$inferInsert & Place {
  const step = Math.floor(number / PAGE_STEP)
  const createdAt = new Date(Date.UTC(2026, 0, 1) - number * 60_000)
  return {
    id: uuid(2, number),
    ownerId: uuid(1, step * STEP_OWNERS + (number % STEP_OWNERS)),
    name: `Item number ${String(number).padStart(6, '0')}`,
    description: 'What a description of a few words takes up beside what is asked for.',
    status: 'ACTIVE',
    visibility: 'PUBLIC',
    createdAt,
    updatedAt: createdAt,
  }
}

const uuid = (kind: number, number: number) => `00000000-0000-4000-800${kind}-${String(number).padStart(12, '0')}`

// As they are, but for the schema that Drizzle writes before the names of enums.
function migrationsOf(name: 'users' | 'items'): string {
  const folder = projectFile(`drizzle/${name}/migrations`)
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'))
  const texts = files.sort().map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
  return texts.join('\n').replaceAll('"public".', '')
}

function inParts<Row>(rows: readonly Row[]): Row[][] {
  return Array.from({ length: Math.ceil(rows.length / ROWS_AT_ONCE) }, (_, part) =>
    rows.slice(part * ROWS_AT_ONCE, (part + 1) * ROWS_AT_ONCE),
  )
}

async function onConnection(url: string, work: (sql: Sql) => Promise<void>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await work(sql)
  } finally {
    await sql.end()
  }
}
