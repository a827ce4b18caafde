// Whether a password is easily guessed, as zxcvbn estimates it. That takes up to half a second for a password, and as much
// and a hundred megabytes for the dictionaries: so it runs in a thread of its own, begun when a password is first chosen
// and ended when none has been for a while.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { ApiError } from '../../platform/errors.ts'
import { makeTurns } from './turns.ts'

/** What is looked at: what comes after it makes no password weaker. */
const LOOKED_AT_LENGTH = 32
/** Of 0 to 4: "safely unguessable, moderate protection from an offline slow-hash scenario". */
const SCORE_MIN = 3
const IDLE_MS = 60_000
const WAITING_MAX = 50

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
  const inTurn = makeTurns({ runningMax: 1, waitingMax: WAITING_MAX })
  let worker: Worker | undefined
  let idle: NodeJS.Timeout | undefined

  async function end(): Promise<void> {
    clearTimeout(idle)
    const ended = worker
    worker = undefined
    await ended?.terminate()
  }

  async function score(question: StrengthQuestion): Promise<number> {
    clearTimeout(idle)
    // One thing is asked at a time, so the next message is its answer.
    const asked = (worker ??= startWorker())
    asked.ref()
    try {
      return await answerOf(asked, question)
    } catch (error) {
      if (worker === asked) worker = undefined
      throw error
    } finally {
      asked.unref() // an idle one keeps no process from ending
      idle = setTimeout(() => void end(), IDLE_MS).unref()
    }
  }

  return {
    async require(password, owner, field) {
      const named = containedName(password, owner)
      if (named) throw tooWeak(field, `must not contain the ${named}`)
      const question = { password: password.slice(0, LOOKED_AT_LENGTH), names: [owner.username, owner.email] }
      if ((await inTurn(() => score(question))) < SCORE_MIN) throw tooWeak(field, 'is easily guessed')
    },
    close: end,
  }
}

export interface StrengthQuestion {
  readonly password: string
  /** What is easily guessed about its owner. */
  readonly names: readonly string[]
}

const startWorker = () => new Worker(new URL('./password-strength-worker.ts', import.meta.url))

// One thing is asked at a time, so the next message is its answer. Listeners are taken away one by one: those of the
// worker itself would go with all.
async function answerOf(worker: Worker, question: StrengthQuestion): Promise<number> {
  const settled = new AbortController()
  const options = { signal: settled.signal }
  try {
    const answer = once(worker, 'message', options) as Promise<[number]>
    const end = once(worker, 'exit', options).then(() => {
      throw new Error('The thread that estimates passwords ended.')
    })
    worker.postMessage(question)
    const [score] = await Promise.race([answer, end])
    return score
  } finally {
    settled.abort()
  }
}

function containedName(password: string, { username, email }: PasswordOwner): string | null {
  const lower = password.toLowerCase()
  if (lower.includes(username.toLowerCase())) return 'username'
  const [local = ''] = email.split('@')
  return lower.includes(local.length < 3 ? email : local) ? 'e-mail address' : null
}

const tooWeak = (field: string, why: string) => new ApiError('BAD_USER_INPUT', `${field} ${why}.`, { field })
