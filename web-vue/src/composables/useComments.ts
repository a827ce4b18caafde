import { useMutation } from '@urql/vue'
import { computed } from 'vue'
import {
  AddCommentDocument,
  CommentAddedDocument,
  CommentsDocument,
  DeleteCommentDocument,
  EditCommentDocument,
  RepliesDocument,
} from '../gql/graphql.ts'
import { useFollowed } from './useFollowed.ts'
import { usePages } from './usePages.ts'

/** What was said about an item, the last part of it first, kept live. */
export function useComments(itemId: string) {
  const { pages, ...list } = usePages({
    document: CommentsDocument,
    variables: () => ({ itemId }),
    connectionOf: ({ node }) => (node && 'comments' in node ? node.comments : null),
    fromEnd: true,
  })
  useFollowed(CommentAddedDocument, { itemId })
  return { ...list, threads: computed(() => pages.value.flatMap(({ connection }) => connection.nodes)) }
}

/** Every reply to a comment, where there are more than come with it. */
export function useReplies(id: string) {
  const { pages, ...list } = usePages({
    document: RepliesDocument,
    variables: () => ({ id }),
    connectionOf: ({ node }) => (node && 'replies' in node ? node.replies : null),
    pageSize: 50,
  })
  return { ...list, replies: computed(() => pages.value.flatMap(({ connection }) => connection.nodes)) }
}

/** Each answers with the error, if there was one. */
export function useCommentActions() {
  const { executeMutation: add } = useMutation(AddCommentDocument)
  const { executeMutation: edit } = useMutation(EditCommentDocument)
  const { executeMutation: remove } = useMutation(DeleteCommentDocument)
  return {
    addComment: async (itemId: string, body: string, replyTo?: string) =>
      (await add({ input: { itemId, body, ...(replyTo && { replyTo }) } })).error,
    editComment: async (id: string, body: string) => (await edit({ input: { id, body } })).error,
    deleteComment: async (id: string) => (await remove({ input: { id } })).error,
  }
}
