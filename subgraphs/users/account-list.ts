// The list of accounts, for those who look after them.
import { z } from 'zod'
import { optionalLine, readInput } from '../../platform/input.ts'
import { readPageRequest, toPage } from './account-pages.ts'
import type { Resolvers } from './schema.generated.ts'

/** As long as the longest that is searched: an e-mail address. */
const SEARCH_LENGTH_MAX = 254

// Blank means that nothing is searched for.
const accountSearch = z.object({
  // A line alone: what is searched is a text of several.
  search: optionalLine({ max: SEARCH_LENGTH_MAX }).refine((search) => !search?.includes('\n'), 'must be one line'),
})

export const accountList: Resolvers = {
  Query: {
    users: async (_root, args, { identity, accountLists }) => {
      const request = readPageRequest(args)
      const { search } = readInput(accountSearch, { search: args.search })
      const found = await accountLists.findPage({
        ...request,
        search,
        role: args.role ?? null,
        // Whoever may not see an address is not to find out by searching whose it is.
        isPersonalSearched: identity.scopes.includes('users:admin'),
      })
      return toPage(found, request)
    },
  },
}
