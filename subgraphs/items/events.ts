// What subscribers are told of a change, and who is: the channels of schema/events.graphql.
import type { OutboxEvent } from '../../platform/events.ts'
import type { ItemRow } from './store.ts'

export type Kind = 'CREATED' | 'UPDATED' | 'DELETED' | 'REMOVED'

const PUBLIC = 'public'
/** Followed by an account for what is shared with it. */
export const viewerChannel = (userId: string) => `viewer:${userId}`
export const ownerChannel = (item: Pick<ItemRow, 'ownerId'>) => `owner:${item.ownerId}`
/** Whoever follows it is asked about by the gateway, for each event. */
export const followersChannel = (item: Pick<ItemRow, 'id'>) => `item:${item.id}`
/** The same holds for those who follow what is said about it. */
export const commentsChannel = (item: Pick<ItemRow, 'id'>) => `comments:${item.id}`

/**
 * The events of a change. Whoever could see the item before or can see it now is told; those who no longer can learn
 * that, and nothing else.
 *
 * @param before null for an item that was created
 * @param sharees accounts that it is shared with
 */
export function eventsOf(before: ItemRow | null, after: ItemRow, sharees: readonly string[]): OutboxEvent[] {
  const wasPublic = before?.visibility === 'PUBLIC'
  const isPublic = after.visibility === 'PUBLIC'
  const channels = [
    followersChannel(after),
    ownerChannel(after),
    ...sharees.map(viewerChannel),
    ...(isPublic ? [PUBLIC] : []),
  ]

  if (!before) return [itemEvent('CREATED', after, channels)]
  if (after.deletedAt !== null) return [alsoOfComments(itemEvent('DELETED', after, channels), after, gone(after))]
  const updated = itemEvent('UPDATED', after, channels)
  if (!wasPublic || isPublic) return [updated]
  return [alsoOfComments(updated, after, stillSeen(after)), itemEvent('REMOVED', after, [PUBLIC])]
}

/** The same event, told also to those who follow what is said about the item. */
export function alsoOfComments({ channels, event }: OutboxEvent, item: Pick<ItemRow, 'id'>, told: object): OutboxEvent {
  return { channels: [...channels, commentsChannel(item)], event: { ...event, commentAdded: told } }
}

/**
 * Those among them who lost sight of the item learn it from this. It holds the item alone, by which the gateway knows that it
 * is for nobody else.
 */
export const stillSeen = ({ id }: Pick<ItemRow, 'id'>) => ({
  __typename: 'CommentEvent',
  item: { __typename: 'Item', id },
})

const gone = ({ id }: Pick<ItemRow, 'id'>) => ({
  __typename: 'CommentEvent',
  kind: 'REMOVED',
  itemId: id,
  commentId: null,
  item: null,
  comment: null,
})

// The same is told by either field.
export function itemEvent(kind: Kind, { id }: { readonly id: string }, channels: readonly string[]): OutboxEvent {
  const isGone = kind === 'DELETED' || kind === 'REMOVED'
  const told = { __typename: 'ItemEvent', kind, itemId: id, item: isGone ? null : { __typename: 'Item', id } }
  return { channels, event: { itemsChanged: told, itemChanged: told } }
}
