// The gateway alone: every gateway before the same two subgraphs, whose answers are recorded.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { freePort } from '../local/free-port.ts'
import { queries, queryText } from './answers.ts'
import type { QueryName } from './answers.ts'
import { measureContest } from './contest.ts'
import type { RunOptions } from './contest.ts'
import { gateways } from './gateways.ts'
import type { Gateway, Setting } from './gateways.ts'
import { composeSupergraph } from './recorded-subgraphs.ts'
import type { SubgraphUrls } from './recorded-subgraphs.ts'
import type { Results } from './results.ts'
import type { Contender } from './rounds.ts'
import { startServer, untilReady } from './server-process.ts'
import type { Command, ServerProcess } from './server-process.ts'

/** @throws Error when answers differ, or ours does not start */
export async function measureGateways(options: RunOptions): Promise<Results> {
  const subgraphs = await startRecordedSubgraphs(options.folder)
  const servers: ServerProcess[] = []
  const entrants = gateways.map((gateway) => ({
    ...gateway,
    async start() {
      const { contender, server } = await startGateway(gateway, subgraphs.setting)
      servers.push(server)
      return contender
    },
  }))
  try {
    const { countFetches } = subgraphs
    return await measureContest('gateway', entrants, { databasePid: null, countFetches }, options)
  } finally {
    await Promise.all(servers.map((server) => server.end()))
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
  const url = `http://127.0.0.1:${port}${path}`
  const server = startServer(changed(command({ ...setting, port })), join(setting.emptyFolder, `../${name}.log`))
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  try {
    await untilReady(server, async () => {
      const { statusCode, body } = await request(url, { method: 'POST', headers, body: bodyOf('small', 0) })
      await body.dump()
      return statusCode === 200
    })
  } catch (error) {
    await server.end()
    throw error
  }
  return { contender: { name, url, body: bodyOf, pids: { [name]: server.pid } }, server }
}

const texts = Object.fromEntries(queries.map((name) => [name, queryText(name)])) as Record<QueryName, string>

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
