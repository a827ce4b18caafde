// Lists of items, wherever they stand.
import { isUuid } from '../../../platform/input.ts'
import { demandOneself } from '../access.ts'
import { readItemList, trashOf } from '../item-lists.ts'
import { itemPage } from '../item-pages.ts'
import type { ListedEdge } from '../item-pages.ts'
import { connection, edge } from '../pages.ts'
import type { Resolvers } from '../schema.generated.ts'
import { partsOf } from '../search.ts'

export const lists = {
  Query: {
    items: (_root, args, context, info) => itemPage(readItemList(args, 'READABLE', null), args, context, info),
  },

  User: {
    items: ({ id }, args, context, info) =>
      itemPage(readItemList(args, 'READABLE', isUuid(id) ? id : NOBODY), args, context, info),

    sharedWithMe: ({ id }, args, context, info) => {
      demandOneself(id, context.reader)
      return itemPage(readItemList(args, 'SHARED', null), args, context, info)
    },

    trash: ({ id }, args, context, info) => {
      demandOneself(id, context.reader)
      return itemPage(trashOf(id), args, context, info)
    },
  },

  ItemConnection: connection,

  ItemEdge: {
    ...edge,
    snippet: async ({ node, page }: ListedEdge, _args, { loaders }) => {
      const { search } = page.list
      const found = search && (await loaders.snippet.load({ search, id: node.id }))
      return (
        found && {
          name: partsOf(found.name),
          description: found.description === null ? null : partsOf(found.description),
        }
      )
    },
  },
} satisfies Resolvers

/** An id that no account has. */
const NOBODY = '00000000-0000-0000-0000-000000000000'
