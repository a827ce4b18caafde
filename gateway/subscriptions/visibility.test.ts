import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { readVisibleRules } from './visibility.ts'

const rule = '@visible(entity: "film", key: "id={args.id}", otherwise: ["what=LOST", "filmId={args.id}"])'

describe('readVisibleRules', () => {
  it('reads what a field is about, and nothing of a field without a rule', () => {
    const rules = visible(`a(id: ID!): Told ${rule} b: Told`)

    expect([...rules.keys()]).toEqual(['a'])
    expect(rules.get('a')!({ id: '7' }).representation).toEqual({ __typename: 'Film', id: '7' })
  })

  it('tells whoever lost sight what the rule says, and nothing else of the event', () => {
    const event = { a: { __typename: 'Told', what: 'RENAMED', by: 'ada', film: { __typename: 'Film', id: '7' } } }
    const entity = visible(`a(id: ID!): Told ${rule}`).get('a')!({ id: '7' })

    expect(entity.isIn(event)).toBe(true)
    expect(entity.lost(event)).toEqual({ a: { __typename: 'Told', what: 'LOST', filmId: '7', film: null } })
    expect(event.a.by).toBe('ada')
  })

  it('has nothing to look at in an event whose entity is gone', () => {
    const entity = visible(`a(id: ID!): Told ${rule}`).get('a')!({ id: '7' })

    expect(entity.isIn({ a: { __typename: 'Told', what: 'GONE', film: null } })).toBe(false)
  })

  it('knows an event that holds the entity alone, and has something to tell only to whoever lost sight of it', () => {
    const entity = visible(`a(id: ID!): Told ${rule}`).get('a')!({ id: '7' })
    const film = { __typename: 'Film', id: '7' }

    expect(entity.isAllOf({ a: { __typename: 'Told', film } })).toBe(true)
    expect(entity.isAllOf({ a: { __typename: 'Told', what: 'RENAMED', film } })).toBe(false)
  })

  it.each([
    ['a field that the event does not have', rule.replace('"film"', '"nope"'), /nope/],
    ['a field without an object', rule.replace('"film"', '"what"'), /what/],
    ['an argument that the field does not have', rule.replace('id={args.id}', 'id={args.no}'), /no argument no/],
    ['a form that is not known', rule.replace('id={args.id}', 'id'), /field=value/],
  ])('refuses a rule about %s', (_what, wrong, reason) => {
    expect(() => visible(`a(id: ID!): Told ${wrong}`)).toThrow(reason)
  })
})

function visible(fields: string) {
  return readVisibleRules(
    buildSchema(`
      directive @visible(entity: String!, key: String!, otherwise: [String!]!) on FIELD_DEFINITION
      type Query { a: Int }
      type Film { id: ID! }
      type Told { what: String by: String filmId: ID film: Film }
      type Subscription { ${fields} }`),
  )
}
