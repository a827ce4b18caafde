// One case of the fuzz: an operation is run by the engine and by graphql-js on the merged schema, and both must agree.
import { isDeepStrictEqual } from 'node:util'
import { execute, parse } from 'graphql'
import { federation } from './federation.ts'
import { randomFederation, randomFrom, randomOperation } from './random-federation.ts'

const OPERATIONS_PER_FEDERATION = 10

/** @returns what differs, with the seed and the operation to see it again by; empty when nothing does */
export async function fuzz(seeds: Iterable<number>): Promise<{ cases: number; differences: string[] }> {
  const differences: string[] = []
  let cases = 0
  for (const seed of seeds) {
    const random = randomFrom(seed)
    const { subgraphs, merged, rootValue, resolve } = randomFederation(random)
    const { ask } = federation(subgraphs)
    for (let nth = 0; nth < OPERATIONS_PER_FEDERATION; nth++) {
      const { query, variables } = randomOperation(random, merged)
      cases++
      const expected = await execute({
        schema: merged,
        document: parse(query),
        rootValue,
        variableValues: variables,
        fieldResolver: resolve,
      })
      const expectedData: unknown = JSON.parse(JSON.stringify(expected.data))
      const got = await ask(query, { variables }).catch((error: unknown) => ({ data: String(error), errors: [error] }))
      const agreesOnErrors = (expected.errors?.length ?? 0) > 0 === got.errors.length > 0
      if (isDeepStrictEqual(got.data, expectedData) && agreesOnErrors) continue
      const report = { seed, nth, query, variables, expected: expectedData, got: got.data, errors: got.errors }
      differences.push(JSON.stringify(report, null, 2))
    }
  }
  return { cases, differences }
}

export function seedsBetween(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}
