// What the threads of password-hashes.ts do.
import { randomBytes } from 'node:crypto'
import { hashSync, verifySync } from '@node-rs/argon2'

/** @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id */
const ARGON2ID = {
  algorithm: 2, // argon2id; the library's enum does not outlive type stripping
  memoryCost: 19 * 1024, // KiB
  timeCost: 2,
  parallelism: 1,
}

const nobodysHash = hashSync(randomBytes(32), ARGON2ID)

export interface HashQuestion {
  readonly password: string
  /** Null when there is no account. */
  readonly passwordHash: string | null
}

export const hash = (password: string): string => hashSync(password, ARGON2ID)

export function isRight({ password, passwordHash }: HashQuestion): boolean {
  const isMatch = verifySync(passwordHash ?? nobodysHash, password)
  return isMatch && passwordHash !== null
}
