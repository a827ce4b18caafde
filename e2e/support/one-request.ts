// What happens to one query in a running Tributary of this process, and what docs/one-request.md shows of it.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { formatDocument } from '@urql/core'
import { parse, print } from 'graphql'
import { IDENTITY_HEADER } from '../../platform/identity.ts'

const documentFile = fileURLToPath(new URL('../../docs/one-request.md', import.meta.url))

export interface OneRequestDocument {
  readonly text: string
  /** The text of each code block, by the name that stands behind its language. */
  readonly blocks: ReadonlyMap<string, string>
  /** As the browser sends it. */
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** @throws Error when the document shows no query, or no variables */
export async function readDocument(): Promise<OneRequestDocument> {
  const text = await readFile(documentFile, 'utf8')
  const found = text.matchAll(/^```\w+ (?<name>.+)\n(?<block>[^]*?)^```$/gm)
  const blocks = new Map(Array.from(found, ({ groups }) => [groups!['name']!, groups!['block']!.trim()]))
  const [query, variables] = ['query', 'variables'].map((name) => blocks.get(name))
  if (!query || !variables) throw new Error('docs/one-request.md has no block "query", or no block "variables".')
  return {
    text,
    blocks,
    query: print(formatDocument(parse(query))), // urql adds `__typename` to every selection
    variables: JSON.parse(variables) as Record<string, unknown>,
  }
}

export interface RecordedFetch {
  /** As the gateway posted it. */
  readonly body: string
  /** From the first byte out to the last byte in; null while it is under way. */
  tookMs: number | null
}

/** Listens to what undici tells of its requests, and keeps those that carry a signed identity: they are the gateway's. */
export function recordFetches(): { readonly fetches: RecordedFetch[]; end(): void } {
  const fetches: RecordedFetch[] = []
  const underWay = new WeakMap<UndiciRequest, { fetch: RecordedFetch; startedMs: number }>()

  const onCreate = (message: unknown) => {
    const { request } = message as { request: UndiciRequest }
    if (!request.headers.includes(IDENTITY_HEADER)) return
    const fetch: RecordedFetch = { body: String(request.body), tookMs: null }
    fetches.push(fetch)
    underWay.set(request, { fetch, startedMs: performance.now() })
  }
  const onAnswered = (message: unknown) => {
    const known = underWay.get((message as { request: UndiciRequest }).request)
    if (known) known.fetch.tookMs = performance.now() - known.startedMs
  }

  subscribe('undici:request:create', onCreate)
  subscribe('undici:request:trailers', onAnswered)
  return {
    fetches,
    end: () => {
      unsubscribe('undici:request:create', onCreate)
      unsubscribe('undici:request:trailers', onAnswered)
    },
  }
}

/** @see https://undici.nodejs.org/#/docs/api/DiagnosticsChannel */
interface UndiciRequest {
  readonly headers: readonly string[]
  readonly body: Uint8Array | string | null
}
