// The table of who may have what in our own schema, made from its directives: each field that has a rule, for each role.
// A new field with a rule is in it as soon as it is in the schema.
import { readFileSync } from 'node:fs'
import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import type { GraphQLField, GraphQLInputType, GraphQLObjectType, GraphQLOutputType } from 'graphql'
import { expect, it } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import { subgraphNames } from '../../platform/subgraphs.ts'
import { federation, somebody } from '../testing/federation.ts'

const read = (name: string) => readFileSync(new URL(`../../schema/${name}.graphql`, import.meta.url), 'utf8')

// What each role may do, as the product has it. Everybody with an account holds the first two.
const user = ['items:read', 'comments:write', 'profile:write']
const creator = [...user, 'items:write', 'shares:write']
const roles = {
  anonymous: ANONYMOUS,
  user: somebody({ roles: ['user'], scopes: user }),
  creator: somebody({ roles: ['user', 'creator'], scopes: creator }),
  admin: somebody({
    roles: ['user', 'admin'],
    scopes: [...creator, 'users:read', 'users:admin', 'jobs:admin', 'usage:read'],
  }),
}

// The supergraph as a plain schema keeps the directives in its syntax nodes.
const supergraph = buildSchema(read('supergraph'), { assumeValidSDL: true })
const types = Object.values(supergraph.getTypeMap()).filter(
  (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
)
const ruled = types.flatMap((type) =>
  Object.values(type.getFields())
    .filter((field) => rulesOf(type, field).length > 0)
    .map((field) => ({ type, field, rules: rulesOf(type, field) })),
)
const { ask } = federation(
  Object.fromEntries([...subgraphNames, 'events'].map((name) => [name, { sdl: read(name), fieldResolver: anything }])),
)

const table = ruled.flatMap(({ type, field, rules }) =>
  Object.entries(roles).map(([role, identity]) => {
    const isAllowed = rules.every(({ name, anyOf }) =>
      name === 'authenticated'
        ? identity.subject !== null
        : anyOf.some((all) =>
            all.every((each) => (name === 'policy' ? identity.policies : identity.scopes).includes(each)),
          ),
    )
    return { coordinate: `${type.name}.${field.name}`, role, isAllowed, type, field, identity }
  }),
)

it('finds the fields that have a rule', () => {
  const found = ruled.map(({ type, field }) => `${type.name}.${field.name}`)

  expect(found).toEqual(expect.arrayContaining(['Query.me', 'User.email', 'Mutation.createItem']))
})

it.each(table)('$coordinate for $role: $isAllowed', async ({ type, field, identity, isAllowed }) => {
  const { text, errors, fetches } = await ask(operationOn(type, field), { identity })

  const isFetched = fetches.some(({ query }) => new RegExp(`\\b${field.name}\\b`).test(query))
  expect(isFetched).toBe(isAllowed)
  expect(text.includes('"wanted":null') || text === 'null').toBe(!isAllowed)
  const code = identity.subject === null ? 'UNAUTHENTICATED' : 'FORBIDDEN'
  expect([...new Set(errors.map((error) => error.code))]).toEqual(isAllowed ? [] : [code])
  for (const { path } of errors) expect(path).toContain('wanted')
})

function rulesOf(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>) {
  const nodes = [type.astNode, field.astNode, getNamedType(field.type).astNode]
  return nodes
    .flatMap((node) => node?.directives ?? [])
    .filter(({ name }) => ['authenticated', 'requiresScopes', 'policy'].includes(name.value))
    .map(({ name, arguments: given }) => {
      const lists = given?.[0]?.value
      const anyOf =
        lists?.kind === 'ListValue'
          ? lists.values.map((all) =>
              all.kind === 'ListValue' ? all.values.map((each) => (each.kind === 'StringValue' ? each.value : '')) : [],
            )
          : []
      return { name: name.value, anyOf }
    })
}

/** An operation that asks for the field as `wanted`, on a way to it on which nothing else has a rule. */
function operationOn(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): string {
  const wanted = `wanted: ${field.name}${requiredArguments(field)}${isObjectType(getNamedType(field.type)) ? ' { __typename }' : ''}`
  if (type === supergraph.getMutationType()) return `mutation { ${wanted} }`
  const way = wayTo(type, supergraph.getQueryType()!, [])
  if (!way) throw new Error(`No way leads to ${type.name} without a rule.`)
  return `{ ${way.reduceRight((inner, step) => `${step} { ${inner} }`, wanted)} }`
}

function wayTo(to: GraphQLObjectType, from: GraphQLObjectType, seen: readonly GraphQLObjectType[]): string[] | null {
  if (to === from) return []
  for (const field of Object.values(from.getFields())) {
    const next = getNamedType(field.type)
    if (!isObjectType(next) || seen.includes(next) || rulesOf(from, field).length > 0) continue
    const rest = wayTo(to, next, [...seen, from])
    if (rest) return [`${field.name}${requiredArguments(field)}`, ...rest]
  }
  return null
}

function requiredArguments({ args }: GraphQLField<unknown, unknown>): string {
  const given = args.filter(({ type }) => isNonNullType(type)).map(({ name, type }) => `${name}: ${literal(type)}`)
  return given.length > 0 ? `(${given.join()})` : ''
}

function literal(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(type.ofType)
  if (isListType(type)) return `[${literal(type.ofType)}]`
  if (isEnumType(type)) return type.getValues()[0]!.name
  if (!isInputObjectType(type))
    return ({ Int: '1', Float: '1', Boolean: 'true' } as Record<string, string>)[type.name] ?? '"1"'
  const required = Object.values(type.getFields()).filter((field) => isNonNullType(field.type))
  return `{ ${required.map((field) => `${field.name}: ${literal(field.type)}`).join()} }`
}

function anything(
  source: unknown,
  _args: unknown,
  _context: unknown,
  info: { fieldName: string; returnType: GraphQLOutputType },
): unknown {
  const own = (source as Record<string, unknown> | null | undefined)?.[info.fieldName]
  return own ?? valueOf(info.returnType)
}

function valueOf(type: GraphQLOutputType): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType)
  if (isListType(type)) return [valueOf(type.ofType)]
  if (isEnumType(type)) return type.getValues()[0]!.value
  if (isObjectType(type)) return { __typename: type.name }
  return ({ Int: 1, Float: 1, Boolean: true } as Record<string, unknown>)[getNamedType(type).name] ?? '1'
}
