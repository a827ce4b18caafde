// Passwords, kept as argon2id hashes. Hashing runs in libuv's threads, beside the event loop.
import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'

/** @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id */
const ARGON2ID = {
  algorithm: 2, // argon2id; the library's enum does not outlive type stripping
  memoryCost: 19 * 1024, // KiB
  timeCost: 2,
  parallelism: 1,
}

export interface PasswordHashes {
  hash(password: string): Promise<string>
  /** @param passwordHash null when there is no account: the answer is false, after the same work */
  isRight(password: string, passwordHash: string | null): Promise<boolean>
}

export async function makePasswordHashes(): Promise<PasswordHashes> {
  const nobodysHash = await hash(randomBytes(32), ARGON2ID)
  return {
    hash: (password) => hash(password, ARGON2ID),
    async isRight(password, passwordHash) {
      const isMatch = await verify(passwordHash ?? nobodysHash, password)
      return isMatch && passwordHash !== null
    },
  }
}
