import { sql } from 'drizzle-orm'
import type { SQLWrapper } from 'drizzle-orm'
import {
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'

export { outbox, outboxHead } from '../outbox.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true })

/**
 * All of an account that can be searched as one text, a line for each: an index has to have the same words. One text, as
 * Postgres takes conditions on several for dearer than reading every row.
 */
export const searchedText = (t: Readonly<Record<'username' | 'email' | 'firstName' | 'lastName', SQLWrapper>>) =>
  sql`(${t.username} || chr(10) || ${t.email} || chr(10) || coalesce(${t.firstName}, '') || ' ' || coalesce(${t.lastName}, ''))`

/** Owned by the users subgraph: no other process reads or writes these tables. */
export const users = pgTable(
  'users',
  {
    id: uuid().primaryKey().defaultRandom(),
    username: varchar({ length: 50 }).notNull(),
    /** In lower case, as every address is before it is compared. */
    email: varchar({ length: 254 }).notNull(),
    /** When the person showed to read mail at the address; null for one who has not yet. */
    emailVerifiedAt: moment('email_verified_at'),
    /** argon2id in PHC form: algorithm, parameters, salt and hash. */
    passwordHash: text('password_hash').notNull(),
    firstName: varchar('first_name', { length: 100 }),
    lastName: varchar('last_name', { length: 100 }),
    phoneNumber: varchar('phone_number', { length: 16 }),
    /** Names of `Role`; what each stands for is in subgraphs/users/roles.ts. */
    roles: text().array().notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** Set on a deleted account, which nobody sees and which can be restored until it is purged. */
    deletedAt: moment('deleted_at'),
  },
  (t) => [
    // Ada and ada would be one person to every reader.
    uniqueIndex('users_by_username').on(sql`lower(${t.username})`),
    uniqueIndex('users_by_email').on(t.email),
    // Serves Query.users, newest first; id breaks ties so that a cursor is stable.
    index('users_newest').on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    // Serve the search of Query.users, for those who may see all of an account and for others: any three characters in a
    // row are found by their trigram.
    index('users_search').using('gin', sql`${searchedText(t)} gin_trgm_ops`),
    index('users_search_by_username').using('gin', t.username.op('gin_trgm_ops')),
    // Serves the nightly purge.
    index('users_deleted')
      .on(t.deletedAt)
      .where(sql`${t.deletedAt} is not null`),
  ],
)

/** What is left of an account that was purged: that there was one, for whoever has missed the news. */
export const purgedAccounts = pgTable('purged_accounts', {
  id: uuid().primaryKey(),
  purgedAt: moment('purged_at').notNull().defaultNow(),
})

/** A login that goes on: what its refresh tokens belong to. */
export const sessions = pgTable(
  'sessions',
  {
    /** `sid` in access tokens. */
    id: uuid().primaryKey().defaultRandom(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** `User-Agent` of the last use; null where the client told none. */
    userAgent: varchar('user_agent', { length: 512 }),
    /** Address of the last use; null where none is known. */
    address: varchar({ length: 64 }),
    createdAt: moment('created_at').notNull().defaultNow(),
    lastSeenAt: moment('last_seen_at').notNull().defaultNow(),
    /** Moves on with each refresh. */
    expiresAt: moment('expires_at').notNull(),
    endedAt: moment('ended_at'),
  },
  (t) => [
    // Serves User.sessions and everything that ends all of them.
    index('sessions_of_user').on(t.userId, t.lastSeenAt.desc().nullsFirst()),
    // Serves the nightly removal.
    index('sessions_by_expiry').on(t.expiresAt),
  ],
)

/** Each is good for one refresh, which gives the next one. Known by its hash alone. */
export const refreshTokens = pgTable(
  'refresh_tokens',
  {
    /** SHA-256 of the token, in hexadecimal digits. */
    sha256: text().primaryKey(),
    sessionId: uuid('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    issuedAt: moment('issued_at').notNull().defaultNow(),
    usedAt: moment('used_at'),
  },
  (t) => [index('refresh_tokens_of_session').on(t.sessionId)],
)

/** What a mail holds to prove that its reader has the address. Known by its hash alone, good once. */
export const mailTokens = pgTable(
  'mail_tokens',
  {
    /** SHA-256 of the token, in hexadecimal digits. */
    sha256: text().primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    purpose: text({ enum: ['VERIFY_EMAIL', 'RESET_PASSWORD'] }).notNull(),
    /** The address it was sent to: it proves nothing of another one. */
    email: varchar({ length: 254 }).notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
    usedAt: moment('used_at'),
  },
  (t) => [index('mail_tokens_of_user').on(t.userId), index('mail_tokens_by_expiry').on(t.expiresAt)],
)

/** Keys of programs that act for an account. Known by their hashes alone. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: uuid().primaryKey().defaultRandom(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: varchar({ length: 100 }).notNull(),
    /** The first characters of the key, by which its owner tells it from others. */
    prefix: varchar({ length: 16 }).notNull(),
    /** SHA-256 of the whole key, in hexadecimal digits. */
    sha256: text().notNull(),
    scopes: text().array().notNull(),
    ratePerMinute: integer('rate_per_minute').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** Null for one that does not expire. */
    expiresAt: moment('expires_at'),
    lastUsedAt: moment('last_used_at'),
    lastUsedAddress: varchar('last_used_address', { length: 64 }),
    revokedAt: moment('revoked_at'),
  },
  (t) => [uniqueIndex('api_keys_by_sha256').on(t.sha256), index('api_keys_of_user').on(t.userId)],
)

/** The second factor of an account (RFC 6238). */
export const secondFactors = pgTable('second_factors', {
  userId: uuid('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  /** Base32, as authenticator apps read it. */
  secret: text().notNull(),
  /** Null until a first code has shown that an app has the secret. */
  confirmedAt: moment('confirmed_at'),
  /** The time step of the last code that was taken: each is good once. */
  lastStep: integer('last_step'),
})

/** Codes on paper that stand in for the second factor, each good once. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** SHA-256 of the code, in hexadecimal digits. */
    sha256: text().notNull(),
    usedAt: moment('used_at'),
  },
  (t) => [primaryKey({ columns: [t.userId, t.sha256] })],
)

/** How often something was tried for one account within a window, whether there is such an account or not. */
export const attempts = pgTable(
  'attempts',
  {
    /** What was tried, as `login`. */
    action: text().notNull(),
    /** SHA-256 of what names the account, as an address. */
    subjectSha256: text('subject_sha256').notNull(),
    windowStartedAt: moment('window_started_at').notNull(),
    count: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.action, t.subjectSha256] }), index('attempts_by_window').on(t.windowStartedAt)],
)

/** Mail that went nowhere, to be looked at in development. Empty where SMTP is set. */
export const mailbox = pgTable(
  'mailbox',
  {
    id: uuid().primaryKey().defaultRandom(),
    recipient: varchar({ length: 254 }).notNull(),
    subject: text().notNull(),
    text: text().notNull(),
    html: text().notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [index('mailbox_newest').on(t.createdAt.desc().nullsFirst())],
)

/** The keys that sign access tokens. The newest that is due signs; all that are not retired verify. */
export const signingKeys = pgTable(
  'signing_keys',
  {
    /** `kid` in a token's header: the key's JWK thumbprint. */
    id: text().primaryKey(),
    /** An ES256 private key as a JWK. */
    privateJwk: jsonb('private_jwk').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    /** From when on it signs: later than it can be read, so that every gateway knows it before a token needs it. */
    signsFrom: moment('signs_from').notNull().defaultNow(),
  },
  (t) => [index('signing_keys_newest').on(t.createdAt.desc().nullsFirst())],
)
