// The tables that a subgraph with events has besides its own: its tables.ts exports them. Its first migration ends with
// `INSERT INTO "outbox_head" DEFAULT VALUES;`, which is the one row of the head.
import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, jsonb, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'

/** Events of a subgraph, written by `platform/outbox.ts` in the transaction that makes them true. */
export const outbox = pgTable(
  'outbox',
  {
    id: bigint({ mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
    /** Given by the publisher after the commit: consecutive, in the order in which events are sent. */
    position: bigint({ mode: 'bigint' }),
    /** Who is told: the names that `@channel` writes. */
    channels: text().array().notNull(),
    /** What subscribers get: the subscription field's object, entities as keys only. */
    event: jsonb().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    publishedAt: timestamp('published_at', { withTimezone: true }),
  },
  (t) => [
    uniqueIndex('outbox_by_position').on(t.position),
    // Serve the publisher: what has no position yet, and what a publisher that died may not have sent.
    index('outbox_without_position')
      .on(t.id)
      .where(sql`${t.position} is null`),
    index('outbox_unpublished')
      .on(t.position)
      .where(sql`${t.publishedAt} is null and ${t.position} is not null`),
  ],
)

/** One row: the last position given. Whoever gives positions holds its lock, so positions have no holes. */
export const outboxHead = pgTable(
  'outbox_head',
  {
    id: boolean().primaryKey().default(true),
    position: bigint({ mode: 'bigint' })
      .notNull()
      .default(sql`0`),
  },
  (t) => [check('outbox_head_is_one_row', sql`${t.id}`)],
)
