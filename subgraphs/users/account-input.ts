// What people may choose about their accounts.
import { z } from 'zod'
import { hasLength, line, optionalLine, text } from '../../platform/input.ts'

const EMAIL_LENGTH_MAX = 254 // RFC 5321, and the column
const NAME_LENGTH_MAX = 100

const username = line({ min: 3, max: 50 }).regex(
  /^[A-Za-z0-9._-]+$/,
  'must be of letters, digits, dots, dashes and underscores',
)
// As it was typed: a space may be part of it.
const password = text().check(hasLength({ min: 8, max: 128 }))
const name = optionalLine({ max: NAME_LENGTH_MAX })
const phoneNumber = line({ min: 0, max: 16 })
  .regex(/^(\+[1-9]\d{6,14})?$/, 'must be like +4915112345678')
  .nullish()
  .transform((value) => value || null)

const email = line({ min: 3, max: EMAIL_LENGTH_MAX }).toLowerCase().pipe(z.email('must be an e-mail address'))

/** Trims and checks; what is optional and blank becomes null. */
export const newAccount = z.object({
  username,
  email,
  password,
  firstName: name,
  lastName: name,
  phoneNumber,
})

export const newPassword = z.object({ newPassword: password })

/** A field that is left out is left out of what is read. */
export const profileChanges = z.object({
  username: username.optional(),
  firstName: name.exactOptional(),
  lastName: name.exactOptional(),
  phoneNumber: phoneNumber.exactOptional(),
})

/** What admins change besides. */
export const accountChanges = profileChanges.extend({ email: email.optional() })
