// What happened to a person's items, and to what is shared with that person: one row for each feed it stands in, written
// in the transaction that makes it true, with the event that tells of it.
import { randomUUID } from 'node:crypto'
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
  const rows = happened.map((activity) => ({ ...activity, id: randomUUID() }))
  await Promise.all([
    transaction.insert(activities).values(rows),
    ...rows.map((row) => writeEvent(transaction, activityEvent(row))),
  ])
}

function activityEvent({ id, userId, kind, itemId }: NewActivity & { readonly id: string }): OutboxEvent {
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
