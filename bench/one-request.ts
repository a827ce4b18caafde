// Where the time of one query goes: the one of docs/one-request.md, warm, one at a time, on the items of the seed.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'undici'
import { readDocument, recordFetches } from '../e2e/support/one-request.ts'
import { clean } from '../local/clean.ts'
import { startLocal } from '../local/index.ts'
import { localConfig } from '../platform/config.ts'
import { openDatabase } from '../platform/database.ts'
import { say } from '../platform/log.ts'
import type { SubgraphName } from '../platform/subgraphs.ts'
import { median } from './statistics.ts'

/** Until V8 has compiled what runs often, and every statement is prepared on its connection. */
const WARM_UP = 1_000

interface Statement {
  readonly text: string
  readonly parameters: readonly unknown[]
}

/** @returns medians in milliseconds, by what took them */
export async function measureOneRequest(requests: number): Promise<Record<string, number>> {
  const { query, variables } = await readDocument()
  const dataDir = mkdtempSync(join(tmpdir(), 'tributary-bench-'))
  const statements = new Map<SubgraphName, Statement>()
  const tributary = await startLocal(localConfig({ DATA_DIR: dataDir, PORT: '0' }), {
    web: false,
    onStatement: (subgraph, text, parameters) => void statements.set(subgraph, { text, parameters }),
  })
  const ask = client(tributary.url, JSON.stringify({ query, variables }))
  // Each statement without its subgraph, too: on a pool of its own, prepared, between two requests.
  const items = statementRunner(tributary.databaseUrls.items)
  const users = statementRunner(tributary.databaseUrls.users)
  const recorder = recordFetches()
  try {
    const firstMs = await timed(ask.send)
    const measured: Record<string, number[]> = {}
    for (let count = -WARM_UP; count < requests; count += 1) {
      recorder.fetches.length = 0
      const wholeMs = await timed(ask.send)
      const [itemsMs, usersMs] = recorder.fetches.map(({ tookMs }) => tookMs)
      if (itemsMs == null || usersMs == null) throw new Error('The query did not make two fetches.')
      const tookMs = {
        'the whole, as the client sees it': wholeMs,
        'the gateway, and HTTP to the client': wholeMs - itemsMs - usersMs,
        'the fetch from items': itemsMs,
        'the statement of items alone': await timed(() => items.run(statements.get('items')!)),
        'the fetch from users': usersMs,
        'the statement of users alone': await timed(() => users.run(statements.get('users')!)),
      }
      if (count < 0) continue
      for (const [what, ms] of Object.entries(tookMs)) (measured[what] ??= []).push(ms)
    }
    const medians = Object.entries(measured).map(([what, ms]) => [what, Number(median(ms).toFixed(2))] as const)
    say(`\nMedians of ${requests} requests, one at a time:`)
    for (const [what, ms] of medians) say(`  ${what.padEnd(36)} ${ms.toFixed(2)} ms`)
    say(`The very first request: ${firstMs.toFixed(0)} ms`)
    return { ...Object.fromEntries(medians), 'the very first request': Math.round(firstMs) }
  } finally {
    recorder.end()
    await Promise.all([ask.close(), items.close(), users.close()])
    await tributary.close()
    await clean(dataDir)
  }
}

function client(url: string, body: string) {
  const connection = new Client(url)
  const headers = { 'content-type': 'application/json' }
  return {
    async send(): Promise<void> {
      const response = await connection.request({ method: 'POST', path: '/graphql', headers, body })
      await response.body.text()
    },
    close: () => connection.close(),
  }
}

function statementRunner(url: string) {
  const { sql, close } = openDatabase(url, { applicationName: 'bench', statementTimeoutMs: 2_000 })
  return {
    run: ({ text, parameters }: Statement) => sql.unsafe(text, [...parameters] as never[], { prepare: true }).values(),
    close,
  }
}

async function timed(work: () => PromiseLike<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}
