// Who may do what with an item: the one place that says so, for a row at hand and for a list in SQL.
import { eq, or, sql } from 'drizzle-orm'
import type { Placeholder, SQL } from 'drizzle-orm'
import { items } from '../../drizzle/items/tables.ts'
import { ApiError } from '../../platform/errors.ts'
import type { ItemRow } from './store.ts'

/** The id of the account that is reading; null for somebody who did not log in. */
export type Viewer = string | null

export function mayRead(item: ItemRow, viewer: Viewer): boolean {
  return item.deletedAt === null && (item.visibility === 'PUBLIC' || isOwner(item, viewer))
}

/** `mayRead`, for the rows of a statement. The two change together. */
export function isReadable(viewer: Placeholder): SQL {
  return sql`${items.deletedAt} is null and ${or(eq(items.visibility, 'PUBLIC'), eq(items.ownerId, viewer))}`
}

export function isOwner(item: ItemRow, viewer: Viewer): boolean {
  return viewer !== null && item.ownerId === viewer
}

/**
 * The item, for whoever may change it.
 *
 * @throws ApiError NOT_FOUND for what this viewer may not even know of, FORBIDDEN for what is only there to be read
 */
export function changeable(item: ItemRow | null, viewer: Viewer): ItemRow {
  if (!item || !mayRead(item, viewer)) throw notFound()
  if (!isOwner(item, viewer)) throw new ApiError('FORBIDDEN', 'Only its owner changes an item.')
  return item
}

export const notFound = () => new ApiError('NOT_FOUND', 'There is no such item.')
