// Whether a password is easily guessed, as zxcvbn estimates it. That takes up to half a second for a password, and as much
// and a hundred megabytes for the dictionaries: so it runs in a thread of its own, begun when a password is first chosen
// and ended when none has been for a while.
import { ApiError } from '../../platform/errors.ts'
import { makeLowPriorityThreads } from './low-priority-threads.ts'
import type { StrengthQuestion } from './password-strength-worker.ts'

/** What is looked at: what comes after it makes no password weaker. */
const LOOKED_AT_LENGTH = 32
/** Of 0 to 4: "safely unguessable, moderate protection from an offline slow-hash scenario". */
const SCORE_MIN = 3
const IDLE_MS = 60_000
const WAITING_MAX = 50
/** Twice what the worst takes, and what the first waits for the dictionaries. */
const PATIENCE_MS = 1_000

/** Whose password it is to be. */
export interface PasswordOwner {
  readonly username: string
  readonly email: string
}

export interface PasswordStrength {
  /** @throws ApiError BAD_USER_INPUT for `field`; RATE_LIMITED when too many wait */
  require(password: string, owner: PasswordOwner, field: string): Promise<void>
  close(): Promise<void>
}

export function makePasswordStrength(): PasswordStrength {
  const threads = makeLowPriorityThreads(new URL('./password-strength-worker.ts', import.meta.url), {
    runningMax: 1,
    waitingMax: WAITING_MAX,
    patienceMs: PATIENCE_MS,
    idleMs: IDLE_MS,
  })
  return {
    async require(password, owner, field) {
      const named = containedName(password, owner)
      if (named) throw tooWeak(field, `must not contain the ${named}`)
      const question: StrengthQuestion = {
        password: password.slice(0, LOOKED_AT_LENGTH),
        names: [owner.username, owner.email],
      }
      if ((await threads.run<number>('score', question)) < SCORE_MIN) throw tooWeak(field, 'is easily guessed')
    },
    close: threads.close,
  }
}

function containedName(password: string, { username, email }: PasswordOwner): string | null {
  const lower = password.toLowerCase()
  if (lower.includes(username.toLowerCase())) return 'username'
  const [local = ''] = email.split('@')
  return lower.includes(local.length < 3 ? email : local) ? 'e-mail address' : null
}

const tooWeak = (field: string, why: string) => new ApiError('BAD_USER_INPUT', `${field} ${why}.`, { field })
