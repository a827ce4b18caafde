// The orders of the schema for items that are at hand: where one belongs that an event has brought or changed.
import type { ItemCardFragment, ItemOrder } from './gql/graphql.ts'

type Comparison = (one: ItemCardFragment, other: ItemCardFragment) => number

/** @returns null for the order of a search, which the server alone knows */
export function comparisonOf(order: ItemOrder): Comparison | null {
  switch (order) {
    case 'CREATED_DESC':
      return descending(byKey(({ createdAt }) => createdAt))
    case 'CREATED_ASC':
      return byKey(({ createdAt }) => createdAt)
    case 'UPDATED_DESC':
      return descending(byKey(({ updatedAt }) => updatedAt))
    case 'UPDATED_ASC':
      return byKey(({ updatedAt }) => updatedAt)
    case 'NAME_ASC':
      return byKey(nameKey)
    case 'NAME_DESC':
      return descending(byKey(nameKey))
    case 'RELEVANCE':
      return null
  }
}

// Moments are written with a fixed number of digits, so text order is time order. Equal ones stay in the server's order.
const byKey =
  (keyOf: (item: ItemCardFragment) => string): Comparison =>
  (one, other) => {
    const [left, right] = [keyOf(one), keyOf(other)]
    if (left === right) return 0
    return left < right ? -1 : 1
  }

const descending =
  (compare: Comparison): Comparison =>
  (one, other) =>
    compare(other, one)

// Without case and accents, as the server has it.
const nameKey = ({ name }: ItemCardFragment) => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
