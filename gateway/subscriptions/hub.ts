// Where events meet those who follow them: one stream per source, however many subscribers; one execution per event and
// group of equal subscriptions of equal identities, however many sockets.
import { eventsChannel } from '../../platform/events.ts'
import type { EventMessage, PublishedEvent } from '../../platform/events.ts'
import type { Log } from '../../platform/log.ts'
import type { PubSub } from '../../platform/pubsub.ts'
import { ApiError } from '../../platform/errors.ts'
import { publicError } from '../errors.ts'
import type { RequestContext } from '../request-context.ts'
import type { EventResult, SubscriptionOperation } from './operation.ts'
import { makeQueue } from './queue.ts'

export interface Hub {
  /**
   * Follows the operation's channels from now on.
   *
   * @throws ApiError when this gateway has no way to hear of events
   */
  follow(operation: SubscriptionOperation, context: RequestContext): Promise<AsyncGenerator<EventResult, void, void>>
  close(): Promise<void>
}

/** Results that may wait for one subscriber. Whoever falls further behind is ended, with an error that says so. */
const RESULTS_WAITING_MAX = 1_000

/** @param pubsub null: the gateway has none, and refuses subscriptions */
export function makeHub({ pubsub, log }: { pubsub: PubSub | null; log: Log }): Hub {
  const sources = new Map<string, Source>()

  return {
    follow: async (operation, context) => {
      if (!pubsub) throw new ApiError('SUBGRAPH_UNAVAILABLE', 'This gateway is not connected to any events.')
      const name = operation.channels.source
      let source = sources.get(name)
      if (!source) {
        source = makeSource(name, pubsub, log)
        sources.set(name, source)
      }
      return source.follow(operation, context)
    },
    close: async () => {
      await Promise.all([...sources.values()].map((source) => source.close()))
    },
  }
}

type Source = ReturnType<typeof makeSource>

function makeSource(name: string, pubsub: PubSub, log: Log) {
  const groups = new Map<string, Group>()
  let position = 0
  const following = pubsub.subscribe(eventsChannel(name), (message) => receive(message as EventMessage))

  function receive(message: EventMessage): void {
    if ('head' in message) return // what was missed is not read again yet
    const { position: next, channels, event } = message
    if (next <= position) return // sent again by a publisher that took over
    position = next
    const receivedAt = performance.now()
    for (const group of groups.values()) {
      if (channels.some((channel) => group.channels.has(channel))) group.deliver(event, receivedAt)
    }
  }

  return {
    async follow(operation: SubscriptionOperation, context: RequestContext) {
      await following
      // Equal claims are equal rights: their answers may be shared, and nobody else's.
      const key = `${JSON.stringify(context.identity)} ${operation.key}`
      let group = groups.get(key)
      if (!group) {
        // What is fetched for a group is fetched for all its members, wherever they come from and whoever leaves.
        const ofAll = { ...context, clientAddress: null, left: undefined }
        group = makeGroup(operation, ofAll, log, () => groups.delete(key))
        groups.set(key, group)
      }
      return group.join()
    },
    async close() {
      const unsubscribe = await following
      await unsubscribe()
    },
  }
}

interface Group {
  readonly channels: ReadonlySet<string>
  deliver(event: PublishedEvent['event'], receivedAt: number): void
  join(): AsyncGenerator<EventResult, void, void>
}

function makeGroup(operation: SubscriptionOperation, context: RequestContext, log: Log, onEmpty: () => void): Group {
  const members = new Set<ReturnType<typeof makeQueue<EventResult>>>()
  let last: Promise<void> = Promise.resolve()

  async function run(event: PublishedEvent['event'], notBefore: number): Promise<void> {
    const result = await operation.run(event, { ...context, notBefore }).catch((error: unknown): EventResult => {
      log.error({ err: error, requestId: context.requestId }, 'event could not be resolved')
      return { data: null, errors: [publicError({ message: '' }, context.requestId)] }
    })
    for (const member of members) member.push(result)
  }

  return {
    channels: new Set(operation.channels.names),
    deliver(event, receivedAt) {
      // One at a time: results leave in the order of the events.
      last = last.then(() => run(event, receivedAt))
    },
    join() {
      const queue = makeQueue<EventResult>({
        max: RESULTS_WAITING_MAX,
        overflow: { errors: [{ message: 'Too slow to keep up.', extensions: { code: 'SLOW_CONSUMER' } }] },
        onEnd: () => {
          members.delete(queue)
          if (members.size === 0) onEmpty()
        },
      })
      members.add(queue)
      return queue.iterate()
    },
  }
}
