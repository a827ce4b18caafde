// Where the CPU of our gateway goes, of its executor alone, or of a process of the whole system: a profile for a browser's
// developer tools, and as text the packages and the functions with most of it.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
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

/** Until most of what runs often is compiled. */
const WARM_UP_MS = 3_000
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
  const onItsCore = ownCore()
  const profiled = (command: Command): Command =>
    onItsCore({
      ...command,
      args: ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${file}`, ...command.args],
    })
  const loaded = await (processes.includes(name) ? loadSystem : loadGateway)(options, profiled)
  say(`bench/profiles/${file}`)

  const written = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Profile
  for (const [group, shown] of [
    [packageOf, PACKAGES_SHOWN],
    [functionOf, FUNCTIONS_SHOWN],
  ] as const) {
    say('')
    for (const [name, share] of shares(written, loaded, group).slice(0, shown)) {
      say(`${(share * 100).toFixed(1).padStart(6)} %  ${name}`)
    }
  }
}

type Profiled = (command: Command) => Command

/**
 * A core for the profiled process alone; this one and all others that it starts share the rest. A profile counts time, and
 * whoever is pushed off a core seems to have spent the time where that happened: in the write that woke somebody up. With
 * six processes on two cores that was 43 % of a subgraph, of which 5 % were CPU.
 */
function ownCore(): Profiled {
  if (process.platform !== 'linux' || availableParallelism() === 1) return (command) => command
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', `1-${availableParallelism() - 1}`, `${process.pid}`])
  return ({ args, ...command }) => ({
    ...command,
    program: 'taskset',
    args: ['--cpu-list', '0', process.execPath, ...args],
  })
}

/** Microseconds of the clock that processes of a machine share, V8's profiles among them. */
interface Span {
  readonly fromUs: number
  readonly toUs: number
}

/** The profile is written when the process ends. @returns when it was under load */
async function loadGateway(options: ProfileOptions, profiled: Profiled): Promise<Span> {
  const { name, folder } = options
  const gateway = gateways.find((each) => each.name === name && each.installedAt === null)
  if (!gateway) throw new Error(`--profile takes ours, bare, ${processes.join(', ')}, not ${name}.`)
  const subgraphs = await startRecordedSubgraphs(folder)
  try {
    const { contender, server } = await startGateway(gateway, subgraphs.setting, profiled)
    return await loadContender(contender, options).finally(() => server.end())
  } finally {
    await subgraphs.end()
  }
}

function loadSystem(options: ProfileOptions, profiled: Profiled): Promise<Span> {
  return withDatabases(options.folder, async ({ databaseUrls, serve }) => {
    const contender = await startOurs({
      databaseUrls,
      serve: (name, command, isReady) => serve(name, name === options.name ? profiled(command) : command, isReady),
    })
    return loadContender(contender, options)
  })
}

async function loadContender(contender: Contender, { query, durationMs }: ProfileOptions): Promise<Span> {
  const requests = (await compareAnswers([contender], query, PAGES)).get(contender.name)!
  const load = startLoadGenerator()
  try {
    const job = { url: contender.url, requests, connections: CONNECTIONS }
    await load.run({ ...job, durationMs: WARM_UP_MS })
    const fromUs = nowUs()
    const { answered } = await load.run({ ...job, durationMs })
    const toUs = nowUs()
    say(`\n${query}, distinct requests: ${answered} answered.`)
    return { fromUs, toUs }
  } finally {
    await load.end()
  }
}

const nowUs = () => Number(process.hrtime.bigint() / 1_000n)

/** As V8 writes it. */
interface Profile {
  readonly startTime: number
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: CallFrame
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

interface CallFrame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
}

/** Functions that called each other, the last one first. */
type Stack = readonly [CallFrame, ...CallFrame[]]

/** Which share of the time in a span that was not idle each group took, the largest first. */
function shares(
  { startTime, nodes, samples, timeDeltas }: Profile,
  { fromUs, toUs }: Span,
  groupOf: (stack: Stack) => string,
): [string, number][] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
  const stackOf = (id: number): CallFrame[] => {
    const caller = callers.get(id)
    return [frames.get(id)!, ...(caller === undefined ? [] : stackOf(caller))]
  }
  const groups = new Map(nodes.map(({ id }) => [id, groupOf(stackOf(id) as [CallFrame, ...CallFrame[]])]))
  const tookUs = new Map<string, number>()
  let atUs = startTime
  for (const [index, id] of samples.entries()) {
    atUs += timeDeltas[index]!
    if (atUs < fromUs || atUs > toUs) continue
    const group = groups.get(id)!
    tookUs.set(group, (tookUs.get(group) ?? 0) + timeDeltas[index]!)
  }
  tookUs.delete('(idle)')
  const allUs = [...tookUs.values()].reduce((sum, us) => sum + us, 0)
  return [...tookUs].map(([group, us]): [string, number] => [group, us / allUs]).sort(([, a], [, b]) => b - a)
}

/** The function that was running. */
function functionOf([{ functionName, url, lineNumber }]: Stack): string {
  return `${functionName || '(anonymous)'}${url && `  ${placeOf(url)}:${lineNumber + 1}`}`
}

const writes = ['writev', 'writeBuffer', 'writeString', 'writeUtf8String', 'writeLatin1String']

/**
 * The package, or the folder of ours, that was running, or that had called what is Node's own. Writes to sockets are told
 * apart by it; what V8 does by itself has a name in brackets, or is `runMicrotasks`.
 */
function packageOf(stack: Stack): string {
  const [{ functionName }] = stack
  if (/^\(.+\)$|^runMicrotasks$/.test(functionName)) return functionName
  const called = stack.map(({ url }) => placeOf(url)).find((place) => place !== '' && !/^(node|wasm):/.test(place))
  const name = /^(@[^/]+\/[^/]+|(gateway|platform|subgraphs)(\/[^/]+)?(?=\/)|[^/]+)/.exec(called ?? 'node')![0]
  return writes.includes(functionName) ? `writes of ${name}` : name
}

const placeOf = (url: string) =>
  url.startsWith('file://') ? url.replace(/^.*node_modules\//, '').replace(projectUrl, '') : url
