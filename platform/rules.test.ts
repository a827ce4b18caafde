import { buildSubgraphSchema } from '@apollo/subgraph'
import { graphql, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { ANONYMOUS } from './identity.ts'
import type { Identity } from './identity.ts'
import { enforceRules } from './rules.ts'

const ada: Identity = { ...ANONYMOUS, subject: 'ada' }

describe('@authenticated', () => {
  it('lets those in who are logged in', async () => {
    const ask = makeAsk('type Query { mine: String @authenticated open: String }')
    expect(await ask('{ mine open }', ada)).toEqual({ data: { mine: 'mine', open: 'open' }, codes: [] })
    expect(await ask('{ mine open }', ANONYMOUS)).toEqual({
      data: { mine: null, open: 'open' },
      codes: ['mine UNAUTHENTICATED'],
    })
  })

  it('on a type holds for each of its fields, where it was extended too', async () => {
    const ask = makeAsk(`
      type Query { secret: Secret }
      type Secret @authenticated { a: String }
      extend type Secret { b: String }
    `)
    expect(await ask('{ secret { a b } }', ada)).toEqual({ data: { secret: { a: 'a', b: 'b' } }, codes: [] })
    expect((await ask('{ secret { a b } }', ANONYMOUS)).codes).toEqual([
      'secret.a UNAUTHENTICATED',
      'secret.b UNAUTHENTICATED',
    ])
  })
})

describe('@requiresScopes', () => {
  const ask = makeAsk('type Query { it: String @requiresScopes(scopes: [["a", "b"], ["c"]]) }')

  it.each([
    [['c'], []],
    [['a', 'b'], []],
    [['a', 'b', 'c', 'd'], []],
    [['a'], ['it FORBIDDEN']],
    [['b', 'd'], ['it FORBIDDEN']],
    [[], ['it FORBIDDEN']],
  ])('asks for all scopes of one of its lists: %j', async (scopes, codes) => {
    expect((await ask('{ it }', { ...ada, scopes })).codes).toEqual(codes)
  })

  it('tells somebody without a login to log in', async () => {
    expect((await ask('{ it }', { ...ANONYMOUS, scopes: ['c'] })).codes).toEqual(['it UNAUTHENTICATED'])
  })

  it('does not resolve what it refuses', async () => {
    let resolved = 0
    const count = makeAsk('type Mutation { it: Int @requiresScopes(scopes: [["a"]]) } type Query { a: Int }', {
      Mutation: { it: () => (resolved += 1) },
    })
    await count('mutation { it }', ada)
    expect(resolved).toBe(0)
    await count('mutation { it }', { ...ada, scopes: ['a'] })
    expect(resolved).toBe(1)
  })
})

describe('@policy', () => {
  const ask = makeAsk('type Query { it: String @policy(policies: [["a", "b"], ["c"]]) }')

  it.each([
    [['c'], []],
    [['a', 'b'], []],
    [['a'], ['it FORBIDDEN']],
    [[], ['it FORBIDDEN']],
  ])('asks for all policies of one of its lists: %j', async (policies, codes) => {
    expect((await ask('{ it }', { ...ada, policies })).codes).toEqual(codes)
  })

  it('tells somebody without a login to log in', async () => {
    expect((await ask('{ it }', { ...ANONYMOUS, policies: ['c'] })).codes).toEqual(['it UNAUTHENTICATED'])
  })
})

describe('a rule that would not be enforced', () => {
  it.each([
    [
      'on an interface',
      'type Query { a: Named } interface Named @authenticated { name: String } type Dog implements Named { name: String }',
    ],
    [
      'on a field of an interface',
      'type Query { a: Named } interface Named { name: String @authenticated } type Dog implements Named { name: String }',
    ],
    ['on a scalar', 'type Query { a: Secret } scalar Secret @authenticated'],
    ['on an enum', 'type Query { a: Secret } enum Secret @requiresScopes(scopes: [["a"]]) { A }'],
  ])('%s is refused at the start', (_where, typeDefs) => {
    expect(() => makeAsk(typeDefs)).toThrow('would not be enforced')
  })
})

function makeAsk(typeDefs: string, resolvers = {}) {
  const link = `extend schema @link(
    url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated", "@requiresScopes", "@policy"]
  )`
  const schema = buildSubgraphSchema([{ typeDefs: parse(link + typeDefs), resolvers }])
  enforceRules(schema)
  const rootValue = { mine: 'mine', open: 'open', it: 'it', secret: { a: 'a', b: 'b' } }
  return async (source: string, identity: Identity) => {
    const { data, errors = [] } = await graphql({ schema, source, rootValue, contextValue: { identity } })
    return {
      data: JSON.parse(JSON.stringify(data)) as unknown,
      codes: errors.map(({ path, extensions }) => `${path?.join('.')} ${String(extensions['code'])}`),
    }
  }
}
