// What cannot be answered is refused with a code and the status of a bad request, and never fails in any other way.
import type { GraphQLError } from 'graphql'
import { describe, expect, it, vi } from 'vitest'
import { federation } from '../testing/federation.ts'
import { randomFederation, randomFrom } from '../testing/random-federation.ts'
import { RefusedOperation } from './operations.ts'

const { ask } = federation({ a: { sdl: 'type Query { a(in: Int!): Int b: B } type B { c: Int }' } })

describe('a document', () => {
  it.each([
    ['that does not parse', '{', 'GRAPHQL_PARSE_FAILED'],
    ['without an operation', 'fragment F on Query { b { c } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['with an unknown field', '{ nope }', 'GRAPHQL_VALIDATION_FAILED'],
    ['with a mutation where there is none', 'mutation { a b { c } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['with a subscription where there is none', 'subscription { a }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'with fragments that spread each other',
      '{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['that defers', '{ ... @defer { b { c } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['with two fields under one name', '{ x: a(in: 1) x: a(in: 2) }', 'GRAPHQL_VALIDATION_FAILED'],
    ['with several operations, and no name', 'query A { b { c } } query B { b { c } }', 'OPERATION_RESOLUTION_FAILURE'],
    ['without the variable that it needs', 'query ($n: Int!) { a(in: $n) }', 'BAD_USER_INPUT'],
  ])('%s is refused', async (_what, query, code) => {
    const refusal = await ask(query).catch((error: unknown) => error)

    expect(refusal).toBeInstanceOf(RefusedOperation)
    for (const { extensions } of (refusal as RefusedOperation).errors) {
      expect(extensions).toEqual({ code, http: { status: 400 } })
    }
  })

  it('is refused each time it comes, as it is the first time', async () => {
    const refusals = [
      await ask('{ nope }').catch((error: unknown) => error),
      await ask('{ nope }').catch((error: unknown) => error),
    ]

    expect(refusals[1]).toBe(refusals[0])
  })

  it('is refused with nothing that would keep the request in memory for as long as the refusal', async () => {
    for (const query of ['{', '{ nope }', `{ b ${'{ b '.repeat(20)} { c } ${'}'.repeat(20)} }`]) {
      const refusal = (await ask(query).catch((error: unknown) => error)) as RefusedOperation

      for (const { stack, originalError } of [refusal, ...refusal.errors] as GraphQLError[]) {
        expect(stack).not.toMatch(/^ +at /m)
        expect(originalError).toBeUndefined()
      }
    }
  })

  it('that takes too long to plan is refused without planning it again, as long as the same is left out', async () => {
    // From each that knows the one there are three ways to the other, and so on.
    const knows = (field: string) => ({
      sdl: `type Film @key(fields: "id") { id: ID! ${field}: Film @shareable } type Query { film: Film @shareable }`,
    })
    const [a, b, c, d, e, f] = [...Array(3).fill(knows('prequel')), ...Array(3).fill(knows('sequel'))]
    const { ask, graph } = federation({ a, b, c, d, e, f })
    const planning = vi.spyOn(graph.planner, 'buildQueryPlan')
    const films = `${'sequel { prequel { '.repeat(5)} id ${'} }'.repeat(5)}`
    const query = `query ($more: Boolean!) { film { ${films} more: id @include(if: $more) } }`
    const refusal = async (more: boolean) =>
      ask(query, { variables: { more } }).catch((error: unknown) => error as RefusedOperation)

    for (const more of [true, true, false, false, true]) {
      expect(await refusal(more)).toMatchObject({
        errors: [{ extensions: { code: 'OPERATION_TOO_COMPLEX', limit: 'planning', http: { status: 400 } } }],
      })
    }
    expect(planning).toHaveBeenCalledTimes(2)
  })

  it('of random words is answered or refused, and nothing else', async () => {
    const random = randomFrom(7)
    const fuzzed = federation(randomFederation(randomFrom(3)).subgraphs)
    const outcomes = new Set<string>()
    for (let nth = 0; nth < 2_000; nth++) {
      const text = Array.from({ length: 1 + random.below(8) }, () => random.pick(words)).join(' ')
      const query = random.chance(0.8) ? `{ ${text} }` : text
      const variables = random.pick([{}, { a: true }, { a: 'x' }, { a: null }])
      const failure = await fuzzed.ask(query, { variables }).then(
        () => null,
        (error: unknown) => error,
      )
      if (failure !== null && !(failure instanceof RefusedOperation)) throw new Error(query, { cause: failure })
      outcomes.add(failure === null ? 'answered' : String(failure.errors[0]?.extensions['code']))
    }

    expect([...outcomes].sort()).toEqual(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'answered'])
  })
})

const words =
  '{ } ( ) : ! [ ] ... $a "x" 1 null # mutation{f0} query{__typename} subscription{id} on T0 F id code f0 q0_0 q1_0 __typename __schema __type @skip @include (if:$a) (if:true) ...F {id}'
    .split(' ')
    .concat(['fragment F on Any { id }', '... on Query', '... @include(if: true) { __typename }', '\u0000', '"""'])
