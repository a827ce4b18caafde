// A process of the system, started by its entry file as in a deployment, that can be asked how much memory it takes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Env, RunningProcess } from '../../e2e/support/processes.ts'
import type { MemoryQuestion, MemoryReport } from './memory-report.ts'

export interface MeasuredProcess extends RunningProcess {
  memory(question: MemoryQuestion): Promise<MemoryReport>
  /** How often it has logged this message. */
  logged(message: string): number
}

/** Lines kept of what went wrong: the first ones tell why. A log of half an hour would be a leak of the test's own. */
const LINES_KEPT = 20
const projectFolder = fileURLToPath(new URL('../..', import.meta.url))

/** Of its output only what is no ordinary line of the log is kept. */
export function startMeasuredProcess(entry: string, env: Env): MeasuredProcess {
  const child = spawn(process.execPath, ['--expose-gc', '--import', './gateway/testing/memory-report.ts', entry], {
    cwd: projectFolder,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const messages = new Map<string, number>()
  const wrong: string[] = []
  for (const stream of [child.stdout!, child.stderr!]) createInterface(stream).on('line', read)
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const killChild = () => void child.kill('SIGKILL')
  process.once('exit', killChild)
  void ended.then(() => process.off('exit', killChild))

  function read(line: string): void {
    const { level, msg } = readLine(line)
    messages.set(msg, (messages.get(msg) ?? 0) + 1)
    if (level !== 'info' && wrong.length < LINES_KEPT) wrong.push(line)
  }

  return {
    output: () => wrong.join('\n'),
    ended,
    end: (signal = 'SIGTERM') => {
      child.kill(signal)
      return ended
    },
    async memory(question) {
      child.send(question)
      const [report] = (await once(child, 'message')) as [MemoryReport]
      return report
    },
    logged: (message) => messages.get(message) ?? 0,
  }
}

function readLine(line: string): { level: string; msg: string } {
  try {
    return JSON.parse(line) as { level: string; msg: string }
  } catch {
    return { level: 'none', msg: '' }
  }
}
