// A server of Tributary in a process of its own, as a deployment has it, which may be killed and started again.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { LOADING_QUICKLY } from './child-process.ts'

export interface ServerProcess {
  readonly port: number
  /** Resolves when it answers `/readyz`. @throws Error with what it wrote when it does not */
  start(): Promise<void>
  /** Resolves when it is gone. SIGTERM unless told otherwise. Ending twice does no harm. */
  end(signal?: NodeJS.Signals): Promise<void>
  /** Sends a signal that does not end it, as SIGSTOP. */
  signal(signal: NodeJS.Signals): void
  /** What it wrote in all its lives, or the last of it. */
  output(): string
}

export interface ServerProcessOptions {
  /** Path from the project's folder. */
  readonly entry: string
  readonly port: number
  /** Its whole environment, but for PORT. */
  readonly env: Readonly<Record<string, string>>
}

const START_TIMEOUT_MS = 30_000
const OUTPUT_KEPT = 100_000

const projectFolder = fileURLToPath(new URL('..', import.meta.url))

/** Nothing is started yet. */
export function serverProcess({ entry, port, env }: ServerProcessOptions): ServerProcess {
  let child: ChildProcess | undefined
  let output = ''

  async function end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const running = child
    child = undefined
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const ended = once(running, 'exit')
    running.kill(signal)
    await ended
  }

  return {
    port,
    end,
    output: () => output,
    signal: (signal) => void child?.kill(signal),
    async start() {
      const started = spawn(process.execPath, [...LOADING_QUICKLY, entry], {
        cwd: projectFolder,
        env: { ...env, PORT: String(port) },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true, // Ctrl-C comes to this process alone, which ends them in order
      })
      child = started
      killAtExit(started)
      for (const stream of [started.stdout, started.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-OUTPUT_KEPT)))
      }
      const isGone = () => started.exitCode !== null || started.signalCode !== null
      for (const startedAtMs = performance.now(); performance.now() - startedAtMs < START_TIMEOUT_MS; await sleep(50)) {
        if (isGone()) break
        const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null)
        await response?.body?.cancel()
        if (response?.status === 200) return
      }
      // Ended by somebody while it started: that is no failure.
      if (child !== started) return
      await end('SIGKILL')
      throw new Error(`${entry} did not start:\n${output}`)
    },
  }
}

const running = new Set<ChildProcess>()

/** Whatever ends this process, none of its servers is left behind. */
function killAtExit(child: ChildProcess): void {
  if (running.size === 0) process.once('exit', killAll)
  running.add(child)
  child.once('exit', () => {
    running.delete(child)
    if (running.size === 0) process.off('exit', killAll)
  })
}

function killAll(): void {
  for (const child of running) child.kill('SIGKILL')
}
