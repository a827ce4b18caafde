// What subscribers are told of a change, and who is: the channels of schema/events.graphql.
import type { OutboxEvent } from '../../platform/events.ts'
import type { ItemRow } from './store.ts'

type Kind = 'CREATED' | 'UPDATED' | 'DELETED' | 'REMOVED'

const PUBLIC = 'public'
const ownerOf = (item: ItemRow) => `owner:${item.ownerId}`

/**
 * The events of a change. Whoever could see the item before or can see it now is told; those who no longer can learn
 * that, and nothing else.
 *
 * @param before null for an item that was created
 */
export function eventsOf(before: ItemRow | null, after: ItemRow): OutboxEvent[] {
  const wasPublic = before?.visibility === 'PUBLIC'
  const isPublic = after.visibility === 'PUBLIC'
  const channels = isPublic ? [ownerOf(after), PUBLIC] : [ownerOf(after)]

  if (!before) return [itemsChanged('CREATED', after, channels)]
  if (after.deletedAt !== null) return [itemsChanged('DELETED', after, channels)]
  const updated = itemsChanged('UPDATED', after, channels)
  return wasPublic && !isPublic ? [updated, itemsChanged('REMOVED', after, [PUBLIC])] : [updated]
}

function itemsChanged(kind: Kind, { id }: ItemRow, channels: readonly string[]): OutboxEvent {
  const isGone = kind === 'DELETED' || kind === 'REMOVED'
  const item = isGone ? null : { __typename: 'Item', id }
  return { channels, event: { itemsChanged: { __typename: 'ItemEvent', kind, itemId: id, item } } }
}
