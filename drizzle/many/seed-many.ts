// `npm run seed -- --items 1000000`: made-up items of made-up people, in any number, to measure with. They are added to what
// the databases hold. No events are written.
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import type { Sql, TransactionSql } from 'postgres'
import { ConfigError } from '../../platform/config.ts'
import type { PerSubgraph } from '../../platform/subgraphs.ts'
import { onConnection } from '../databases.ts'
import { makeRandom } from '../demo/random.ts'
import { writer } from './words.ts'

const ITEMS_MAX = 100_000_000
/** Of one person, as it comes out: some have a few, some thousands. */
const ITEMS_OF_OWNER = 100
const DAY_MS = 86_400_000
const OLDEST_DAYS = 1_800
/** Rows written to Postgres at a time. */
const CHUNK_ROWS = 1_000

/** @throws ConfigError for a number of items that is none */
export function readSeedArguments(args: readonly string[]): { readonly itemCount: number | null } {
  const { items } = parseArgs({ args: [...args], options: { items: { type: 'string' } } }).values
  if (items === undefined) return { itemCount: null }
  const itemCount = /^\d{1,9}$/.test(items) ? Number(items) : 0
  if (itemCount < 1 || itemCount > ITEMS_MAX) throw new ConfigError([`--items must be 1 to ${ITEMS_MAX}`])
  return { itemCount }
}

/** Nobody can use the items meanwhile. All of them are written, or none. */
export async function manyItems(
  urls: Pick<PerSubgraph<string>, 'users' | 'items'>,
  itemCount: number,
  say: (line: string) => void,
): Promise<void> {
  const startedMs = performance.now()
  const owners = Array.from({ length: Math.ceil(itemCount / ITEMS_OF_OWNER) }, () => randomUUID())
  await onConnection('users', urls.users, (sql) => writeUsers(sql, owners))
  say(`${owners.length} users written`)
  await onConnection('items', urls.items, (sql) =>
    sql.begin(async (tx) => {
      await tx`set local statement_timeout = 0`
      await tx`set local maintenance_work_mem = '512MB'`
      const indexes = await dropIndexes(tx)
      await copy(tx, 'items', itemColumns, itemLines(itemCount, owners))
      await tx`
        insert into item_versions (item_id, version, kind, name, description, status, visibility, tags, author_id, created_at)
        select id, 1, 'CREATED', name, description, status, visibility, tags, owner_id, created_at from items
        where not exists (select from item_versions where item_id = items.id)`
      say(`${itemCount} items written; their indexes are built now`)
      for (const { indexdef } of indexes) await tx.unsafe(String(indexdef))
    }),
  )
  await onConnection('items', urls.items, (sql) => sql`vacuum (analyze) items, item_versions`)
  say(`${itemCount} items of ${owners.length} users written in ${Math.round((performance.now() - startedMs) / 1000)} s`)
}

/** An index is built in a fraction of the time that adding to it row by row takes. */
async function dropIndexes(tx: TransactionSql) {
  const indexes = await tx`
    select indexname, indexdef from pg_indexes where schemaname = 'public' and tablename = 'items' and indexname <> 'items_pkey'`
  for (const { indexname } of indexes) await tx`drop index ${tx(String(indexname))}`
  return indexes
}

// Nobody logs in as one of them: the hash is that of no password.
async function writeUsers(sql: Sql, owners: readonly string[]): Promise<void> {
  const lines = owners.map((id) => {
    const name = `made-up-${id.slice(0, 18)}`
    return line([
      id,
      name,
      `${name}@example.com`,
      '-',
      '{user,creator}',
      moment(Date.now() - (OLDEST_DAYS + 1) * DAY_MS),
    ])
  })
  await copy(sql, 'users', ['id', 'username', 'email', 'password_hash', 'roles', 'created_at'], lines)
}

const itemColumns = [
  'id',
  'owner_id',
  'name',
  'description',
  'status',
  'visibility',
  'tags',
  'created_at',
  'updated_at',
]

function* itemLines(itemCount: number, owners: readonly string[]): Generator<string> {
  const random = makeRandom(1_843)
  const { name, description, tags } = writer(random)
  const nowMs = Date.now()
  for (let number = 0; number < itemCount; number += 1) {
    // More of them lately, and more of some people.
    const createdMs = nowMs - Math.floor(OLDEST_DAYS * DAY_MS * random() ** 1.7)
    const updatedMs = random() < 0.6 ? createdMs : createdMs + Math.floor((nowMs - createdMs) * random())
    const owner = owners[Math.floor(owners.length * random() ** 2)]!
    const status = random() < 0.75 ? 'ACTIVE' : (['DRAFT', 'INACTIVE', 'ARCHIVED'] as const)[Math.floor(random() * 3)]!
    const visibility = random() < 0.8 ? 'PUBLIC' : 'PRIVATE'
    const list = `{${tags()
      .map((tag) => `"${tag}"`)
      .join(',')}}`
    yield line([
      randomUUID(),
      owner,
      name(),
      description(),
      status,
      visibility,
      list,
      moment(createdMs),
      moment(updatedMs),
    ])
  }
}

async function copy(sql: Sql | TransactionSql, table: string, columns: readonly string[], lines: Iterable<string>) {
  const into = await sql`copy ${sql(table)} (${sql(columns as string[])}) from stdin`.writable()
  await pipeline(Readable.from(inChunks(lines)), into)
}

function* inChunks(lines: Iterable<string>): Generator<string> {
  let chunk: string[] = []
  for (const one of lines) {
    chunk.push(one)
    if (chunk.length < CHUNK_ROWS) continue
    yield chunk.join('')
    chunk = []
  }
  yield chunk.join('')
}

// The text format of COPY: tabs between values, `\N` for null, and a backslash before what would be taken for either.
const line = (values: readonly (string | null)[]) =>
  `${values.map((value) => (value === null ? '\\N' : value.replace(/[\\\t\n\r]/g, escapeOf))).join('\t')}\n`

const escapeOf = (character: string) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[character]!

const moment = (ms: number) => new Date(ms).toISOString()
