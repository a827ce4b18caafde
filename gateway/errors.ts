// What clients are told of errors: code, message and path of those meant for them; of all others only that something
// went wrong. Addresses, stack traces and the names of subgraphs stay inside.
import { GraphQLError } from 'graphql'
import type { GraphQLFormattedError } from 'graphql'
import type { Log } from '../platform/log.ts'
import { RefusedOperation } from './operations/operations.ts'

/** Codes that say nothing a client could act on. */
const internalCodes = new Set(['INTERNAL_SERVER_ERROR', 'DOWNSTREAM_SERVICE_ERROR'])
/** Extensions that tell of the inside. */
const internalExtensions = ['http', 'serviceName', 'stacktrace', 'exception', 'response', 'request']

/** Whether an error is ours to mend: to be logged, and not to be shown. */
export function isInternal(error: { extensions?: Readonly<Record<string, unknown>> | undefined }): boolean {
  const code = error.extensions?.['code']
  return typeof code !== 'string' || internalCodes.has(code)
}

/** Whether something was refused because the answer cannot be had now: it may be, later. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof GraphQLError && error.extensions['code'] === 'SUBGRAPH_UNAVAILABLE'
}

/** The form of an error that may leave the gateway. */
export function publicError(error: GraphQLFormattedError, requestId?: string): GraphQLFormattedError {
  const { message, locations, path } = error
  const place = { ...(locations && { locations }), ...(path && { path }) }
  if (isInternal(error)) {
    return {
      message: 'Something went wrong on our side.',
      ...place,
      extensions: { code: 'INTERNAL_SERVER_ERROR', ...(requestId && { requestId }) },
    }
  }
  const extensions = { ...error.extensions }
  for (const name of internalExtensions) delete extensions[name]
  return { message, ...place, extensions }
}

/** What a client is told of something that was thrown. What is ours to mend is logged. */
export function thrownErrors(error: unknown, requestId: string, log: Log): GraphQLFormattedError[] {
  const errors = error instanceof RefusedOperation ? error.errors : [error]
  return errors.map((each) => {
    if (each instanceof GraphQLError) return publicError(each.toJSON(), requestId)
    log.error({ err: each, requestId }, 'operation failed')
    return publicError({ message: '' }, requestId)
  })
}
