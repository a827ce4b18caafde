// The processes that are measured: each by its own, its output in a file, ended by its id.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Command {
  /** Default: Node. */
  readonly program?: string
  /** For Node its own options, a file, the file's arguments. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Where it looks for files of its own. */
  readonly cwd: string
  /** Whether it answers messages of its parent. */
  readonly hasChannel?: boolean
}

export interface ServerProcess {
  readonly pid: number
  /** The end of what it wrote. */
  output(): string
  readonly isRunning: boolean
  /** Sends a message to a process that has a channel. @returns the answer */
  ask(message: object): Promise<unknown>
  /** SIGTERM, and SIGKILL to one that has not ended by then. */
  end(): Promise<void>
}

const END_TIMEOUT_MS = 8_000
const START_TIMEOUT_MS = 45_000
const POLL_MS = 50
const OUTPUT_SHOWN = 2_000

/** Runs it as production does, with nothing in its environment but this. @param logFile gets both of its streams */
export function startServer(
  { program = process.execPath, args, env, cwd, hasChannel = false }: Command,
  logFile: string,
): ServerProcess {
  const log = openSync(logFile, 'a')
  const child: ChildProcess = spawn(program, args, {
    cwd,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
    stdio: ['ignore', log, log, ...(hasChannel ? (['ipc'] as const) : [])],
  })
  closeSync(log)
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'exit')
    .catch((error: Error) => appendFileSync(logFile, error.message)) // there is no such program
    .finally(() => process.off('exit', kill))
  const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null
  return {
    pid: child.pid!,
    output: () => readFileSync(logFile, 'utf8').slice(-OUTPUT_SHOWN),
    get isRunning() {
      return isRunning()
    },
    async ask(message) {
      const answered = once(child, 'message')
      child.send(message)
      const [answer] = (await Promise.race([answered, ended])) ?? []
      return answer
    },
    async end() {
      if (!isRunning()) return
      child.kill('SIGTERM')
      const timer = setTimeout(kill, END_TIMEOUT_MS)
      await ended
      clearTimeout(timer)
    },
  }
}

/** @throws Error with its output when it ends, or time does, before `isReady` */
export async function untilReady(server: ServerProcess, isReady: () => Promise<boolean>): Promise<void> {
  for (const startedMs = Date.now(); Date.now() - startedMs < START_TIMEOUT_MS; await sleep(POLL_MS)) {
    if (!server.isRunning) break
    if (await isReady().catch(() => false)) return // nobody listens yet
  }
  throw new Error(`${server.isRunning ? 'No answer in time' : 'It ended by itself'}. Its output:\n${server.output()}`)
}
