// A code has six digits: whoever may guess for long enough finds one.
import type { Attempts } from './attempts.ts'

/**
 * Does what a code is needed for, counted as a guess of it. One that was right forgets those before.
 *
 * @throws ApiError RATE_LIMITED for too many; what the work throws
 */
export async function guessing<Result>(
  attempts: Attempts,
  userId: string,
  work: () => Promise<Result>,
): Promise<Result> {
  await attempts.count('code', userId)
  const result = await work()
  await attempts.forget('code', userId)
  return result
}
