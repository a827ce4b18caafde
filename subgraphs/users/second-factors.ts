// The second factor of logins: an authenticator app, and codes on paper that stand in for it.
import { ApiError } from '../../platform/errors.ts'
import { makeRecoveryCodes, recoveryCodeSha256 } from './recovery-codes.ts'
import type { SecondFactorRow, SecondFactorStore } from './second-factor-store.ts'
import { makeSecret, secretUri, stepOf } from './totp.ts'

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
  /**
   * A secret for an app, in place of an earlier one that was never confirmed.
   *
   * @throws ApiError CONFLICT where a second factor counts already
   */
  begin(user: { readonly id: string; readonly email: string }): Promise<{ secret: string; uri: string }>
  /**
   * Makes it count.
   *
   * @throws ApiError CONFLICT where it counts already, NOT_FOUND where none was begun, BAD_USER_INPUT for a wrong code
   */
  confirm(userId: string, code: string): Promise<{ secondFactor: SecondFactorRow; recoveryCodes: string[] }>
  /** @throws ApiError NOT_FOUND where no second factor counts, BAD_USER_INPUT for a code that is not good */
  renewRecoveryCodes(userId: string, code: string): Promise<string[]>
  /** @throws ApiError NOT_FOUND where no second factor counts, BAD_USER_INPUT for a code that is not good */
  remove(userId: string, code: string): Promise<void>
  /** Those of the accounts whose second factor counts, in any order. */
  findConfirmed(userIds: readonly string[]): Promise<SecondFactorRow[]>
}

/** @param nowMs time of day, in milliseconds since 1970 */
export function makeSecondFactors(store: SecondFactorStore, nowMs: () => number = Date.now): SecondFactors {
  async function take(userId: string, code: string): Promise<boolean> {
    const digits = sixDigits(code)
    if (digits === null) {
      const sha256 = recoveryCodeSha256(code)
      return sha256 !== null && store.takeRecoveryCode(userId, sha256)
    }
    const found = await store.findSecret(userId)
    if (!found?.isConfirmed) return false
    const step = stepOf(found.secret, digits, nowMs())
    return step !== null && store.takeStep(userId, found.secret, step)
  }

  const isNeeded = async (userId: string) => (await store.findSecret(userId))?.isConfirmed ?? false

  async function takeOrThrow(userId: string, code: string): Promise<void> {
    if (await take(userId, code)) return
    throw (await isNeeded(userId)) ? wrongCode() : noSecondFactor()
  }

  return {
    isNeeded,
    take,
    findConfirmed: store.findConfirmed,

    async begin({ id, email }) {
      const secret = makeSecret()
      if (!(await store.begin(id, secret))) throw countsAlready()
      return { secret, uri: secretUri(secret, email) }
    },

    async confirm(userId, code) {
      const begun = await store.findSecret(userId)
      if (!begun) throw noSecondFactor()
      if (begun.isConfirmed) throw countsAlready()
      const { secret } = begun
      const digits = sixDigits(code)
      const step = digits === null ? null : stepOf(secret, digits, nowMs())
      if (step === null) throw wrongCode()
      const { recoveryCodes, codesSha256 } = newRecoveryCodes()
      const secondFactor = await store.confirm(userId, { secret, step, codesSha256 })
      if (!secondFactor) throw countsAlready()
      return { secondFactor, recoveryCodes }
    },

    async renewRecoveryCodes(userId, code) {
      await takeOrThrow(userId, code)
      const { recoveryCodes, codesSha256 } = newRecoveryCodes()
      if (!(await store.renewRecoveryCodes(userId, codesSha256))) throw noSecondFactor()
      return recoveryCodes
    },

    async remove(userId, code) {
      await takeOrThrow(userId, code)
      await store.remove(userId)
    },
  }
}

/** Of what does not prove that the person has the app, or the paper. */
export const WRONG_CODE = 'The code is wrong, or was used before.'

export const wrongCode = () => new ApiError('BAD_USER_INPUT', WRONG_CODE, { field: 'code' })

const noSecondFactor = () => new ApiError('NOT_FOUND', 'There is no second factor: begin to set one up first.')

const countsAlready = () =>
  new ApiError('CONFLICT', 'There is a second factor already: remove it before you set up another.')

/** Apps show the digits in groups, and people type them so. */
function sixDigits(typed: string): string | null {
  const digits = typed.replaceAll(/\s/g, '')
  return /^\d{6}$/.test(digits) ? digits : null
}

function newRecoveryCodes() {
  const recoveryCodes = makeRecoveryCodes()
  return { recoveryCodes, codesSha256: recoveryCodes.map((code) => recoveryCodeSha256(code)!) }
}
