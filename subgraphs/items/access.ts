// Who may do what with an item: the one place that says so, for a row at hand and for a list in SQL. Root fields, entity
// references, lists, counts, searches, versions, comments, shares and subscriptions all ask here.
import { sql } from 'drizzle-orm'
import type { Placeholder, SQL } from 'drizzle-orm'
import type { itemVisibility, sharePermission } from '../../drizzle/items/tables.ts'
import { ApiError } from '../../platform/errors.ts'
import type { Identity } from '../../platform/identity.ts'
import { isUuid } from '../../platform/input.ts'

/** What somebody may do with an item. Each permits what those before it permit. */
export type Permission = (typeof permissions)[number]
export type SharePermission = (typeof sharePermission.enumValues)[number]

const permissions = ['VIEW', 'COMMENT', 'EDIT', 'OWNER'] as const

/** Whoever asks, as far as items are concerned. */
export interface Reader {
  /** The id of the account; null for whoever has none, or may not use it to read items. */
  readonly id: string | null
  readonly isModerator: boolean
  /** Whether the token is good for that; where they may, the item says. */
  readonly writesComments: boolean
  readonly moderatesComments: boolean
}

/** What decides about an item, beside who asks. */
export interface AccessFacts {
  readonly ownerId: string
  readonly visibility: (typeof itemVisibility.enumValues)[number]
  readonly deletedAt: Date | null
  readonly deletedBy: string | null
  /** What the reader's shares permit, the most of them; null where there is none. */
  readonly sharedAs: SharePermission | null
  /** Whether its owner's account was deleted. */
  readonly isOwnerGone: boolean
}

/**
 * A token may be good for less than its account, and one of another issuer may call its holder something that is no id of
 * ours: such readers see what everybody sees.
 */
export function readerOf({ subject, scopes }: Identity): Reader {
  const mayReadOwn = isUuid(subject) && scopes.includes('items:read')
  const may = (scope: string) => mayReadOwn && scopes.includes(scope)
  return {
    id: mayReadOwn ? subject : null,
    isModerator: may('items:moderate'),
    writesComments: may('comments:write'),
    moderatesComments: may('comments:moderate'),
  }
}

/** @returns null for an item that the reader is not to know of. What is in the trash is there for its owner alone */
export function permissionOn(item: AccessFacts, reader: Reader): Permission | null {
  if (item.isOwnerGone) return null
  if (isOwner(item, reader)) return 'OWNER'
  if (item.deletedAt !== null) return null
  return item.sharedAs ?? (item.visibility === 'PUBLIC' ? 'VIEW' : null)
}

/** Whether it is there to be read, which an item in the trash is not, not even for its owner. */
export function mayRead(item: AccessFacts, reader: Reader): boolean {
  return item.deletedAt === null && permissionOn(item, reader) !== null
}

/** `mayRead`, for the rows of a statement that reads `items`. The two change together. @param viewer null for nobody's id */
export function isReadable(viewer: Placeholder | null): SQL {
  const isPublic = sql`"items"."visibility" = 'PUBLIC'`
  const isSeen =
    viewer === null ? isPublic : sql`(${isPublic} or "items"."owner_id" = ${viewer} or ${isSharedWith(viewer)})`
  return sql`"items"."deleted_at" is null and ${isOwnerThere} and ${isSeen}`
}

/** Of somebody else's, and shared with the viewer: what `User.sharedWithMe` lists, if it is readable, too. */
export function isSharedWith(viewer: Placeholder): SQL {
  return sql`exists (select from "shares" where "shares"."item_id" = "items"."id" and "shares"."user_id" = ${viewer})`
}

/** That an account was not deleted. Such accounts are few: Postgres reads them once for a statement. */
export const isThere = (accountId: SQL) =>
  sql`${accountId} not in (select "id" from "people" where "status" <> 'ACTIVE')`

export const isOwnerThere = isThere(sql`"items"."owner_id"`)

/** What `permissionOn` needs to know beside the row itself, to be selected with it. */
export const accessColumns = (viewer: Placeholder) => ({
  sharedAs: sql<SharePermission | null>`(
    select max("permission") from "shares" where "shares"."item_id" = "items"."id" and "shares"."user_id" = ${viewer}
  )`.as('shared_as'),
  isOwnerGone: sql<boolean>`exists (
    select from "people" where "people"."id" = "items"."owner_id" and "people"."status" <> 'ACTIVE'
  )`.as('is_owner_gone'),
})

/** The same in a list, whose conditions leave out what belongs to deleted accounts. @param viewer null for nobody's id */
export const listAccessColumns = (viewer: Placeholder | null) => ({
  sharedAs: viewer
    ? accessColumns(viewer).sharedAs
    : sql<SharePermission | null>`null::share_permission`.as('shared_as'),
  isOwnerGone: sql<boolean>`false`.as('is_owner_gone'),
})

/** @throws ApiError FORBIDDEN for whoever is not that person */
export function demandOneself(id: string, reader: Reader): void {
  if (reader.id !== id) throw new ApiError('FORBIDDEN', 'This is for that person alone.')
}

export function permits(permission: Permission | null, needed: Permission): boolean {
  return permission !== null && permissions.indexOf(permission) >= permissions.indexOf(needed)
}

/** Somebody may have two shares of an item, one by name and one by e-mail. */
export function strongest(granted: readonly SharePermission[]): SharePermission | null {
  return granted.toSorted((one, other) => permissions.indexOf(other) - permissions.indexOf(one))[0] ?? null
}

/**
 * The item, for whoever may do what needs the permission.
 *
 * @throws ApiError NOT_FOUND for what this reader may not even know of, or is in the trash; FORBIDDEN for what the reader
 *   sees without being permitted that
 */
export function demand<Item extends AccessFacts>(item: Item | null, reader: Reader, needed: Permission): Item {
  if (!item || !mayRead(item, reader)) throw notFound()
  demandOn(item, reader, needed)
  return item
}

/** The same for an item that the reader has at hand, be it in the trash. */
export function demandOn(item: AccessFacts, reader: Reader, needed: Permission): void {
  if (!permits(permissionOn(item, reader), needed)) throw new ApiError('FORBIDDEN', refusals[needed])
}

/** The item, for whoever may put it into the trash: its owner, or a moderator who sees it. Throws as `demand` does. */
export function demandDeletable<Item extends AccessFacts>(item: Item | null, reader: Reader): Item {
  return demand(item, reader, reader.isModerator ? 'VIEW' : 'OWNER')
}

/**
 * The item in the trash, for whoever may take it out: who put it there, owner or moderator.
 *
 * @throws ApiError NOT_FOUND for what is not in the trash of this reader, FORBIDDEN for its owner where a moderator did it
 */
export function demandRestorable<Item extends AccessFacts>(item: Item | null, reader: Reader): Item {
  if (!item || item.deletedAt === null || item.isOwnerGone) throw notFound()
  const isByOwner = item.deletedBy === item.ownerId
  if (isByOwner ? isOwner(item, reader) : reader.isModerator) return item
  if (isOwner(item, reader)) throw new ApiError('FORBIDDEN', 'Only a moderator restores what a moderator deleted.')
  throw notFound()
}

/** What decides about a comment, beside its item and who asks. */
export interface CommentFacts {
  readonly authorId: string
  readonly deletedAt: Date | null
  /** Whether its author's account was deleted. */
  readonly isAuthorGone: boolean
}

/** Whether it stands there for its replies alone: deleted, or of somebody who is gone. */
export const isSilent = ({ deletedAt, isAuthorGone }: CommentFacts) => deletedAt !== null || isAuthorGone

/** The caller has seen to it that the reader may see its item. */
export function mayEditComment(comment: CommentFacts, reader: Reader): boolean {
  return !isSilent(comment) && reader.writesComments && comment.authorId === reader.id
}

/** As for `mayEditComment`. One's own, any under an item of one's own, and as a moderator any. */
export function mayDeleteComment(comment: CommentFacts, item: AccessFacts, reader: Reader): boolean {
  if (isSilent(comment)) return false
  return (
    reader.moderatesComments || (reader.writesComments && (comment.authorId === reader.id || isOwner(item, reader)))
  )
}

const isOwner = ({ ownerId }: AccessFacts, { id }: Reader) => id !== null && id === ownerId

const refusals: Record<Permission, string> = {
  VIEW: 'This item is not to be read.',
  COMMENT: 'This item is there to be read, not to be commented on.',
  EDIT: 'This item is there to be read, not to be changed.',
  OWNER: 'Only its owner does that with an item.',
}

export const notFound = () => new ApiError('NOT_FOUND', 'There is no such item.')
export const shareNotFound = () => new ApiError('NOT_FOUND', 'There is no such share.')
export const commentNotFound = () => new ApiError('NOT_FOUND', 'There is no such comment.')
