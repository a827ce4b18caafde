// With whom items are shared: for their owner to see and to change.
import { isUuid } from '../../../platform/input.ts'
import { demandOn, notFound, shareNotFound } from '../access.ts'
import type { Resolvers } from '../schema.generated.ts'
import { readRecipient } from '../share-input.ts'

export const shares = {
  Item: {
    shares: (item, _args, { loaders, reader }) => {
      demandOn(item, reader, 'OWNER')
      return loaders.sharesOfItem.load(item.id)
    },
  },

  Share: {
    // Who reads mail at an address is not told.
    user: ({ userId, email }) => (userId === null || email !== null ? null : { __typename: 'User', id: userId }),
    grantedBy: ({ grantedBy }) => ({ __typename: 'User', id: grantedBy }),
  },

  Mutation: {
    shareItem: (_root, { input: { itemId, permission, ...input } }, { reader, store }) => {
      const recipient = readRecipient(input)
      if (!isUuid(itemId)) throw notFound()
      return store.shares.share(itemId, recipient, permission, reader)
    },

    revokeShare: (_root, { input: { id } }, { reader, store }) => {
      if (!isUuid(id)) throw shareNotFound()
      return store.shares.revoke(id, reader)
    },
  },
} satisfies Resolvers
