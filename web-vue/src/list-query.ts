// What a list of items is asked for, as it stands in the address of its page.
import type { LocationQuery } from 'vue-router'
import type { ItemOrder, ItemStatus, ItemVisibility } from './gql/graphql.ts'
import { orders, statuses, visibilities, type Choice } from './labels.ts'

export interface ListQuery {
  /** Empty: no search. */
  readonly search: string
  /** Empty: any. */
  readonly statuses: readonly ItemStatus[]
  /** All of them hold. */
  readonly tags: readonly string[]
  readonly visibility: ItemVisibility | null
  readonly ownerId: string | null
  /** Null: the best match first for a search, the newest first otherwise. */
  readonly orderBy: ItemOrder | null
}

/** The most the gateway takes. */
const LONGEST_SEARCH = 200
const MOST_TAGS = 20

/** An address is written by anybody: what means nothing is passed over. */
export function readListQuery(query: LocationQuery): ListQuery {
  const search = (textsOf(query.search)[0] ?? '').trim().slice(0, LONGEST_SEARCH)
  const orderBy = knownOf(orders, query.order)[0] ?? null
  return {
    search,
    statuses: knownOf(statuses, query.status),
    tags: textsOf(query.tag).filter(isTag).slice(0, MOST_TAGS),
    visibility: knownOf(visibilities, query.visibility)[0] ?? null,
    ownerId: textsOf(query.owner)[0] || null,
    orderBy: orderBy === 'RELEVANCE' && !search ? null : orderBy,
  }
}

/** What `readListQuery` reads; nothing for what is as it always is. */
export function writeListQuery({ search, statuses, tags, visibility, ownerId, orderBy }: ListQuery) {
  return {
    search: search || undefined,
    status: statuses.map((status) => status.toLowerCase()),
    tag: [...tags],
    visibility: visibility?.toLowerCase(),
    owner: ownerId ?? undefined,
    order: orderBy?.toLowerCase().replaceAll('_', '-'),
  }
}

const textsOf = (value: LocationQuery[string] | undefined): string[] =>
  [value].flat().filter((text) => typeof text === 'string')

const knownOf = <Value extends string>(choices: readonly Choice<Value>[], value: LocationQuery[string] | undefined) => {
  const asked = textsOf(value).map((text) => text.toUpperCase().replaceAll('-', '_'))
  return choices.map((choice) => choice.value).filter((known) => asked.includes(known))
}

const isTag = ({ length }: string) => length >= 1 && length <= 50
