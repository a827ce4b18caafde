import { expect, it } from 'vitest'
import { readListQuery, writeListQuery, type ListQuery } from './list-query.ts'

const nothing: ListQuery = { search: '', statuses: [], tags: [], visibility: null, ownerId: null, orderBy: null }

it('reads back what it has written', () => {
  const query: ListQuery = {
    search: 'lamp "brass"',
    statuses: ['DRAFT', 'ARCHIVED'],
    tags: ['to repair', 'brass'],
    visibility: 'PRIVATE',
    ownerId: 'ada',
    orderBy: 'NAME_ASC',
  }
  expect(readListQuery(written(query))).toEqual(query)
})

it('writes nothing for what is as it always is', () => {
  expect(written(nothing)).toEqual({})
})

it('passes over what means nothing, since anybody writes an address', () => {
  const query = {
    search: '  ',
    status: ['draft', 'burnt'],
    visibility: 'none',
    order: 'sideways',
    tag: ['', 'x'.repeat(51)],
  }
  expect(readListQuery(query)).toEqual({ ...nothing, statuses: ['DRAFT'] })
})

it('asks for the best match in a search alone', () => {
  expect(readListQuery({ order: 'relevance' }).orderBy).toBeNull()
  expect(readListQuery({ order: 'relevance', search: 'lamp' }).orderBy).toBe('RELEVANCE')
})

it('asks for no more than the gateway takes', () => {
  const { search, tags } = readListQuery({
    search: 'x'.repeat(500),
    tag: Array.from({ length: 50 }, (_, index) => `tag ${index}`),
  })
  expect(search).toHaveLength(200)
  expect(tags).toHaveLength(20)
})

/** As it comes back out of an address, which holds no empty lists. */
const written = (query: ListQuery) =>
  Object.fromEntries(
    Object.entries(writeListQuery(query)).filter(([, value]) => value !== undefined && value.length > 0),
  ) as Parameters<typeof readListQuery>[0]
