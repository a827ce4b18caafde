// `node bench/items/statements.ts`: the hot statements of the items subgraph among a million items, how Postgres runs each and
// how long each takes. `--items 100000` for fewer, `--url postgres://…` for a database that has them; it is only read.
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { manyItems, readSeedArguments } from '../../drizzle/many/seed-many.ts'
import { emptyDatabases } from '../../e2e/support/databases.ts'
import { asGateway } from '../../e2e/support/signed-requests.ts'
import type { SignedRequest } from '../../e2e/support/signed-requests.ts'
import { ANONYMOUS } from '../../platform/identity.ts'
import { makeLog, say } from '../../platform/log.ts'
import { makePubSub } from '../../platform/pubsub.ts'
import { startItems } from '../../subgraphs/items/index.ts'
import { percentile } from '../statistics.ts'
import { indexesOf, rowsReadOf } from './plans.ts'
import type { Plan } from './plans.ts'

const TIMES = 60
const PAGE = 20
const secret = randomUUID()

interface Statement {
  readonly text: string
  readonly parameters: readonly unknown[]
}

interface Case {
  readonly name: string
  readonly query: string
  /** For one time. */
  readonly request: (time: number) => SignedRequest
}

/** @param url of a database of items, which is only read */
export async function measureStatements(url: string): Promise<void> {
  const log = makeLog('items', 'silent')
  const pubsub = makePubSub({ redisUrl: null, log })
  let statements: Statement[] = []
  const config = {
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent' as const,
    drainTimeoutMs: 4_000,
    databaseUrl: url,
    gatewaySecrets: [secret],
    redisUrl: null,
    statementTimeoutMs: 60_000,
    eventRetentionHours: 24,
    accountsUrl: null,
  }
  const subgraph = await startItems(config, {
    log,
    pubsub,
    onStatement: (text, parameters) => void statements.push({ text, parameters }),
  })
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const ask = asGateway({ name: 'items', url: subgraph.url, secret })
    const [counted] = await sql`select count(*)::int as items from items`
    say(`${counted!['items']} items`)
    for (const { name, query, request } of await casesOn(sql, ask)) {
      const tookMs: number[] = []
      for (let time = 0; time < TIMES; time += 1) {
        statements = []
        const startedMs = performance.now()
        const { codes } = await ask(query, request(time))
        tookMs.push(performance.now() - startedMs)
        if (codes.length > 0) throw new Error(`${name}: ${codes.join()}`)
      }
      const sorted = tookMs.toSorted((one, other) => one - other)
      const figures = [50, 95, 99].map((share) => `p${share} ${percentile(sorted, share / 100).toFixed(1)} ms`)
      say(`\n${name}: ${figures.join(', ')}`)
      for (const statement of statements) {
        const plan = await explain(sql, statement)
        say(`  ${indexesOf(plan).join(' + ') || plan['Node Type']}, ${rowsReadOf(plan)} rows read at the most`)
      }
    }
  } finally {
    await sql.end()
    await subgraph.close()
    await pubsub.close()
  }
}

async function casesOn(sql: postgres.Sql, ask: ReturnType<typeof asGateway>): Promise<Case[]> {
  const owners = (await sql`select owner_id as id, count(*)::int from items group by 1 order by 2 desc limit 100`).map(
    ({ id }) => id as string,
  )
  const someItems = (await sql`select id from items tablesample system (1) limit 100`).map(({ id }) => id as string)
  const namesOf = async (visibility: string) => {
    const rows = await sql`
      select name from items tablesample system (1)
      where visibility = ${visibility} and deleted_at is null limit ${TIMES}`
    return rows.map(({ name }) => name as string)
  }
  // A name that only items have which the reader may not see is as good as a slip of the keyboard.
  const names = await namesOf('PUBLIC')
  const hiddenNames = await namesOf('PRIVATE')
  const owner = { ...ANONYMOUS, subject: owners[0]!, scopes: ['items:read'] }
  const nodes = '{ nodes { id name tags viewerPermission owner { id } } pageInfo { hasNextPage endCursor } }'
  const list = (args: string) => {
    const used = ['after', 'before', 'search']
      .filter((name) => args.includes(`$${name}`))
      .map((name) => `$${name}: String`)
    return `query${used.length > 0 ? `(${used.join()})` : ''} { items(${args}) ${nodes} }`
  }

  /** Where page 1,000 begins. */
  const far = async (orderBy: string) => {
    let after: string | null = null
    for (let page = 0; page < (1_000 * PAGE) / 100; page += 1) {
      const { data } = await ask(list(`first: 100, after: $after, orderBy: ${orderBy}`), { variables: { after } })
      if (!data.items.pageInfo.hasNextPage) break
      after = data.items.pageInfo.endCursor as string
    }
    return after
  }

  const cases: Case[] = []
  for (const orderBy of ['CREATED_DESC', 'UPDATED_DESC', 'NAME_ASC']) {
    const after = await far(orderBy)
    cases.push({ name: `${orderBy}, page 1`, query: list(`first: ${PAGE}, orderBy: ${orderBy}`), request: () => ({}) })
    cases.push({
      name: `${orderBy}, page 1,000`,
      query: list(`first: ${PAGE}, orderBy: ${orderBy}, after: $after`),
      request: () => ({ variables: { after } }),
    })
    cases.push({
      name: `${orderBy}, the page before page 1,000`,
      query: list(`last: ${PAGE}, orderBy: ${orderBy}, before: $before`),
      request: () => ({ variables: { before: after } }),
    })
  }
  const searching = (name: string, args: string, searchOf: (time: number) => string) =>
    cases.push({ name, query: list(args), request: (time) => ({ variables: { search: searchOf(time) } }) })
  const wordsOf = (time: number, from = names) =>
    from[time % from.length]!.replace(/[^\p{L}\p{N}\s]/gu, '').split(/\s+/)

  cases.push({
    name: 'all of one person who is logged in',
    query: list(`first: ${PAGE}`),
    request: () => ({ identity: owner }),
  })
  cases.push({
    name: 'with a tag',
    query: list(`first: ${PAGE}, filter: { tags: ["in repair"] }`),
    request: () => ({}),
  })
  cases.push({
    name: 'with two tags and a status',
    query: list(`first: ${PAGE}, filter: { tags: ["made by hand", "astronomy"], status: [DRAFT] }`),
    request: () => ({}),
  })
  searching(
    'an exact search for the name of an item',
    `first: ${PAGE}, search: $search`,
    (time) => `${wordsOf(time).join(' ')} `,
  )
  searching(
    'an exact search for two words',
    `first: ${PAGE}, search: $search`,
    (time) => `${wordsOf(time).slice(0, 2).join(' ')} `,
  )
  searching('a word that is being typed', `first: ${PAGE}, search: $search`, (time) => wordsOf(time)[0]!.slice(0, 4))
  searching('a word that very many items have', `first: ${PAGE}, search: $search`, () => 'bought ')
  searching(
    'a search in the order of names',
    `first: ${PAGE}, search: $search, orderBy: NAME_ASC`,
    (time) => `${wordsOf(time).join(' ')} `,
  )
  searching('a slip of the keyboard (what looks alike)', `first: ${PAGE}, search: $search`, (time) =>
    slip(wordsOf(time).toSorted((a, b) => b.length - a.length)[0]!),
  )
  searching(
    'the name of an item that is not to be read',
    `first: ${PAGE}, search: $search`,
    (time) => `${wordsOf(time, hiddenNames).join(' ')} `,
  )
  cases.push({
    name: 'the items of a hundred people',
    query: `query($r: [_Any!]!) { _entities(representations: $r) { ... on User { items(first: 10) ${nodes} } } }`,
    request: () => ({ variables: { r: owners.map((id) => ({ __typename: 'User', id })) } }),
  })
  cases.push({
    name: 'a hundred items by id',
    query: 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Item { id name viewerPermission } } }',
    request: () => ({ variables: { r: someItems.map((id) => ({ __typename: 'Item', id })) } }),
  })
  cases.push({ name: 'how many there are', query: '{ items(first: 1) { totalCount } }', request: () => ({}) })
  return cases
}

/** Two letters in the middle change places, and one is doubled, so that it is no word. */
const slip = (word: string) => {
  const middle = Math.floor(word.length / 2)
  return `${word.slice(0, middle - 1)}${word[middle] ?? ''}${word[middle - 1] ?? ''}${word.slice(middle + 1)}${word.at(-1)}`
}

async function explain(sql: postgres.Sql, { text, parameters }: Statement): Promise<Plan> {
  const [row] = await sql.unsafe(`explain (analyze, format json) ${text}`, parameters as never[])
  return (row?.['QUERY PLAN'] as [{ Plan: Plan }])[0].Plan
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { items: { type: 'string', default: '1000000' }, url: { type: 'string' } } })
  if (values.url === undefined) {
    const databases = await emptyDatabases('users', 'items')
    try {
      const urls = { users: databases.urlOf('users'), items: databases.urlOf('items') }
      await manyItems(urls, readSeedArguments(['--items', values.items]).itemCount!, say)
      await measureStatements(urls.items)
    } finally {
      await databases.remove()
    }
  } else {
    await measureStatements(values.url)
  }
}
