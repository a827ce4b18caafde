// Feeds: what happened to a person's items, and to what is shared with that person.
import { demandOneself, mayRead } from '../access.ts'
import { placeOfActivity } from '../activity-reader.ts'
import type { ActivityRow } from '../activity-reader.ts'
import { connection, edge, readPageRequest, toPage } from '../pages.ts'
import type { Resolvers } from '../schema.generated.ts'
import { findComment } from './comments.ts'

export const activities = {
  User: {
    activity: async ({ id }, args, { cursors, reader, store }) => {
      demandOneself(id, reader)
      const list = `activity ${id}`
      const request = readPageRequest(args, cursors, list)
      return toPage<ActivityRow>(await store.activities.page(id, request), request, {
        cursorOf: (row) => cursors.write(list, placeOfActivity(row)),
        isBeyond: (side, place) => store.activities.isBeyond(id, side, place),
        countAll: () => store.activities.count(id),
      })
    },
  },

  Activity: {
    // The loader knows those of the reader's own feed alone.
    __resolveReference: ({ id }, { loaders }) => loaders.activityById.load(id),

    actor: ({ actorId }) => ({ __typename: 'User', id: actorId }),

    item: async ({ itemId }, _args, { loaders, reader }) => {
      const item = await loaders.itemById.load(itemId)
      return item && mayRead(item, reader) ? item : null
    },

    comment: ({ commentId }, _args, context) => (commentId === null ? null : findComment(commentId, context)),
  },

  ActivityConnection: connection,
  ActivityEdge: edge,
} satisfies Resolvers
