// What admins do to accounts that are not theirs. The schema asks for the scope and for a second factor, a short time ago.
import { z } from 'zod'
import { ApiError } from '../../platform/errors.ts'
import { isUuid, readInput } from '../../platform/input.ts'
import { accountChanges } from './account-input.ts'
import { lastAdmin } from './deletion.ts'
import { isTaken } from './registration.ts'
import type { RoleName } from './roles.ts'
import type { Resolvers } from './schema.generated.ts'

const newRoles = z.object({
  roles: z
    .array(z.custom<RoleName>())
    .min(1, 'must name one role at least')
    .transform((roles) => [...new Set(roles)]),
})

export const administration: Resolvers = {
  Mutation: {
    updateUser: async (_root, { input: { id, ...input } }, { administration }) => {
      const changes = readInput(accountChanges, input)
      const changed = isUuid(id) ? await administration.update(id, changes) : null
      if (!changed) throw notFound()
      if ('taken' in changed) throw isTaken(changed.taken)
      return { user: changed }
    },

    setUserRoles: async (_root, { input: { id, ...input } }, { administration }) => {
      const { roles } = readInput(newRoles, input)
      const changed = isUuid(id) ? await administration.setRoles(id, roles) : null
      if (!changed) throw notFound()
      if ('refused' in changed) throw lastAdmin()
      return { user: changed }
    },

    deleteUser: async (_root, { id }, { deletions, loaders }) => {
      const deleted = isUuid(id) ? await deletions.delete(id) : null
      if (!deleted) throw notFound()
      if ('refused' in deleted) throw lastAdmin()
      loaders.userById.clear(id)
      return { userId: id, restorableUntil: deleted.restorableUntil }
    },
  },
}

const notFound = () => new ApiError('NOT_FOUND', 'There is no such account.')
