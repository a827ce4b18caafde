// How passwords are changed.
import { ApiError } from '../../platform/errors.ts'
import { isStorable, readInput } from '../../platform/input.ts'
import { newPassword } from './account-input.ts'
import { checkOwnPassword, noAccount, normalEmail } from './login.ts'
import { badMailToken } from './registration.ts'
import type { Resolvers } from './schema.generated.ts'

export const passwords: Resolvers = {
  Mutation: {
    changePassword: async (_root, { input }, context) => {
      const { passwordStrength, passwordHashes, identity } = context
      const { newPassword: wanted } = readInput(newPassword, input)
      const checked = await checkOwnPassword(context, input.currentPassword, 'currentPassword')
      if (!checked) throw noAccount()
      await passwordStrength.require(wanted, checked.user, 'newPassword')
      const passwordHash = await passwordHashes.hash(wanted)
      const changed = await context.passwords.change(checked, passwordHash, identity.session)
      if (!changed) throw new ApiError('CONFLICT', 'The password was changed meanwhile.', { field: 'currentPassword' })
      return changed
    },

    requestPasswordReset: async (_root, args, { attempts, registrations }) => {
      const email = normalEmail(args.email)
      await attempts.count('reset', email)
      if (isStorable(email)) await registrations.sendMailTo('RESET_PASSWORD', email)
      return { isAccepted: true }
    },

    resetPassword: async (_root, { input }, context) => {
      const { passwordStrength, passwordHashes } = context
      const { newPassword: wanted } = readInput(newPassword, input)
      // Before anything that costs: nobody without a token gets a password hashed.
      const owner = await context.passwords.findOwner(input.token)
      if (!owner) throw badMailToken()
      await passwordStrength.require(wanted, owner, 'newPassword')
      const user = await context.passwords.reset(input.token, await passwordHashes.hash(wanted))
      if (!user) throw badMailToken()
      return { user }
    },
  },
}
