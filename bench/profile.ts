// Where the CPU of our gateway goes, of its executor alone, or of a process of the whole system: a profile for a browser's
// developer tools, and as text the packages and the functions with most of it.
import { mkdirSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { say } from '../platform/log.ts'
import { compareAnswers } from './answers.ts'
import type { QueryName } from './answers.ts'
import { PAGES } from './contest.ts'
import { startOurs, withDatabases } from './end-to-end.ts'
import { startGateway, startRecordedSubgraphs } from './gateway.ts'
import { gateways, projectFile } from './gateways.ts'
import { startLoadGenerator } from './load-generator.ts'
import { CONNECTIONS } from './rounds.ts'
import type { Contender } from './rounds.ts'
import type { Command } from './server-process.ts'

const PACKAGES_SHOWN = 20
const FUNCTIONS_SHOWN = 40

/** Processes of the whole system. */
const processes = ['gateway', 'users', 'items']

const projectUrl = pathToFileURL(projectFile('')).href

interface ProfileOptions {
  /** A gateway of ours, beside recorded subgraphs, or one of the processes of the whole system. */
  readonly name: string
  readonly query: QueryName
  readonly durationMs: number
  /** Empty, for whatever is written on the way. */
  readonly folder: string
}

/** @throws Error for others, who end without writing a profile */
export async function profile(options: ProfileOptions): Promise<void> {
  const { name, query } = options
  const folder = projectFile('bench/profiles')
  const file = `${name}-${query}.cpuprofile`
  mkdirSync(folder, { recursive: true })
  const profiled = (command: Command): Command => ({
    ...command,
    args: ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${file}`, ...command.args],
  })
  await (processes.includes(name) ? loadSystem : loadGateway)(options, profiled)
  say(`bench/profiles/${file}`)

  const written = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Profile
  for (const [group, shown] of [
    [packageOf, PACKAGES_SHOWN],
    [functionOf, FUNCTIONS_SHOWN],
  ] as const) {
    say('')
    for (const [name, share] of shares(written, group).slice(0, shown)) {
      say(`${(share * 100).toFixed(1).padStart(6)} %  ${name}`)
    }
  }
}

type Profiled = (command: Command) => Command

/** The profile is written when the process ends. */
async function loadGateway(options: ProfileOptions, profiled: Profiled): Promise<void> {
  const { name, folder } = options
  const gateway = gateways.find((each) => each.name === name && each.installedAt === null)
  if (!gateway) throw new Error(`--profile takes ours, bare, ${processes.join(', ')}, not ${name}.`)
  const subgraphs = await startRecordedSubgraphs(folder)
  try {
    const { contender, server } = await startGateway(gateway, subgraphs.setting, profiled)
    await loadContender(contender, options).finally(() => server.end())
  } finally {
    await subgraphs.end()
  }
}

async function loadSystem(options: ProfileOptions, profiled: Profiled): Promise<void> {
  await withDatabases(options.folder, async ({ databaseUrls, serve }) => {
    const contender = await startOurs({
      databaseUrls,
      serve: (name, command, isReady) => serve(name, name === options.name ? profiled(command) : command, isReady),
    })
    await loadContender(contender, options)
  })
}

async function loadContender(contender: Contender, { query, durationMs }: ProfileOptions): Promise<void> {
  const requests = (await compareAnswers([contender], query, PAGES)).get(contender.name)!
  const load = startLoadGenerator()
  try {
    const { answered } = await load.run({ url: contender.url, requests, connections: CONNECTIONS, durationMs })
    say(`\n${query}, distinct requests: ${answered} answered.`)
  } finally {
    await load.end()
  }
}

/** As V8 writes it. */
interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

interface CallFrame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
}

/** Which share of the time that was not idle each group of functions was running itself, the largest first. */
function shares({ nodes, samples, timeDeltas }: Profile, groupOf: (frame: CallFrame) => string): [string, number][] {
  const groups = new Map(nodes.map(({ id, callFrame }) => [id, groupOf(callFrame)]))
  const tookUs = new Map<string, number>()
  for (const [index, id] of samples.entries()) {
    const group = groups.get(id)!
    tookUs.set(group, (tookUs.get(group) ?? 0) + timeDeltas[index]!)
  }
  tookUs.delete('(idle)')
  const allUs = [...tookUs.values()].reduce((sum, us) => sum + us, 0)
  return [...tookUs].map(([group, us]): [string, number] => [group, us / allUs]).sort(([, a], [, b]) => b - a)
}

function functionOf({ functionName, url, lineNumber }: CallFrame): string {
  return `${functionName || '(anonymous)'}${url && `  ${placeOf(url)}:${lineNumber + 1}`}`
}

/** A package, a folder of ours, or a part of Node; functions of V8 and of Node's own C++ stand for themselves. */
function packageOf({ functionName, url }: CallFrame): string {
  if (url === '') return functionName
  return /^(node:(internal\/)?[^/]+|@[^/]+\/[^/]+|(gateway|platform|subgraphs)(\/[^/]+)?(?=\/)|[^/]+)/.exec(
    placeOf(url),
  )![0]
}

const placeOf = (url: string) =>
  url.startsWith('file://') ? url.replace(/^.*node_modules\//, '').replace(projectUrl, '') : url
