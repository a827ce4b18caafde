// The load, in a process of its own, so that what it costs is nobody's: so many connections, each of which sends the next
// request as soon as it has the answer. `load-generator.ts` says what.
import { Pool } from 'undici'
import { percentile } from './statistics.ts'

export interface LoadJob {
  readonly url: string
  /** Sent one after the other, and again from the first. */
  readonly requests: readonly LoadRequest[]
  readonly connections: number
  readonly durationMs: number
}

export interface LoadRequest {
  readonly body: string
  /** How long the right answer is. */
  readonly bytes: number
}

export interface Load {
  readonly answered: number
  readonly elapsedMs: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Nobody who is measured takes as long; who does, hangs. */
const ANSWER_TIMEOUT_MS = 15_000

export type LoadReply = { readonly load: Load } | { readonly fault: string }

async function run({ url, requests, connections, durationMs }: LoadJob): Promise<Load> {
  const { origin, pathname: path } = new URL(url)
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  // New for each job: servers close connections that were idle for a round.
  const pool = new Pool(origin, {
    connections,
    pipelining: 1,
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  })
  const tookMs: number[] = []
  const startedMs = performance.now()
  let sent = 0

  const askOnce = ({ body, bytes }: LoadRequest) =>
    new Promise<void>((resolve, reject) => {
      const sentMs = performance.now()
      const chunks: Buffer[] = []
      let status = 0
      let received = 0
      pool.dispatch(
        { method: 'POST', path, headers, body },
        {
          onRequestStart() {},
          onResponseStart(_controller, statusCode) {
            status = statusCode
          },
          onResponseData(_controller, chunk) {
            received += chunk.length
            chunks.push(chunk)
          },
          onResponseEnd() {
            tookMs.push(performance.now() - sentMs)
            if (status === 200 && received === bytes) return resolve()
            reject(new Error(`${received} bytes with status ${status} instead of ${bytes} with 200: ${textOf(chunks)}`))
          },
          onResponseError: (_controller, error) => reject(error),
        },
      )
    })
  const ask = async () => {
    while (performance.now() - startedMs < durationMs) await askOnce(requests[sent++ % requests.length]!)
  }
  try {
    await Promise.all(Array.from({ length: connections }, ask))
    const elapsedMs = performance.now() - startedMs
    const ascending = Float64Array.from(tookMs).sort()
    return {
      answered: tookMs.length,
      elapsedMs,
      p50Ms: percentile(ascending, 0.5),
      p99Ms: percentile(ascending, 0.99),
    }
  } finally {
    await pool.destroy()
  }
}

const textOf = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString('utf8').slice(0, 500)

if (import.meta.main) {
  process.on('message', async (job: LoadJob) => {
    const reply: LoadReply = await run(job).then(
      (load) => ({ load }),
      (error: Error) => ({ fault: error.message }),
    )
    process.send!(reply)
  })
  process.once('disconnect', () => process.exit())
}
