import { sql } from 'drizzle-orm'
import { index, jsonb, pgTable, text, timestamp, uniqueIndex, uuid, varchar } from 'drizzle-orm/pg-core'

/** Owned by the users subgraph: no other process reads or writes these tables. */
export const users = pgTable(
  'users',
  {
    id: uuid().primaryKey().defaultRandom(),
    username: varchar({ length: 50 }).notNull(),
    /** In lower case, as every address is before it is compared. */
    email: varchar({ length: 254 }).notNull(),
    /** argon2id in PHC form: algorithm, parameters, salt and hash. */
    passwordHash: text('password_hash').notNull(),
    firstName: varchar('first_name', { length: 100 }),
    lastName: varchar('last_name', { length: 100 }),
    phoneNumber: varchar('phone_number', { length: 16 }),
    /** Names of `Role`; what each stands for is in subgraphs/users/roles.ts. */
    roles: text().array().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    // Ada and ada would be one person to every reader.
    uniqueIndex('users_by_username').on(sql`lower(${t.username})`),
    uniqueIndex('users_by_email').on(t.email),
  ],
)

/** The keys that sign access tokens. The newest signs; all of them verify. */
export const signingKeys = pgTable(
  'signing_keys',
  {
    /** `kid` in a token's header: the key's JWK thumbprint. */
    id: text().primaryKey(),
    /** An ES256 private key as a JWK. */
    privateJwk: jsonb('private_jwk').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [index('signing_keys_newest').on(t.createdAt.desc().nullsFirst())],
)
