// Every SQL statement by which admins change accounts.
import { eq, sql } from 'drizzle-orm'
import { users } from '../../drizzle/users/tables.ts'
import { revocationEvent } from '../../platform/account-events.ts'
import { accountChanged } from './account-state.ts'
import { lockAccount, orTaken, profileColumns } from './account-store.ts'
import type { ProfileChanges, UserRow } from './account-store.ts'
import { hasAdmin, lockAdmins } from './admins.ts'
import type { Transact } from './transactions.ts'

export type AdministrationStore = ReturnType<typeof administrationStore>
export type AccountChanges = ProfileChanges & Partial<Pick<UserRow, 'email'>>

/** Clocks of gateways may differ by so much. */
const CLOCK_SKEW_S = 60

/** @param tokenLifetimeS the longest that a token is good */
export function administrationStore(transact: Transact, { tokenLifetimeS }: { tokenLifetimeS: number }) {
  return {
    /**
     * Gives an account, deleted or not, these roles and no others. What its tokens say of its rights is good no more.
     *
     * @returns null where there is no such account
     */
    setRoles: (id: string, roles: readonly string[]): Promise<UserRow | { readonly refused: 'LAST_ADMIN' } | null> =>
      transact(async (tx, tell) => {
        await lockAdmins(tx)
        const before = await lockAccount(tx, id)
        if (!before || isSameSet(before.roles, roles)) return before
        const isDemoted = before.roles.includes('admin') && !roles.includes('admin')
        if (isDemoted && !before.deletedAt && !(await hasAdmin(tx, id))) return { refused: 'LAST_ADMIN' }
        const [changed] = await tx
          .update(users)
          .set({ roles: [...roles] })
          .where(eq(users.id, id))
          // While the account is locked: whoever read the roles of before did so earlier.
          .returning({ ...profileColumns, nowS: sql<number>`extract(epoch from clock_timestamp())::float8` })
        const { nowS, ...after } = changed!
        const untilS = Math.ceil(nowS) + tokenLifetimeS + CLOCK_SKEW_S
        tell(revocationEvent({ subject: id, issuedBeforeS: nowS, untilS }))
        return after
      }),

    /**
     * Changes an account, deleted or not. An address that is given counts as verified.
     *
     * @returns null where there is no such account; or which field has a value of another account
     */
    update: (id: string, changes: AccountChanges): Promise<UserRow | { readonly taken: string } | null> =>
      orTaken(() =>
        transact(async (tx, tell) => {
          const before = await lockAccount(tx, id)
          if (!before) return null
          const isNewlyVerified =
            changes.email !== undefined && (changes.email !== before.email || before.emailVerifiedAt === null)
          if (!isNewlyVerified && !isChanged(before, changes)) return before
          const [after] = await tx
            .update(users)
            .set({ ...changes, ...(isNewlyVerified && { emailVerifiedAt: sql`now()` }) })
            .where(eq(users.id, id))
            .returning(profileColumns)
          tell(accountChanged(after!))
          return after!
        }),
      ),
  }
}

const isSameSet = (one: readonly string[], other: readonly string[]) =>
  new Set(one).symmetricDifference(new Set(other)).size === 0

const isChanged = (before: UserRow, changes: AccountChanges) =>
  (Object.keys(changes) as (keyof AccountChanges)[]).some((field) => before[field] !== changes[field])
