// What is said about items.
import { z } from 'zod'
import { hasLength, isUuid, readInput, text } from '../../../platform/input.ts'
import { commentNotFound, isSilent, mayDeleteComment, mayEditComment, mayRead, notFound } from '../access.ts'
import { isCommentBeyond, placeOfComment } from '../comment-reader.ts'
import type { CommentRow, CommentsOf, ListedComment } from '../comment-reader.ts'
import type { ItemsContext } from '../context.ts'
import { connection, edge, readPageRequest, toPage } from '../pages.ts'
import type { Page, PageArguments } from '../pages.ts'
import type { Resolvers } from '../schema.generated.ts'
import type { ItemRow } from '../store.ts'

const COMMENT_LENGTH_MAX = 10_000

// As it was typed, but not blank: spaces mean something in Markdown.
const newText = z.object({
  body: text()
    .check(hasLength({ min: 1, max: COMMENT_LENGTH_MAX }))
    .refine((value) => value.trim() !== '', `must have 1 to ${COMMENT_LENGTH_MAX} characters`),
})

export const comments = {
  Item: {
    comments: ({ id }, args, context) => pageOfComments('ITEM', id, args, context),
  },

  Comment: {
    __resolveReference: ({ id }, context) => findComment(id, context),

    item: (comment, _args, context) => itemOf(comment, context),
    body: (comment) => (isSilent(comment) ? null : comment.body),
    author: (comment) => (isSilent(comment) ? null : { __typename: 'User', id: comment.authorId }),
    replyTo: ({ parentId }, _args, { loaders }) => (parentId === null ? null : loaders.commentById.load(parentId)),
    viewerCanEdit: (comment, _args, { reader }) => mayEditComment(comment, reader),
    viewerCanDelete: async (comment, _args, context) =>
      mayDeleteComment(comment, await itemOf(comment, context), context.reader),
    replies: ({ id }, args, context) => pageOfComments('COMMENT', id, args, context),
  },

  CommentConnection: connection,
  CommentEdge: edge,

  Mutation: {
    addComment: async (_root, { input: { itemId, replyTo, ...input } }, { reader, store }) => {
      const { body } = readInput(newText, input)
      if (!isUuid(itemId)) throw notFound()
      return { comment: await store.comments.add(itemId, body, replyTo ?? null, reader) }
    },

    editComment: async (_root, { input: { id, ...input } }, { reader, store }) => {
      const { body } = readInput(newText, input)
      if (!isUuid(id)) throw commentNotFound()
      return { comment: await store.comments.edit(id, body, reader) }
    },

    deleteComment: async (_root, { input: { id } }, { reader, store }) => {
      if (!isUuid(id)) throw commentNotFound()
      return { commentId: await store.comments.delete(id, reader) }
    },
  },
} satisfies Resolvers

/** @returns null where there is no such comment for this reader */
export async function findComment(id: string, { loaders, reader }: ItemsContext): Promise<CommentRow | null> {
  const comment = await loaders.commentById.load(id)
  const item = comment && (await loaders.itemById.load(comment.itemId))
  return item && mayRead(item, reader) ? comment : null
}

// Whoever holds a comment may see its item.
async function itemOf({ itemId }: CommentRow, { loaders }: ItemsContext): Promise<ItemRow> {
  const item = await loaders.itemById.load(itemId)
  if (!item) throw notFound()
  return item
}

async function pageOfComments(
  of: CommentsOf,
  parentId: string,
  args: PageArguments,
  { cursors, loaders }: ItemsContext,
): Promise<Page<ListedComment>> {
  const list = `comments ${of} ${parentId}`
  const request = readPageRequest(args, cursors, list)
  return toPage(await loaders.pageOfComments.load({ of, parentId, request }), request, {
    cursorOf: (row) => cursors.write(list, placeOfComment(row)),
    isBeyond: async (side, place) => isCommentBeyond(await loaders.commentList.load({ of, parentId }), side, place),
    countAll: async () => (await loaders.commentList.load({ of, parentId })).count,
  })
}
