// For tests: clients of the gateway that see what happens to their connection, and do not come back by themselves.
import { once } from 'node:events'
import { WebSocket } from 'ws'

export interface TestSocket {
  /** What it was told, in order. */
  readonly messages: { readonly type: string; readonly id?: string; readonly payload?: any }[]
  /** The code and the reason, when it is closed. */
  readonly closed: Promise<{ code: number; reason: string }>
  isOpen(): boolean
  /** @returns the first message about it */
  ask(query: string): Promise<{ readonly type: string; readonly payload?: any }>
  subscribe(query: string): void
  close(): void
}

/** @param url of the gateway, without a path */
export async function openSocket(
  url: string,
  token: string | null,
  headers: Record<string, string> = {},
): Promise<TestSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers })
  const messages: TestSocket['messages'] = []
  const waiting = new Set<() => void>()
  const told = () => new Promise<void>((resolve) => waiting.add(resolve))
  socket.on('message', (text) => {
    const message = JSON.parse(String(text)) as TestSocket['messages'][number]
    if (message.type === 'ping') return socket.send('{"type":"pong"}')
    messages.push(message)
    for (const resolve of waiting) resolve()
    waiting.clear()
  })
  const closed = once(socket, 'close').then(([code, reason]) => ({ code: code as number, reason: String(reason) }))
  await once(socket, 'open')
  const payload = token === null ? {} : { authorization: `Bearer ${token}` }
  socket.send(JSON.stringify({ type: 'connection_init', payload }))
  await Promise.race([told(), closed])
  let asked = 0
  return {
    messages,
    closed,
    isOpen: () => socket.readyState === socket.OPEN,
    async ask(query) {
      const id = String((asked += 1))
      socket.send(JSON.stringify({ type: 'subscribe', id, payload: { query } }))
      for (;;) {
        const answer = messages.find((message) => message.id === id)
        if (answer) return answer
        await told()
      }
    },
    subscribe(query) {
      socket.send(JSON.stringify({ type: 'subscribe', id: String((asked += 1)), payload: { query } }))
    },
    close: () => socket.terminate(),
  }
}

/** @returns the text so far, and a promise of how long it stayed open */
export async function openStream(url: string, token: string | null, query: string) {
  const closing = new AbortController()
  const response = await fetch(`${url}/graphql?query=${encodeURIComponent(query)}`, {
    headers: { accept: 'text/event-stream', ...(token !== null && { authorization: `Bearer ${token}` }) },
    signal: closing.signal,
  })
  let text = ''
  const cut = (async () => {
    try {
      for await (const chunk of response.body!) text += Buffer.from(chunk).toString()
    } catch {
      // cut in the middle, as it is to be
    }
  })()
  return { status: response.status, text: () => text, cut, close: () => closing.abort() }
}

/** Whether something is so within a time. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const late = new Promise<never>((_resolve, reject) =>
    setTimeout(() => reject(new Error(`not within ${ms} ms`)), ms).unref(),
  )
  return Promise.race([promise, late])
}
