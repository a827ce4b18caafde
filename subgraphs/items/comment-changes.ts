// Commenting: each change is one transaction, in which the item is locked, so that it is not deleted meanwhile and comments
// stand in the order in which they are told.
import { eq, sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { comments } from '../../drizzle/items/tables.ts'
import type { Transaction } from '../../platform/database.ts'
import { ApiError } from '../../platform/errors.ts'
import { isUuid } from '../../platform/input.ts'
import { writeEvent } from '../../platform/outbox.ts'
import { commentNotFound, demand, mayDeleteComment, mayRead } from './access.ts'
import type { Reader } from './access.ts'
import { writeActivities } from './activity.ts'
import type { NewActivity } from './activity.ts'
import { lockItem } from './changes.ts'
import type { CommentRow } from './comment-reader.ts'
import { commentColumns, isCommentShown } from './comment-reader.ts'
import { commentsChannel } from './events.ts'
import type { ItemRow } from './store.ts'

/** @param afterCommit called when a transaction that wrote events has ended */
export function commentChanges(db: PostgresJsDatabase, afterCommit: () => void) {
  async function committed<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    const result = await db.transaction(work)
    afterCommit()
    return result
  }

  return {
    /** @throws ApiError NOT_FOUND or FORBIDDEN as `demand`; BAD_USER_INPUT for the field `replyTo` */
    add: (itemId: string, body: string, replyTo: string | null, reader: Reader) =>
      committed(async (tx) => {
        const locked = await lockItem(tx, itemId, reader)
        const item = demand(locked?.item ?? null, reader, 'COMMENT')
        const repliedTo = isUuid(replyTo) ? await find(tx, replyTo) : null
        if (replyTo !== null && repliedTo?.itemId !== itemId) {
          throw new ApiError('BAD_USER_INPUT', 'replyTo is no comment on this item.', { field: 'replyTo' })
        }
        const [row] = await tx
          .insert(comments)
          .values({
            itemId,
            // Threads are one level deep.
            parentId: repliedTo && (repliedTo.parentId ?? repliedTo.id),
            authorId: reader.id!,
            body,
            createdAt: sql`clock_timestamp()`,
          })
          .returning(commentColumns)
        const comment: CommentRow = { ...row!, isAuthorGone: false }
        await writeActivities(
          tx,
          activitiesOf('COMMENT_ADDED', comment, item, reader, repliedTo && whoReads(repliedTo, locked!)),
        )
        const told = {
          __typename: 'CommentEvent',
          kind: 'ADDED',
          itemId,
          commentId: comment.id,
          item: { __typename: 'Item', id: itemId },
          comment: { __typename: 'Comment', id: comment.id },
        }
        await writeEvent(tx, { channels: [commentsChannel(item)], event: { commentAdded: told } })
        return comment
      }),

    /** @throws ApiError NOT_FOUND for what is not there for this reader, FORBIDDEN for somebody else's */
    edit: (id: string, body: string, reader: Reader) =>
      db.transaction(async (tx) => {
        const { comment } = await lockComment(tx, id, reader)
        if (comment.authorId !== reader.id) throw new ApiError('FORBIDDEN', 'Only its author changes a comment.')
        if (comment.body === body) return comment
        const [row] = await tx
          .update(comments)
          .set({ body, editedAt: sql`clock_timestamp()` })
          .where(eq(comments.id, id))
          .returning(commentColumns)
        return { ...row!, isAuthorGone: false }
      }),

    /** What has replies stays where it is and says nothing. @throws ApiError as `edit` does */
    delete: (id: string, reader: Reader) =>
      committed(async (tx) => {
        const { comment, item } = await lockComment(tx, id, reader)
        if (!mayDeleteComment(comment, item, reader)) {
          throw new ApiError('FORBIDDEN', 'A comment is deleted by its author, the owner of the item or a moderator.')
        }
        await remove(tx, comment, reader)
        const concerned = comment.authorId === item.ownerId ? null : comment.authorId
        await writeActivities(tx, activitiesOf('COMMENT_DELETED', comment, item, reader, concerned))
        return id
      }),
  }
}

const find = async (tx: Transaction, id: string): Promise<CommentRow | null> => {
  const [row] = await tx
    .select({ ...commentColumns, isAuthorGone: sql<boolean>`false` })
    .from(comments)
    .where(sql`${comments.id} = ${id} and ${isCommentShown}`)
  return row ?? null
}

/** The comment and its item, which is locked. Tombstones are not there to be changed. */
async function lockComment(
  tx: Transaction,
  id: string,
  reader: Reader,
): Promise<{ comment: CommentRow; item: ItemRow }> {
  const found = await find(tx, id)
  const item = found && (await lockItem(tx, found.itemId, reader))?.item
  if (!item || !mayRead(item, reader)) throw commentNotFound()
  // As it is now that nobody else can change it.
  const comment = await find(tx, id)
  if (!comment || comment.deletedAt !== null) throw commentNotFound()
  return { comment, item }
}

async function remove(tx: Transaction, { id, parentId }: CommentRow, reader: Reader): Promise<void> {
  const hasReplies = sql`exists (select from comments as reply where reply.parent_id = ${id})`
  const emptied = await tx
    .update(comments)
    .set({ body: '', deletedAt: sql`clock_timestamp()`, deletedBy: reader.id })
    .where(sql`${comments.id} = ${id} and ${hasReplies}`)
    .returning({ id: comments.id })
  if (emptied.length > 0) return
  await tx.delete(comments).where(eq(comments.id, id))
  if (parentId === null) return
  // What stood there for this reply alone has nothing to stand for any more.
  await tx.delete(comments).where(sql`
    ${comments.id} = ${parentId} and ${comments.deletedAt} is not null
      and not exists (select from comments as reply where reply.parent_id = ${parentId})
  `)
}

/** In the feed of the item's owner, and of one more whom it concerns. */
function activitiesOf(
  kind: 'COMMENT_ADDED' | 'COMMENT_DELETED',
  comment: CommentRow,
  { ownerId, id: itemId, name: itemName }: ItemRow,
  { id }: Reader,
  concerned: string | null,
): NewActivity[] {
  const happened = { kind, actorId: id!, itemId, itemName, commentId: comment.id }
  const feeds = new Set([ownerId, ...(concerned === null || concerned === id ? [] : [concerned])])
  return [...feeds].map((userId) => ({ ...happened, userId }))
}

/** Who is told of a reply: the author of what it replies to, if they still see the item. */
function whoReads(
  { authorId }: CommentRow,
  { item, sharees }: { item: ItemRow; sharees: readonly string[] },
): string | null {
  return item.visibility === 'PUBLIC' || authorId === item.ownerId || sharees.includes(authorId) ? authorId : null
}
