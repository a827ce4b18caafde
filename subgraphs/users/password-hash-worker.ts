// What the threads of password-hashes.ts do.
import { randomBytes } from 'node:crypto'
import { hashSync, verifySync } from '@node-rs/argon2'
import { ARGON2ID } from '../../drizzle/users/password-hashing.ts'

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
