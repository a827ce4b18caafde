// What an API key looks like: `trib_`, eight characters by which its owner tells it from others, and 256 bits that
// nobody can guess. Known by its beginning, so that whoever searches files for secrets finds it.
import { createHash, randomBytes } from 'node:crypto'

const PREFIX_BYTES = 4
const SECRET_BYTES = 32

export interface NewKey {
  /** Shown once. */
  readonly key: string
  /** Its first characters, which tell nothing of the rest. */
  readonly prefix: string
  /** Of the whole key, in hexadecimal digits: no salt is needed where so much is random. */
  readonly sha256: string
}

export function makeKey(): NewKey {
  const prefix = `trib_${randomBytes(PREFIX_BYTES).toString('hex')}`
  const key = `${prefix}_${randomBytes(SECRET_BYTES).toString('base64url')}`
  return { key, prefix, sha256: createHash('sha256').update(key).digest('hex') }
}
