import { expect, it } from 'vitest'
import { changedFiles } from './check-generated.ts'

it('names each generated file that differs, is new or is gone', () => {
  const before = new Map(Object.entries({ same: '1', differs: '1', gone: '1' }))
  const after = new Map(Object.entries({ same: '1', differs: '2', new: '1' }))

  expect(changedFiles(before, after)).toEqual(['differs', 'gone', 'new'])
  expect(changedFiles(before, before)).toEqual([])
})
