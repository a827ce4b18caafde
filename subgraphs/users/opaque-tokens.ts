// Tokens that mean nothing by themselves and are looked up by their hash: whoever reads the database learns none of them.
import { createHash, randomBytes } from 'node:crypto'

/** 256 bits, as 43 characters of base64url. */
export const makeOpaqueToken = () => randomBytes(32).toString('base64url')

/** As it is kept: in hexadecimal digits. Without salt, as nobody can guess what it is of. */
export const sha256 = (token: string) => createHash('sha256').update(token).digest('hex')
