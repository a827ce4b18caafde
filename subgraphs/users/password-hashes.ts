// Passwords, kept as argon2id hashes. One takes a core for some 15 ms, so threads of low priority make them: however many
// log in, other queries find a core.
import { availableParallelism } from 'node:os'
import { makeLowPriorityThreads } from './low-priority-threads.ts'
import type { HashQuestion } from './password-hash-worker.ts'

/** Some two seconds of one core: who would wait longer comes again later. */
const WAITING_MAX = 128
/** Ten times what one takes. */
const PATIENCE_MS = 250

export interface PasswordHashes {
  /** @throws ApiError RATE_LIMITED when too many wait */
  hash(password: string): Promise<string>
  /**
   * @param passwordHash null when there is no account: the answer is false, after the same work
   * @throws ApiError RATE_LIMITED when too many wait
   */
  isRight(password: string, passwordHash: string | null): Promise<boolean>
  close(): Promise<void>
}

export function makePasswordHashes(): PasswordHashes {
  const threads = makeLowPriorityThreads(new URL('./password-hash-worker.ts', import.meta.url), {
    // All cores but one: caches and memory are shared, whatever the priority.
    runningMax: Math.max(1, availableParallelism() - 1),
    waitingMax: WAITING_MAX,
    patienceMs: PATIENCE_MS,
  })
  return {
    hash: (password) => threads.run('hash', password),
    isRight: (password, passwordHash) => threads.run('isRight', { password, passwordHash } satisfies HashQuestion),
    close: threads.close,
  }
}
