// The SQL statement of the list of accounts. Written anew for each request, from the conditions that it has: one text for
// all of them would be planned for none.
import { and, desc, sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { searchedText, users } from '../../drizzle/users/tables.ts'
import type { ListedUser, PageRequest } from './account-pages.ts'
import { profileColumns } from './account-store.ts'

export type AccountListStore = ReturnType<typeof accountListStore>

export interface AccountsWanted extends PageRequest {
  /** What a username has to hold; null for any. */
  readonly search: string | null
  /** Whether e-mail addresses and names are searched too. */
  readonly isPersonalSearched: boolean
  readonly role: string | null
}

const listed = {
  ...profileColumns,
  createdAtUs: sql<string>`(extract(epoch from ${users.createdAt}) * 1000000)::bigint`.as('created_at_us'),
}

export function accountListStore(db: PostgresJsDatabase) {
  return {
    /** A page of accounts, newest first, deleted ones too; and one more if there is one. */
    findPage: ({ first, after, search, isPersonalSearched, role }: AccountsWanted): Promise<ListedUser[]> =>
      db
        .select(listed)
        .from(users)
        .where(
          and(
            after
              ? sql`(${users.createdAt}, ${users.id}) < (${momentOf(after.createdAtUs)}, ${after.id}::uuid)`
              : undefined,
            role === null ? undefined : sql`${users.roles} @> array[${role}]::text[]`,
            search === null ? undefined : isMatch(search, isPersonalSearched),
          ),
        )
        .orderBy(desc(users.createdAt), desc(users.id))
        .limit(first + 1),
  }
}

function isMatch(search: string, isPersonalSearched: boolean): SQL {
  const pattern = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return sql`${isPersonalSearched ? searchedText(users) : users.username} ilike ${pattern}`
}

const momentOf = (us: string) => sql`timestamptz 'epoch' + ${us}::bigint * interval '1 microsecond'`
