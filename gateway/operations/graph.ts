// Everything that operations are checked, planned and projected with, derived from one supergraph SDL. Never changed: a new
// SDL makes a new one.
import type { GraphQLSchema } from 'graphql'
import { QueryPlanner, Supergraph } from '../apollo.ts'
import type { Schema } from '../apollo.ts'
import { readRateLimits } from '../rate-limits/rules.ts'
import type { RateLimits } from '../rate-limits/rules.ts'
import type { SecuredSupergraph } from '../security-directives.ts'
import { costNames, readCosts } from './cost-directives.ts'
import type { Costs } from './cost-directives.ts'
import { plannedNames } from './planned-names.ts'
import type { PlannedNames } from './planned-names.ts'
import { plannerSupergraph } from './planner-supergraph.ts'
import type { HiddenFields } from './planner-supergraph.ts'
import { readPublicFields } from './public-fields.ts'
import type { PublicFields } from './public-fields.ts'
import { readRules } from './rules.ts'
import type { Rules } from './rules.ts'

export interface Graph {
  /** What clients see. */
  readonly apiSchema: GraphQLSchema
  /** With what clients do not see: keys and `@inaccessible` elements. */
  readonly schema: GraphQLSchema
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[]
  /** Who may have which field. */
  readonly rules: Rules
  /** Which fields have the same answer for everybody. */
  readonly publicFields: PublicFields
  /** What fields weigh, and how long lists are. */
  readonly costs: Costs
  /** Which fields may be asked for how often. */
  readonly rateLimits: RateLimits
  readonly planner: QueryPlanner
  /** The schema that operations are written in when the planner gets them. */
  readonly plannerSchema: Schema
  readonly names: PlannedNames
  readonly hidden: HiddenFields
}

/** Plans compared for one operation. Beyond, the costlier ways to single fields are left out until so many remain. */
const PLANS_EVALUATED_MAX = 1_000
/** Ways to reach one field that the planner keeps open. They multiply where many subgraphs share what is nested. */
const PATHS_MAX = 1_000

/** @throws Error with the reason when the supergraph does not hold */
export function readGraph({ sdl, document, names }: SecuredSupergraph): Graph {
  const supergraph = Supergraph.build(sdl, { supportedFeatures: null })
  const schema = supergraph.schema.toGraphQLJSSchema()
  const apiSchema = supergraph.apiSchema().toGraphQLJSSchema()
  const rules = readRules(document, names, apiSchema)
  const { sdl: plannerSdl, hidden } = plannerSupergraph(sdl)
  const planned = Supergraph.build(plannerSdl, { supportedFeatures: null })
  return {
    apiSchema,
    schema,
    subgraphs: supergraph.subgraphsMetadata(),
    rules,
    publicFields: readPublicFields(schema, rules),
    costs: readCosts(schema, costNames(supergraph.schema)),
    rateLimits: readRateLimits(supergraph.schema, schema),
    planner: new QueryPlanner(planned, {
      debug: { maxEvaluatedPlans: PLANS_EVALUATED_MAX, pathsLimit: PATHS_MAX },
    }),
    plannerSchema: planned.apiSchema(),
    names: plannedNames(schema),
    hidden,
  }
}
