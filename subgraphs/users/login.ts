// Proof of who somebody is: address and password, and a code where the account has a second factor.
import { ApiError } from '../../platform/errors.ts'
import { isStorable } from '../../platform/input.ts'
import type { Credentials } from './account-store.ts'
import type { UsersContext } from './context.ts'
import { loggedIn } from './logged-in.ts'
import { WRONG_CODE } from './second-factors.ts'

type LoginContext = Pick<
  UsersContext,
  'accounts' | 'attempts' | 'passwordHashes' | 'secondFactors' | 'deletions' | 'settings'
>

export interface Login {
  readonly email: string
  readonly password: string
  readonly code?: string | null | undefined
}

/** As addresses are kept and compared. */
export const normalEmail = (email: string) => email.trim().toLowerCase()

/**
 * Answers for an unknown address as for a wrong password, after the same work. What else is missing is said only to who
 * knows the password.
 *
 * @param isRestoring whether an account that can be restored will do, too
 * @throws ApiError UNAUTHENTICATED, where the password is right with a `reason`; RATE_LIMITED
 */
export async function checkLogin(context: LoginContext, login: Login, isRestoring = false): Promise<Credentials> {
  const { accounts, attempts, passwordHashes, secondFactors, deletions, settings } = context
  const email = normalEmail(login.email)
  await attempts.count('login', email)
  const found = isStorable(email) ? await accounts.findByEmail(email) : null
  const isRight = await passwordHashes.isRight(login.password, found?.passwordHash ?? null)
  if (!found || !isRight) throw wrongLogin()

  const { user } = found
  if (user.deletedAt) {
    // After its days it is as if it were purged already.
    if (!deletions.isRestorable(user.deletedAt)) throw wrongLogin()
    if (!isRestoring) throw refusedLogin('ACCOUNT_DELETED', 'This account was deleted. It can be restored.')
  }
  if (settings.requireVerifiedEmail && !user.emailVerifiedAt) {
    throw refusedLogin('EMAIL_NOT_VERIFIED', 'The e-mail address has to be verified first.')
  }
  if (await secondFactors.isNeeded(user.id)) {
    if (!login.code) throw refusedLogin('SECOND_FACTOR_NEEDED', 'A code of the second factor is needed.')
    if (!(await secondFactors.take(user.id, login.code))) throw refusedLogin('SECOND_FACTOR_NEEDED', WRONG_CODE, 'code')
  }
  await attempts.forget('login', email)
  return found
}

/**
 * Asks for the password of whoever is logged in: somebody else may sit at the screen. Guesses count as those of logins.
 *
 * @returns the account, or null when it is gone
 * @throws ApiError BAD_USER_INPUT for `field`; RATE_LIMITED; FORBIDDEN for API keys
 */
export async function checkOwnPassword(
  { accounts, attempts, passwordHashes, identity, loaders }: UsersContext,
  password: string,
  field: string,
): Promise<Credentials | null> {
  const user = await loaders.userById.load(loggedIn(identity).userId)
  if (!user) return null
  await attempts.count('login', user.email)
  const passwordHash = await accounts.findPasswordHash(user.id)
  const isRight = await passwordHashes.isRight(password, passwordHash)
  if (!isRight || passwordHash === null) throw new ApiError('BAD_USER_INPUT', 'The password is wrong.', { field })
  await attempts.forget('login', user.email)
  return { user, passwordHash }
}

export const wrongLogin = () => new ApiError('UNAUTHENTICATED', 'The e-mail address or the password is wrong.')

/** For the holder of a token that outlived the account. */
export const noAccount = () => new ApiError('UNAUTHENTICATED', 'There is no such account any more.')

/** @param field what was given and is at fault */
function refusedLogin(reason: string, message: string, field?: string): ApiError {
  return new ApiError('UNAUTHENTICATED', message, { reason, ...(field && { field }) })
}
