// Every SQL statement about opening accounts and verifying their addresses.
import { eq, sql } from 'drizzle-orm'
import { users } from '../../drizzle/users/tables.ts'
import { accountChanged } from './account-state.ts'
import { lockAccount, orTaken, profileColumns } from './account-store.ts'
import type { UserRow } from './account-store.ts'
import { hasAdmin, lockAdmins } from './admins.ts'
import type { MailKind, MailQueue } from './mail-queue.ts'
import { findMailToken, takeMailToken } from './mail-tokens.ts'
import type { MailTokenPurpose } from './mail-tokens.ts'
import type { Tell, Transact, Transaction } from './transactions.ts'

export type NewUser = Pick<
  typeof users.$inferInsert,
  'username' | 'email' | 'passwordHash' | 'firstName' | 'lastName' | 'phoneNumber' | 'roles'
>
export type RegistrationStore = ReturnType<typeof registrationStore>

export function registrationStore(transact: Transact, mail: MailQueue, firstAdminEmail: string | null) {
  /**
   * Uses a token of a mail up, which shows that the address is read. Whoever has the first admin's address becomes that,
   * while there is none.
   *
   * @returns the account, or null for a token that is no good
   */
  async function proveAddress(
    tx: Transaction,
    tell: Tell,
    token: string,
    purpose: MailTokenPurpose,
  ): Promise<UserRow | null> {
    const known = await findMailToken(tx, token, purpose)
    if (!known) return null
    // In the order in which everybody locks: who is an admin, then the account, then what belongs to it.
    if (known.email === firstAdminEmail) await lockAdmins(tx)
    const before = await lockAccount(tx, known.userId)
    if (!before || before.deletedAt || before.email !== known.email) return null
    if (!(await takeMailToken(tx, known))) return null

    const becomesAdmin = known.email === firstAdminEmail && !(await hasAdmin(tx))
    if (before.emailVerifiedAt && !becomesAdmin) return before
    const [after] = await tx
      .update(users)
      .set({
        emailVerifiedAt: before.emailVerifiedAt ?? sql`now()`,
        ...(becomesAdmin && { roles: [...before.roles, 'admin'] }),
      })
      .where(eq(users.id, before.id))
      .returning(profileColumns)
    if (!before.emailVerifiedAt) tell(accountChanged(after!))
    return after!
  }

  return {
    proveAddress,

    /** @returns the account, to whose address a mail is sent, or which of its fields somebody else was first with */
    async create(user: NewUser): Promise<UserRow | { readonly taken: string }> {
      await mail.ready()
      const created = await orTaken(() =>
        transact(async (tx, tell) => {
          const [row] = await tx.insert(users).values(user).returning(profileColumns)
          await mail.send(tx, { kind: 'VERIFY_EMAIL', userId: row!.id })
          tell(accountChanged(row!))
          return row!
        }),
      )
      mail.wake()
      return created
    },

    /**
     * Sends a mail to an address, where it has an account. The work is the same where it has none: a job that finds
     * nobody.
     */
    async sendMailTo(kind: MailKind, email: string): Promise<void> {
      await mail.ready()
      await transact(async (tx) => {
        const [found] = await tx
          .select({
            userId: sql<string>`coalesce((select id from ${users} where email = ${email}), gen_random_uuid())`,
          })
          .from(sql`(select) as one`)
        await mail.send(tx, { kind, userId: found!.userId })
      })
      mail.wake()
    },

    /** @returns the account whose address the token was sent to, or null for a token that is no good */
    /** @returns the account whose address is verified, or null for a token that is no good */
    verifyEmail: (token: string): Promise<UserRow | null> =>
      transact((tx, tell) => proveAddress(tx, tell, token, 'VERIFY_EMAIL')),
  }
}
