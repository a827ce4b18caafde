// `npm run bench`: how fast Tributary is, and how fast others are at the same. README.md says what is measured, and how.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { say } from '../platform/log.ts'
import { ArgumentError, readArguments } from './arguments.ts'
import type { BenchArguments } from './arguments.ts'
import { drawChart } from './chart.ts'
import { measureEndToEnd } from './end-to-end.ts'
import { measureGateways } from './gateway.ts'
import { projectFile } from './gateways.ts'
import { installPeers } from './install.ts'
import { loginTable, measureLogins } from './logins.ts'
import { measureOneRequest } from './one-request.ts'
import { profile } from './profile.ts'
import { measuredNow } from './results.ts'
import type { Measured, Results } from './results.ts'
import { measureStarts } from './start.ts'
import { measureSubscriptions } from './subscriptions.ts'
import { subscriptionTables } from './subscriptions/table.ts'
import { tables } from './table.ts'

/** Of each part; `one-request` sends thousands one after the other. */
const STARTS = { whole: 5, quick: 2 }
const SINGLE_REQUESTS = { whole: 3_000, quick: 1_000 }
/** For a 99th percentile it takes some hundred queries. */
const LOGIN_TURN_MS = { whole: 10_000, quick: 3_000 }

async function run(given: BenchArguments, folder: string): Promise<void> {
  const { parts, isQuick, profile: name, queries, turnMs } = given
  if (name !== null) {
    for (const query of queries) {
      await profile({ name, query, durationMs: turnMs, folder: inside(folder, query) })
    }
    return
  }
  if (parts.includes('gateway') || parts.includes('end-to-end')) installPeers()
  for (const part of parts) {
    say(`\n${part}`)
    switch (part) {
      case 'start':
        keep(given, { part, measured: measuredNow(), ...(await measureStarts(isQuick ? STARTS.quick : STARTS.whole)) })
        break
      case 'one-request': {
        const medianMs = await measureOneRequest(isQuick ? SINGLE_REQUESTS.quick : SINGLE_REQUESTS.whole)
        keep(given, { part, measured: measuredNow(), medianMs })
        break
      }
      case 'gateway':
        keepTables(given, await measureGateways({ ...given, folder: inside(folder, part) }))
        break
      case 'end-to-end':
        keepTables(given, await measureEndToEnd({ ...given, folder: inside(folder, part) }))
        break
      case 'subscriptions': {
        const results = await measureSubscriptions({ isQuick, folder: inside(folder, part) })
        say(subscriptionTables(results))
        keep(given, results)
        break
      }
      case 'logins': {
        const { rounds } = given
        const turnMs = isQuick ? LOGIN_TURN_MS.quick : LOGIN_TURN_MS.whole
        const results = await measureLogins({ rounds, turnMs, folder: inside(folder, part) })
        say(loginTable(results))
        keep(given, results)
        break
      }
    }
  }
  if (given.isWhole) drawChart()
}

function keepTables(given: BenchArguments, results: Results): void {
  say(tables(results))
  keep(given, results)
}

// Only what was measured whole replaces what is committed.
function keep<Kept extends { readonly part: string; readonly measured: Measured }>(
  { isWhole }: BenchArguments,
  results: Kept,
): void {
  const file = `bench/results/${isWhole ? '' : 'partial/'}${results.part}.json`
  mkdirSync(dirname(projectFile(file)), { recursive: true })
  writeFileSync(projectFile(file), `${JSON.stringify(results, null, 2)}\n`)
  say(`\n${file}`)
}

function inside(folder: string, name: string): string {
  const path = join(folder, name)
  mkdirSync(path)
  return path
}

if (import.meta.main) {
  let folder: string | undefined
  const removeFolder = () => folder && rmSync(folder, { recursive: true, force: true })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.once('exit', removeFolder) // the last one: those before end what still writes to it
      process.exit(1)
    })
  }
  try {
    const given = readArguments(process.argv.slice(2))
    folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'))
    await run(given, folder)
  } catch (error) {
    process.stderr.write(`${error instanceof ArgumentError ? error.message : (error as Error).stack}\n`)
    process.exitCode = 1
  } finally {
    removeFolder()
  }
}
