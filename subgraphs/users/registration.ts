// How accounts are opened.
import { ApiError } from '../../platform/errors.ts'
import { readInput } from '../../platform/input.ts'
import { newAccount } from './account-input.ts'
import { DEFAULT_ROLES } from './roles.ts'
import type { Resolvers } from './schema.generated.ts'

export const registration: Resolvers = {
  Mutation: {
    register: async (_root, { input }, { accounts, passwordHashes }) => {
      const { password, ...account } = readInput(newAccount, input)
      const passwordHash = await passwordHashes.hash(password)
      const created = await accounts.create({ ...account, passwordHash, roles: [...DEFAULT_ROLES] })
      if ('taken' in created) {
        throw new ApiError('CONFLICT', `This ${created.taken} is taken.`, { field: created.taken })
      }
      return { user: created, needsVerification: false }
    },
  },
}
