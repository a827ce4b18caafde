// Events are written where their fact is made: in the same transaction, so that neither stands without the other.
// The tables `outbox` and `outbox_head` are in drizzle/outbox.ts, for each subgraph that has events.
import { sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { OutboxEvent } from './events.ts'

/**
 * Writes an event. The last statement of its transaction, after the rows it speaks of are locked: so events of one
 * entity are in the order of its changes. Wake the publisher after the commit.
 */
export async function writeEvent(
  transaction: Pick<PostgresJsDatabase, 'execute'>,
  { channels, event }: OutboxEvent,
): Promise<void> {
  // The channels go as JSON: Drizzle would spread an array into a list of parameters.
  await transaction.execute(sql`
    insert into outbox (channels, event)
    select array(select jsonb_array_elements_text(${JSON.stringify(channels)}::text::jsonb)), ${JSON.stringify(event)}::text::jsonb
  `)
}
