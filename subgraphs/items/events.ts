// What subscribers are told of a change, and who is: the channels of schema/events.graphql.
import type { OutboxEvent } from '../../platform/events.ts'
import type { ItemRow } from './store.ts'

export type Kind = 'CREATED' | 'UPDATED' | 'DELETED' | 'REMOVED'

const PUBLIC = 'public'
/** Followed by an account for what is shared with it. */
export const viewerChannel = (userId: string) => `viewer:${userId}`
const ownerOf = (item: ItemRow) => `owner:${item.ownerId}`
/** Whoever follows it is asked about by the gateway, for each event. */
const followersOf = (item: ItemRow) => `item:${item.id}`

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
  const channels = [followersOf(after), ownerOf(after), ...sharees.map(viewerChannel), ...(isPublic ? [PUBLIC] : [])]

  if (!before) return [itemEvent('CREATED', after, channels)]
  if (after.deletedAt !== null) return [itemEvent('DELETED', after, channels)]
  const updated = itemEvent('UPDATED', after, channels)
  return wasPublic && !isPublic ? [updated, itemEvent('REMOVED', after, [PUBLIC])] : [updated]
}

// The same is told by either field.
export function itemEvent(kind: Kind, { id }: { readonly id: string }, channels: readonly string[]): OutboxEvent {
  const isGone = kind === 'DELETED' || kind === 'REMOVED'
  const told = { __typename: 'ItemEvent', kind, itemId: id, item: isGone ? null : { __typename: 'Item', id } }
  return { channels, event: { itemsChanged: told, itemChanged: told } }
}
