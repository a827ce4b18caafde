// What went wrong, for programs and for people.
import type { CombinedError } from '@urql/vue'

/** The codes an answer holds, in its order; `NETWORK_ERROR` when there was no answer. */
export function codesOf(error: CombinedError | undefined): string[] {
  if (!error) return []
  if (error.networkError) return ['NETWORK_ERROR']
  return error.graphQLErrors.map(({ extensions }) => String(extensions.code ?? 'INTERNAL_SERVER_ERROR'))
}

export const hasCode = (error: CombinedError | undefined, code: string) => codesOf(error).includes(code)

/** Why the gateway refused, where a code alone does not tell: one of those that the schema lists for the field. */
export function reasonOf(error: CombinedError | undefined): string | null {
  const reason = error?.graphQLErrors.map(({ extensions }) => extensions.reason).find(Boolean)
  return typeof reason === 'string' ? reason : null
}

/** The server's words for each input field at fault. */
export function fieldErrors(error: CombinedError | undefined): Record<string, string> {
  const byField: Record<string, string> = {}
  for (const { extensions, message } of error?.graphQLErrors ?? []) {
    if (typeof extensions.field === 'string') byField[extensions.field] ??= message
  }
  return byField
}

/** One sentence for a person. Ours where the server's would tell them nothing. */
export function describe(error: CombinedError): string {
  switch (codesOf(error)[0]) {
    case 'NETWORK_ERROR':
      return 'The server cannot be reached. Check your connection and try again.'
    case 'SUBGRAPH_UNAVAILABLE':
    case 'TIMEOUT':
      return 'Part of the service does not answer right now. Try again in a moment.'
    case 'INTERNAL_SERVER_ERROR':
      return 'Something went wrong on our side. Try again in a moment.'
    case 'RATE_LIMITED':
      return `That was too often. Try again in ${waitOf(error)}.`
    default:
      return error.graphQLErrors[0]?.message ?? 'Something went wrong.'
  }
}

function waitOf({ graphQLErrors }: CombinedError): string {
  const waitsMs = graphQLErrors.map(({ extensions }) => Number(extensions.retryAfterMs ?? 0))
  const seconds = Math.ceil(Math.max(...waitsMs) / 1_000)
  if (!(seconds > 0)) return 'a moment'
  if (seconds > 90) return `${Math.ceil(seconds / 60)} minutes`
  return seconds === 1 ? 'a second' : `${seconds} seconds`
}
