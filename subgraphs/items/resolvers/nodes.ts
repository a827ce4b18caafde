// Anything by its id, as Relay's node specification has it. Ids are UUIDs and say nothing of what they are of, so all that
// it could be is looked up at once: with as many statements as there are types, however many ids.
import { ApiError } from '../../../platform/errors.ts'
import { mayRead } from '../access.ts'
import type { ItemsContext } from '../context.ts'
import type { Resolvers } from '../schema.generated.ts'
import { findComment } from './comments.ts'

const IDS_MAX = 100

export const nodes = {
  Query: {
    node: async (_root, { id }, context) => {
      const node = await findNode(id, context)
      if (!node) throw new ApiError('NOT_FOUND', 'There is nothing with this id.')
      return node
    },

    nodes: (_root, { ids }, context) => {
      if (ids.length < 1 || ids.length > IDS_MAX) {
        throw new ApiError('BAD_USER_INPUT', `ids must be from 1 to ${IDS_MAX}.`, { field: 'ids' })
      }
      return Promise.all(ids.map((id) => findNode(id, context)))
    },
  },
} satisfies Resolvers

async function findNode(id: string, context: ItemsContext) {
  const { loaders, reader } = context
  const [item, comment, activity, person] = await Promise.all([
    loaders.itemById.load(id),
    findComment(id, context),
    loaders.activityById.load(id),
    loaders.personById.load(id),
  ])
  if (item && mayRead(item, reader)) return { __typename: 'Item' as const, ...item }
  if (comment) return { __typename: 'Comment' as const, ...comment }
  if (activity) return { __typename: 'Activity' as const, ...activity }
  // Every field of User but those of this subgraph is for the users subgraph to answer.
  return person && { __typename: 'User' as const, id: person.id }
}
