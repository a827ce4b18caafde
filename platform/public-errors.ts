// What leaves a subgraph of its errors: those raised for clients as they are, all others masked, and logged once.
import { GraphQLError } from 'graphql'
import type { GraphQLFormattedError } from 'graphql'
import { ApiError } from './errors.ts'
import type { Log } from './log.ts'

export function publicErrors(
  errors: readonly Error[],
  { requestId, operationName, log }: { requestId: string; operationName: string | null; log: Log },
): GraphQLFormattedError[] {
  // One failed statement can fail a hundred fields.
  const logged = new Set<Error>()
  return errors.map((error) => {
    const path = error instanceof GraphQLError && error.path ? { path: error.path } : {}
    const extensions = publicExtensions(error)
    if (extensions) return { message: error.message, ...path, extensions }

    const origin = originOf(error)
    const isLate = isCancelledStatement(origin)
    if (!logged.has(origin)) {
      const fields = { err: origin, requestId, operationName, ...path }
      if (isLate) log.warn(fields, 'a statement took too long and was cancelled')
      else log.error(fields, 'an operation failed')
    }
    logged.add(origin)
    if (isLate) return { message: 'That took too long.', ...path, extensions: { code: 'TIMEOUT' } }
    return {
      message: 'Something went wrong on our side.',
      ...path,
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
    }
  })
}

function publicExtensions(error: Error): Readonly<Record<string, unknown>> | null {
  const thrown = thrownOf(error)
  if (!(thrown instanceof GraphQLError)) return null
  const code = thrown.extensions?.['code'] // graphql-jit's errors may have none
  if (typeof code === 'string') return code === 'INTERNAL_SERVER_ERROR' ? null : thrown.extensions
  // A variable that may be null, given to an argument that may not. The engines have no code for it, but word it alike.
  const field = error.message.match(/^Argument "(\w+)" of (non-null|required) type /)?.[1]
  return field ? { code: 'BAD_USER_INPUT', field } : null
}

/** What the resolver threw, of which an engine makes an error with a path. */
function thrownOf(error: Error): Error {
  return error instanceof GraphQLError && !(error instanceof ApiError) ? (error.originalError ?? error) : error
}

/** What went wrong in the first place. */
function originOf(error: Error): Error {
  return error instanceof GraphQLError && error.originalError ? originOf(error.originalError) : error
}

/** Postgres's `query_canceled`: over `STATEMENT_TIMEOUT_MS`. Drizzle has it as the cause of an error of its own. */
function isCancelledStatement(error: Error): boolean {
  return [error, error.cause].some((each) => (each as { code?: unknown } | undefined)?.code === '57014')
}
