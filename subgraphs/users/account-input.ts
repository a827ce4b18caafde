// What somebody who opens an account may choose.
import { z } from 'zod'
import { hasLength, line, optionalLine, text } from '../../platform/input.ts'

const EMAIL_LENGTH_MAX = 254 // RFC 5321, and the column
const NAME_LENGTH_MAX = 100

/** Trims and checks; what is optional and blank becomes null. */
export const newAccount = z.object({
  username: line({ min: 3, max: 50 }).regex(
    /^[A-Za-z0-9._-]+$/,
    'must be of letters, digits, dots, dashes and underscores',
  ),
  email: line({ min: 3, max: EMAIL_LENGTH_MAX }).toLowerCase().pipe(z.email('must be an e-mail address')),
  // As it was typed: a space may be part of it.
  password: text().check(hasLength({ min: 8, max: 128 })),
  firstName: optionalLine({ max: NAME_LENGTH_MAX }),
  lastName: optionalLine({ max: NAME_LENGTH_MAX }),
  phoneNumber: line({ min: 0, max: 16 })
    .regex(/^(\+[1-9]\d{6,14})?$/, 'must be like +4915112345678')
    .nullish()
    .transform((value) => value || null),
})

export type NewAccount = z.output<typeof newAccount>
