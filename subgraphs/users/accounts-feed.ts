// Every account in the order of ids, for subgraphs that start to follow the accounts or have missed events.
import { sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { FastifyInstance } from 'fastify'
import { purgedAccounts, users } from '../../drizzle/users/tables.ts'
import { ACCOUNTS_PAGE_MAX, ACCOUNTS_PATH } from '../../platform/account-events.ts'
import type { AccountsPage } from '../../platform/account-events.ts'
import { isUuid } from '../../platform/input.ts'
import { accountState, purgedState } from './account-state.ts'
import { profileColumns } from './account-store.ts'

const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/** @returns what adds `GET /accounts?after=<id>`, for those who sign as the gateway does */
export function accountsFeed(db: PostgresJsDatabase) {
  const { id, username, email, emailVerifiedAt, deletedAt } = profileColumns

  async function page(after: string): Promise<AccountsPage> {
    // One transaction of one moment: an account that is purged in between is in neither or in one of the lists.
    const [living, purged] = await db.transaction(
      async (tx) => [
        await tx
          .select({ id, username, email, emailVerifiedAt, deletedAt })
          .from(users)
          .where(sql`${users.id} > ${after}`)
          .orderBy(users.id)
          .limit(ACCOUNTS_PAGE_MAX),
        await tx
          .select({ id: purgedAccounts.id })
          .from(purgedAccounts)
          .where(sql`${purgedAccounts.id} > ${after}`)
          .orderBy(purgedAccounts.id)
          .limit(ACCOUNTS_PAGE_MAX),
      ],
      { isolationLevel: 'repeatable read', accessMode: 'read only' },
    )
    const states = [...living.map(accountState), ...purged.map((account) => purgedState(account.id))]
    // Of ids as Postgres orders them: lower-case hexadecimal digits are in the order of their characters.
    states.sort((one, other) => (one.id < other.id ? -1 : 1))
    return { accounts: states.slice(0, ACCOUNTS_PAGE_MAX) }
  }

  return (routes: FastifyInstance): void => {
    routes.get<{ Querystring: { readonly after?: unknown } }>(ACCOUNTS_PATH, async (request, reply) => {
      const { after = FIRST_ID } = request.query
      if (!isUuid(after)) return reply.code(400).send({ errors: [{ message: 'after must be the id of an account.' }] })
      return page(after)
    })
  }
}
