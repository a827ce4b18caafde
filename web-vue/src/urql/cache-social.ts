// What mutations and events do to shares, comments and activities that the cache holds.
import { gql } from '@urql/core'
import type { Cache, OptimisticMutationResolver, UpdateResolver } from '@urql/exchange-graphcache'
import type {
  ActivityAddedSubscription,
  AddCommentMutation,
  CommentAddedSubscription,
  DeleteCommentMutation,
  DeleteCommentMutationVariables,
  EditCommentMutationVariables,
  RevokeShareMutation,
  RevokeShareMutationVariables,
  ShareItemMutation,
} from '../gql/graphql.ts'
import { keyOfMe, linked, listsOf, nodesOf, without } from './cache-lists.ts'

type Updates<Operation extends string> = Record<Operation, Record<string, UpdateResolver>>
type Optimistic = Record<string, OptimisticMutationResolver>

export const optimisticComments = {
  editComment: ({ input }: EditCommentMutationVariables) => ({
    __typename: 'EditCommentPayload',
    comment: { __typename: 'Comment', ...input, editedAt: new Date().toISOString() },
  }),
  deleteComment: ({ input }: DeleteCommentMutationVariables) => ({
    __typename: 'DeleteCommentPayload',
    commentId: input.id,
  }),
} as Optimistic

export const commentUpdates = {
  Mutation: {
    addComment: ({ addComment }: AddCommentMutation, _args, cache) => {
      if (addComment) append(cache, addComment.comment)
    },
    deleteComment: ({ deleteComment }: DeleteCommentMutation, _args, cache) => {
      if (deleteComment) takeAway(cache, `Comment:${deleteComment.commentId}`)
    },
  },
  Subscription: {
    commentAdded: ({ commentAdded: { itemId, kind, comment } }: CommentAddedSubscription, _args, cache) => {
      if (comment) append(cache, comment)
      else if (kind === 'REMOVED') cache.invalidate('Query', 'item', { id: itemId })
    },
  },
} as Updates<'Mutation' | 'Subscription'>

export const optimisticShares = {
  revokeShare: ({ input }: RevokeShareMutationVariables) => ({
    __typename: 'RevokeSharePayload',
    shareId: input.id,
    item: null,
  }),
} as Optimistic

export const shareUpdates = {
  Mutation: {
    shareItem: ({ shareItem }: ShareItemMutation, _args, cache) => {
      if (!shareItem) return
      const [item, share] = [`Item:${shareItem.item.id}`, `Share:${shareItem.share.id}`]
      const shares = cache.resolve(item, 'shares') as string[] | null | undefined
      if (shares && !shares.includes(share)) cache.link(item, 'shares', [...shares, share])
    },
    revokeShare: ({ revokeShare }: RevokeShareMutation, _args, cache) => {
      if (!revokeShare) return
      const key = `Share:${revokeShare.shareId}`
      for (const { fieldName, fieldKey } of cache.inspectFields('Query')) {
        const item = fieldName === 'item' ? (cache.resolve('Query', fieldKey) as string | null | undefined) : null
        const shares = item ? (cache.resolve(item, 'shares') as string[] | null | undefined) : null
        if (!item || !shares?.includes(key)) continue
        cache.link(
          item,
          'shares',
          shares.filter((share) => share !== key),
        )
      }
    },
  },
} as Updates<'Mutation'>

export const activityUpdates = {
  Subscription: {
    activity: ({ activity: { activity } }: ActivityAddedSubscription, _args, cache) => {
      for (const { connection, args } of listsOf(cache, activity && keyOfMe(cache), 'activity')) {
        if (!args?.after) linked(cache, connection, `Activity:${activity!.id}`, 'first')
      }
    },
  },
} as Updates<'Subscription'>

const deleted = gql`
  fragment _ on Comment {
    id
    body
    author {
      id
    }
    deletedAt
    viewerCanEdit
    viewerCanDelete
  }
`

// A comment goes to the end of those under its item, a reply to the end of those to its comment. Where the end has not
// been read, it comes when it is.
function append(cache: Cache, { id, item, replyTo }: NonNullable<AddCommentMutation['addComment']>['comment']) {
  const key = `Comment:${id}`
  if (replyTo) {
    for (const { connection } of listsOf(cache, `Comment:${replyTo.id}`, 'replies')) {
      if (!cache.resolve(cache.resolve(connection, 'pageInfo') as string, 'hasNextPage'))
        linked(cache, connection, key, 'last')
    }
  } else {
    for (const { connection, args } of listsOf(cache, `Item:${item.id}`, 'comments')) {
      if (!args?.before) linked(cache, connection, key, 'last')
    }
  }
}

// One that was replied to stands there for its replies, without its words.
function takeAway(cache: Cache, key: string) {
  const replies = [...listsOf(cache, key, 'replies')].flatMap(({ connection }) => nodesOf(cache, connection))
  if (replies.length > 0) {
    const deletedAt = new Date().toISOString()
    const remains = { body: null, author: null, deletedAt, viewerCanEdit: false, viewerCanDelete: false }
    cache.writeFragment(deleted, { __typename: 'Comment', id: cache.resolve(key, 'id'), ...remains })
    return
  }
  const parent = cache.resolve(key, 'replyTo')
  const lists = parent ? listsOf(cache, parent, 'replies') : listsOf(cache, cache.resolve(key, 'item'), 'comments')
  for (const { connection } of lists) without(cache, connection, key)
}
