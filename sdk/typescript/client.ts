// A typed client for programs: one method for each operation of operations.graphql. Needs `fetch` (Node 18 or later, any
// browser) and the package `graphql`, and nothing else.
import { print, type DocumentNode } from 'graphql'
import { getSdk } from './operations.generated.ts'

export interface ClientOptions {
  /** Where the gateway answers: `https://…/graphql`. */
  readonly url: string
  /** Access token of a login; a function is asked before each request, so that a token can be renewed. */
  readonly token?: string | null | (() => string | null | Promise<string | null>)
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
}

export interface CallOptions {
  readonly signal?: AbortSignal
  /** Answers with the data that could be had, null where something failed, instead of throwing. Default false. */
  readonly allowPartial?: boolean
}

/** An error as it stands in an answer. Switch on `code`; `message` is for people. */
export interface ErrorDetails {
  readonly message: string
  readonly code: string
  /** Of `BAD_USER_INPUT` and `CONFLICT`: which input field is at fault. */
  readonly field?: string
  /** Of `RATE_LIMITED`: how long to wait before it makes sense to ask again. */
  readonly retryAfterMs?: number
  /** Where in the data null stands instead. */
  readonly path?: readonly (string | number)[]
}

/** The answer held errors, or was none: then the code is `NETWORK_ERROR`. */
export class TributaryError extends Error {
  /** Code of the first error. */
  readonly code: string
  /** Input field that the first error names, if it names one. */
  readonly field: string | undefined
  readonly errors: readonly ErrorDetails[]
  /** What could be answered nonetheless. */
  readonly data: unknown

  constructor(errors: readonly ErrorDetails[], data: unknown = null, cause?: unknown) {
    super(errors.map(({ message }) => message).join('\n'), { cause })
    this.name = 'TributaryError'
    this.code = errors[0]?.code ?? 'INTERNAL_SERVER_ERROR'
    this.field = errors[0]?.field
    this.errors = errors
    this.data = data
  }
}

export type TributaryClient = ReturnType<typeof getSdk<CallOptions>>

/**
 * @example
 * const tributary = tributaryClient({ url: 'http://localhost:4000/graphql' })
 * const { items } = await tributary.items({ first: 10 })
 */
export function tributaryClient(options: ClientOptions): TributaryClient {
  return getSdk<CallOptions>((document, variables, call = {}) =>
    isSubscription(document) ? follow(options, document, variables, call) : request(options, document, variables, call),
  )
}

async function request<Data>(
  options: ClientOptions,
  document: DocumentNode,
  variables: unknown,
  { signal, allowPartial = false }: CallOptions,
): Promise<Data> {
  const response = await post(options, document, variables, 'application/graphql-response+json', signal)
  const answer = (await response.json().catch((cause: unknown) => {
    throw networkError(`The answer is not JSON (HTTP ${response.status}).`, cause)
  })) as Answer<Data>
  return readAnswer(answer, allowPartial)
}

// Server-sent events, one answer in each `next`, until `complete`. Leaving the loop ends the subscription.
async function* follow<Data>(
  options: ClientOptions,
  document: DocumentNode,
  variables: unknown,
  { signal, allowPartial = false }: CallOptions,
): AsyncGenerator<Data> {
  const left = new AbortController()
  const response = await post(
    options,
    document,
    variables,
    'text/event-stream',
    signal ? AbortSignal.any([signal, left.signal]) : left.signal,
  )
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
    const answer = (await response.json().catch(() => ({}))) as Answer<Data>
    readAnswer(answer, false)
    throw networkError(`The answer is not a stream of events (HTTP ${response.status}).`)
  }
  try {
    for await (const { event, data } of readEvents(response.body)) {
      if (event === 'complete') return
      if (event === 'next') yield readAnswer(JSON.parse(data) as Answer<Data>, allowPartial)
    }
    throw networkError('The stream of events broke off.')
  } catch (error) {
    if (error instanceof TributaryError || signal?.aborted) throw error
    throw networkError('The stream of events broke off.', error)
  } finally {
    left.abort()
  }
}

interface Answer<Data> {
  readonly data?: Data | null
  readonly errors?: readonly {
    readonly message: string
    readonly path?: readonly (string | number)[]
    readonly extensions?: { readonly code?: string; readonly field?: string; readonly retryAfterMs?: number }
  }[]
}

function readAnswer<Data>({ data, errors }: Answer<Data>, allowPartial: boolean): Data {
  if (errors?.length && !(allowPartial && data)) {
    const details = errors.map(({ message, path, extensions }) => ({
      message,
      code: extensions?.code ?? 'INTERNAL_SERVER_ERROR',
      field: extensions?.field,
      retryAfterMs: extensions?.retryAfterMs,
      path,
    }))
    throw new TributaryError(details, data)
  }
  if (!data) throw networkError('The answer holds no data.')
  return data
}

async function post(
  { url, token, fetch: send = fetch }: ClientOptions,
  document: DocumentNode,
  variables: unknown,
  accept: string,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const bearer = typeof token === 'function' ? await token() : token
  try {
    return await send(url, {
      method: 'POST',
      signal,
      headers: {
        accept,
        'content-type': 'application/json',
        ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
      },
      body: JSON.stringify({ query: print(document), operationName: operationOf(document)?.name?.value, variables }),
    })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw networkError('The server cannot be reached.', cause)
  }
}

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<{ event: string; data: string }> {
  let rest = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split(/\r?\n\r?\n/)
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const values = (field: string) =>
        block
          .split(/\r?\n/)
          .filter((line) => line.startsWith(`${field}:`))
          .map((line) => line.slice(field.length + 1).replace(/^ /, ''))
      yield { event: values('event').at(-1) ?? 'message', data: values('data').join('\n') }
    }
  }
}

const operationOf = (document: DocumentNode) =>
  document.definitions.find((definition) => definition.kind === 'OperationDefinition')

const isSubscription = (document: DocumentNode) => operationOf(document)?.operation === 'subscription'

const networkError = (message: string, cause?: unknown) =>
  new TributaryError([{ message, code: 'NETWORK_ERROR' }], null, cause)
