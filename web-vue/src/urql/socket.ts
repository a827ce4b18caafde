// The one WebSocket of a session: opened with the first subscription, kept up for as long as there is one.
import {
  CloseCode,
  createClient,
  type FormattedExecutionResult,
  type Sink,
  type SubscribePayload,
} from 'graphql-ws/client'
import { readonly, shallowRef, type Ref } from 'vue'

/** `lost` is a connection that was there, or should be, and is being tried again. */
export type SocketState = 'idle' | 'connecting' | 'live' | 'lost'

export interface Socket {
  readonly state: Readonly<Ref<SocketState>>
  subscribe(payload: SubscribePayload, sink: Sink<FormattedExecutionResult>): () => void
  /** Calls back after a gap: events may have passed unseen, so what was shown wants to be read again. */
  onGap(callback: () => void): () => void
  /** Says that there was a gap. The socket itself does so each time it stands again after a loss. */
  reportGap(): void
  close(): void
}

/** How long a lost connection waits before it is tried again: doubled each time, never longer than the last figure. */
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
/** A connection that is silent for this long after a ping is taken for dead. */
const PING_EVERY_MS = 15_000
const PONG_WITHIN_MS = 5_000
/**
 * What is read again is read only once the subscriptions stand too, of which the gateway tells nothing; and not by
 * everybody in the same instant.
 */
const BEFORE_GAP_REPORT_MS = 500
/** Close code of a socket that nobody needs any more. */
const ORDERLY = 1000

export interface SocketOptions {
  readonly url: string
  /** Access token; null for an anonymous reader. */
  readonly token: string | null
  /** Called when the gateway closed the socket for want of a right to it. */
  readonly onRefused: () => void
}

export function openSocket({ url, token, onRefused }: SocketOptions): Socket {
  const state = shallowRef<SocketState>('idle')
  const afterGap = new Set<() => void>()
  let wasLost = false
  let pongDue: ReturnType<typeof setTimeout> | undefined
  let gapReport: ReturnType<typeof setTimeout> | undefined

  const client = createClient({
    url,
    connectionParams: token ? { authorization: `Bearer ${token}` } : {},
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: waitBeforeRetry,
    keepAlive: PING_EVERY_MS,
    on: {
      connecting: (isRetry) => (state.value = isRetry ? 'lost' : 'connecting'),
      connected: () => {
        state.value = 'live'
        if (wasLost) gapReport = setTimeout(reportGap, BEFORE_GAP_REPORT_MS * (1 + Math.random()))
        wasLost = false
      },
      ping: (wasReceived) => {
        if (!wasReceived) pongDue = setTimeout(() => client.terminate(), PONG_WITHIN_MS)
      },
      pong: (wasReceived) => {
        if (wasReceived) clearTimeout(pongDue)
      },
      closed: (event) => {
        clearTimeout(pongDue)
        clearTimeout(gapReport)
        const code = (event as Partial<CloseEvent> | null)?.code
        wasLost = code !== ORDERLY
        state.value = wasLost ? 'lost' : 'idle'
        if (code === CloseCode.Unauthorized || code === CloseCode.Forbidden) onRefused()
      },
    },
  })

  function reportGap() {
    for (const callback of afterGap) callback()
  }

  return {
    state: readonly(state),
    subscribe: (payload, sink) => client.subscribe(payload, sink),
    onGap: (callback) => {
      afterGap.add(callback)
      return () => afterGap.delete(callback)
    },
    reportGap,
    close: () => {
      afterGap.clear()
      clearTimeout(gapReport)
      // Rejects when it is closed while it waits to come back, which is as good an end as any.
      Promise.resolve(client.dispose()).catch(() => {})
    },
  }
}

// Half of the wait is chance, so that not all come back in the same instant after a restart. Back at once when the
// browser says that the network is there again.
function waitBeforeRetry(retries: number): Promise<void> {
  const longestMs = Math.min(FIRST_WAIT_MS * 2 ** retries, LONGEST_WAIT_MS)
  return new Promise((resolve) => {
    const proceed = () => {
      clearTimeout(timer)
      removeEventListener('online', proceed)
      resolve()
    }
    const timer = setTimeout(proceed, longestMs * (0.5 + Math.random() / 2))
    addEventListener('online', proceed)
  })
}
