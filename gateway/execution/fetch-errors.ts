// The errors of a subgraph's answer. A subgraph may send anything: what is no error is dropped, what is no path too.
import type { GraphQLFormattedError } from 'graphql'
import { isObject } from './merge.ts'
import type { FetchAnswer } from './run.ts'

export function errorsOf({ errors }: FetchAnswer): readonly GraphQLFormattedError[] {
  if (errors === undefined || errors === null) return []
  const sent: readonly unknown[] = Array.isArray(errors) ? errors : [errors]
  return sent.map((error) => {
    const { message, path, extensions } = isObject(error) ? error : {}
    return {
      message: typeof message === 'string' ? message : 'A subgraph reported an error.',
      ...(isPath(path) && { path }),
      ...(isObject(extensions) && { extensions }),
    }
  })
}

function isPath(path: unknown): path is (string | number)[] {
  return Array.isArray(path) && path.every((step) => typeof step === 'string' || typeof step === 'number')
}
