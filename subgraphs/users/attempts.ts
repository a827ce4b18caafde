// How often something may be tried for one account, from however many addresses, whether there is such an account or not.
import { ApiError } from '../../platform/errors.ts'
import type { AttemptStore } from './attempt-store.ts'
import { sha256 } from './opaque-tokens.ts'

const WINDOW_S = 15 * 60
const MAX = 10

/** What is counted on its own. `login` is every guess of a password. */
export type Action = 'login' | 'register' | 'reset' | 'verify' | 'code'

export interface Attempts {
  /**
   * Counts one attempt, before it is made.
   *
   * @param subject what names the account: its address or its id
   * @throws ApiError RATE_LIMITED with `retryAfterMs` for the eleventh within 15 minutes
   */
  count(action: Action, subject: string): Promise<void>
  /** Forgets those of a subject who has shown to be no guesser. */
  forget(action: Action, subject: string): Promise<void>
}

export function makeAttempts(store: AttemptStore): Attempts {
  return {
    async count(action, subject) {
      const { count, windowEndsInMs } = await store.count(action, sha256(subject), { windowS: WINDOW_S, max: MAX })
      if (count > MAX) {
        throw new ApiError('RATE_LIMITED', 'That was tried too often.', { retryAfterMs: windowEndsInMs })
      }
    },
    forget: (action, subject) => store.forget(action, sha256(subject)),
  }
}
