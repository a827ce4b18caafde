// With whom an item may be shared.
import { z } from 'zod'
import { ApiError } from '../../platform/errors.ts'
import { line, readInput } from '../../platform/input.ts'

const EMAIL_LENGTH_MAX = 254 // RFC 5321, and the column
const USERNAME_LENGTH_MAX = 50

// As accounts write their addresses: see users' own input.
const email = line({ min: 3, max: EMAIL_LENGTH_MAX }).toLowerCase().pipe(z.email('must be an e-mail address'))
const recipient = z.object({
  username: line({ min: 1, max: USERNAME_LENGTH_MAX }).nullish(),
  email: email.nullish(),
})

/** Somebody by name, or whoever has shown to read mail at an address. */
export type Recipient = { readonly username: string } | { readonly email: string }

/** @throws ApiError BAD_USER_INPUT for the field `username` or `email` */
export function readRecipient(input: { readonly username?: unknown; readonly email?: unknown }): Recipient {
  const { username, email } = readInput(recipient, input)
  if (username != null && email != null) throw badRecipient('username and email do not go together', 'email')
  if (username != null) return { username }
  if (email != null) return { email }
  throw badRecipient('username or email must be given', 'username')
}

const badRecipient = (problem: string, field: string) => new ApiError('BAD_USER_INPUT', `${problem}.`, { field })
