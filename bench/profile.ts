// Where the CPU of our gateway goes, or that of its executor alone: a profile for a browser's developer tools, and as text
// the packages and the functions with most of it.
import { mkdirSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { say } from '../platform/log.ts'
import { compareAnswers } from './answers.ts'
import type { QueryName } from './answers.ts'
import { PAGES } from './contest.ts'
import { startGateway, startRecordedSubgraphs } from './gateway.ts'
import { gateways, projectFile } from './gateways.ts'
import { startLoadGenerator } from './load-generator.ts'
import { CONNECTIONS } from './rounds.ts'

const PACKAGES_SHOWN = 20
const FUNCTIONS_SHOWN = 40

const projectUrl = pathToFileURL(projectFile('')).href

/** @param options.name one of those that are ours: others end without writing a profile */
export async function profileGateway(options: {
  readonly name: string
  readonly query: QueryName
  readonly durationMs: number
  /** Empty, for whatever is written on the way. */
  readonly folder: string
}): Promise<void> {
  const { name, query, durationMs, folder } = options
  const gateway = gateways.find((each) => each.name === name && each.installedAt === null)
  if (!gateway) throw new Error(`--profile takes ours or bare, not ${name}.`)
  const profiles = projectFile('bench/profiles')
  const file = `${name}-${query}.cpuprofile`
  mkdirSync(profiles, { recursive: true })

  const subgraphs = await startRecordedSubgraphs(folder)
  const load = startLoadGenerator()
  try {
    const { contender, server } = await startGateway(gateway, subgraphs.setting, (command) => ({
      ...command,
      args: ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${file}`, ...command.args],
    }))
    try {
      const requests = (await compareAnswers([contender], query, PAGES)).get(name)!
      const { answered } = await load.run({ url: contender.url, requests, connections: CONNECTIONS, durationMs })
      say(`\n${query}, distinct requests: ${answered} answered. bench/profiles/${file}`)
    } finally {
      await server.end() // writes the profile
    }
  } finally {
    await Promise.all([subgraphs.end(), load.end()])
  }
  const profile = JSON.parse(readFileSync(`${profiles}/${file}`, 'utf8')) as Profile
  for (const [group, shown] of [
    [packageOf, PACKAGES_SHOWN],
    [functionOf, FUNCTIONS_SHOWN],
  ] as const) {
    say('')
    for (const [name, share] of shares(profile, group).slice(0, shown)) {
      say(`${(share * 100).toFixed(1).padStart(6)} %  ${name}`)
    }
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
  return /^(node:(internal\/)?[^/]+|@[^/]+\/[^/]+|(gateway|platform)(\/[^/]+)?(?=\/)|[^/]+)/.exec(placeOf(url))![0]
}

const placeOf = (url: string) =>
  url.startsWith('file://') ? url.replace(/^.*node_modules\//, '').replace(projectUrl, '') : url
