// What `npm run demo` says, and what it leaves behind: nothing.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { describeWithRedis } from '../e2e/support/redis.ts'
import { temporaryFolder } from '../e2e/support/temporary-folder.ts'

const project = fileURLToPath(new URL('..', import.meta.url))

let folder: Awaited<ReturnType<typeof temporaryFolder>>

beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => folder.remove())

/** Six processes start, and a thousand items are made: half a minute where others work on the machine, too. */
vi.setConfig({ testTimeout: 120_000 })

describeWithRedis('npm run demo', () => {
  it('counts what two clients were told while a gateway was killed, and leaves nothing behind', async () => {
    const demo = startDemo()
    const processes = await untilSaid(demo, 'Two clients follow')

    expect(await demo.ended).toBe(0)
    expect(demo.output()).toContain('Gateway 1 was killed')
    expect(demo.output().trimEnd().split('\n').at(-1)).toBe('1000 events, 0 lost, 0 doubled')
    expect(processes.length).toBeGreaterThanOrEqual(6)
    expect(processes.filter(isAlive)).toEqual([])
    expect(readdirSync(folder.path)).toEqual([])
  })

  it.each(['are starting', 'Gateway 1 was killed'])('ends at Ctrl-C in order, after it said "%s"', async (said) => {
    const demo = startDemo()
    await untilSaid(demo, said)
    await sleep(1_000)
    const processes = descendantsOf(demo.pid)

    process.kill(demo.pid, 'SIGINT')

    expect(await demo.ended).toBe(130)
    expect(demo.output()).not.toContain('    at ')
    expect(processes.length).toBeGreaterThan(0)
    expect(processes.filter(isAlive)).toEqual([])
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('says how to get Redis where there is none', async () => {
    const demo = startDemo({ PATH: folder.path })

    expect(await demo.ended).toBe(1)
    expect(demo.output()).toContain('apt install redis-server')
    expect(demo.output()).not.toContain('    at ')
    expect(readdirSync(folder.path)).toEqual([])
  })
})

function startDemo(env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ['local/demo.ts'], {
    cwd: project,
    env: { PATH: process.env['PATH'], TMPDIR: folder.path, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  // The streams close when nobody has them any more, no process that was left behind either.
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { pid: child.pid!, output: () => output, ended }
}

/** @returns the processes it has started by then */
async function untilSaid(demo: ReturnType<typeof startDemo>, text: string): Promise<number[]> {
  let hasEnded = false
  void demo.ended.then(() => (hasEnded = true))
  while (!demo.output().includes(text)) {
    if (hasEnded) throw new Error(`It ended without saying so:\n${demo.output()}`)
    await sleep(20)
  }
  return descendantsOf(demo.pid)
}

function descendantsOf(pid: number): number[] {
  const all = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [pid: number, parent: number])
  const below = (parent: number): number[] =>
    all.filter(([, its]) => its === parent).flatMap(([child]) => [child, ...below(child)])
  // `ps` was one of them.
  return below(pid).filter(isAlive)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
