// A Redis server of one's own: a process on a free port, holding nothing beyond its life. Whoever started it stops and
// starts it as an outage would.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { Problem, systemCode } from './problem.ts'

export interface RedisServer {
  /** The same through every stop and start. */
  readonly url: string
  /** Starts it again; resolves when it takes connections. */
  start(): Promise<void>
  /** Ends it, by SIGTERM unless told otherwise; what it held is gone. Stopping twice does no harm. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

const START_TIMEOUT_MS = 10_000

const HOW_TO_GET_IT =
  'redis-server is not installed. Debian and Ubuntu: "sudo apt install redis-server"; macOS: "brew install redis"; ' +
  'on Windows, run this in WSL.'

/** @throws Problem when redis-server is not installed, with how to get it */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort()
  let folder: string | undefined
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    folder = await mkdtemp(join(tmpdir(), 'tributary-redis-'))
    const settings = { port: String(port), bind: '127.0.0.1', dir: folder, save: '', appendonly: 'no' }
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
    child = spawn('redis-server', args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true, // Ctrl-C is not to reach it before those who use it
    })
    process.once('exit', abandon)
    try {
      await untilReady(child)
    } catch (error) {
      await stop('SIGKILL')
      throw error
    }
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const running = child
    child = undefined
    process.off('exit', abandon)
    if (running?.pid !== undefined && running.exitCode === null && running.signalCode === null) {
      const ended = once(running, 'exit')
      running.kill(signal)
      await ended
    }
    if (folder) await rm(folder, { recursive: true, force: true })
  }

  function abandon(): void {
    child?.kill('SIGKILL')
    if (folder) rmSync(folder, { recursive: true, force: true })
  }

  await start()
  return { url: `redis://127.0.0.1:${port}`, start, stop }
}

async function untilReady(child: ChildProcess): Promise<void> {
  let output = ''
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(`redis-server ${reason}:\n${output}`))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail(`was not ready after ${START_TIMEOUT_MS} ms`)
    }, START_TIMEOUT_MS)
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(systemCode(error) === 'ENOENT' ? new Problem(HOW_TO_GET_IT) : error)
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(`ended with ${code}`)
    })
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (!output.includes('Ready to accept connections')) return
      clearTimeout(timer)
      resolve()
    })
  })
}
