// The second factor of logins.
import type { SecondFactorStore } from './second-factor-store.ts'

export interface SecondFactors {
  /** Whether a login to this account needs a code besides the password. */
  isNeeded(userId: string): Promise<boolean>
  /**
   * Uses a code up.
   *
   * @param code six digits of the app, or a recovery code; as it was typed
   * @returns whether it was good: each is good once
   */
  take(userId: string, code: string): Promise<boolean>
}

export function makeSecondFactors(store: SecondFactorStore): SecondFactors {
  return {
    isNeeded: store.hasConfirmed,
    // No account has one yet, so no code can be good.
    take: async () => false,
  }
}
