// What each field of the items subgraph answers. Who must be logged in is said by the schema; who may see what, by
// access.ts.
import { dateTime } from '../../platform/date-time.ts'
import { ApiError } from '../../platform/errors.ts'
import { isUuid, readInput } from '../../platform/input.ts'
import { demand, demandDeletable, mayRead, notFound, permissionOn } from './access.ts'
import { itemChanges, newItem } from './item-input.ts'
import { readPageRequest, toPage } from './pages.ts'
import type { Resolvers } from './schema.generated.ts'
import type { ItemChanges, ItemRow } from './store.ts'

/** All that is known of a user here. */
export interface ItemOwner {
  readonly __typename: 'User'
  readonly id: string
}

export const resolvers: Resolvers = {
  DateTime: dateTime,

  Query: {
    item: async (_root, { id }, { loaders, reader }) => {
      return demand(await loaders.itemById.load(id), reader, 'VIEW')
    },

    items: async (_root, args, { store, reader }) => {
      const request = readPageRequest(args)
      return toPage(await store.findPage(reader.id, request), request)
    },
  },

  Mutation: {
    createItem: async (_root, { input }, { store, identity }) => {
      // A token of another issuer may call its holder something that is no id of ours.
      if (!isUuid(identity.subject)) throw new ApiError('FORBIDDEN', 'Items belong to accounts.')
      return { item: await store.create({ ...readInput(newItem, input), ownerId: identity.subject }) }
    },

    updateItem: async (_root, { input: { id, ...input } }, { store, reader }) => {
      const wanted = readInput(itemChanges, input)
      if (!isUuid(id)) throw notFound()
      return { item: await store.change(id, reader.id, (item) => differences(demand(item, reader, 'EDIT'), wanted)) }
    },

    deleteItem: async (_root, { input: { id } }, { store, reader }) => {
      if (!isUuid(id)) throw notFound()
      await store.change(id, reader.id, (item) => {
        demandDeletable(item, reader)
        return { deletedAt: new Date(), deletedBy: reader.id }
      })
      return { itemId: id }
    },
  },

  Item: {
    // The gateway asks for many in one _entities call; the loader makes that one statement.
    __resolveReference: async ({ id }, { loaders, reader }) => {
      const item = await loaders.itemById.load(id)
      return item && mayRead(item, reader) ? item : null
    },

    // Only the key: every other field of User belongs to the users subgraph.
    owner: (item) => ({ __typename: 'User', id: item.ownerId }),

    deletedBy: ({ deletedBy }) => (deletedBy === null ? null : { __typename: 'User', id: deletedBy }),

    // Whoever holds an item may see it.
    viewerPermission: (item, _args, { reader }) => permissionOn(item, reader) ?? 'VIEW',
  },

  ItemConnection: {
    isApproximate: () => false,
  },

  User: {
    // Whether there is such an account is for the users subgraph to say.
    __resolveReference: ({ id }) => ({ __typename: 'User', id }),

    items: async ({ id }, args, { loaders }) => {
      const request = readPageRequest(args)
      return toPage(isUuid(id) ? await loaders.itemsOfOwner.load({ ...request, ownerId: id }) : [], request)
    },
  },
}

/** What a change would really change. */
function differences(item: ItemRow, wanted: ItemChanges): ItemChanges {
  const entries = Object.entries(wanted) as [keyof ItemChanges, unknown][]
  return Object.fromEntries(entries.filter(([field, value]) => item[field] !== value))
}
