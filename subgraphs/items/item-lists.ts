// Which items a list holds and in which order, read from what a client asks for.
import { z } from 'zod'
import { hasLength, isUuid, readInput, text } from '../../platform/input.ts'
import { ApiError } from '../../platform/errors.ts'
import { itemStatuses, itemTags } from './item-input.ts'
import { exclusionsIn, isStillTyped, withoutNoise } from './search.ts'

export type ItemOrder = (typeof orders)[number]

const orders = [
  'CREATED_DESC',
  'CREATED_ASC',
  'UPDATED_DESC',
  'UPDATED_ASC',
  'NAME_ASC',
  'NAME_DESC',
  'RELEVANCE',
] as const

/** Everything that decides what is in a list, and where, but for who reads it. */
export interface ItemList {
  /** All that may be read, what is shared with the reader, or the reader's trash. */
  readonly of: 'READABLE' | 'SHARED' | 'TRASH'
  /** Those of one owner alone; null for anybody's. */
  readonly ownerId: string | null
  readonly filter: ItemFilter
  readonly search: Search | null
  /** `DELETED_DESC` in the trash. */
  readonly order: ItemOrder | 'DELETED_DESC'
}

/** What is left out does not matter. Times are milliseconds since 1970. */
export interface ItemFilter {
  readonly status?: readonly string[]
  readonly visibility?: string
  readonly ownerId?: string
  readonly tags?: readonly string[]
  readonly createdFrom?: number
  readonly createdBefore?: number
  readonly updatedFrom?: number
  readonly updatedBefore?: number
}

export interface Search {
  readonly text: string
  /** Whether the last word may be the beginning of one. */
  readonly isTyped: boolean
}

const SEARCH_LENGTH_MAX = 200
const EXCLUSIONS_MAX = 20

const moment = z
  .date()
  .transform((date) => date.getTime())
  .nullish()
const listArguments = z.object({
  filter: z
    .object({
      status: z.array(itemStatuses).nullish(),
      visibility: z.string().nullish(),
      ownerId: z.string().nullish(),
      tags: itemTags.nullish(),
      createdFrom: moment,
      createdBefore: moment,
      updatedFrom: moment,
      updatedBefore: moment,
    })
    .nullish(),
  search: text()
    .check(hasLength({ min: 0, max: SEARCH_LENGTH_MAX }))
    .transform(withoutNoise)
    .refine((search) => exclusionsIn(search) <= EXCLUSIONS_MAX, `can exclude ${EXCLUSIONS_MAX} words at most`)
    .nullish(),
  orderBy: z.enum(orders).nullish(),
})

/** @throws ApiError BAD_USER_INPUT for the field `filter.…`, `search` or `orderBy` */
export function readItemList(
  args: { readonly filter?: unknown; readonly search?: unknown; readonly orderBy?: unknown },
  of: ItemList['of'],
  ownerId: string | null,
): ItemList {
  const read = readInput(listArguments, args)
  const search = read.search?.trim() ? { text: read.search, isTyped: isStillTyped(read.search) } : null
  const order = read.orderBy ?? (search ? 'RELEVANCE' : 'CREATED_DESC')
  if (order === 'RELEVANCE' && !search) {
    throw new ApiError('BAD_USER_INPUT', 'orderBy can be RELEVANCE for a search alone.', { field: 'orderBy' })
  }
  return { of, ownerId, filter: readFilter(read.filter ?? {}), search, order }
}

export const trashOf = (ownerId: string): ItemList => ({
  of: 'TRASH',
  ownerId,
  filter: {},
  search: null,
  order: 'DELETED_DESC',
})

/** The list's name for cursors: equal for lists that hold the same, in the same order. */
export function nameOf({ of, ownerId, filter, search, order }: ItemList): string {
  return JSON.stringify(['items', of, ownerId, Object.entries(filter).sort(), search, order])
}

/** Whether nothing can be in it: no account has such an id. */
export const isOfNobody = ({ filter: { ownerId } }: ItemList) => ownerId !== undefined && !isUuid(ownerId)

// Whatever is left out, null or empty is left out; the order of what is given means nothing.
function readFilter({ status, tags, ...rest }: NonNullable<z.output<typeof listArguments>['filter']>): ItemFilter {
  const given = Object.entries({
    ...rest,
    status: status?.length ? [...new Set(status)].sort() : null,
    tags: tags?.length ? tags.toSorted() : null,
  })
  return Object.fromEntries(given.filter(([, value]) => value != null))
}
