// The gateway alone: every gateway before the same two subgraphs, whose answers are recorded.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../local/free-port.ts'
import { say } from '../platform/log.ts'
import { compareAnswers, queries } from './answers.ts'
import type { Asked, QueryName } from './answers.ts'
import { gateways, versionOf } from './gateways.ts'
import type { Gateway, Setting } from './gateways.ts'
import { startLoadGenerator } from './load-generator.ts'
import { composeSupergraph } from './recorded-subgraphs.ts'
import type { SubgraphUrls } from './recorded-subgraphs.ts'
import { measuredNow, scenarioResults } from './results.ts'
import type { MeasuredContender, Results } from './results.ts'
import { CONNECTIONS, measure, requestKinds } from './rounds.ts'
import type { Contender } from './rounds.ts'
import { startServer, untilReady } from './server-process.ts'
import type { Command, ServerProcess } from './server-process.ts'

/** Several times as many as are under way at once. */
export const PAGES = 200

export interface RunOptions {
  readonly rounds: number
  readonly turnMs: number
  readonly queries: readonly QueryName[]
  /** Names of those to measure. Ours always is. */
  readonly only: readonly string[] | null
  /** Empty, for whatever is written on the way. */
  readonly folder: string
}

/** @throws Error when answers differ, or ours does not start */
export async function measureGateways({ rounds, turnMs, queries, only, folder }: RunOptions): Promise<Results> {
  const subgraphs = await startRecordedSubgraphs(folder)
  const load = startLoadGenerator()
  const started: RunningGateway[] = []
  const measured: MeasuredContender[] = []
  try {
    for (const gateway of gateways.filter(({ name }) => name === 'ours' || !only || only.includes(name))) {
      const { name, title, installedAt } = gateway
      const notMeasured = await startGateway(gateway, subgraphs.setting).then(
        (running) => void started.push(running),
        (error: Error) => error.message,
      )
      if (name === 'ours' && notMeasured) throw new Error(notMeasured)
      measured.push({ name, title, version: versionOf(installedAt), notMeasured: notMeasured ?? null })
      say(`  ${title}${notMeasured ? ` does not start: ${notMeasured}` : ''}`)
    }
    const contenders = started.map(({ contender }) => contender)
    const requests = new Map<QueryName, Awaited<ReturnType<typeof compareAnswers>>>()
    for (const query of queries) requests.set(query, await compareAnswers(contenders, query, PAGES))
    say(`  ${PAGES * queries.length} answers of each are equal`)

    const samples = await measure({
      contenders,
      scenarios: queries.flatMap((query) => requestKinds.map((requests) => ({ query, requests }))),
      requests,
      rounds,
      durationMs: turnMs,
      databasePid: null,
      countFetches: subgraphs.countFetches,
      load,
      onRound: (round) => say(`  round ${round + 1} of ${rounds}${round === 0 ? ', which warms up' : ''}`),
    })
    return {
      part: 'gateway',
      measured: measuredNow(),
      settings: { rounds: rounds - 1, turnMs, connections: CONNECTIONS },
      contenders: measured,
      scenarios: [...samples].map(([scenario, each]) => scenarioResults(scenario, each)),
    }
  } finally {
    await Promise.all([...started.map(({ server }) => server.end()), load.end()])
    await subgraphs.end()
  }
}

interface RunningGateway {
  readonly contender: Contender
  readonly server: ServerProcess
}

/** @param changed what is to be different from how it is started otherwise @throws Error when it does not answer */
export async function startGateway(
  { name, path, command }: Gateway,
  setting: Omit<Setting, 'port'>,
  changed = (command: Command) => command,
): Promise<RunningGateway> {
  const port = await freePort()
  const asked: Asked = { name, url: `http://127.0.0.1:${port}${path}`, body: bodyOf }
  const server = startServer(changed(command({ ...setting, port })), join(setting.emptyFolder, `../${name}.log`))
  try {
    await untilReady(server, async () => (await compareAnswers([asked], 'small', 1)).size === 1)
  } catch (error) {
    await server.end()
    throw error
  }
  return { contender: { ...asked, pids: { [name]: server.pid } }, server }
}

const texts = Object.fromEntries(
  queries.map((name) => [name, readFileSync(new URL(`queries/${name}.graphql`, import.meta.url), 'utf8')]),
) as Record<QueryName, string>

// The same text for every page, as clients send it: what depends on the text alone is made once.
function bodyOf(query: QueryName, page: number): string {
  return JSON.stringify({ query: texts[query], variables: { after: String(page).padStart(6, '0') } })
}

/** @returns what gateways are given */
export async function startRecordedSubgraphs(folder: string) {
  const child = fork(fileURLToPath(new URL('recorded-subgraphs.ts', import.meta.url)))
  const ended = once(child, 'exit')
  const [subgraphUrls] = (await Promise.race([once(child, 'message'), ended])) as [SubgraphUrls]
  const supergraphFile = join(folder, 'supergraph.graphql')
  const emptyFolder = join(folder, 'empty')
  mkdirSync(emptyFolder, { recursive: true })
  writeFileSync(supergraphFile, composeSupergraph(subgraphUrls))
  return {
    setting: { supergraphFile, subgraphUrls, emptyFolder },
    /** So far, from both. */
    async countFetches(): Promise<number> {
      const counted = once(child, 'message')
      child.send('count')
      return ((await counted) as [number])[0]
    },
    async end() {
      if (child.connected) child.disconnect() // upon which it ends
      await ended
    },
  }
}
