// How people set up a second factor, and take it away.
import { own } from './accounts.ts'
import { guessing } from './code-guesses.ts'
import type { UsersContext } from './context.ts'
import { loggedIn } from './logged-in.ts'
import { checkOwnPassword, noAccount } from './login.ts'
import type { Resolvers } from './schema.generated.ts'

export const secondFactorSetup: Resolvers = {
  Mutation: {
    beginSecondFactor: async (_root, { password }, context) =>
      context.secondFactors.begin(await knownByPassword(context, password)),

    confirmSecondFactor: async (_root, { code }, { identity, attempts, secondFactors, loaders }) => {
      const { userId } = loggedIn(identity)
      const confirmed = await guessing(attempts, userId, () => secondFactors.confirm(userId, code))
      loaders.secondFactorOf.clear(userId)
      return confirmed
    },

    renewRecoveryCodes: async (_root, { code }, { identity, attempts, secondFactors, loaders }) => {
      const { userId } = loggedIn(identity)
      const recoveryCodes = await guessing(attempts, userId, () => secondFactors.renewRecoveryCodes(userId, code))
      loaders.secondFactorOf.clear(userId)
      return { recoveryCodes }
    },

    removeSecondFactor: async (_root, { input }, context) => {
      const { attempts, secondFactors, loaders } = context
      const user = await knownByPassword(context, input.password)
      await guessing(attempts, user.id, () => secondFactors.remove(user.id, input.code))
      loaders.secondFactorOf.clear(user.id)
      return { user }
    },
  },

  User: {
    secondFactor: own(({ id }, { loaders }) => loaders.secondFactorOf.load(id)),
  },
}

async function knownByPassword(context: UsersContext, password: string) {
  const checked = await checkOwnPassword(context, password, 'password')
  if (!checked) throw noAccount()
  return checked.user
}
