// One POST over a pool of connections, once. Whether to try again is for others to say; here is told what happened.
//
// undici writes a request to a connection once. A connection that was closed while it was idle is looked at before the
// request is written, and replaced; one that is closed afterwards, before the answer, fails the request: undici sends
// again only what it has not written, and a POST never shares a connection with another under way. So a request is
// never sent twice by what lies below this file. What nobody can tell after such a failure is whether the subgraph has
// seen it: the close and the request may have crossed. A query is asked again; a mutation must not be.
import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher, Pool } from 'undici'
import { FailedAttempt } from './retry.ts'

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Errors of a connection that could not be had. */
const notConnected = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
])
/** Errors of a connection that was lost. */
const connectionLost = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

/**
 * @param request.bytesMax a longer answer fails
 * @param signal drops the request, at once also where it still waits for a connection: it is not sent then
 * @throws FailedAttempt, or the signal's reason
 */
export function post(
  pool: Pool,
  request: {
    readonly path: string
    readonly headers: Record<string, string>
    readonly body: string
    readonly bytesMax: number
  },
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { path, headers, body, bytesMax } = request
  return new Promise((resolve, reject) => {
    let connection: Dispatcher.DispatchController | undefined
    let answer: { readonly status: number; readonly headers: IncomingHttpHeaders } | undefined
    const chunks: Buffer[] = []
    let bytes = 0

    const drop = (reason: Error) => {
      reject(reason)
      connection?.abort(reason)
    }
    const onAbort = () => drop(signal.reason as Error)
    const end = () => signal.removeEventListener('abort', onAbort)
    signal.addEventListener('abort', onAbort)

    pool.dispatch(
      { method: 'POST', path, headers, body },
      {
        onRequestStart(controller) {
          connection = controller
          if (signal.aborted) controller.abort(signal.reason as Error)
        },
        onResponseStart(_controller, status, headers) {
          if (status >= 200) answer = { status, headers } // others announce one
        },
        onResponseData(_controller, chunk) {
          bytes += chunk.length
          if (bytes > bytesMax) drop(new FailedAttempt(`answer of more than ${bytesMax} bytes`))
          else chunks.push(chunk)
        },
        onResponseEnd() {
          end()
          const text = (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString('utf8')
          if (answer) resolve({ ...answer, text })
        },
        onResponseError(_controller, error) {
          end()
          reject(signal.aborted ? (signal.reason as Error) : describe(error, answer !== undefined))
        },
      },
    )
    if (signal.aborted) onAbort()
  })
}

function describe(error: Error & { code?: string }, hasBegun: boolean): FailedAttempt {
  if (error instanceof FailedAttempt) return error
  const code = error.code ?? ''
  if (hasBegun) return new FailedAttempt('answer broke off', { cause: error })
  if (notConnected.has(code)) return new FailedAttempt('not connected', { retry: 'later', cause: error })
  // The connection may have been an old one that was closed as the request was written: another will do.
  if (connectionLost.has(code)) return new FailedAttempt('connection lost', { retry: 'at once', cause: error })
  return new FailedAttempt('not answered', { cause: error })
}
