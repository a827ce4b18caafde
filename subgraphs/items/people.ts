// What is known here of accounts, as their subgraph tells: names and addresses by which things are shared, and who is gone,
// so that nothing of theirs is shown.
import { sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { people } from '../../drizzle/items/tables.ts'
import type { AccountState } from '../../platform/account-events.ts'
import type { Transaction } from '../../platform/database.ts'
import { writeEvent } from '../../platform/outbox.ts'
import { writeActivities } from './activity.ts'
import { foundEvents, lostEvents, writeOwnersEvents } from './sight-events.ts'

/** Any number, as long as nothing else in the subgraph's database locks with it. */
const ADDRESSES_LOCK = 7_215_020

/**
 * Whom addresses stand for stays so until the transaction ends. The first thing that it locks: whoever takes accounts locks
 * items after this.
 */
export async function lockAddresses(tx: Transaction): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${ADDRESSES_LOCK})`)
}

/**
 * Takes accounts as they are now, of which the last state of each counts: hides what belongs to those that are gone, shows it
 * again for those that are back, and lets shares by e-mail take effect for whoever has shown to read mail at the address.
 * Taken twice, they change nothing more.
 */
export async function takeAccounts(tx: Transaction, accounts: readonly AccountState[]): Promise<void> {
  const last = [...new Map(accounts.map((account) => [account.id, account])).values()]
  if (last.length === 0) return
  await tx.execute(sql`select pg_advisory_xact_lock(${ADDRESSES_LOCK})`)
  const changed = await keep(tx, last)

  const ids = last.map(({ id }) => id)
  const lost = await unbindShares(tx, ids)
  const found = await bindShares(tx, ids)

  const goneNow = changed.filter(({ before, after }) => before === 'ACTIVE' && after !== 'ACTIVE')
  const backNow = changed.filter(({ before, after }) => before !== 'ACTIVE' && after === 'ACTIVE')
  const byId = ({ id }: { readonly id: string }) => id
  await writeOwnersEvents(tx, goneNow.map(byId), false)
  await writeOwnersEvents(tx, backNow.map(byId), true)
  for (const share of lost) for (const event of lostEvents(share, share.userId)) await writeEvent(tx, event)
  for (const share of found) {
    const { id: itemId, userId, name: itemName, permission, grantedBy: actorId } = share
    await writeActivities(tx, [{ userId, kind: 'ITEM_SHARED', actorId, itemId, itemName, permission }])
    for (const event of foundEvents(share, userId)) await writeEvent(tx, event)
  }
}

export function personReader(db: PostgresJsDatabase) {
  const byIds = db
    .select({ id: people.id })
    .from(people)
    .where(sql`${people.id} = any(${sql.placeholder('ids')}::uuid[]) and ${people.status} = 'ACTIVE'`)
    .prepare('people_by_ids')
  return {
    /** Those that are there, in any order. */
    byIds: (ids: readonly string[]): Promise<{ id: string }[]> => byIds.execute({ ids: [...ids] }),
  }
}

/** Whoever is not known yet was there. */
async function keep(tx: Transaction, accounts: readonly AccountState[]) {
  return tx.execute<{ id: string; before: AccountState['status']; after: AccountState['status'] }>(sql`
    with told as (
      select * from jsonb_to_recordset(${JSON.stringify(accounts)}::text::jsonb) as told (
        "id" uuid, "username" text, "emailSha256" text, "isEmailVerified" boolean, "status" person_status
      )
    ), before as (
      select id, status from people where id in (select id from told)
    ), kept as (
      insert into people (id, username, email_sha256, is_email_verified, status)
      select "id", "username", "emailSha256", "isEmailVerified", "status" from told
      on conflict (id) do update set username = excluded.username, email_sha256 = excluded.email_sha256,
        is_email_verified = excluded.is_email_verified, status = excluded.status
    )
    select told.id, coalesce(before.status, 'ACTIVE') as before, told.status as after
    from told left join before on before.id = told.id
  `)
}

interface BoundShare extends Record<string, unknown> {
  /** Of the item. */
  readonly id: string
  readonly ownerId: string
  readonly name: string
  readonly userId: string
  readonly grantedBy: string
  readonly permission: 'VIEW' | 'COMMENT' | 'EDIT'
}

/** Shares by an address that is no longer the account's. @returns those of them by which it saw an item that it sees no more */
async function unbindShares(tx: Transaction, ids: readonly string[]): Promise<readonly BoundShare[]> {
  const isMistaken = sql`
    shares.user_id = any(${sql.param([...ids])}::uuid[]) and shares.email_sha256 is not null and exists (
      select from people where people.id = shares.user_id and people.status <> 'PURGED'
        and (people.email_sha256 is distinct from shares.email_sha256 or not people.is_email_verified)
    )`
  if (!(await lockItemsOf(tx, isMistaken))) return []
  return tx.execute<BoundShare>(sql`
    with lost as (
      update shares set user_id = null
      from (select id as share_id, user_id as held_by from shares where ${isMistaken}) as held
      where shares.id = held.share_id
      returning shares.id, shares.item_id, held.held_by, shares.granted_by, shares.permission
    )
    select items.id, items.owner_id as "ownerId", items.name, lost.held_by as "userId",
      lost.granted_by as "grantedBy", lost.permission
    from lost join items on items.id = lost.item_id
    where items.deleted_at is null and not exists (
      select from shares as other
      where other.item_id = lost.item_id and other.user_id = lost.held_by and other.id <> lost.id
    )
  `)
}

/** Shares by an address that the account reads mail at. @returns those that took effect, of items not in the trash */
async function bindShares(tx: Transaction, ids: readonly string[]): Promise<readonly BoundShare[]> {
  const isFor = sql`
    people.id = any(${sql.param([...ids])}::uuid[]) and people.status = 'ACTIVE' and people.is_email_verified
      and shares.email_sha256 = people.email_sha256 and shares.user_id is distinct from people.id`
  if (!(await lockItemsOf(tx, sql`exists (select from people where ${isFor})`))) return []
  return tx.execute<BoundShare>(sql`
    with found as (
      update shares set user_id = people.id from people where ${isFor}
      returning shares.item_id, people.id as user_id, shares.granted_by, shares.permission
    )
    select items.id, items.owner_id as "ownerId", items.name, found.user_id as "userId",
      found.granted_by as "grantedBy", found.permission
    from found join items on items.id = found.item_id
    where items.deleted_at is null and items.owner_id <> found.user_id
  `)
}

/** In the order of ids, as all who lock several. @returns whether there are any */
async function lockItemsOf(tx: Transaction, isConcerned: ReturnType<typeof sql>): Promise<boolean> {
  const locked = await tx.execute(sql`
    select id from items where id in (select item_id from shares where ${isConcerned}) order by id for update
  `)
  return locked.length > 0
}
