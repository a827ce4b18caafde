// Who asks for something about a login itself: passwords, second factors, keys. A program that acts for a person by an
// API key may not do it, or a key that got out could make others, or lock its owner out.
import { ApiError } from '../../platform/errors.ts'
import type { Identity } from '../../platform/identity.ts'
import { isUuid } from '../../platform/input.ts'

export interface LoggedIn {
  readonly userId: string
  readonly sessionId: string
}

/** @throws ApiError FORBIDDEN where no session of ours stands behind the request */
export function loggedIn({ subject, session }: Identity): LoggedIn {
  if (!isUuid(subject) || !isUuid(session)) {
    throw new ApiError('FORBIDDEN', 'This is for people who are logged in, and not for API keys.')
  }
  return { userId: subject, sessionId: session }
}
