import { sql } from 'drizzle-orm'
import { index, integer, pgEnum, pgTable, text, timestamp, uuid, varchar } from 'drizzle-orm/pg-core'

export { outbox, outboxHead } from '../outbox.ts'

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
