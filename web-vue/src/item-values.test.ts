import { expect, it } from 'vitest'
import { changesBetween, compareChanges, type ItemValues } from './item-values.ts'

const before: ItemValues = { name: 'Lamp', description: 'Old', status: 'DRAFT', visibility: 'PRIVATE', tags: ['lamp'] }

it('finds what was changed, tags by what they are', () => {
  expect(changesBetween(before, { ...before, tags: ['lamp'] })).toEqual({})
  expect(changesBetween(before, { ...before, name: 'Torch', tags: [] })).toEqual({ name: 'Torch', tags: [] })
})

it('takes over what only the others changed', () => {
  const [change, ...rest] = compareChanges(before, before, { ...before, status: 'ACTIVE' })
  expect(change).toMatchObject({ name: 'status', before: 'DRAFT', theirs: 'ACTIVE', isContested: false })
  expect(rest).toEqual([])
})

it('leaves to a person what both changed, unless to the same', () => {
  const mine = { ...before, name: 'Mine', status: 'ACTIVE' as const, description: 'Only mine' }
  const theirs = { ...before, name: 'Theirs', status: 'ACTIVE' as const }
  expect(compareChanges(before, mine, theirs)).toMatchObject([
    { name: 'name', mine: 'Mine', theirs: 'Theirs', isContested: true },
    { name: 'status', isContested: false },
  ])
})
