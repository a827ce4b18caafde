// What each field of the items subgraph answers. Who must be logged in is said by the schema; who may see what, by
// access.ts.
import { dateTime } from '../../platform/date-time.ts'
import { demand, mayRead, permissionOn } from './access.ts'
import { PURGED_AFTER_DAYS } from './purge.ts'
import { pageInfo } from './pages.ts'
import { activities } from './resolvers/activities.ts'
import { comments } from './resolvers/comments.ts'
import { lists } from './resolvers/lists.ts'
import { mutations } from './resolvers/mutations.ts'
import { nodes } from './resolvers/nodes.ts'
import { shares } from './resolvers/shares.ts'
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
  ...shares,
  ...comments,
  ...activities,
  ...nodes,

  Query: {
    ...lists.Query,
    ...nodes.Query,
    item: async (_root, { id }, { loaders, reader }) => demand(await loaders.itemById.load(id), reader, 'VIEW'),
  },

  Mutation: { ...mutations, ...shares.Mutation, ...comments.Mutation },

  Item: {
    ...versions.Item,
    ...shares.Item,
    ...comments.Item,

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
    ...activities.User,

    // Whether there is such an account is for the users subgraph to say.
    __resolveReference: ({ id }) => userKey(id),
  },
}

const userKey = (id: string): UserKey => ({ __typename: 'User', id })
