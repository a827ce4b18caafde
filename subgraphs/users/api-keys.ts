// API keys: what programs act for a person with.
import { z } from 'zod'
import { ApiError } from '../../platform/errors.ts'
import { isUuid, line, readInput } from '../../platform/input.ts'
import { own } from './accounts.ts'
import { API_KEYS_MAX } from './api-key-store.ts'
import { makeKey } from './api-key-text.ts'
import { loggedIn } from './logged-in.ts'
import { scopesOf } from './roles.ts'
import type { Resolvers } from './schema.generated.ts'

const DAY_MS = 86_400_000

const newApiKey = z.object({
  name: line({ min: 1, max: 100 }),
  scopes: z
    .array(z.string())
    .min(1, 'must name one scope at least')
    .transform((scopes) => [...new Set(scopes)]),
  expiresInDays: z.number().min(1, 'must be from 1 to 3650').max(3_650, 'must be from 1 to 3650').nullish(),
  ratePerMinute: z.number().min(1, 'must be from 1 to 10000').max(10_000, 'must be from 1 to 10000'),
})

export const apiKeys: Resolvers = {
  Mutation: {
    createApiKey: async (_root, { input }, { identity, apiKeys }) => {
      const { userId } = loggedIn(identity)
      const { expiresInDays, ...wanted } = readInput(newApiKey, input)
      const { key, ...kept } = makeKey()
      const expiresAt = expiresInDays ? new Date(Date.now() + expiresInDays * DAY_MS) : null
      const created = await apiKeys.create(userId, (roles) => {
        checkScopes(wanted.scopes, scopesOf(roles))
        return { ...wanted, ...kept, expiresAt }
      })
      if (created === null) throw notFound()
      if (created === 'full') {
        throw new ApiError('CONFLICT', `There are ${API_KEYS_MAX} keys, which are as many as can be: end one first.`)
      }
      return { apiKey: created, key }
    },

    rotateApiKey: async (_root, { id }, { identity, apiKeys, loaders }) => {
      const { userId } = loggedIn(identity)
      const { key, ...kept } = makeKey()
      const rotated = isUuid(id) ? await apiKeys.rotate(userId, id, kept) : null
      if (!rotated) throw notFound()
      loaders.apiKeysOf.clear(userId)
      return { apiKey: rotated, key }
    },

    revokeApiKey: async (_root, { id }, { identity, apiKeys, loaders }) => {
      const { userId } = loggedIn(identity)
      if (!isUuid(id) || !(await apiKeys.revoke(userId, id))) throw notFound()
      loaders.apiKeysOf.clear(userId)
      return { apiKeyId: id }
    },
  },

  User: {
    apiKeys: own(({ id }, { loaders }) => loaders.apiKeysOf.load(id)),
  },
}

const notFound = () => new ApiError('NOT_FOUND', 'There is no such key.')

function checkScopes(wanted: readonly string[], had: readonly string[]): void {
  if (wanted.every((scope) => had.includes(scope))) return
  throw new ApiError('BAD_USER_INPUT', `scopes can be: ${had.join(', ')}.`, { field: 'scopes' })
}
