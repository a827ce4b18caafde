// Hidden fields (planner-supergraph.ts) in a plan, made into what subgraphs understand.
import { Kind, parse, print, visit } from 'graphql'
import type { DocumentNode, FieldNode, SelectionNode } from 'graphql'
import type { FetchNode, PlanNode, QueryPlanSelectionNode } from '../apollo.ts'
import type { HiddenFields } from './planner-supergraph.ts'

/** Writes hidden fields as `hidden: field(arguments)`, and splits fetches whose representations would need two values of one field. */
export function restoreHiddenFields(node: PlanNode, hidden: HiddenFields): PlanNode {
  if (hidden.byName.size === 0) return node
  return restore(node)

  function restore(node: PlanNode): PlanNode {
    switch (node.kind) {
      case 'Sequence':
      case 'Parallel':
        return { ...node, nodes: node.nodes.map(restore) }
      case 'Flatten':
        return { ...node, node: restore(node.node) }
      case 'Condition':
        return {
          ...node,
          ...(node.ifClause && { ifClause: restore(node.ifClause) }),
          ...(node.elseClause && { elseClause: restore(node.elseClause) }),
        }
      case 'Fetch': {
        const fetches = split(node).map((fetch) => ({ ...fetch, operation: restoreOperation(fetch.operation) }))
        return fetches.length === 1 ? fetches[0]! : { kind: 'Parallel', nodes: fetches }
      }
      case 'Defer':
        return node
    }
  }

  function restoreOperation(text: string): string {
    if (![...hidden.byName.keys()].some((name) => text.includes(name))) return text
    const document = visit(parse(text, { noLocation: true }), {
      Field(field): FieldNode | undefined {
        const own = hidden.byName.get(field.name.value)
        if (!own) return undefined
        const alias = field.alias ?? field.name
        return { ...field, alias, name: { kind: Kind.NAME, value: own.name }, arguments: own.arguments }
      },
    })
    return print(document)
  }

  // `price(currency: "EUR")` and `price(currency: "USD")` cannot both be `price` of one representation: the fields that
  // require the one are fetched apart from those that require the other.
  function split(node: FetchNode): FetchNode[] {
    const required = node.requires ? hiddenOf(node.requires) : []
    const clashing = required.filter((name) =>
      required.some((other) => other !== name && realName(other) === realName(name)),
    )
    if (clashing.length === 0) return [node]
    const document = parse(node.operation, { noLocation: true })
    const groups = groupsWithoutClash(clashing)
    return groups.map((group, index) => {
      const others = clashing.filter((name) => !group.includes(name))
      const part = selecting(document, group, clashing, index === 0)
      const used = variablesOf(part)
      return {
        ...node,
        requires: without(node.requires!, others),
        operation: print(declaring(part, used)),
        variableUsages: node.variableUsages?.filter((name) => used.has(name)),
      }
    })
  }

  function groupsWithoutClash(names: readonly string[]): string[][] {
    const groups: string[][] = []
    for (const name of names) {
      const group = groups.find((each) => each.every((other) => realName(other) !== realName(name)))
      if (group) group.push(name)
      else groups.push([name])
    }
    return groups
  }

  /** The fields of the entities that need hidden fields of the group; the first group also takes those that need none. */
  function selecting(
    document: DocumentNode,
    group: readonly string[],
    clashing: readonly string[],
    isFirst: boolean,
  ): DocumentNode {
    const keep = (type: string, selection: SelectionNode): boolean => {
      if (selection.kind !== Kind.FIELD) return true
      const needs = (hidden.requiredBy.get(`${type}.${selection.name.value}`) ?? []).filter((name) =>
        clashing.includes(name),
      )
      return needs.length === 0 ? isFirst : needs.every((name) => group.includes(name))
    }
    return visit(document, {
      InlineFragment(fragment, _key, _parent, _path, ancestors) {
        const type = fragment.typeCondition?.name.value
        const isOfEntities = ancestors.some(
          (node) => 'kind' in node && node.kind === Kind.FIELD && node.name.value === '_entities',
        )
        if (type === undefined || !isOfEntities) return undefined
        const selections = fragment.selectionSet.selections.filter((selection) => keep(type, selection))
        return selections.length > 0 ? { ...fragment, selectionSet: { ...fragment.selectionSet, selections } } : null
      },
    })
  }

  function hiddenOf(selections: readonly QueryPlanSelectionNode[]): string[] {
    const names = selections.flatMap((selection): string[] =>
      selection.kind === 'Field'
        ? [...(hidden.byName.has(selection.name) ? [selection.name] : []), ...hiddenOf(selection.selections ?? [])]
        : hiddenOf(selection.selections),
    )
    return [...new Set(names)]
  }

  function without(selections: readonly QueryPlanSelectionNode[], names: readonly string[]): QueryPlanSelectionNode[] {
    return selections
      .filter((selection) => selection.kind !== 'Field' || !names.includes(selection.name))
      .map((selection) =>
        selection.selections ? { ...selection, selections: without(selection.selections, names) } : selection,
      ) as QueryPlanSelectionNode[]
  }

  function realName(name: string): string {
    return hidden.byName.get(name)?.name ?? name
  }
}

function variablesOf(document: DocumentNode): ReadonlySet<string> {
  const used = new Set<string>()
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  })
  return used
}

/** Subgraphs refuse an operation that declares what it does not use. */
function declaring(document: DocumentNode, used: ReadonlySet<string>): DocumentNode {
  return visit(document, {
    VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? undefined : null),
  })
}
