// Clients that follow items as programs and pages do, each with what its library offers for coming back. None of them
// knows anything of the others, or drops what it gets twice: what they were told is what is judged.
import { Client, createRequest, fetchExchange, subscriptionExchange } from '@urql/core'
import { createClient } from 'graphql-ws'
import type { FormattedExecutionResult, Sink, SubscribePayload } from 'graphql-ws'
import { WebSocket } from 'ws'
import { openEventSource } from '../support/event-source.ts'

export const followerKinds = ['graphql-ws', 'EventSource', 'urql fetch', 'urql graphql-ws'] as const
export type FollowerKind = (typeof followerKinds)[number]

export type Scope = 'PUBLIC' | 'MINE'

export interface ToldEvent {
  readonly position: number
  readonly kind: string
  readonly itemId: string
}

export interface Follower {
  readonly kind: FollowerKind
  readonly scope: Scope
  /** Whose items it follows, with MINE. */
  readonly personId: string | null
  /** In the order in which they came. */
  readonly events: readonly ToldEvent[]
  /** Results that hold no event: what they hold instead. */
  readonly others: readonly string[]
  /** How often it had to connect again, or to ask again. */
  readonly returns: () => number
  /** Follows from here on: it has a position. */
  isFollowing(): boolean
  end(): void
}

export interface FollowerOptions {
  /** Host and port. */
  readonly host: string
  readonly scope: Scope
  /** Follows as nobody when there is none; EventSource cannot send one. */
  readonly person: { readonly id: string; readonly token: string } | null
}

/** Fields of both subgraphs: each event is fetched from all that is being killed. */
const QUERY = `subscription ($scope: ItemsScope!) {
  itemsChanged(scope: $scope) { kind itemId item { id version owner { id username } } }
}`
const ASK_AGAIN_MS = 500

type Result = FormattedExecutionResult<Record<string, any>, Record<string, any>>
/** How a library is asked to follow. @returns what ends it */
type Open = (options: FollowerOptions, tell: Tell) => () => void

interface Tell {
  /** Where to go on. */
  position(position: string): void
  readonly after: () => string | undefined
  result(result: Result): void
  returned(): void
}

const open: Record<FollowerKind, Open> = {
  'graphql-ws': (options, tell) =>
    followSocket(options, tell, { next: tell.result, error: () => {}, complete: () => {} }),

  EventSource: ({ host, scope }, tell) => {
    const parameters = new URLSearchParams({ query: QUERY, variables: JSON.stringify({ scope }) })
    const source = openEventSource(`http://${host}/graphql?${parameters}`, {
      onEvent: (type, data) => type === 'next' && tell.result(JSON.parse(data) as Result),
      onError: (isFailed) => {
        if (isFailed) tell.result({ errors: [{ message: 'EventSource failed for good' }] as never })
        tell.returned()
      },
    })
    // Remembered by the source itself; here it only shows that there is a position.
    const timer = setInterval(() => source.lastEventId && tell.position(source.lastEventId), 50)
    return () => {
      clearInterval(timer)
      source.close()
    }
  },

  // urql does not come back by itself: whoever uses it asks again, after the position of the last result.
  'urql fetch': ({ host, scope, person }, tell) => {
    const client = new Client({
      url: `http://${host}/graphql`,
      exchanges: [fetchExchange],
      fetchSubscriptions: true,
      preferGetMethod: false,
      fetch: async (input, init) => withFirstId(await fetch(input, init), tell),
      fetchOptions: person ? { headers: { authorization: `Bearer ${person.token}` } } : {},
    })
    let isEnded = false
    let timer: NodeJS.Timeout | undefined
    let subscription: { unsubscribe(): void } | undefined
    const ask = () => {
      const after = tell.after()
      const request = createRequest(QUERY, { scope }, after === undefined ? undefined : { after })
      subscription = client.executeSubscription(request).subscribe((result) => {
        const isOver = result.hasNext === false || result.error?.networkError !== undefined
        // The last result comes once more with the news that nothing follows.
        if (!isOver) tell.result(asResult(result))
        else if (!isEnded) {
          tell.returned()
          clearTimeout(timer)
          timer = setTimeout(() => {
            subscription?.unsubscribe()
            ask()
          }, ASK_AGAIN_MS)
        }
      })
    }
    ask()
    return () => {
      isEnded = true
      clearTimeout(timer)
      subscription?.unsubscribe()
    }
  },

  'urql graphql-ws': (options, tell) => {
    const client = new Client({
      url: `http://${options.host}/graphql`,
      preferGetMethod: false,
      exchanges: [
        subscriptionExchange({
          forwardSubscription: () => ({
            subscribe: (sink) => ({ unsubscribe: followSocket(options, tell, sink as Sink<Result>) }),
          }),
        }),
      ],
    })
    const { unsubscribe } = client
      .subscription(QUERY, { scope: options.scope })
      .subscribe((result) => tell.result(asResult(result)))
    return unsubscribe
  },
}

export function follow(kind: FollowerKind, options: FollowerOptions): Follower {
  const events: ToldEvent[] = []
  const others: string[] = []
  let after: string | undefined
  let returns = 0
  const end = open[kind](options, {
    position: (position) => (after = position),
    after: () => after,
    returned: () => (returns += 1),
    result: ({ data, errors, extensions }) => {
      const position = extensions?.['position'] as string | undefined
      if (position !== undefined) after = position
      const event = data?.['itemsChanged'] as { kind: string; itemId: string } | undefined
      if (event && position !== undefined) {
        events.push({ position: Number(position.split(':')[1]), kind: event.kind, itemId: event.itemId })
      } else if (isUnavailable(errors)) returns += 1
      else others.push(JSON.stringify({ data, errors, extensions }))
    },
  })
  return {
    kind,
    scope: options.scope,
    personId: options.person?.id ?? null,
    events,
    others,
    returns: () => returns,
    isFollowing: () => after !== undefined,
    end,
  }
}

/** A socket of graphql-ws, which comes back for as long as it takes and goes on after what it was told. */
function followSocket({ host, scope, person }: FollowerOptions, tell: Tell, sink: Sink<Result>): () => void {
  const extensions: { after?: string } = {}
  const payload: SubscribePayload = { query: QUERY, variables: { scope }, extensions }
  let isFirst = true
  // A library above may keep results to itself: the position is taken here, where the socket is.
  const position = (given: string) => {
    extensions.after = given
    tell.position(given)
  }
  const client = createClient({
    url: `ws://${host}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: person ? { authorization: `Bearer ${person.token}` } : {},
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 400)),
    on: {
      connected: (_socket, payload) => {
        const given = (payload as { position?: string } | undefined)?.position
        if (isFirst && given !== undefined) position(given)
        isFirst = false
      },
      ping: (isReceived, payload) => {
        const given = payload?.['position'] as string | undefined
        if (isReceived && given !== undefined) position(given)
      },
      closed: () => tell.returned(),
    },
  })
  let isEnded = false
  let isRefused = false
  const ask = (): void => {
    isRefused = false
    client.subscribe<Result['data'] & object, any>(payload, {
      next: (result) => {
        isRefused = isUnavailable(result.errors) && result.data === undefined
        const given = result.extensions?.position as string | undefined
        if (given !== undefined) position(given)
        sink.next(result as Result)
      },
      error: (error) => sink.error(error),
      // Refused for now: asked again, as any page would.
      complete: () => (isRefused && !isEnded ? void setTimeout(ask, ASK_AGAIN_MS) : sink.complete()),
    })
  }
  ask()
  return () => {
    isEnded = true
    Promise.resolve(client.dispose()).catch(() => {})
  }
}

/** urql passes over blocks without data, and so has no position before the first event. The one at the start is in them. */
function withFirstId(response: Response, tell: Tell): Response {
  if (tell.after() !== undefined || !response.body) return response
  const reading = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const [, id] = /^id: (\S+)\n\n/.exec(new TextDecoder().decode(chunk)) ?? []
        if (id && tell.after() === undefined) tell.position(id)
        controller.enqueue(chunk)
      },
    }),
  )
  return new Response(reading, response)
}

function isUnavailable(errors: readonly unknown[] | undefined): boolean {
  return errors?.some((error) => (error as any).extensions?.code === 'SUBGRAPH_UNAVAILABLE') ?? false
}

function asResult({ data, error, extensions }: { data?: any; error?: any; extensions?: any }): Result {
  return { data, ...(error && { errors: error.graphQLErrors }), extensions }
}
