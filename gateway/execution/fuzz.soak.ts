import { expect, it } from 'vitest'
import { fuzz, seedsBetween } from '../testing/fuzz.ts'

it('gives the data that graphql-js gives on the merged schema, for 12,000 random operations', async () => {
  const { cases, differences } = await fuzz(seedsBetween(1_000, 2_200))

  expect(differences.slice(0, 3).join('\n')).toBe('')
  expect(cases).toBe(12_000)
})
