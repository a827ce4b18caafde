// Starting and stopping in order: what was opened last is closed first.

type Close = () => unknown

/** Given to each `close` even when the ones before it have used up the time. */
const CLOSE_TIMEOUT_MIN_MS = 100

export interface Lifecycle {
  /** False from the moment the end begins: `/readyz` tells it to load balancers. */
  readonly isReady: boolean
  /** Registers what is to be closed at the end. */
  onClose(what: string, close: Close): void
  /** Everything is open: `/readyz` may say so. */
  ready(): void
  /** Closes all, newest first; a second call waits for the first. */
  close(): Promise<void>
}

export interface LifecycleOptions {
  /** How long the end may take in all. What is not closed by then is given up, so that the end comes in any case. */
  readonly drainTimeoutMs: number
  /** Told of a `close` that threw or ran out of time; the others go on. */
  readonly onError: (what: string, error: unknown) => void
}

export function makeLifecycle({ drainTimeoutMs, onError }: LifecycleOptions): Lifecycle {
  const opened: { what: string; close: Close }[] = []
  let isReady = false
  let closing: Promise<void> | undefined

  async function closeAll(): Promise<void> {
    isReady = false
    const deadlineMs = performance.now() + drainTimeoutMs
    for (const { what, close } of opened.reverse()) {
      try {
        await within(Math.max(CLOSE_TIMEOUT_MIN_MS, deadlineMs - performance.now()), async () => close())
      } catch (error) {
        onError(what, error)
      }
    }
  }

  return {
    get isReady() {
      return isReady
    },
    onClose: (what, close) => void opened.push({ what, close }),
    ready: () => void (isReady = closing === undefined),
    close: () => (closing ??= closeAll()),
  }
}

async function within(timeoutMs: number, work: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not closed after ${Math.round(timeoutMs)} ms`)), timeoutMs)
  })
  try {
    await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}
