// EventSource as browsers have it, in the part that matters here: Node has none without a flag, and its own does not come
// back after a connection that broke in the middle.
// @see https://html.spec.whatwg.org/multipage/server-sent-events.html
import { setTimeout as sleep } from 'node:timers/promises'

export interface EventSourceListener {
  /** An event with data. */
  onEvent(type: string, data: string): void
  /** It connects again by itself after this, unless `isFailed`. */
  onError(isFailed: boolean): void
}

export interface EventSource {
  readonly lastEventId: string
  close(): void
}

const RECONNECTION_TIME_MS = 1_000

export function openEventSource(url: string, listener: EventSourceListener): EventSource {
  const closing = new AbortController()
  let lastEventId = ''
  let reconnectionTimeMs = RECONNECTION_TIME_MS

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      const headers = { accept: 'text/event-stream', ...(lastEventId && { 'last-event-id': lastEventId }) }
      try {
        const response = await fetch(url, { headers, signal: closing.signal, cache: 'no-store' })
        if (response.status !== 200 || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
          listener.onError(true)
          return
        }
        await read(response)
      } catch {
        // The connection broke, or there was none.
      }
      if (closing.signal.aborted) return
      listener.onError(false)
      await sleep(reconnectionTimeMs)
    }
  }

  // What a broken connection leaves unfinished is discarded, its id too.
  async function read(response: Response): Promise<void> {
    let text = ''
    let [type, data, id] = ['', '', lastEventId]
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      if (closing.signal.aborted) return
      const lines = (text + chunk).split('\n')
      text = lines.pop()!
      for (const line of lines) {
        if (line === '') {
          lastEventId = id
          if (data !== '') listener.onEvent(type || 'message', data.slice(0, -1))
          ;[type, data] = ['', '']
          continue
        }
        const colon = line.indexOf(':')
        const name = colon < 0 ? line : line.slice(0, colon)
        const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
        if (name === 'event') type = value
        else if (name === 'data') data += `${value}\n`
        else if (name === 'id') id = value
        else if (name === 'retry' && /^\d+$/.test(value)) reconnectionTimeMs = Number(value)
      }
    }
  }

  void run()
  return {
    get lastEventId() {
      return lastEventId
    },
    close: () => closing.abort(),
  }
}
