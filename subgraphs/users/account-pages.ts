// Pages of the list of accounts, newest first. A cursor names the place of an account by what the list is ordered by, so
// that a page goes on where the one before ended, whoever came or went in between.
import { ApiError } from '../../platform/errors.ts'
import type { UserRow } from './account-store.ts'

const PAGE_SIZE_MAX = 100

/** A place in the list: after the account that was opened then and has this id. */
export interface Cursor {
  /** Microseconds since 1970, in digits: a Date would lose the last three, and a cursor skip or repeat accounts. */
  readonly createdAtUs: string
  readonly id: string
}

export interface PageRequest {
  readonly first: number
  readonly after: Cursor | null
}

export interface ListedUser extends UserRow {
  readonly createdAtUs: string
}

/** @throws ApiError BAD_USER_INPUT for the field `first` or `after` */
export function readPageRequest({ first, after }: { first: number; after?: string | null }): PageRequest {
  if (first < 1 || first > PAGE_SIZE_MAX) {
    throw new ApiError('BAD_USER_INPUT', `first must be from 1 to ${PAGE_SIZE_MAX}.`, { field: 'first' })
  }
  return { first, after: after === null || after === undefined ? null : readCursor(after) }
}

/** @param found one account more than was asked for, if there is one: that is how the page knows of a next */
export function toPage(found: readonly ListedUser[], { first, after }: PageRequest) {
  const nodes = found.slice(0, first)
  const edges = nodes.map((node) => ({ node, cursor: writeCursor(node) }))
  return {
    nodes,
    edges,
    pageInfo: {
      hasNextPage: found.length > first,
      hasPreviousPage: after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

function writeCursor({ createdAtUs, id }: Cursor): string {
  return Buffer.from(`${createdAtUs}/${id}`).toString('base64url')
}

const cursorForm = /^(?<createdAtUs>\d{1,16})\/(?<id>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

function readCursor(text: string): Cursor {
  const { createdAtUs, id } = Buffer.from(text, 'base64url').toString('latin1').match(cursorForm)?.groups ?? {}
  // Written again it must be the same: base64url can be read in more than one way.
  if (createdAtUs && id && writeCursor({ createdAtUs, id }) === text) return { createdAtUs, id }
  throw new ApiError('BAD_USER_INPUT', 'after is not a cursor of this list.', { field: 'after' })
}
