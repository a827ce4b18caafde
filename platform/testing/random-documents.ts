// Makes valid queries at random, over any schema, with variables for them. The same seed makes the same query.
import {
  getNamedType,
  GraphQLNonNull,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql'
import type { GraphQLCompositeType, GraphQLField, GraphQLInputType, GraphQLNamedType, GraphQLSchema } from 'graphql'

const DEPTH_MAX = 4
const SELECTIONS_MAX = 5

/** Texts that something along the way could take for something else. */
const texts = [
  '',
  'plain',
  'a "quoted"\nline',
  '\\',
  '${x}',
  '\u2028é😀',
  '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d1',
]

export interface RandomDocument {
  readonly text: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** @param scalars a JSON value for each scalar of the schema's own */
export function randomDocument(schema: GraphQLSchema, seed: number, scalars: Record<string, unknown>): RandomDocument {
  const random = generator(seed)
  const chance = (share: number) => random() < share
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!

  // Each query has some of the language: with all of it at once, one thing would hide another.
  const uses = {
    abstractTypes: chance(0.3),
    fragments: chance(0.5),
    conditions: chance(0.4),
    nullableConditions: chance(0.3),
    variables: chance(0.7),
    variablesInLiterals: chance(0.2),
  }

  const definitions: string[] = []
  const variables: Record<string, unknown> = {}
  const fragments: { readonly name: string; readonly on: string; readonly text: string }[] = []
  let names = 0

  const query = selectionSet(schema.getQueryType()!, DEPTH_MAX)
  const head = definitions.length > 0 ? `query Q(${definitions.join(', ')})` : 'query Q'
  return { text: [`${head} ${query}`, ...fragments.map(({ text }) => text)].join('\n'), variables }

  function selectionSet(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + Math.floor(random() * SELECTIONS_MAX)
    return `{ ${Array.from({ length: count }, () => selection(type, depth)).join(' ')} }`
  }

  function selection(type: GraphQLCompositeType, depth: number): string {
    if (depth > 0 && chance(0.1)) return `...${condition(type)}${directives()} ${selectionSet(type, depth - 1)}`
    if (uses.fragments && depth > 0 && chance(0.1)) return `...${fragment(type, depth - 1)}${directives()}`
    if (isAbstractType(type) && depth > 0 && chance(0.6)) {
      const possible = pick(schema.getPossibleTypes(type))
      return `... on ${possible.name}${directives()} ${selectionSet(possible, depth - 1)}`
    }
    const fields = 'getFields' in type ? Object.values(type.getFields()) : []
    const usable = fields.filter(({ name, type: of }) => name !== '_service' && isUsable(getNamedType(of), depth))
    if (usable.length === 0 || chance(0.05)) return `__typename${directives()}`
    return field(pick(usable), depth)
  }

  function field({ name, args, type }: GraphQLField<unknown, unknown>, depth: number): string {
    const given = args.filter((arg) => (isNonNullType(arg.type) && arg.defaultValue === undefined) || chance(0.4))
    const values = given.map((arg) => `${arg.name}: ${argument(arg.type, arg.defaultValue !== undefined)}`)
    // What has arguments gets a name of its own: two of the same name must not differ.
    const alias = args.length > 0 || chance(0.2) ? `${newName('a')}: ` : ''
    const named = getNamedType(type)
    const selected = isLeafType(named) ? '' : ` ${selectionSet(named as GraphQLCompositeType, depth - 1)}`
    return `${alias}${name}${values.length > 0 ? `(${values.join(', ')})` : ''}${directives()}${selected}`
  }

  function isUsable(type: GraphQLNamedType, depth: number): boolean {
    if (isAbstractType(type) && type.name !== '_Entity' && !uses.abstractTypes) return false
    return depth > 0 || isLeafType(type)
  }

  function condition(type: GraphQLCompositeType): string {
    return chance(0.5) ? '' : ` on ${type.name}`
  }

  function fragment(type: GraphQLCompositeType, depth: number): string {
    const made = fragments.filter(({ on }) => on === type.name)
    if (made.length > 0 && chance(0.5)) return pick(made).name
    const name = newName('F')
    const text = `fragment ${name} on ${type.name} ${selectionSet(type, depth)}`
    fragments.push({ name, on: type.name, text })
    return name
  }

  function directives(): string {
    if (!uses.conditions || !chance(0.15)) return ''
    if (chance(0.2)) return ` @skip(if: ${truth()}) @include(if: ${truth()})`
    return ` @${pick(['skip', 'include'])}(if: ${truth()})`
  }

  function truth(): string {
    if (chance(0.4)) return pick(['true', 'false'])
    return !uses.nullableConditions || chance(0.5)
      ? newVariable('Boolean!', chance(0.5))
      : newVariable('Boolean', pick([true, false, null, undefined]), pick(['true', 'false']))
  }

  function argument(type: GraphQLInputType, hasDefault: boolean): string {
    if (!uses.variables || !chance(0.5)) return literal(type, 2)
    if (isNonNullType(type)) {
      // May be null only where there is a default.
      return hasDefault && chance(0.5) ? variable(type.ofType) : newVariable(String(type), jsonValue(type, 2))
    }
    return chance(0.2) ? newVariable(String(new GraphQLNonNull(type)), jsonValue(type, 2, true)) : variable(type)
  }

  /** One that may be null, left out, or left to its default. */
  function variable(type: GraphQLInputType): string {
    const value = chance(0.3) ? undefined : chance(0.2) ? null : jsonValue(type, 2)
    return newVariable(String(type), value, chance(0.3) ? literal(type, 0, true) : undefined)
  }

  function newVariable(type: string, value: unknown, defaultLiteral?: string): string {
    const name = newName('v')
    definitions.push(`$${name}: ${type}${defaultLiteral === undefined ? '' : ` = ${defaultLiteral}`}`)
    if (value !== undefined) variables[name] = value
    return `$${name}`
  }

  function literal(type: GraphQLInputType, depth: number, isConstant = false): string {
    if (isNonNullType(type))
      return literal(type.ofType, depth, isConstant).replace(/^null$/, () => written(type.ofType))
    if (chance(0.1)) return 'null'
    if (uses.variablesInLiterals && !isConstant && depth < 2 && chance(0.2))
      return newVariable(`${type}!`, jsonValue(type, 0, true))
    if (isListType(type)) {
      return `[${Array.from({ length: Math.floor(random() * 3) }, () => literal(type.ofType, depth - 1, isConstant)).join(', ')}]`
    }
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(({ type: of }) => depth > 0 || isLeafType(getNamedType(of)))
      const given = fields.filter(() => chance(0.5))
      return `{ ${given.map((one) => `${one.name}: ${literal(one.type, depth - 1, isConstant)}`).join(', ')} }`
    }
    return written(type)
  }

  /** A leaf, or the emptiest value of what is none. */
  function written(type: GraphQLInputType): string {
    const value = jsonValue(type, 0, true)
    return isEnumType(type) ? String(value) : isInputObjectType(type) ? '{}' : asLiteral(value)
  }

  function jsonValue(type: GraphQLInputType, depth: number, isRequired = false): unknown {
    if (isNonNullType(type)) return jsonValue(type.ofType, depth, true)
    if (!isRequired && chance(0.1)) return null
    if (isListType(type)) {
      // One that stands alone counts as a list of one.
      if (chance(0.1)) return jsonValue(type.ofType, depth - 1, true)
      return Array.from({ length: Math.floor(random() * 3) }, () => jsonValue(type.ofType, depth - 1))
    }
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(({ type: of }) => depth > 0 || isLeafType(getNamedType(of)))
      return Object.fromEntries(
        fields.filter(() => chance(0.5)).map((one) => [one.name, jsonValue(one.type, depth - 1)]),
      )
    }
    if (isEnumType(type)) return pick(type.getValues()).name
    switch (type.name) {
      case 'Int':
        return pick([0, 1, 2, -7, 2_147_483_647])
      case 'Float':
        return pick([0, 1.5, -2e10])
      case 'Boolean':
        return chance(0.5)
      case 'ID':
        return pick(['1', '2', 'none'])
      case 'String':
        return pick(texts)
      default:
        return scalars[type.name]
    }
  }

  function newName(prefix: string): string {
    names += 1
    return `${prefix}${names}`
  }
}

const asLiteral = (value: unknown) => JSON.stringify(value).replace(/"(\w+)":/g, '$1:')

/** @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c mulberry32 */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
