import { readFileSync, readdirSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { makeLowPriorityThreads } from './low-priority-threads.ts'
import { makePasswordHashes } from './password-hashes.ts'

const hashes = makePasswordHashes()
afterAll(() => hashes.close())

it('keeps passwords as argon2id with 19 MiB, two passes and one lane', async () => {
  const hash = await hashes.hash('correct horse')
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(await hashes.hash('correct horse')).not.toBe(hash)
  expect(await hashes.isRight('correct horse', hash)).toBe(true)
  expect(await hashes.isRight('correct horsf', hash)).toBe(false)
  expect(await hashes.isRight('correct horse', null)).toBe(false)
})

it.runIf(process.platform === 'linux')('hashes while nobody else wants a core', async () => {
  await hashes.hash('correct horse')
  expect(scheduling()).toContain('SCHED_IDLE')
})

describe('threads of low priority', () => {
  it('refuse what would wait too long, and go on after work that failed', async () => {
    const threads = makeLowPriorityThreads(new URL('./password-hash-worker.ts', import.meta.url), {
      runningMax: 1,
      waitingMax: 1,
      patienceMs: 1_000,
    })
    try {
      const failing = threads.run('isRight', { password: '', passwordHash: 'no hash' })
      const waiting = threads.run('hash', 'correct horse')
      await expect(threads.run('hash', 'correct horse')).rejects.toMatchObject({
        extensions: { code: 'RATE_LIMITED', retryAfterMs: 2_000 },
      })
      await expect(failing).rejects.toThrow('Decoding failed')
      expect(await waiting).toMatch(/^\$argon2id/)
      expect(await threads.run('hash', 'correct horse')).toMatch(/^\$argon2id/)
    } finally {
      await threads.close()
    }
  })

  it('work whatever flags Node was started with, also such as are for a whole process', async () => {
    process.execArgv.push('--expose-gc')
    const threads = makeLowPriorityThreads(new URL('./password-hash-worker.ts', import.meta.url), {
      runningMax: 1,
      waitingMax: 0,
      patienceMs: 1_000,
    })
    try {
      expect(await threads.run('hash', 'correct horse')).toMatch(/^\$argon2id/)
    } finally {
      process.execArgv.pop()
      await threads.close()
    }
  })

  it.runIf(process.platform === 'linux')(
    'have a share of a core where work does not get done without one',
    async () => {
      const threads = makeLowPriorityThreads(new URL('./password-hash-worker.ts', import.meta.url), {
        runningMax: 1,
        waitingMax: 0,
        patienceMs: 0,
      })
      try {
        expect(await threads.run('hash', 'correct horse')).toMatch(/^\$argon2id/)
        expect(scheduling()).toContain('nice 10')
      } finally {
        await threads.close()
      }
    },
  )
})

/** Of each thread of this process. @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function scheduling(): string[] {
  return readdirSync('/proc/self/task').map((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[38] === '5' ? 'SCHED_IDLE' : `nice ${fields[16]}`
  })
}
