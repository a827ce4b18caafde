import { expect, it } from 'vitest'
import type { ItemCardFragment, ItemOrder } from './gql/graphql.ts'
import { comparisonOf } from './item-order.ts'
import { item } from './testing/items.ts'

it('puts items in order by either time, in both directions', () => {
  const items = [
    item('a', 3, { updatedAt: '2026-11-21T00:00:00.000Z' }),
    item('b', 1, { updatedAt: '2026-11-22T00:00:00.000Z' }),
    item('c', 2, { updatedAt: '2026-11-23T00:00:00.000Z' }),
  ]
  expect(sorted(items, 'CREATED_DESC')).toBe('bca')
  expect(sorted(items, 'CREATED_ASC')).toBe('acb')
  expect(sorted(items, 'UPDATED_DESC')).toBe('cba')
  expect(sorted(items, 'UPDATED_ASC')).toBe('abc')
})

it('puts names in order without regard to case and accents', () => {
  const items = [item('a', 1, { name: 'étude' }), item('b', 1, { name: 'Egg' }), item('c', 1, { name: 'zebra' })]
  expect(sorted(items, 'NAME_ASC')).toBe('bac')
  expect(sorted(items, 'NAME_DESC')).toBe('cab')
})

it('leaves the order of a search to the server', () => {
  expect(comparisonOf('RELEVANCE')).toBeNull()
})

const sorted = (items: object[], order: ItemOrder) =>
  (items as ItemCardFragment[])
    .toSorted(comparisonOf(order)!)
    .map(({ id }) => id)
    .join('')
