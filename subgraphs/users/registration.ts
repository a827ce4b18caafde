// How accounts are opened, and their addresses verified.
import { ApiError } from '../../platform/errors.ts'
import { isStorable, readInput } from '../../platform/input.ts'
import { newAccount } from './account-input.ts'
import { normalEmail } from './login.ts'
import type { Resolvers } from './schema.generated.ts'

export const registration: Resolvers = {
  Mutation: {
    register: async (_root, { input }, context) => {
      const { attempts, passwordStrength, passwordHashes, registrations, settings } = context
      const { password, ...account } = readInput(newAccount, input)
      await attempts.count('register', account.email)
      await passwordStrength.require(password, account, 'password')
      const passwordHash = await passwordHashes.hash(password)
      const created = await registrations.create({ ...account, passwordHash, roles: [...settings.defaultRoles] })
      if ('taken' in created) throw isTaken(created.taken)
      return { user: created, needsVerification: settings.requireVerifiedEmail }
    },

    verifyEmail: async (_root, { token }, { registrations }) => {
      const user = await registrations.verifyEmail(token)
      if (!user) throw badMailToken()
      return { user }
    },

    resendVerification: async (_root, args, { attempts, registrations }) => {
      const email = normalEmail(args.email)
      await attempts.count('verify', email)
      if (isStorable(email)) await registrations.sendMailTo('VERIFY_EMAIL', email)
      return { isAccepted: true }
    },
  },
}

export const isTaken = (field: string) => new ApiError('CONFLICT', `This ${field} is taken.`, { field })

export const badMailToken = () =>
  new ApiError('BAD_USER_INPUT', 'This link is not good any more: ask for another one.', { field: 'token' })
