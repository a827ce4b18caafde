// Tells an answer of a GraphQL server from everything else that may come back.
import { isObject } from '../execution/merge.ts'
import type { FetchAnswer } from '../execution/run.ts'

/** @throws Error when the text is not one */
export function readAnswer(text: string): FetchAnswer {
  const answer: unknown = JSON.parse(text)
  if (!isGraphQLAnswer(answer)) throw new Error('not an answer of a GraphQL server')
  return answer
}

/** @see https://spec.graphql.org/October2021/#sec-Response-Format */
function isGraphQLAnswer(answer: unknown): answer is FetchAnswer {
  if (!isObject(answer)) return false
  const { data, errors } = answer
  if (data !== undefined && data !== null && !isObject(data)) return false
  // Some servers write `errors: null` where there are none.
  if (errors === undefined || errors === null) return data !== undefined
  return Array.isArray(errors) && (data !== undefined || errors.length > 0) && errors.every(isGraphQLError)
}

function isGraphQLError(error: unknown): boolean {
  if (!isObject(error) || typeof error['message'] !== 'string') return false
  const { path, extensions } = error
  const isPath = Array.isArray(path) && path.every((step) => typeof step === 'string' || typeof step === 'number')
  return (path == null || isPath) && (extensions == null || isObject(extensions))
}
