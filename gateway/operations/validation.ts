// Whether a document fits the schema.
import { GraphQLError, NoSchemaIntrospectionCustomRule, specifiedRules, validate } from 'graphql'
import type { DocumentNode, GraphQLSchema } from 'graphql'

/** Enough to mend a document by; the rest would only be long. */
const ERRORS_MAX = 10

/** @param introspection false refuses questions about the schema, and tells nothing of it in the errors either */
export function validateDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  introspection: boolean,
): readonly GraphQLError[] {
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule]
  let errors: readonly GraphQLError[]
  try {
    errors = validate(schema, document, rules, { maxErrors: ERRORS_MAX })
  } catch (error) {
    // A rule of graphql-js throws where a root field of a subscription hangs on a variable.
    return [new GraphQLError(error instanceof Error ? error.message : 'The document cannot be validated.')]
  }
  return introspection ? errors : errors.map(withoutSuggestion)
}

function withoutSuggestion(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message.replace(/ Did you mean .*\?$/s, ''), { nodes: error.nodes })
}
