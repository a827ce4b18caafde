// Codes on paper, for the day on which the phone is lost. Only their hashes are kept.
import { createHash, randomInt } from 'node:crypto'

const CODES = 10
/** Letters and digits that nobody takes for each other, 32 of them: a character holds five bits. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'
/** 80 bits: hashes without salt, and without stretching, tell nothing of them. */
const LENGTH = 16
const GROUP_LENGTH = 4

/** Ten codes, like `k3mw-7a9x-…`. */
export const makeRecoveryCodes = (): string[] => Array.from({ length: CODES }, makeCode)

/** SHA-256 of a code however it was typed: with or without dashes and spaces, in any case. Null for what can be none. */
export function recoveryCodeSha256(typed: string): string | null {
  const code = typed.toLowerCase().replaceAll(/[\s-]/g, '')
  if (code.length !== LENGTH || ![...code].every((character) => ALPHABET.includes(character))) return null
  return createHash('sha256').update(code).digest('hex')
}

function makeCode(): string {
  const characters = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]!)
  return characters.join('').replaceAll(new RegExp(`.{${GROUP_LENGTH}}(?=.)`, 'g'), '$&-')
}
