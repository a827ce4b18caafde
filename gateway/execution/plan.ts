// A query plan made into functions, once: what runs for each request is what differs between requests.
import { GraphQLError, Kind, OperationTypeNode, parse } from 'graphql'
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql'
import { ApiError } from '../../platform/errors.ts'
import type { FetchNode, PlanNode } from '../apollo.ts'
import { errorsOf } from './fetch-errors.ts'
import { compileContexts } from './contexts.ts'
import type { ContextArguments } from './contexts.ts'
import { copyJson, isObject, merge } from './merge.ts'
import { compileRepresentation } from './representations.ts'
import { compileRewrites } from './rewrites.ts'
import type { FetchAnswer, JsonObject, PlanPath, Run } from './run.ts'

/** Runs a part of a plan on the objects that stand at a path. */
type Step = (run: Run, objects: readonly JsonObject[], path: PlanPath) => Promise<void> | void

export interface PlanNames {
  /** A response name of the plan, as the client knows it. */
  readonly shown: (name: string) => string
  /** A field name of the plan, as subgraphs know it. */
  readonly real: (name: string) => string
}

/** @param schema of the supergraph, with what clients do not see */
export function compilePlan(schema: GraphQLSchema, node: PlanNode, names: PlanNames): (run: Run) => Promise<void> {
  const step = compileNode(node)
  return async (run) => step(run, [run.data], [])

  function compileNode(node: PlanNode): Step {
    switch (node.kind) {
      case 'Sequence': {
        const steps = node.nodes.map(compileNode)
        return async (run, objects, path) => {
          for (const each of steps) await each(run, objects, path)
        }
      }
      case 'Parallel': {
        const steps = node.nodes.map(compileNode)
        return async (run, objects, path) => {
          await Promise.all(steps.map(async (each) => each(run, objects, path)))
        }
      }
      case 'Flatten': {
        const inner = compileNode(node.node)
        return (run, objects, path) => {
          const found: JsonObject[] = []
          for (const object of objects) collectAt(object, node.path, 0, found)
          return found.length > 0 ? inner(run, found, [...path, ...node.path]) : undefined
        }
      }
      case 'Condition': {
        const [whenTrue, whenFalse] = [node.ifClause, node.elseClause].map((clause) => clause && compileNode(clause))
        return (run, objects, path) =>
          (run.variables[node.condition] === true ? whenTrue : whenFalse)?.(run, objects, path)
      }
      case 'Fetch':
        return node.requires ? compileEntityFetch(node, node.requires) : compileRootFetch(node)
      case 'Defer':
        throw new GraphQLError('@defer is not served.', { extensions: { code: 'BAD_REQUEST' } })
    }
  }

  function compileRootFetch(node: FetchNode): Step {
    const writeBody = compileBody(node)
    const rewrite = compileRewrites(schema, node.outputRewrites)
    const shown = clientPath(node)
    const roots = shown(rootNames(node.operation))
    return async (run, objects, path) => {
      const report = (failure: GraphQLFormattedError) => {
        for (const place of hydrate(run.data, path, names)) {
          for (const root of roots) run.errors.push(at(failure, [...place, root]))
        }
      }
      const answer = await fetchOrReport(run, node, writeBody(run, null, {}), report)
      if (!answer) return
      const errors = errorsOf(answer)
      for (const error of errors) {
        for (const place of hydrate(run.data, path, names))
          run.errors.push(at(error, [...place, ...shown(error.path ?? [])]))
      }
      if (!isObject(answer.data)) {
        if (errors.length === 0) report(unusable())
        return
      }
      rewrite?.(answer.data)
      const { data } = answer
      objects.forEach((object, nth) => merge(object, data, nth < objects.length - 1))
    }
  }

  function compileEntityFetch(node: FetchNode, requires: NonNullable<FetchNode['requires']>): Step {
    const writeBody = compileBody(node)
    const representations = compileRepresentation(
      schema,
      requires,
      compileRewrites(schema, node.inputRewrites),
      names.real,
    )
    const rewrite = compileRewrites(schema, node.outputRewrites)
    const shown = clientPath(node)
    const contextsOf = compileContexts(schema, node.contextRewrites)

    return async (run, objects, path) => {
      if (!contextsOf) return fetchEntities(run, objects, path, objects.keys(), {})
      // Arguments are the same for all entities of a fetch, so each context is a fetch of its own.
      const contexts = contextsOf(run.data, path)
      const groups = Map.groupBy(objects.keys(), (index) => JSON.stringify(contexts[index]))
      await Promise.all(
        [...groups.values()].map((members) => fetchEntities(run, objects, path, members, contexts[members[0]!]!)),
      )
    }

    async function fetchEntities(
      run: Run,
      objects: readonly JsonObject[],
      path: PlanPath,
      members: Iterable<number>,
      context: ContextArguments,
    ): Promise<void> {
      // Equal representations are sent once: the hundred items of one owner ask for one owner.
      const represent = representations()
      const places = new Map<string, number[]>()
      for (const index of members) {
        const text = represent(objects[index]!)
        if (text === null) continue
        const known = places.get(text)
        if (known) known.push(index)
        else places.set(text, [index])
      }
      if (places.size === 0) return
      const placesOf = [...places.values()]

      const body = writeBody(run, `[${[...places.keys()].join(',')}]`, context)
      const report = (failure: GraphQLFormattedError, places: readonly number[]) => {
        const paths = hydrate(run.data, path, names)
        for (const place of places) run.errors.push(at(failure, paths[place] ?? []))
      }
      const answer = await fetchOrReport(run, node, body, (failure) => report(failure, placesOf.flat()))
      if (!answer) return
      const errors = errorsOf(answer)
      if (errors.length > 0) reportEntityErrors(run, errors, placesOf, path, shown)

      const entities = answer.data?.['_entities']
      if (!Array.isArray(entities) || entities.length !== placesOf.length) {
        if (errors.length === 0) report(unusable(), placesOf.flat())
        return
      }
      entities.forEach((entity: unknown, index) => {
        const places = placesOf[index]!
        if (!isObject(entity)) {
          if (entity !== null) report(unusable(), places)
          return
        }
        places.forEach((place, nth) => {
          const target = objects[place]!
          const isLast = nth === places.length - 1
          if (!rewrite) return merge(target, entity, !isLast)
          const rewritten = isLast ? entity : copyJson(entity)
          // Rewrites look at types; a subgraph tells one only where the plan asked it to.
          rewritten['__typename'] ??= target['__typename']
          rewrite(rewritten)
          merge(target, rewritten, false)
        })
      })
    }
  }

  // An error of an entity is an error at every place where the entity stands.
  function reportEntityErrors(
    run: Run,
    errors: readonly GraphQLFormattedError[],
    placesOf: readonly (readonly number[])[],
    path: PlanPath,
    shown: (path: PlanPath) => (string | number)[],
  ): void {
    const paths = hydrate(run.data, path, names)
    for (const error of errors) {
      const [root, index, ...rest] = error.path ?? []
      const places = root === '_entities' && typeof index === 'number' ? placesOf[index] : undefined
      if (!places) {
        run.errors.push(at(error, shown(upToList(path))))
        continue
      }
      for (const place of places) run.errors.push(at(error, [...(paths[place] ?? []), ...shown(rest)]))
    }
  }

  // A path in a fetch's answer, as the client knows it. The planner's own aliases are unique in a fetch.
  function clientPath({ outputRewrites = [] }: FetchNode): (path: PlanPath) => (string | number)[] {
    const renamed = new Map(
      outputRewrites.flatMap((rewrite) =>
        rewrite.kind === 'KeyRenamer' ? [[rewrite.path.at(-1), rewrite.renameKeyTo] as const] : [],
      ),
    )
    return (path) =>
      path.map((step) => (typeof step === 'string' ? names.real(names.shown(renamed.get(step) ?? step)) : step))
  }
}

function upToList(path: PlanPath): PlanPath {
  const list = path.indexOf('@')
  return list < 0 ? path : path.slice(0, list)
}

function unusable(): GraphQLFormattedError {
  return new ApiError('SUBGRAPH_UNAVAILABLE', 'A part of the answer could not be had.').toJSON()
}

/** What a fetch asks of the root: the places that its failure leaves empty. */
function rootNames(operation: string): string[] {
  const [definition] = parse(operation, { noLocation: true }).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return []
  return definition.selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD ? [(selection.alias ?? selection.name).value] : [],
  )
}

async function fetchOrReport(
  run: Run,
  node: FetchNode,
  body: string,
  report: (failure: GraphQLFormattedError) => void,
): Promise<FetchAnswer | null> {
  try {
    const isMutation = node.operationKind === OperationTypeNode.MUTATION
    return await run.fetch({ subgraph: node.serviceName, body, isMutation })
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    report(error.toJSON())
    return null
  }
}

/** The text of a fetch: all of it is known beforehand but the values of variables and the representations. */
export function compileBody(
  node: FetchNode,
): (run: Pick<Run, 'sentVariables'>, representations: string | null, context: ContextArguments) => string {
  const operationName = node.operationName ? `,"operationName":${JSON.stringify(node.operationName)}` : ''
  const prefix = `{"query":${JSON.stringify(node.operation)}${operationName},"variables":{`
  const variables = (node.variableUsages ?? []).map((name) => ({ name, key: `${JSON.stringify(name)}:` }))
  return (run, representations, context) => {
    const written = representations === null ? [] : [`"representations":${representations}`]
    for (const { name, key } of variables) {
      const given = Object.hasOwn(context, name) ? context : run.sentVariables
      // A variable may be called `constructor`.
      const value = Object.hasOwn(given, name) ? given[name] : undefined
      if (value !== undefined) written.push(key + JSON.stringify(value))
    }
    return `${prefix}${written.join(',')}}}`
  }
}

// Every object that stands at a path below an object, in order; where there is none, nothing.
function collectAt(value: unknown, path: PlanPath, depth: number, into: JsonObject[]): void {
  if (value === null || value === undefined) return
  const step = path[depth]
  if (step === undefined || step === '@') {
    if (Array.isArray(value)) for (const each of value) collectAt(each, path, step === '@' ? depth + 1 : depth, into)
    else if (step === undefined && isObject(value)) into.push(value)
  } else if (isObject(value)) collectAt(value[step], path, depth + 1, into)
}

/** The real paths of the objects that `collectAt` finds, in the same order, as the client knows them. */
function hydrate(root: unknown, path: PlanPath, names: PlanNames): (string | number)[][] {
  const found: (string | number)[][] = []
  const walk = (value: unknown, depth: number, sofar: readonly (string | number)[]): void => {
    if (value === null || value === undefined) return
    if (depth === path.length) {
      if (isObject(value)) found.push([...sofar])
      else if (Array.isArray(value)) value.forEach((each, index) => walk(each, depth, [...sofar, index]))
      return
    }
    const step = path[depth]!
    if (step === '@') {
      if (Array.isArray(value)) value.forEach((each, index) => walk(each, depth + 1, [...sofar, index]))
    } else if (isObject(value)) walk(value[step], depth + 1, [...sofar, names.shown(String(step))])
  }
  walk(root, 0, [])
  return found
}

function at(error: GraphQLFormattedError, path: readonly (string | number)[]): GraphQLFormattedError {
  return {
    message: error.message,
    ...(path.length > 0 && { path }),
    ...(error.extensions && { extensions: error.extensions }),
  }
}
