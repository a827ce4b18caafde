// What happened to a person's items, and to what is shared with that person: one row for each feed it stands in, written
// in the transaction that makes it true, with the event that tells of it.
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { activities } from '../../drizzle/items/tables.ts'
import type { OutboxEvent } from '../../platform/events.ts'
import { writeEvent } from '../../platform/outbox.ts'

export type NewActivity = Omit<typeof activities.$inferInsert, 'id' | 'createdAt'>

/** The last statements of their transaction: see `writeEvent`. */
export async function writeActivities(
  transaction: Pick<PostgresJsDatabase, 'execute' | 'insert'>,
  happened: readonly NewActivity[],
): Promise<void> {
  if (happened.length === 0) return
  const rows = await transaction
    .insert(activities)
    .values([...happened])
    .returning({
      id: activities.id,
      userId: activities.userId,
      kind: activities.kind,
      itemId: activities.itemId,
    })
  for (const row of rows) await writeEvent(transaction, activityEvent(row))
}

function activityEvent({
  id,
  userId,
  kind,
  itemId,
}: {
  id: string
  userId: string
  kind: string
  itemId: string
}): OutboxEvent {
  const told = {
    __typename: 'ActivityEvent',
    kind,
    activityId: id,
    itemId,
    activity: { __typename: 'Activity', id },
    item: { __typename: 'Item', id: itemId },
  }
  return { channels: [`activity:${userId}`], event: { activity: told } }
}
