// What one execution of an operation works on.
import type { GraphQLFormattedError } from 'graphql'

export type JsonObject = Record<string, unknown>

/** Where in the data something stands, as the plan has it: `@` for every element of a list. */
export type PlanPath = readonly (string | number)[]

/** What a subgraph answered. */
export interface FetchAnswer {
  readonly data?: JsonObject | null
  readonly errors?: readonly GraphQLFormattedError[]
}

/** What a plan asks of the world: one fetch from one subgraph. */
export interface FetchRequest {
  readonly subgraph: string
  /** The JSON text to post. */
  readonly body: string
  /** Whether sending it twice might do something twice. */
  readonly isMutation: boolean
}

export interface Run {
  /** Everything that was fetched, under the names of the plan; fetches write into it. */
  readonly data: JsonObject
  /** Coerced, with defaults: what conditions look at. */
  readonly variables: Readonly<Record<string, unknown>>
  /** As the client sent them: what subgraphs are sent, who coerce them again. */
  readonly sentVariables: Readonly<Record<string, unknown>>
  /** @throws GraphQLError with a code when the subgraph did not answer */
  readonly fetch: (request: FetchRequest) => Promise<FetchAnswer>
  /** In the order in which they came up. */
  readonly errors: GraphQLFormattedError[]
}
