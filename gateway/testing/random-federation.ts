// For the fuzz: random schemas over two or three subgraphs, random data, and random operations on them, each from a seed. The
// same resolvers answer for the subgraphs and for the merged schema, which graphql-js executes to compare with.
import { buildSchema, getNamedType, isAbstractType, isCompositeType, isObjectType, parse, validate } from 'graphql'
import type { GraphQLCompositeType, GraphQLObjectType, GraphQLSchema } from 'graphql'
import type { SubgraphParts } from './federation.ts'

export type Random = ReturnType<typeof randomFrom>

/** Mulberry32: the same numbers for the same seed, on every machine. */
export function randomFrom(seed: number) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    chance: (probability: number) => next() < probability,
    below: (limit: number) => Math.floor(next() * limit),
    pick: <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!,
  }
}

interface EntityField {
  readonly name: string
  readonly type: string
  readonly owners: readonly number[]
  /** Takes `n`, which is part of its value. */
  readonly takesArgument: boolean
  /** The fields that it requires: its value is made of theirs. */
  readonly requires: readonly { readonly text: string; readonly name: string; readonly n: number | null }[]
}

interface Entity {
  readonly name: string
  readonly keys: readonly string[]
  readonly fields: readonly EntityField[]
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

type Reference = { readonly __typename: string; readonly id: string }

const ROWS = 4
const ELEMENTS_MAX = 3
const leafTypes = ['String', 'Int', 'String!', 'Float', 'Boolean', 'Color', '[String]', '[Int!]']

export interface RandomFederation {
  readonly subgraphs: Readonly<Record<string, SubgraphParts>>
  readonly merged: GraphQLSchema
  readonly rootValue: Readonly<Record<string, unknown>>
  readonly resolve: (source: any, args: any, context: unknown, info: any) => unknown
}

export function randomFederation(random: Random): RandomFederation {
  const count = 2 + random.below(2)
  const graphs = Array.from({ length: count }, (_, index) => index)
  const names = Array.from({ length: 2 + random.below(3) }, (_, index) => `T${index}`)
  const entities = names.map((name) => randomEntity(random, name, names, graphs))
  const byName = new Map(entities.map((entity) => [entity.name, entity]))

  const queries = graphs.map((graph) =>
    Array.from({ length: 2 }, (_, index) => {
      const type = random.pick([...names, ...names, 'Any', 'Any', 'U', 'Box'])
      const wrapped = random.pick([type, `[${type}]`, `[${type}!]`, `[${type}!]!`, `${type}!`])
      return { name: `q${graph}_${index}`, type: wrapped, graph, value: randomValue(random, wrapped, names) }
    }),
  )
  const rootValue = Object.fromEntries(queries.flat().map(({ name, value }) => [name, value]))

  const read = (source: any, field: EntityField | undefined, name: string, args: any): unknown => {
    const entity = byName.get(source.__typename)
    if (!entity) return source[name]
    const row = entity.rows.find(({ id, code }) => id === source.id || code === source.code)!
    if (!field) return row[name]
    if (field.takesArgument) return withArgument(row[name], args.n)
    return row[name]
  }

  /** In the merged schema what is required is read from the rows, in a subgraph from the representation. */
  const resolver =
    (isMerged: boolean) =>
    (source: any, args: any, _context: unknown, info: any): unknown => {
      const name = info.fieldName as string
      if (!source.__typename) return source[name]
      const field = byName.get(source.__typename)?.fields.find((each) => each.name === name)
      if (!field || field.requires.length === 0) return read(source, field, name, args)
      const parts = field.requires.map(({ name: required, n }) => {
        if (!isMerged) return JSON.stringify(source[required]) ?? 'never sent'
        const other = byName.get(source.__typename)!.fields.find((each) => each.name === required)
        return JSON.stringify(read(source, other, required, { n: n ?? undefined }) ?? null)
      })
      return `made of ${parts.join(' and ')}`
    }

  const subgraphs: Record<string, SubgraphParts> = {}
  for (const graph of graphs) {
    const sdl = [
      commonTypes(names, '@shareable'),
      `type Query { ${queries[graph]!.map(({ name, type }) => `${name}: ${type}${sized(type)}`).join(' ')} }`,
      ...entities.map((entity) => entitySdl(entity, graph)),
    ].join('\n')
    const resolveField = resolver(false)
    const resolvers: Record<string, unknown> = {
      Query: Object.fromEntries(queries[graph]!.map(({ name, value }) => [name, () => value])),
      Any: { __resolveType: ({ __typename }: Reference) => __typename },
      U: { __resolveType: ({ __typename }: Reference) => __typename },
    }
    for (const entity of entities) {
      const fields = [...entity.keys, ...ownFields(entity, graph).map(({ name }) => name)]
      resolvers[entity.name] = {
        __resolveReference: (representation: Reference) => ({ ...representation, __typename: entity.name }),
        ...Object.fromEntries(fields.map((name) => [name, resolveField])),
      }
    }
    subgraphs[`s${graph}`] = { sdl, resolvers }
  }

  const mergedSdl = [
    commonTypes(names, ''),
    `type Query { ${queries
      .flat()
      .map(({ name, type }) => `${name}: ${type}`)
      .join(' ')} }`,
    ...entities.map(
      ({ name, fields }) =>
        `type ${name} implements Any { id: ID! code: String! ${fields.map((field) => fieldSdl(field)).join(' ')} }`,
    ),
  ].join('\n')
  return { subgraphs, merged: buildSchema(mergedSdl), rootValue, resolve: resolver(true) }
}

function commonTypes(names: readonly string[], shareable: string): string {
  return `
    interface Any { id: ID! code: String! }
    union U = ${names.slice(0, 2).join(' | ')}
    enum Color { RED GREEN }
    type Box ${shareable} { size: Int label: String! first: ${names[0]} rest: [Any!]${shareable && sized('[Any!]')} }
  `
}

function randomEntity(random: Random, name: string, names: readonly string[], graphs: readonly number[]): Entity {
  const fields: EntityField[] = []
  const leaves = 4 + random.below(3)
  for (let index = 0; index < leaves; index++) {
    const takesArgument = random.chance(0.3)
    fields.push({
      name: `f${index}`,
      type: takesArgument ? 'String' : random.pick(leafTypes),
      owners: owners(random, graphs),
      takesArgument,
      requires: [],
    })
  }
  for (let index = 0; index < 3; index++) {
    const type = random.pick([...names, ...names, 'Any', 'U', 'Box'])
    const wrapped = random.pick([type, `[${type}]`, `[${type}!]`, `[${type}!]!`, type, `${type}!`])
    fields.push({
      name: `r${index}`,
      type: wrapped,
      owners: owners(random, graphs),
      takesArgument: false,
      requires: [],
    })
  }
  for (let index = 0; index < 2; index++) {
    const owner = random.pick(graphs)
    // A null in a required field that may not be null takes its entity along, though the client never asked for it.
    const elsewhere = fields.filter(
      (each) =>
        !each.owners.includes(owner) &&
        each.name.startsWith('f') &&
        !each.type.endsWith('!') &&
        !each.type.includes('!]'),
    )
    if (elsewhere.length === 0) continue
    const required = [random.pick(elsewhere), random.pick(elsewhere)]
    const requires = [...new Map(required.map((each) => [each.name, each])).values()].map((each) => {
      const n = each.takesArgument && random.chance(0.6) ? random.below(3) : null
      return { text: n === null ? each.name : `${each.name}(n: ${n})`, name: each.name, n }
    })
    fields.push({ name: `m${index}`, type: 'String', owners: [owner], takesArgument: false, requires })
  }
  const rows = Array.from({ length: ROWS }, (_, index) => ({
    id: String(index),
    code: `code-${name}-${index}`,
    ...Object.fromEntries(
      fields
        .filter(({ requires }) => requires.length === 0)
        .map((field) => [field.name, randomValue(random, field.type, names)]),
    ),
  }))
  return { name, keys: ['id', 'code'], fields, rows }
}

function owners(random: Random, graphs: readonly number[]): number[] {
  const first = random.pick(graphs)
  return random.chance(0.15) ? [...new Set([first, random.pick(graphs)])] : [first]
}

function ownFields({ fields }: Entity, graph: number): EntityField[] {
  return fields.filter(({ owners }) => owners.includes(graph))
}

function entitySdl(entity: Entity, graph: number): string {
  const own = ownFields(entity, graph)
  const required = [...new Set(own.flatMap(({ requires }) => requires.map(({ name }) => name)))]
  const externals = required.map((name) => `${fieldSdl(entity.fields.find((each) => each.name === name)!)} @external`)
  const ownText = own.map((field) => {
    const requires = field.requires.map(({ text }) => text).join(' ')
    const shared = field.owners.length > 1 ? ' @shareable' : ''
    return `${fieldSdl(field)}${sized(field.type)}${shared}${requires ? ` @requires(fields: "${requires}")` : ''}`
  })
  return `type ${entity.name} implements Any @key(fields: "id") @key(fields: "code") {
    id: ID! code: String! ${[...externals, ...ownText].join(' ')} }`
}

function fieldSdl({ name, type, takesArgument }: EntityField): string {
  return `${name}${takesArgument ? '(n: Int = 7)' : ''}: ${type}`
}

/** How long the list of a field may be, for what an operation costs. */
function sized(type: string): string {
  return type.startsWith('[') ? ` @listSize(assumedSize: ${ELEMENTS_MAX})` : ''
}

function withArgument(value: unknown, n: unknown = 7): unknown {
  return value === null ? null : `${String(value)}-${String(n)}`
}

// Null now and then, also where it may not be.
function randomValue(random: Random, type: string, names: readonly string[]): unknown {
  if (type.endsWith('!')) return random.chance(0.02) ? null : randomPresent(random, type.slice(0, -1), names)
  return random.chance(0.15) ? null : randomPresent(random, type, names)
}

function randomPresent(random: Random, type: string, names: readonly string[]): unknown {
  if (type.startsWith('[')) {
    return Array.from({ length: random.below(ELEMENTS_MAX + 1) }, () => randomValue(random, type.slice(1, -1), names))
  }
  const reference = (name: string): Reference => ({ __typename: name, id: String(random.below(ROWS)) })
  switch (type) {
    case 'String':
      return random.pick(['a', 'b"\\', 'ü', ''])
    case 'Int':
      return random.below(100) - 50
    case 'Float':
      return random.below(100) / 8
    case 'Boolean':
      return random.chance(0.5)
    case 'Color':
      return random.pick(['RED', 'GREEN'])
    case 'Any':
      return reference(random.pick(names))
    case 'U':
      return reference(random.pick(names.slice(0, 2)))
    case 'Box':
      return {
        size: randomValue(random, 'Int', names),
        label: randomValue(random, 'String!', names),
        first: randomValue(random, names[0]!, names),
        rest: randomValue(random, '[Any!]', names),
      }
    default:
      return reference(type)
  }
}

export interface RandomOperation {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** A valid operation: others come up, as aliases meet. */
export function randomOperation(random: Random, schema: GraphQLSchema): RandomOperation {
  for (;;) {
    const operation = attempt(random, schema)
    if (operation) return operation
  }
}

function attempt(random: Random, schema: GraphQLSchema): RandomOperation | null {
  const fragments: string[] = []
  const variables: Record<string, unknown> = {}
  for (const name of ['a', 'b']) if (random.chance(0.8)) variables[name] = random.chance(0.5)
  if (random.chance(0.7)) variables['n'] = random.pick([0, 1, 2, null])

  const body = selectionSet(schema.getQueryType()!, 0)
  const text = `query Fuzz($a: Boolean! = true, $b: Boolean! = false, $n: Int = 3) ${body} ${fragments.join(' ')}`
  // Not all variables are used by every operation: only those that are may be declared.
  const used = ['a', 'b', 'n'].filter((name) => new RegExp(`\\$${name}\\b`).test(body + fragments.join()))
  const declared = { a: '$a: Boolean! = true', b: '$b: Boolean! = false', n: '$n: Int = 3' } as Record<string, string>
  const query = text.replace(
    /query Fuzz\([^)]*\)/,
    used.length > 0 ? `query Fuzz(${used.map((name) => declared[name]).join(', ')})` : 'query Fuzz',
  )
  return validate(schema, parse(query)).length === 0 ? { query, variables } : null

  function selectionSet(type: GraphQLCompositeType, depth: number): string {
    const selections = Array.from({ length: 1 + random.below(depth === 0 ? 3 : 4) }, () => selection(type, depth))
    return `{ ${selections.join(' ')} }`
  }

  function selection(type: GraphQLCompositeType, depth: number): string {
    const kind = random.below(10)
    if (kind === 0) return `${random.chance(0.3) ? `${alias(type)}: ` : ''}__typename${condition()}`
    if (kind <= 2 && depth < 5) return fragment(type, depth)
    if (!('getFields' in type)) return fragmentOn(random.pick(schema.getPossibleTypes(type)), depth)
    return field(type, depth)
  }

  function field(type: GraphQLCompositeType, depth: number): string {
    const all = Object.values((type as GraphQLObjectType).getFields())
    const leaves = all.filter((each) => !isCompositeType(getNamedType(each.type)))
    const chosen = random.pick(depth > 4 && leaves.length > 0 ? leaves : all)
    const named = getNamedType(chosen.type)
    if (isCompositeType(named) && depth > 4) return '__typename'
    const renamed = random.chance(0.3) ? `${alias(type)}: ` : ''
    const args =
      chosen.args.length > 0 && random.chance(0.6) ? `(n: ${random.pick(['0', '1', '2', 'null', '$n'])})` : ''
    const inner = isCompositeType(named) ? ` ${selectionSet(named, depth + 1)}` : ''
    const once = `${renamed}${chosen.name}${args}${condition()}${inner}`
    // The same field again, on other conditions and with another selection.
    if (!isCompositeType(named) || !random.chance(0.15)) return once
    return `${once} ${renamed}${chosen.name}${args}${condition()} ${selectionSet(named, depth + 1)}`
  }

  function alias(type: GraphQLCompositeType): string {
    const names = 'getFields' in type ? Object.keys(type.getFields()) : []
    return random.pick(['id', 'code', 'x', 'y', 'z', '_c_x', 'f0', 'f1', 'm0', ...names])
  }

  function fragment(type: GraphQLCompositeType, depth: number): string {
    if (random.chance(0.2)) return `...${condition()} ${selectionSet(type, depth + 1)}`
    const own = isObjectType(type)
      ? [type, ...type.getInterfaces()]
      : isAbstractType(type)
        ? schema.getPossibleTypes(type)
        : []
    return fragmentOn(random.pick([type, ...own]), depth)
  }

  function fragmentOn(type: GraphQLCompositeType, depth: number): string {
    if (random.chance(0.7)) return `... on ${type.name}${condition()} ${selectionSet(type, depth + 1)}`
    const inner = selectionSet(type, depth + 1)
    const name = `F${fragments.length}`
    fragments.push(`fragment ${name} on ${type.name} ${inner}`)
    return `...${name}${condition()}`
  }

  function condition(): string {
    if (random.chance(0.8)) return ''
    const on = random.pick(['$a', '$b', '$a', '$b', 'true', 'false'])
    return ` @${random.pick(['skip', 'include'])}(if: ${on})${random.chance(0.15) ? ' @skip(if: $b)' : ''}`
  }
}
