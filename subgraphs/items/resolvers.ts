// What each field of the items subgraph answers. Who must be logged in is said by the schema; who may see what, by
// access.ts.
import { dateTime } from '../../platform/date-time.ts'
import { demand, mayRead, permissionOn } from './access.ts'
import { PURGED_AFTER_DAYS } from './purge.ts'
import { pageInfo } from './pages.ts'
import { lists } from './resolvers/lists.ts'
import { mutations } from './resolvers/mutations.ts'
import { versions } from './resolvers/versions.ts'
import type { Resolvers } from './schema.generated.ts'

/** All that is known of a user here. */
export interface UserKey {
  readonly __typename: 'User'
  readonly id: string
}

export const resolvers: Resolvers = {
  DateTime: dateTime,
  PageInfo: pageInfo,
  ...versions,
  ...lists,

  Query: {
    ...lists.Query,
    item: async (_root, { id }, { loaders, reader }) => demand(await loaders.itemById.load(id), reader, 'VIEW'),
  },

  Mutation: mutations,

  Item: {
    ...versions.Item,

    // The gateway asks for many in one _entities call; the loader makes that one statement.
    __resolveReference: async ({ id }, { loaders, reader }) => {
      const item = await loaders.itemById.load(id)
      return item && mayRead(item, reader) ? item : null
    },

    // Only the key: every other field of User belongs to the users subgraph.
    owner: ({ ownerId }) => userKey(ownerId),
    deletedBy: ({ deletedBy }) => (deletedBy === null ? null : userKey(deletedBy)),

    purgedAfter: ({ deletedAt }) => deletedAt && new Date(deletedAt.getTime() + PURGED_AFTER_DAYS * 86_400_000),

    // Whoever holds an item may see it.
    viewerPermission: (item, _args, { reader }) => permissionOn(item, reader) ?? 'VIEW',
  },

  User: {
    ...lists.User,

    // Whether there is such an account is for the users subgraph to say.
    __resolveReference: ({ id }) => userKey(id),
  },
}

const userKey = (id: string): UserKey => ({ __typename: 'User', id })
