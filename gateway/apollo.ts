// The one place that imports Apollo's federation packages, which must be of one version: @apollo/gateway brings the
// others along, and a second copy would not know the first one's types.

// Read when the gateway is constructed: it would report to Apollo otherwise.
process.env['APOLLO_TELEMETRY_DISABLED'] = 'true'

export { Supergraph, operationFromDocument } from '@apollo/federation-internals'
export type { Operation, Schema } from '@apollo/federation-internals'
export { ApolloGateway } from '@apollo/gateway'
export { QueryPlanner } from '@apollo/query-planner'
export type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode, SubscriptionNode } from '@apollo/query-planner'
export type { FetchDataRewrite } from '@apollo/query-planner'
