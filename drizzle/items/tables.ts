import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'

export const itemStatus = pgEnum('item_status', ['DRAFT', 'ACTIVE', 'INACTIVE', 'ARCHIVED'])
export const itemVisibility = pgEnum('item_visibility', ['PRIVATE', 'PUBLIC'])

/** Owned by the items subgraph: no other process reads or writes these tables. */
export const items = pgTable(
  'items',
  {
    id: uuid().primaryKey().defaultRandom(),
    // A user's id, without a foreign key: users live in another subgraph's database.
    ownerId: uuid('owner_id').notNull(),
    name: varchar({ length: 255 }).notNull(),
    description: text(),
    status: itemStatus().notNull().default('DRAFT'),
    visibility: itemVisibility().notNull().default('PRIVATE'),
    /** 1 at first; grows by one with each change. */
    version: integer().notNull().default(1),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
    /** Set on a deleted item, which nobody sees any more. */
    deletedAt: timestamp('deleted_at', { withTimezone: true }),
  },
  (t) => [
    // Serves Query.items, newest first; id breaks ties so that a cursor is stable. `nullsFirst` because Drizzle writes
    // `nulls last` otherwise, which `order by … desc` cannot use.
    index('items_newest')
      .on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst())
      .where(sql`${t.deletedAt} is null`),
    // Serves User.items in the same order.
    index('items_by_owner')
      .on(t.ownerId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst())
      .where(sql`${t.deletedAt} is null`),
  ],
)

/** Events of this subgraph, written by `platform/outbox.ts` in the transaction that makes them true. */
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
