// What is kept of operations, so that each is planned once, and how much of it at most.
import { expect, it, vi } from 'vitest'
import { federation } from '../testing/federation.ts'
import { DOCUMENT_CHARACTERS_KEPT } from './operations.ts'

function planned() {
  const { ask, graph } = federation({ a: { sdl: 'type Query { a: Int b: Int c: Int }' } })
  const planning = vi.spyOn(graph.planner, 'buildQueryPlan')
  return { ask, plans: () => planning.mock.calls.length }
}

const conditions = 'query ($b: Boolean!, $c: Boolean!) { a b @include(if: $b) c @include(if: $c) }'
const cases = [
  { b: false, c: false },
  { b: false, c: true },
  { b: true, c: false },
  { b: true, c: true },
]

it('plans an operation once for each combination of what is left out', async () => {
  const { ask, plans } = planned()

  for (const variables of [...cases, ...cases]) await ask(conditions, { variables })

  expect(plans()).toBe(4)
})

it('keeps the plans of one text apart from those of another', async () => {
  const { ask, plans } = planned()

  for (let nth = 0; nth < 2; nth++) {
    expect((await ask('{ a }', { answer: () => ({ data: { a: 1 } }) })).data).toEqual({ a: 1 })
    expect((await ask('{ b }', { answer: () => ({ data: { b: 2 } }) })).data).toEqual({ b: 2 })
  }

  expect(plans()).toBe(2)
})

it('keeps plans only up to a bound that counts the length of the text for each of them', async () => {
  const { ask, plans } = planned()
  const long = `${conditions} # ${'x'.repeat(DOCUMENT_CHARACTERS_KEPT / 4)}` // three of them fit
  const [first, second, third, fourth] = cases

  for (const variables of [first, second, third, first, second, third]) await ask(long, { variables })
  expect(plans()).toBe(3)

  await ask(long, { variables: fourth })
  await ask(long, { variables: third })
  expect(plans()).toBe(4)
  await ask(long, { variables: first })
  expect(plans()).toBe(5)
})
