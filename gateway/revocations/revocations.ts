// Tokens and keys that are no longer good, as the source of the accounts tells them: all that its feed still has at the
// start, then each as it happens, on the same stream of events that subscriptions follow. Nothing is asked for a request.
import { REVOCATIONS_CHANNEL } from '../../platform/account-events.ts'
import type { Revocation } from '../../platform/account-events.ts'
import { systemClock } from '../../platform/clock.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { VerifiedToken } from '../access-token.ts'
import type { EventStream } from '../subscriptions/event-stream.ts'
import { makeRevoked, readRevocation } from './revoked.ts'

export interface Revocations {
  isRevoked(token: VerifiedToken): boolean
  /** How long there was no word from the source; Infinity as long as its feed was never read to the end. */
  silentMs(): number
  /** Resolves when the feed has been read to the end. */
  ready(): Promise<void>
  /** Calls back with each revocation that is new, at once. @returns ends it */
  onRevoked(callback: (revocation: Revocation) => void): () => void
  close(): void
}

const RETRY_MS = 500
const FORGET_EVERY_MS = 60_000
const channels: ReadonlySet<string> = new Set([REVOCATIONS_CHANNEL])

export function followRevocations(options: {
  readonly stream: EventStream
  readonly log: Log
  readonly clock?: Clock
  /** Seconds since 1970. */
  readonly nowS?: () => number
}): Revocations {
  const { stream, log, clock = systemClock, nowS } = options
  const revoked = makeRevoked(nowS)
  const callbacks = new Set<(revocation: Revocation) => void>()
  const { promise: firstRead, resolve: becomeReady } = Promise.withResolvers<void>()
  /** The revocations up to here are known. */
  let cursor = 0
  /** Whether they are known up to where the stream is. */
  let isComplete = false
  let isReading = false
  let isClosed = false
  /** Grows when the log is no longer the one that is being read. */
  let era = 0
  let completeAtMs: number | null = null

  const unfollow = stream.follow({
    channels,
    onEvent(position) {
      // None of what came before it was a revocation.
      if (isComplete) cursor = Math.max(cursor, position - 1)
      noteCompleteness()
      isComplete = false
      void read()
    },
    // What is missing may have been revocations: whatever the log still has is read again. Nothing is forgotten.
    onGap() {
      noteCompleteness()
      era += 1
      cursor = 0
      isComplete = false
      void read()
    },
  })
  stream.ready(Infinity).then(read, () => {}) // the gateway is closing

  async function read(): Promise<void> {
    if (isReading) return
    isReading = true
    while (!isComplete && !isClosed) {
      if (!(await readStretch())) await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve))
    }
    isReading = false
  }

  /** @returns whether it is to be gone on with at once */
  async function readStretch(): Promise<boolean> {
    const [begun, after, position] = [era, cursor, stream.position ?? 0]
    try {
      const { events, upTo } = await stream.read(channels, after, position)
      for (const { event } of events) take(event['revoked'])
      if (era !== begun) return true
      cursor = upTo
      if (cursor < (stream.position ?? 0)) return upTo > after
      isComplete = true
      becomeReady()
      return true
    } catch (error) {
      log.debug({ err: error, source: stream.source }, 'revocations could not be read, tried again')
      return false
    }
  }

  function take(told: unknown): void {
    const revocation = readRevocation(told)
    if (!revocation) return log.error({ source: stream.source }, 'a revocation was told in a form that is not known')
    if (!revoked.add(revocation)) return
    for (const callback of callbacks) callback(revocation)
  }

  function noteCompleteness(): void {
    if (isComplete) completeAtMs = stream.completeAtMs
  }

  let callOffForgetting = clock.after(FORGET_EVERY_MS, forget)
  function forget(): void {
    revoked.forget()
    callOffForgetting = clock.after(FORGET_EVERY_MS, forget)
  }

  return {
    isRevoked: revoked.has,
    silentMs() {
      noteCompleteness()
      return completeAtMs === null ? Infinity : clock.nowMs() - completeAtMs
    },
    ready: () => firstRead,
    onRevoked(callback) {
      callbacks.add(callback)
      return () => void callbacks.delete(callback)
    },
    close() {
      isClosed = true
      unfollow()
      callOffForgetting()
    },
  }
}
