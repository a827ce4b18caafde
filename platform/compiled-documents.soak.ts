import { describe, expect, it } from 'vitest'
import { librarySchema, libraryScalars } from './testing/library.ts'
import { randomDocument } from './testing/random-documents.ts'
import { expectSameNulls } from './testing/same-answer.ts'

describe('a document', () => {
  it('is answered as graphql-js answers it, whatever is asked at random', async () => {
    const schema = librarySchema()
    const firstSeed = Math.floor(Math.random() * 1e9)
    let compiled = 0
    for (let seed = firstSeed; seed < firstSeed + 20_000; seed += 1) {
      const { text, variables } = randomDocument(schema, seed, libraryScalars)
      try {
        if ((await expectSameNulls(text, variables)) === null) compiled += 1
      } catch (error) {
        throw new Error(`differs with the seed ${seed} and ${JSON.stringify(variables)}`, { cause: error })
      }
    }
    expect(compiled).toBeGreaterThan(8_000)
  })
})
