import { buildSchema, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { areAllPublic, readPublicFields } from './public-fields.ts'
import { selectedFields } from './selected-fields.ts'

const schema = buildSchema(`
  directive @public on FIELD_DEFINITION
  type Query { a: Int }
  type Subscription { told: Event @public }
  interface Named { name: String @public }
  type Event { kind: String @public of: Named @public secret: String reader: Person @public }
  type Film implements Named { name: String @public }
  type Person implements Named { name: String mail: String @public }
`)
const fields = readPublicFields(schema, new Map([['Person.mail', [{ kind: 'authenticated' as const }]]]))

describe('readPublicFields', () => {
  it('reads the fields that say so', () => {
    expect([...fields].sort()).toEqual(['Event.kind', 'Event.of', 'Event.reader', 'Film.name', 'Subscription.told'])
  })

  it('leaves out a field that not everybody may have', () => {
    expect(fields).not.toContain('Person.mail')
  })

  it('leaves out the field of an interface that a type behind it does not say so of', () => {
    expect(fields).not.toContain('Named.name')
    expect(
      readPublicFields(
        buildSchema(`
      directive @public on FIELD_DEFINITION
      type Query { all: [Named] }
      interface Named { name: String }
      type Film implements Named { name: String @public }
    `),
        new Map(),
      ),
    ).toContain('Named.name')
  })
})

describe('areAllPublic', () => {
  const isPublic = (query: string, publicFields = fields) =>
    areAllPublic(selectedFields(parse(query), schema), publicFields)

  it.each([
    ['subscription { told { __typename kind } }', true],
    ['subscription { other: told { k: kind of { __typename ... on Film { name } } } }', true],
    ['subscription { told { ...More } } fragment More on Event { kind }', true],
    ['subscription { told { kind secret } }', false],
    ['subscription { told { ... { ...More } } } fragment More on Event { secret }', false],
    ['subscription { told { of { name } } }', false],
    ['subscription { told { reader { mail } } }', false],
    ['subscription($no: Boolean!) { told { kind secret @include(if: $no) } }', false],
  ])('%s is so: %s', (query, expected) => {
    expect(isPublic(query)).toBe(expected)
  })

  it('is nothing where no field says so', () => {
    expect(isPublic('subscription { __typename }', new Set())).toBe(false)
  })
})
