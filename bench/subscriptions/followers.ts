// Subscribers, in a process of their own: many sockets that speak graphql-transport-ws by hand, since what a client
// library costs for each frame would be measured as the gateway's delay.
import { WebSocket } from 'ws'
import { machineTimeMs, readStamp } from './stamps.ts'
import { doJobs } from './worker.ts'

export interface Following {
  /** `ws://…` */
  readonly url: string
  readonly query: string
  readonly sockets: number
  /** Of those who are signed in, each with as many sockets as the next; empty for strangers alone. */
  readonly tokens: readonly string[]
}

/** What came in. The two lists are of equal length: an entry for each delivery, in the order in which they came. */
export interface Received {
  readonly numbers: Int32Array
  /** From sending the event to having it on a socket. */
  readonly delaysMs: Float64Array
  /** Frames unlike the first one of the same event, but for the id of the subscription. */
  readonly differing: number
  /** A frame without its id. */
  readonly sample: string
}

const CONNECTING_AT_ONCE = 200
const PROTOCOL = 'graphql-transport-ws'
const FAULT_SHOWN = 300

export const jobs = {
  /** Resolves when every socket has sent its subscription. What is gone already cannot be told from here: see `hearing`. */
  async connect({ url, query, sockets: count, tokens }: Following): Promise<void> {
    let next = 0
    const connectInTurn = async () => {
      while (next < count) {
        const index = next++
        await connect(url, query, index, tokens.length > 0 ? tokens[index % tokens.length]! : null)
      }
    }
    await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, connectInTurn))
  },

  /** @returns sockets that have had an event since they connected */
  hearing: (): number => check(hearing.size),

  /** @returns deliveries since `take` */
  received: (): number => check(numbers.length),

  take(): Received {
    const taken = { numbers: Int32Array.from(numbers), delaysMs: Float64Array.from(delaysMs), differing, sample }
    check(0)
    numbers.length = delaysMs.length = 0
    differing = 0
    first.clear()
    return taken
  },

  async disconnect(): Promise<void> {
    const closed = [...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
    for (const socket of sockets) socket.terminate()
    sockets.clear()
    hearing.clear()
    await Promise.all(closed)
    fault = null // of those who were closed for being slow, where that was what was measured
  },
}

const sockets = new Set<WebSocket>()
const hearing = new Set<number>()
const numbers: number[] = []
const delaysMs: number[] = []
/** Of each event the frame that came first, without its id. */
const first = new Map<number, string>()
let differing = 0
let sample = ''
let fault: string | null = null

async function connect(url: string, query: string, index: number, token: string | null): Promise<void> {
  const socket = new WebSocket(url, PROTOCOL, { perMessageDeflate: false })
  sockets.add(socket)
  socket.on('close', (code, reason) => {
    if (sockets.delete(socket)) fault ??= `A socket was closed with ${code} ${reason.toString()}.`
  })
  const subscribed = Promise.withResolvers<void>()
  socket.once('error', subscribed.reject)
  socket.once('open', () =>
    socket.send(
      JSON.stringify({
        type: 'connection_init',
        ...(token && { payload: { authorization: `Bearer ${token}` } }),
      }),
    ),
  )
  socket.on('message', (message: Buffer) => {
    const text = message.toString('latin1')
    if (text.startsWith('{"id":')) return receive(index, text)
    if (text.startsWith('{"type":"ping"')) return socket.send('{"type":"pong"}')
    if (!text.startsWith('{"type":"connection_ack"')) return refuse(text)
    socket.send(JSON.stringify({ id: `follower-${index}`, type: 'subscribe', payload: { query } }), () =>
      subscribed.resolve(),
    )
  })
  await subscribed.promise
}

function receive(index: number, text: string): void {
  const arrivedMs = machineTimeMs()
  const stamp = readStamp(text)
  if (!stamp) return refuse(text)
  numbers.push(stamp.number)
  delaysMs.push(arrivedMs - stamp.sentMs)
  hearing.add(index)
  const withoutId = text.slice(text.indexOf(','))
  const known = first.get(stamp.number)
  if (known === undefined) first.set(stamp.number, (sample = withoutId))
  else if (known !== withoutId) differing += 1
}

function refuse(text: string): void {
  fault ??= `A socket got what it does not know: ${text.slice(0, FAULT_SHOWN)}`
}

// A socket that was lost would make the others look faster.
function check<Value>(value: Value): Value {
  if (fault === null) return value
  const message = fault
  fault = null
  throw new Error(message)
}

if (import.meta.main) doJobs(jobs)
