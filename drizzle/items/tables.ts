import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  customType,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'

export { outbox, outboxHead } from '../outbox.ts'

export const itemStatus = pgEnum('item_status', ['DRAFT', 'ACTIVE', 'INACTIVE', 'ARCHIVED'])
export const itemVisibility = pgEnum('item_visibility', ['PRIVATE', 'PUBLIC'])
export const itemVersionKind = pgEnum('item_version_kind', ['CREATED', 'UPDATED', 'DELETED', 'RESTORED', 'REVERTED'])
export const sharePermission = pgEnum('share_permission', ['VIEW', 'COMMENT', 'EDIT'])
export const activityKind = pgEnum('activity_kind', [
  'ITEM_CREATED',
  'ITEM_UPDATED',
  'ITEM_DELETED',
  'ITEM_RESTORED',
  'ITEM_REVERTED',
  'ITEM_SHARED',
  'SHARE_CHANGED',
  'SHARE_REVOKED',
  'COMMENT_ADDED',
  'COMMENT_DELETED',
])
export const personStatus = pgEnum('person_status', ['ACTIVE', 'DELETED', 'PURGED'])

const moment = (name: string) => timestamp(name, { withTimezone: true })
/** Words and their places, which Postgres makes and searches. Never read by a process. */
const tsvector = customType<{ data: never }>({ dataType: () => 'tsvector' })
/** Compared by its bytes, and so alike in every database. */
const plainText = customType<{ data: string }>({ dataType: () => 'text collate "C"' })

/** What an item is about: the columns that a change may concern, and of which each version keeps its own. */
const content = () => ({
  name: varchar({ length: 255 }).notNull(),
  description: text(),
  status: itemStatus().notNull().default('DRAFT'),
  visibility: itemVisibility().notNull().default('PRIVATE'),
  /** In lower case, each once. */
  tags: text()
    .array()
    .notNull()
    .default(sql`'{}'`),
})

/** Owned by the items subgraph: no other process reads or writes these tables. */
export const items = pgTable(
  'items',
  {
    id: uuid().primaryKey().defaultRandom(),
    // A user's id, without a foreign key: users live in another subgraph's database.
    ownerId: uuid('owner_id').notNull(),
    ...content(),
    /** 1 at first; grows by one with each change. */
    version: integer().notNull().default(1),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
    /** Set on an item in the trash, which nobody sees but its owner. */
    deletedAt: moment('deleted_at'),
    /** Who put it there: its owner, or a moderator. */
    deletedBy: uuid('deleted_by'),
    /** The name without case and accents: what lists are in the order of, and what typing errors are looked for in. */
    nameKey: plainText('name_key').generatedAlwaysAs(sql`name_key(name)`),
    /** Name, tags and description, the former weighing more. */
    search: tsvector().generatedAlwaysAs(sql`item_search(name, tags, description)`),
  },
  (t) => [
    // Serve Query.items in each of its orders; id breaks ties so that a cursor is stable. `nullsFirst` because Drizzle
    // writes `nulls last` otherwise, which `order by … desc` cannot use.
    index('items_newest')
      .on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst())
      .where(sql`${t.deletedAt} is null`),
    index('items_last_changed')
      .on(t.updatedAt.desc().nullsFirst(), t.id.desc().nullsFirst())
      .where(sql`${t.deletedAt} is null`),
    index('items_by_name')
      .on(t.nameKey, t.id)
      .where(sql`${t.deletedAt} is null`),
    // Serves User.items, newest first.
    index('items_by_owner')
      .on(t.ownerId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst())
      .where(sql`${t.deletedAt} is null`),
    // Serve filters and searches. A change waits for its own entry, so that no reader goes through a list of late ones.
    index('items_by_tag')
      .using('gin', t.tags)
      .with({ fastupdate: false })
      .where(sql`${t.deletedAt} is null`),
    index('items_by_word')
      .using('gin', t.search)
      .with({ fastupdate: false })
      .where(sql`${t.deletedAt} is null`),
    index('items_by_trigram')
      .using('gin', t.nameKey.op('gin_trgm_ops'))
      .with({ fastupdate: false })
      .where(sql`${t.deletedAt} is null`),
    // Serve User.trash and the purge.
    index('items_in_trash')
      .on(t.ownerId, t.deletedAt.desc().nullsFirst(), t.id.desc().nullsFirst())
      .where(sql`${t.deletedAt} is not null`),
    index('items_to_purge')
      .on(t.deletedAt)
      .where(sql`${t.deletedAt} is not null`),
  ],
)

/** Every state that an item was in, the present one too. Written with the change that made it. */
export const itemVersions = pgTable(
  'item_versions',
  {
    itemId: uuid('item_id')
      .notNull()
      .references(() => items.id, { onDelete: 'cascade' }),
    version: integer().notNull(),
    kind: itemVersionKind().notNull(),
    ...content(),
    /** Who made the change. */
    authorId: uuid('author_id').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.itemId, t.version] })],
)

/** What was made with a key that a client made up, so that a request sent twice makes one item. Kept for a day. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    ownerId: uuid('owner_id').notNull(),
    key: varchar({ length: 100 }).notNull(),
    /** SHA-256 of the input, in hexadecimal digits: the same key with another one is refused. */
    inputSha256: text('input_sha256').notNull(),
    // Without a foreign key: it is written first, so that the second of two requests waits before it makes an item.
    itemId: uuid('item_id').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.ownerId, t.key] }),
    // Serves the nightly removal.
    index('idempotency_keys_by_age').on(t.createdAt),
  ],
)

/** That an item is shared with an account, or with whoever shows to read mail at an address. */
export const shares = pgTable(
  'shares',
  {
    id: uuid().primaryKey().defaultRandom(),
    itemId: uuid('item_id')
      .notNull()
      .references(() => items.id, { onDelete: 'cascade' }),
    /** For whom it takes effect; null for an address that no account has shown to read mail at. */
    userId: uuid('user_id'),
    /** What it was shared by, where that was an address, for its owner to see; in lower case. */
    email: varchar({ length: 254 }),
    /** As accounts are known by: see platform/account-events.ts. */
    emailSha256: text('email_sha256'),
    permission: sharePermission().notNull(),
    grantedBy: uuid('granted_by').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (t) => [
    // One by name and one by address may concern the same account: the one that permits more counts.
    uniqueIndex('shares_by_username')
      .on(t.itemId, t.userId)
      .where(sql`${t.email} is null`),
    uniqueIndex('shares_by_email').on(t.itemId, t.emailSha256),
    // Serves what asks whether an item is shared with somebody, and what is.
    index('shares_with_user').on(t.userId, t.itemId),
    // Serves Item.shares.
    index('shares_of_item').on(t.itemId, t.createdAt, t.id),
    // Serves the day on which an account shows to read mail at the address.
    index('shares_by_address').on(t.emailSha256),
    check('shares_are_with_somebody', sql`${t.userId} is not null or ${t.emailSha256} is not null`),
    check('shares_by_email_are_hashed', sql`(${t.email} is null) = (${t.emailSha256} is null)`),
  ],
)

/** What is said about an item. A reply has a parent, which has none: threads are one level deep. */
export const comments = pgTable(
  'comments',
  {
    id: uuid().primaryKey().defaultRandom(),
    itemId: uuid('item_id')
      .notNull()
      .references(() => items.id, { onDelete: 'cascade' }),
    parentId: uuid('parent_id').references((): AnyPgColumn => comments.id, { onDelete: 'cascade' }),
    authorId: uuid('author_id').notNull(),
    /** Empty once it is deleted. */
    body: text().notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    editedAt: moment('edited_at'),
    /** Set on a deleted comment, which stands there for its replies. */
    deletedAt: moment('deleted_at'),
    deletedBy: uuid('deleted_by'),
  },
  (t) => [
    // Serve Item.comments and Comment.replies, oldest first.
    index('comments_of_item')
      .on(t.itemId, t.createdAt, t.id)
      .where(sql`${t.parentId} is null`),
    index('comments_in_reply')
      .on(t.parentId, t.createdAt, t.id)
      .where(sql`${t.parentId} is not null`),
    // Serve the purge of an item and of an account.
    index('comments_by_item').on(t.itemId),
    index('comments_by_author').on(t.authorId),
  ],
)

/** One row for each person whose feed it stands in. Kept for 90 days, also when the item is gone. */
export const activities = pgTable(
  'activities',
  {
    id: uuid().primaryKey().defaultRandom(),
    /** Whose feed. */
    userId: uuid('user_id').notNull(),
    kind: activityKind().notNull(),
    actorId: uuid('actor_id').notNull(),
    itemId: uuid('item_id').notNull(),
    /** What it was called then. */
    itemName: varchar('item_name', { length: 255 }).notNull(),
    /** The version that it made, where it made one. */
    version: integer(),
    commentId: uuid('comment_id'),
    permission: sharePermission(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [
    // Serves User.activity, newest first.
    index('activities_of_user').on(t.userId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    // Serves the nightly removal.
    index('activities_by_age').on(t.createdAt),
  ],
)

/** What is known here of accounts, as their subgraph tells: see platform/account-events.ts. */
export const people = pgTable(
  'people',
  {
    id: uuid().primaryKey(),
    username: varchar({ length: 50 }).notNull(),
    emailSha256: text('email_sha256'),
    isEmailVerified: boolean('is_email_verified').notNull(),
    status: personStatus().notNull(),
  },
  (t) => [
    // Not unique: a name may go from one account to another, and the news of both come one after the other.
    index('people_by_username').on(sql`lower(${t.username})`),
    index('people_by_email').on(t.emailSha256),
    // Serves every list: whose items are not shown. There are few.
    index('people_gone')
      .on(t.id)
      .where(sql`${t.status} <> 'ACTIVE'`),
  ],
)

/** How far the event feed of another subgraph was followed. */
export const followedPositions = pgTable('followed_positions', {
  source: text().primaryKey(),
  position: bigint({ mode: 'number' }).notNull(),
  /** Everything is being read as it is now; events are to be taken from the position on when that is done. */
  isReadingAll: boolean('is_reading_all').notNull().default(false),
})
