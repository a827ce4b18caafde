// The supergraph as the planner gets it, which differs from the one that is served in two ways:
//
// - A `@requires` may name fields that take arguments, with some or with none. The planner fetches such a field under its
//   own name, where it meets the client's selection of the same field with other arguments, and one of the two gets the
//   other's value. So each becomes a hidden field without arguments, which nothing else can meet; fetches ask for it as
//   `hidden: field(arguments)`, and representations write it as `field`.
// - Keys that can be resolved stand first: the planner takes the first that fits, resolvable or not.
import { Kind, parse, print, visit } from 'graphql'
import type {
  ArgumentNode,
  ConstDirectiveNode,
  DocumentNode,
  FieldDefinitionNode,
  FieldNode,
  InterfaceTypeDefinitionNode,
  ObjectTypeDefinitionNode,
  SelectionSetNode,
  TypeNode,
} from 'graphql'

export interface HiddenField {
  readonly name: string
  readonly arguments: readonly ArgumentNode[]
}

export interface PlannerSupergraph {
  readonly sdl: string
  readonly hidden: HiddenFields
}

/** What is known of hidden fields when a plan is made ready. */
export interface HiddenFields {
  /** By the name that the plan knows. */
  readonly byName: ReadonlyMap<string, HiddenField>
  /** The hidden fields that a field of a type requires, by `Type.field`. */
  readonly requiredBy: ReadonlyMap<string, readonly string[]>
}

type CompositeDefinition = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode

export function plannerSupergraph(supergraphSdl: string): PlannerSupergraph {
  const document = parse(supergraphSdl, { noLocation: true })
  const types = new Map(document.definitions.filter(isComposite).map((type) => [type.name.value, type]))
  const prefix = unusedPrefix(types)
  const byName = new Map<string, HiddenField>()
  const requiredBy = new Map<string, string[]>()
  const added = new Map<string, Map<string, FieldDefinitionNode>>()

  const changed = visit(document, {
    ObjectTypeDefinition: { enter: hideRequired },
    InterfaceTypeDefinition: { enter: hideRequired },
  })
  const uses = usesOf(changed, types, (name) => byName.get(name)?.name ?? name)
  const completed: DocumentNode = {
    ...changed,
    definitions: changed.definitions.map((definition) => {
      if (!isComposite(definition)) return definition
      const all = [...(definition.fields ?? []), ...(added.get(definition.name.value)?.values() ?? [])]
      const fields = all.map((field) => withoutIdleExternals(definition, field))
      return { ...definition, fields, directives: resolvableFirst(definition.directives) }
    }),
  }
  return { sdl: print(completed), hidden: { byName, requiredBy } }

  function hideRequired<Type extends CompositeDefinition>(type: Type): Type {
    return { ...type, fields: type.fields?.map((field) => hideIn(type, field)) }
  }

  function hideIn(type: CompositeDefinition, field: FieldDefinitionNode): FieldDefinitionNode {
    const directives = field.directives?.map((directive): ConstDirectiveNode => {
      const requires = directive.arguments?.find(({ name }) => name.value === 'requires')
      if (directive.name.value !== 'join__field' || requires?.value.kind !== Kind.STRING) return directive
      const text = requires.value.value
      const found: string[] = []
      const rewritten = hideArguments(type.name.value, selectionSetOf(text), found)
      if (found.length === 0) return directive
      requiredBy.set(`${type.name.value}.${field.name.value}`, found)
      const value = { ...requires.value, value: print(rewritten).replace(/\s+/g, ' ').slice(1, -1).trim() }
      return {
        ...directive,
        arguments: directive.arguments?.map((each) => (each === requires ? { ...each, value } : each)),
      }
    })
    return { ...field, directives }
  }

  function hideArguments(typeName: string, set: SelectionSetNode, found: string[]): SelectionSetNode {
    return {
      ...set,
      selections: set.selections.map((selection) => {
        if (selection.kind === Kind.INLINE_FRAGMENT) {
          const on = selection.typeCondition?.name.value ?? typeName
          return { ...selection, selectionSet: hideArguments(on, selection.selectionSet, found) }
        }
        if (selection.kind !== Kind.FIELD) return selection
        const definition = types.get(typeName)?.fields?.find(({ name }) => name.value === selection.name.value)
        const selectionSet =
          selection.selectionSet && definition
            ? hideArguments(namedType(definition.type), selection.selectionSet, found)
            : selection.selectionSet
        if (!definition?.arguments?.length) return { ...selection, selectionSet }
        const hidden = hide(typeName, definition, selection)
        found.push(hidden)
        return { kind: Kind.FIELD, name: { kind: Kind.NAME, value: hidden }, selectionSet }
      }),
    }
  }

  // Equal arguments are one hidden field, whoever requires it.
  function hide(typeName: string, definition: FieldDefinitionNode, { arguments: given = [] }: FieldNode): string {
    const ofType = added.get(typeName) ?? new Map<string, FieldDefinitionNode>()
    added.set(typeName, ofType)
    const key = `${definition.name.value}(${given.map(print).sort().join()})`
    let hidden = [...byName].find(
      ([, { name, arguments: own }]) => key === `${name}(${own.map(print).sort().join()})`,
    )?.[0]
    if (hidden === undefined) {
      hidden = `${prefix}${byName.size}_${definition.name.value}`
      byName.set(hidden, { name: definition.name.value, arguments: given })
    }
    ofType.set(hidden, {
      ...definition,
      name: { kind: Kind.NAME, value: hidden },
      arguments: [],
      description: undefined,
    })
    return hidden
  }

  // An `@external` that nothing of its subgraph uses is refused: of the field, where only a hidden one is used in its place,
  // and of a hidden one that another subgraph uses.
  function withoutIdleExternals(type: CompositeDefinition, field: FieldDefinitionNode): FieldDefinitionNode {
    const isConcerned = ([hidden, { name }]: [string, HiddenField]) =>
      hidden === field.name.value || name === field.name.value
    if (![...byName].some(isConcerned)) return field
    const directives = field.directives?.filter((directive) => {
      const isExternal = argumentOf(directive, 'external')?.kind === Kind.BOOLEAN
      const graph = argumentOf(directive, 'graph')
      if (directive.name.value !== 'join__field' || !isExternal || graph?.kind !== Kind.ENUM) return true
      return uses.has(`${graph.value} ${type.name.value}.${field.name.value}`)
    })
    return { ...field, directives }
  }
}

/** The fields that keys, `@requires` and `@provides` of each subgraph name, as `GRAPH Type.field`. */
function usesOf(
  document: DocumentNode,
  types: ReadonlyMap<string, CompositeDefinition>,
  realName: (name: string) => string,
): ReadonlySet<string> {
  const uses = new Set<string>()
  for (const type of document.definitions.filter(isComposite)) {
    for (const directive of type.directives ?? []) add(directive, 'key', type.name.value)
    for (const field of type.fields ?? []) {
      for (const directive of field.directives ?? []) {
        add(directive, 'requires', type.name.value)
        add(directive, 'provides', namedType(field.type))
      }
    }
  }
  return uses

  function add(directive: ConstDirectiveNode, argument: string, typeName: string): void {
    const graph = argumentOf(directive, 'graph')
    const fields = argumentOf(directive, argument)
    if (graph?.kind === Kind.ENUM && fields?.kind === Kind.STRING)
      walk(graph.value, typeName, selectionSetOf(fields.value))
  }

  function walk(graph: string, typeName: string, set: SelectionSetNode): void {
    for (const selection of set.selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT)
        walk(graph, selection.typeCondition?.name.value ?? typeName, selection.selectionSet)
      if (selection.kind !== Kind.FIELD) continue
      uses.add(`${graph} ${typeName}.${selection.name.value}`)
      const field = types.get(typeName)?.fields?.find(({ name }) => name.value === realName(selection.name.value))
      if (field && selection.selectionSet) walk(graph, namedType(field.type), selection.selectionSet)
    }
  }
}

function argumentOf(directive: ConstDirectiveNode, name: string) {
  return directive.arguments?.find((each) => each.name.value === name)?.value
}

function isComposite(definition: { kind: Kind }): definition is CompositeDefinition {
  return definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION
}

function selectionSetOf(text: string): SelectionSetNode {
  const [operation] = parse(`{ ${text} }`, { noLocation: true }).definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`@requires cannot be read: ${text}`)
  return operation.selectionSet
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type)
}

function resolvableFirst(directives: readonly ConstDirectiveNode[] = []): ConstDirectiveNode[] {
  const isUnresolvable = ({ name, arguments: given }: ConstDirectiveNode) =>
    name.value === 'join__type' &&
    given?.some(({ name, value }) => name.value === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value)
  return [...directives].sort((a, b) => Number(isUnresolvable(a) ?? false) - Number(isUnresolvable(b) ?? false))
}

function unusedPrefix(types: ReadonlyMap<string, CompositeDefinition>): string {
  const names = [...types.values()].flatMap(({ fields }) => (fields ?? []).map(({ name }) => name.value))
  let prefix = '_r_'
  while (names.some((name) => name.startsWith(prefix))) prefix = `_${prefix}`
  return prefix
}
