// The gateway as a page sees it: answers at `fetch` and events at `WebSocket`, made by graphql-js from our own schema, so
// that a test says what is answered and not how it is written.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, execute, GraphQLError, parse, type ExecutionResult } from 'graphql'
import { vi } from 'vitest'

const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../../schema/api.graphql'), 'utf8'))

interface SentRequest {
  readonly operationName: string
  readonly query: string
  readonly variables: any
  readonly authorization: string | null
}

/** Field of Query or Mutation → its answer. A missing one answers null. */
export type Answers = Record<string, (args: any) => unknown>

/** Stands in for the gateway until `vi.unstubAllGlobals()`. Answers may be replaced at any time. */
export function fakeGateway(answers: Answers) {
  const requests: SentRequest[] = []
  const events: FakeEvent[] = []
  const sockets: FakeSocket[] = []
  const gateway = {
    answers,
    requests,
    /** What `Authorization` headers it no longer takes, on requests and on sockets. */
    refusedTokens: new Set<string>(),
    /** Whether there is a development mailbox. */
    hasMailbox: false,
    /** Answers nothing at all while true: the network is gone. */
    isUnreachable: false,
    /** Whether it can no longer tell what those missed who come back. */
    hasForgotten: false,
    /** How often an operation was sent. */
    count: (operationName: string) => requests.filter((request) => request.operationName === operationName).length,
    /** The variables of each time it was sent. */
    sent: (operationName: string) =>
      requests.filter((request) => request.operationName === operationName).map(({ variables }) => variables),
    sockets,
    /** Sends an event to everybody who follows the scope, now or when they come back. */
    emit: async (scope: Scope, told: object) => {
      events.push({ scope, told, position: events.length + 1 })
      for (const socket of sockets) await socket.emit(events.at(-1)!)
    },
    isFollowed: (scope: Scope) => sockets.some((socket) => socket.follows(scope)),
    /** Ends a login as the real one does: at once, on open sockets too. */
    revoke: (token: string) => {
      gateway.refusedTokens.add(`Bearer ${token}`)
      for (const socket of [...sockets]) if (socket.authorization === `Bearer ${token}`) socket.close(4403)
    },
    /** Cuts every socket, as a network does. */
    cutSockets: () => {
      for (const socket of sockets.splice(0)) socket.close(1006)
    },
  }

  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    if (url === '/dev/mailbox') return new Response(null, { status: gateway.hasMailbox ? 200 : 404 })
    const request = JSON.parse(String(init.body))
    const authorization = new Headers(init.headers).get('authorization')
    requests.push({ ...request, authorization })
    if (gateway.isUnreachable) throw new TypeError('Failed to fetch')
    if (authorization && gateway.refusedTokens.has(authorization)) {
      const errors = [refusal('UNAUTHENTICATED', 'The access token is not valid, or no longer.')]
      return answer({ errors }, 401)
    }
    return answer(await run(request, gateway.answers))
  })
  vi.stubGlobal(
    'WebSocket',
    class extends FakeSocket {
      constructor() {
        super(gateway, events)
        sockets.push(this)
      }
    },
  )
  return gateway
}

/** @param more what else stands in the error's extensions; a text names the field at fault */
export const refusal = (code: string, message: string, more: string | object = {}) =>
  new GraphQLError(message, { extensions: { code, ...(typeof more === 'string' ? { field: more } : more) } })

const answer = (result: object, status = 200) =>
  new Response(JSON.stringify(result), { status, headers: { 'content-type': 'application/graphql-response+json' } })

/** What is followed: `itemsChanged` in that scope, or the one field of that name. */
type Scope = 'PUBLIC' | 'MINE' | 'SHARED' | 'SESSIONS' | 'COMMENTS' | 'ACTIVITY'

const fieldOf = (scope: string) =>
  ({ SESSIONS: 'sessionChanged', COMMENTS: 'commentAdded', ACTIVITY: 'activity' })[scope] ?? 'itemsChanged'

interface FakeEvent {
  readonly scope: Scope
  readonly told: object
  readonly position: number
}

interface FakeGateway {
  readonly hasForgotten: boolean
  readonly refusedTokens: ReadonlySet<string>
}

type Sent = { query: string; variables?: any; operationName?: string }

async function run({ query, variables, operationName }: Sent, rootValue: object): Promise<ExecutionResult> {
  return execute({ schema, document: parse(query), variableValues: variables, operationName, rootValue })
}

/** Speaks graphql-transport-ws. Opens and acknowledges by itself. */
class FakeSocket {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3

  readyState = FakeSocket.CONNECTING
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: ((event: { code: number; reason: string; wasClean: boolean }) => void) | null = null
  onerror: (() => void) | null = null
  readonly received: any[] = []
  authorization: string | undefined
  readonly #gateway: FakeGateway
  readonly #events: readonly FakeEvent[]

  constructor(gateway: FakeGateway, events: readonly FakeEvent[]) {
    this.#gateway = gateway
    this.#events = events
    queueMicrotask(() => {
      this.readyState = FakeSocket.OPEN
      this.onopen?.()
    })
  }

  send(text: string) {
    const message = JSON.parse(text)
    this.received.push(message)
    const extensions = { position: `items:${this.#events.length}` }
    if (message.type === 'connection_init') {
      this.authorization = message.payload.authorization
      if (this.#gateway.refusedTokens.has(this.authorization ?? '')) return this.close(4403)
      this.#reply({ type: 'connection_ack', payload: extensions })
    }
    const after = message.payload?.extensions?.after
    if (message.type !== 'subscribe' || after === undefined || after === extensions.position) return
    if (this.#gateway.hasForgotten) {
      this.#reply({ id: message.id, type: 'next', payload: { data: null, extensions: { ...extensions, gap: true } } })
    } else {
      for (const event of this.#events) if (`items:${event.position}` > after) void this.emit(event, message.id)
    }
  }

  close(code = 1000) {
    if (this.readyState === FakeSocket.CLOSED) return
    this.readyState = FakeSocket.CLOSED
    this.onclose?.({ code, reason: '', wasClean: code === 1000 })
  }

  follows(scope: string) {
    return this.#subscriptions(scope).length > 0
  }

  /** @param only the subscription that is told; default all that follow */
  async emit({ scope, told, position }: FakeEvent, only?: string) {
    for (const { id, payload } of this.#subscriptions(scope)) {
      if (only !== undefined && id !== only) continue
      const result = await run(payload, { [fieldOf(scope)]: told })
      this.#reply({ id, type: 'next', payload: { ...result, extensions: { position: `items:${position}` } } })
    }
  }

  #subscriptions(scope: string) {
    if (this.readyState !== FakeSocket.OPEN) return []
    const field = new RegExp(`^\\s*${fieldOf(scope)}\\b`, 'm')
    return this.received.filter(
      ({ type, payload }) =>
        type === 'subscribe' && field.test(payload.query) && (payload.variables?.scope ?? scope) === scope,
    )
  }

  #reply(message: object) {
    queueMicrotask(() => this.onmessage?.({ data: JSON.stringify(message) }))
  }
}
