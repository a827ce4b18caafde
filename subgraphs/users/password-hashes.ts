// Passwords, kept as argon2id hashes. Hashing runs in libuv's threads, beside the event loop, and on all cores but one:
// however many log in, other queries find a core.
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { hash, verify } from '@node-rs/argon2'
import { makeTurns } from './turns.ts'

/** @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id */
const ARGON2ID = {
  algorithm: 2, // argon2id; the library's enum does not outlive type stripping
  memoryCost: 19 * 1024, // KiB
  timeCost: 2,
  parallelism: 1,
}

/** Some two seconds of one core: who would wait longer comes again later. */
const WAITING_MAX = 128

export interface PasswordHashes {
  /** @throws ApiError RATE_LIMITED when too many wait */
  hash(password: string): Promise<string>
  /**
   * @param passwordHash null when there is no account: the answer is false, after the same work
   * @throws ApiError RATE_LIMITED when too many wait
   */
  isRight(password: string, passwordHash: string | null): Promise<boolean>
}

/** @param runningMax hashes that are made at a time */
export async function makePasswordHashes(
  runningMax = Math.max(1, availableParallelism() - 1),
): Promise<PasswordHashes> {
  const nobodysHash = await hash(randomBytes(32), ARGON2ID)
  const inTurn = makeTurns({ runningMax, waitingMax: WAITING_MAX })
  return {
    hash: (password) => inTurn(() => hash(password, ARGON2ID)),
    async isRight(password, passwordHash) {
      const isMatch = await inTurn(() => verify(passwordHash ?? nobodysHash, password))
      return isMatch && passwordHash !== null
    },
  }
}
