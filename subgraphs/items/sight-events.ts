// What is told when people gain or lose sight of items by something else than a change of the item: by a share, or because
// its owner's account goes or comes back. Whoever lost it learns that, and its id.
import { sql } from 'drizzle-orm'
import type { Transaction } from '../../platform/database.ts'
import type { OutboxEvent } from '../../platform/events.ts'
import { alsoOfComments, followersChannel, itemEvent, ownerChannel, stillSeen, viewerChannel } from './events.ts'

interface SharedItem {
  readonly id: string
  readonly ownerId: string
}

/**
 * Its owner shared it, or changed what a share permits. Told to the owner, and to whoever follows the item, alike whether it
 * is known with whom: nobody is to learn from it that an address has an account.
 *
 * @param userId null where it is not known
 */
export function sharedEvents(item: SharedItem, userId: string | null): OutboxEvent[] {
  const viewer = userId === null ? [] : [viewerChannel(userId)]
  return [itemEvent('UPDATED', item, [followersChannel(item), ownerChannel(item), ...viewer])]
}

/**
 * Its owner took a share back. Whoever follows the item is asked about by the gateway with this, and ends to follow it if
 * it may no longer be seen.
 *
 * @param lostBy who has no other share of it; null where there is nobody
 */
export function unsharedEvents(item: SharedItem, lostBy: string | null): OutboxEvent[] {
  const changed = itemEvent('UPDATED', item, [followersChannel(item), ownerChannel(item)])
  return [alsoOfComments(changed, item, stillSeen(item)), ...(lostBy === null ? [] : [lostEvent(item, lostBy)])]
}

/** A share took effect because of what its address stands for now, of which nobody else is told. */
export const foundEvents = (item: SharedItem, userId: string): OutboxEvent[] => [
  itemEvent('UPDATED', item, [viewerChannel(userId)]),
]

/** A share ended to take effect in the same way. */
export function lostEvents(item: SharedItem, userId: string): OutboxEvent[] {
  const look = { __typename: 'ItemEvent', item: { __typename: 'Item', id: item.id } }
  const event = { channels: [followersChannel(item)], event: { itemChanged: look } }
  return [alsoOfComments(event, item, stillSeen(item)), lostEvent(item, userId)]
}

const lostEvent = (item: SharedItem, userId: string) => itemEvent('REMOVED', item, [viewerChannel(userId)])

/**
 * Writes what is told of everything that the owners have, none of which is in the trash: with one statement, however much
 * it is.
 *
 * @param owners who are gone, or are back
 */
export async function writeOwnersEvents(tx: Transaction, owners: readonly string[], isBack: boolean): Promise<void> {
  if (owners.length === 0) return
  const told = (kind: string) => sql`jsonb_build_object(
    '__typename', 'ItemEvent', 'kind', ${kind}::text, 'itemId', id,
    'item', ${kind === 'REMOVED' ? sql`null::text` : sql`jsonb_build_object('__typename', 'Item', 'id', id)`}
  )`
  const itemEvent = (kind: string) =>
    sql`jsonb_build_object('itemsChanged', ${told(kind)}, 'itemChanged', ${told(kind)})`
  const lists = sql`array['owner:' || owner_id] || case visibility when 'PUBLIC' then array['public'] else '{}' end || array(
    select distinct 'viewer:' || user_id from shares where item_id = items.id and user_id is not null
  )`
  const look = sql`array['item:' || id, 'comments:' || id]`
  const stillSeen = sql`jsonb_build_object('commentAdded', jsonb_build_object(
    '__typename', 'CommentEvent', 'item', jsonb_build_object('__typename', 'Item', 'id', id)
  ))`
  const events = isBack
    ? sql`(${lists} || array['item:' || id], ${itemEvent('UPDATED')})`
    : sql`(${look}, ${itemEvent('UPDATED')} || ${stillSeen}), (${lists}, ${itemEvent('REMOVED')})`
  await tx.execute(sql`
    insert into outbox (channels, event)
    select told.channels, told.event
    from items cross join lateral (values ${events}) as told (channels, event)
    where owner_id = any(${sql.param([...owners])}::uuid[]) and deleted_at is null
  `)
}
