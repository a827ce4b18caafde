// End to end on Postgres: ours as the three processes of a deployment, PostGraphile and an endpoint written by hand on the
// same tables in one database. All share one Postgres and one machine.
import { join } from 'node:path'
import postgres from 'postgres'
import { request } from 'undici'
import { dataFolder } from '../local/data-folder.ts'
import { freePort } from '../local/free-port.ts'
import { findPostmaster } from '../local/postgres-cluster.ts'
import { startPostgres } from '../local/postgres.ts'
import { makeLog } from '../platform/log.ts'
import { queryText } from './answers.ts'
import type { QueryName } from './answers.ts'
import { measureContest, PAGES } from './contest.ts'
import type { Entrant, RunOptions } from './contest.ts'
import { makeServe, startDeployment } from './deployment.ts'
import type { Serve } from './deployment.ts'
import { projectFile } from './gateways.ts'
import { OURS } from './results.ts'
import type { Results } from './results.ts'
import type { Contender } from './rounds.ts'
import { PAGE_STEP, pageStarts, writeRows } from './rows.ts'
import type { Place } from './rows.ts'
import type { Command } from './server-process.ts'

/** Each of our two subgraphs has ten, so who has one process for both gets as many. */
const DATABASE_CONNECTIONS = '20'

type DatabaseUrls = Readonly<Record<'users' | 'items' | 'monolith', string>>

interface Surroundings {
  readonly databaseUrls: DatabaseUrls
  readonly serve: Serve
}

/** @throws Error when answers differ, or ours does not start, for instance for want of Redis */
export function measureEndToEnd(options: RunOptions): Promise<Results> {
  return withDatabases(options.folder, ({ databasePid, ...surroundings }) =>
    measureContest('end-to-end', entrants(surroundings), { databasePid, countFetches: null }, options),
  )
}

/** Does the work beside a Postgres with all rows, and ends what it started. @param folder empty */
export async function withDatabases<Done>(
  folder: string,
  work: (surroundings: Surroundings & { readonly databasePid: number | null }) => Promise<Done>,
): Promise<Done> {
  const dataDir = join(folder, 'data')
  const database = await startPostgres({ dataDir, log: makeLog('bench', 'silent') })
  const { serve, end } = makeServe(folder)
  try {
    await createDatabase(database.urlOf('postgres'), 'monolith')
    const databaseUrls = {
      users: database.urlOf('users'),
      items: database.urlOf('items'),
      monolith: database.urlOf('monolith'),
    }
    await writeRows(PAGES, databaseUrls)
    return await work({ databaseUrls, serve, databasePid: findPostmaster(dataFolder(dataDir))?.pid ?? null })
  } finally {
    await end()
    await database.stop()
  }
}

function entrants(surroundings: Surroundings): Entrant[] {
  return [
    {
      name: OURS,
      title: 'Tributary, three processes',
      installedAt: null,
      start: () => startOurs(surroundings),
    },
    {
      name: 'postgraphile',
      title: 'PostGraphile',
      installedAt: 'bench/peers/postgraphile/node_modules/postgraphile',
      start: () => startPostGraphile(surroundings),
    },
    {
      name: 'sql',
      title: 'SQL by hand behind node:http',
      installedAt: null,
      start: () => startSql(surroundings),
    },
  ]
}

export async function startOurs({ databaseUrls, serve }: Surroundings): Promise<Contender> {
  const { gatewayUrl: url, pids } = await startDeployment(serve, databaseUrls)
  const cursors = await readCursors(url, 'items(first: 100, after: $after)', 'String')
  return {
    name: OURS,
    url,
    pids,
    body: (query, page) => JSON.stringify({ query: queryText(query), variables: { after: cursors[page] } }),
  }
}

async function startPostGraphile({ databaseUrls, serve }: Surroundings): Promise<Contender> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/graphql`
  const list = 'items: allItems(first: 100, after: $after, orderBy: [CREATED_AT_DESC, ROW_ID_DESC])'
  const server = await serve(
    'postgraphile',
    { args: [projectFile('bench/peers/postgraphile/server.mjs')], ...monolith(databaseUrls, port) },
    async () => (await readCursors(url, list, 'Cursor')).length > 0,
  )
  const cursors = await readCursors(url, list, 'Cursor')
  return {
    name: 'postgraphile',
    url,
    pids: { postgraphile: server.pid },
    body: (query, page) =>
      JSON.stringify({ query: queryText(`postgraphile/${query}`), variables: { after: cursors[page] } }),
  }
}

async function startSql({ databaseUrls, serve }: Surroundings): Promise<Contender> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  const starts = pageStarts(PAGES)
  const placeOf = (place: Place | null) => place && [place.createdAt.toISOString(), place.id]
  const body = (query: QueryName, page: number) =>
    JSON.stringify({ query, first: query === 'small' ? 3 : 100, after: placeOf(starts[page]!) })
  const server = await serve(
    'sql',
    { args: [projectFile('bench/contenders/sql.ts')], ...monolith(databaseUrls, port) },
    async () => (await request(url, { method: 'POST', body: body('small', 0) })).statusCode === 200,
  )
  return { name: 'sql', url, pids: { sql: server.pid }, body }
}

function monolith({ monolith }: DatabaseUrls, port: number): Pick<Command, 'env' | 'cwd'> {
  return { env: { PORT: String(port), DATABASE_URL: monolith, DATABASE_CONNECTIONS }, cwd: projectFile('') }
}

/** Walks through the list. @returns the cursor that each page begins after: everybody writes cursors in a way of their own */
async function readCursors(url: string, list: string, type: string): Promise<(string | null)[]> {
  const query = `query ($after: ${type}) { ${list} { edges { cursor } pageInfo { hasNextPage endCursor } } }`
  const cursors: string[] = []
  let page: CursorPage['data']['items'] | undefined
  do {
    const { body } = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query, variables: { after: page?.pageInfo.endCursor ?? null } }),
    })
    page = ((await body.json()) as CursorPage).data.items
    cursors.push(...page.edges.map(({ cursor }) => cursor))
  } while (page.pageInfo.hasNextPage)
  return pageStarts(PAGES).map((_, page) => (page === 0 ? null : cursors[page * PAGE_STEP - 1]!))
}

interface CursorPage {
  readonly data: {
    readonly items: {
      readonly edges: readonly { readonly cursor: string }[]
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    }
  }
}

async function createDatabase(url: string, name: string): Promise<void> {
  const sql = postgres(url, { max: 1 })
  await sql`create database ${sql(name)}`.finally(() => sql.end())
}
