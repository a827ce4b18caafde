// The one WebSocket of a session: opened with the first subscription, kept up for as long as there is one. When it comes
// back after a loss, the gateway tells what was missed meanwhile.
import {
  CloseCode,
  createClient,
  type FormattedExecutionResult,
  type Sink,
  type SubscribePayload,
} from 'graphql-ws/client'
import { readonly, shallowRef, type Ref } from 'vue'
import type { Session } from '../session/session.ts'

/** `lost` is a connection that was there, or should be, and is being tried again. */
export type SocketState = 'idle' | 'connecting' | 'live' | 'lost'

export interface Socket {
  readonly state: Readonly<Ref<SocketState>>
  subscribe(payload: SubscribePayload, sink: Sink<FormattedExecutionResult>): () => void
  /** Calls back after a gap: events have passed that nobody tells any more, so what was shown wants to be read again. */
  onGap(callback: () => void): () => void
  /** Says that there was a gap. The socket itself does so when the gateway cannot tell what was missed. */
  reportGap(): void
  close(): void
}

/** How long a lost connection waits before it is tried again: doubled each time, never longer than the last figure. */
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
/** A connection that is silent for this long after a ping is taken for dead. */
const PING_EVERY_MS = 15_000
const PONG_WITHIN_MS = 5_000
/** What is read again is not read by everybody in the same instant. */
const GAP_REPORT_WITHIN_MS = 500
/** Close code of a socket that nobody needs any more. */
const ORDERLY = 1000

export interface SocketOptions {
  readonly url: string
  /** Null for an anonymous reader. */
  readonly session: Session | null
}

export function openSocket({ url, session }: SocketOptions): Socket {
  const state = shallowRef<SocketState>('idle')
  const afterGap = new Set<() => void>()
  /** What the client sends again when it comes back: the same objects, with where each subscription stands by then. */
  const followed = new Set<SubscribePayload>()
  /** Where the gateway stood when it was last heard of. */
  let lastPosition: string | undefined
  /** What the gateway was last shown. */
  let lastToken = ''
  let pongDue: ReturnType<typeof setTimeout> | undefined
  let gapReport: ReturnType<typeof setTimeout> | undefined

  const client = createClient({
    url,
    // Where no token is to be had the attempt fails, and is made again like any other.
    connectionParams: async () => {
      if (!session) return {}
      lastToken = await session.accessToken()
      return { authorization: `Bearer ${lastToken}` }
    },
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: waitBeforeRetry,
    keepAlive: PING_EVERY_MS,
    on: {
      connecting: (isRetry) => (state.value = isRetry ? 'lost' : 'connecting'),
      connected: (_socket, acknowledged) => {
        state.value = 'live'
        // Of those that were there before, each goes on from where it stands.
        for (const payload of followed) payload.extensions!['after'] ??= positionIn(acknowledged)
        lastPosition = positionIn(acknowledged)
      },
      ping: (wasReceived, payload) => {
        if (!wasReceived) pongDue = setTimeout(() => client.terminate(), PONG_WITHIN_MS)
        else if (positionIn(payload)) {
          // All that is followed on this socket has been told up to here.
          lastPosition = positionIn(payload)
          for (const each of followed) each.extensions!['after'] = lastPosition
        }
      },
      pong: (wasReceived) => {
        if (wasReceived) clearTimeout(pongDue)
      },
      closed: (event) => {
        clearTimeout(pongDue)
        clearTimeout(gapReport)
        const code = (event as Partial<CloseEvent> | null)?.code
        state.value = code === ORDERLY ? 'idle' : 'lost'
        // Its token expired, or its session was ended: the answer to a refresh says which.
        if (code === CloseCode.Unauthorized || code === CloseCode.Forbidden) session?.refuse(lastToken)
      },
    },
  })

  function reportGap() {
    for (const callback of afterGap) callback()
  }

  function subscribe(request: SubscribePayload, sink: Sink<FormattedExecutionResult>): () => void {
    // From where the gateway last was heard of: what happened since, and before it hears of this, is told too.
    const payload: SubscribePayload = { ...request, extensions: { ...request.extensions, after: lastPosition } }
    followed.add(payload)
    const end = client.subscribe<FormattedExecutionResult['data'] & object>(payload, {
      next: (result) => {
        const position = positionIn(result.extensions)
        if (position) payload.extensions!['after'] = position
        if ((result.extensions as { gap?: unknown } | undefined)?.gap === true) {
          gapReport = setTimeout(reportGap, GAP_REPORT_WITHIN_MS * Math.random())
        } else {
          sink.next(result as FormattedExecutionResult)
        }
      },
      error: (error) => {
        followed.delete(payload)
        sink.error(error)
      },
      complete: () => {
        followed.delete(payload)
        sink.complete()
      },
    })
    return () => {
      followed.delete(payload)
      end()
    }
  }

  return {
    state: readonly(state),
    subscribe,
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

/** Opaque: the gateway gives it, and takes it back as `extensions.after`. */
function positionIn(given: unknown): string | undefined {
  const position = (given as { position?: unknown } | null | undefined)?.position
  return typeof position === 'string' ? position : undefined
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
