// What turns many lookups of one request into one statement.
import DataLoader from 'dataloader'
import { rowsById } from '../../platform/rows-by-id.ts'
import type { AccountStore, PublicProfile, UserRow } from './account-store.ts'
import type { ApiKeyRow, ApiKeyStore } from './api-key-store.ts'
import type { SecondFactorRow } from './second-factor-store.ts'
import type { SecondFactors } from './second-factors.ts'
import type { SessionRow, SessionStore } from './session-store.ts'

interface LoadedFrom {
  readonly accounts: Pick<AccountStore, 'findByIds' | 'findProfilesByIds'>
  readonly sessions: Pick<SessionStore, 'findByIds'>
  readonly secondFactors: Pick<SecondFactors, 'findConfirmed'>
  readonly apiKeys: Pick<ApiKeyStore, 'findOfUsers'>
}

export type UserLoaders = ReturnType<typeof userLoaders>

/** Loaders for one request. Made in the context and nowhere else: one that lives longer would answer with old rows. */
export function userLoaders({ accounts, sessions, secondFactors, apiKeys }: LoadedFrom) {
  const findAccounts = rowsById((ids): Promise<UserRow[]> => accounts.findByIds(ids))

  return {
    /** An account by id, or null where there is none that can be seen. One statement, however many are asked for together. */
    userById: new DataLoader<string, UserRow | null>(async (ids) =>
      (await findAccounts(ids)).map((row) => (row?.deletedAt ? null : row)),
    ),

    /** A deleted one too, for those who look after accounts. One statement, as above. */
    accountById: new DataLoader<string, UserRow | null>(findAccounts),

    /** What everybody sees of an account, or null where there is none that can be seen. One statement, as above. */
    profileById: new DataLoader<string, PublicProfile | null>(rowsById((ids) => accounts.findProfilesByIds(ids))),

    /** A session that goes on, by id; null where there is none. One statement, as above. */
    sessionById: new DataLoader<string, SessionRow | null>(rowsById((ids) => sessions.findByIds(ids))),

    /** The second factor of an account, or null where none counts. */
    secondFactorOf: new DataLoader<string, SecondFactorRow | null>(async (userIds) => {
      const rows = await secondFactors.findConfirmed(userIds)
      const byUser = new Map(rows.map((row) => [row.userId, row]))
      return userIds.map((id) => byUser.get(id) ?? null)
    }),

    /** The API keys of an account that are good, newest first. */
    apiKeysOf: new DataLoader<string, ApiKeyRow[]>(async (userIds) => {
      const rows = await apiKeys.findOfUsers(userIds)
      const byUser = Map.groupBy(rows, ({ userId }) => userId)
      return userIds.map((id) => byUser.get(id) ?? [])
    }),
  }
}
