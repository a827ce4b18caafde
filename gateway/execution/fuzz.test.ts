import { expect, it } from 'vitest'
import { fuzz, seedsBetween } from '../testing/fuzz.ts'

it('gives the data that graphql-js gives on the merged schema, for random operations on random supergraphs', async () => {
  const { cases, differences } = await fuzz([...seedsBetween(0, 24), 1_115]) // 1,115: variables of a fetch that is split

  expect(differences.slice(0, 1).join()).toBe('')
  expect(cases).toBe(250)
}, 30_000)
