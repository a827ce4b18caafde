// Where events meet those who follow them: one stream per source, however many subscribers; one execution per event and
// group of equal subscriptions whose answers are for everybody or for equal identities, however many sockets.
import { systemClock } from '../../platform/clock.ts'
import type { Clock } from '../../platform/clock.ts'
import { ApiError } from '../../platform/errors.ts'
import { claimsOf } from '../../platform/identity.ts'
import type { Log } from '../../platform/log.ts'
import type { PubSub } from '../../platform/pubsub.ts'
import { thrownErrors } from '../errors.ts'
import type { RequestContext } from '../request-context.ts'
import type { LoadedSupergraph } from '../supergraph.ts'
import { identityFor, isNarrower } from './audience.ts'
import { openEventStream } from './event-stream.ts'
import type { EventStream, ReadFeed } from './event-stream.ts'
import { makeGroup, tellOfGap } from './group.ts'
import type { Group, Membership, Subscriber } from './group.ts'
import type { SubscriptionOperation } from './operation.ts'
import { readPosition, writePosition } from './position.ts'
import { makeUpstreamGroup } from './upstream-group.ts'
import type { UpstreamGroup } from './upstream-group.ts'
import type { UpstreamOperation } from './upstream-operation.ts'

export interface Hub {
  /**
   * Follows the operation's channels from a position on, or from now on; what a subgraph answers itself from now on.
   *
   * @param after what the client was given as its position, where it comes back
   * @throws ApiError BAD_USER_INPUT for a position that is none, SUBGRAPH_UNAVAILABLE when events cannot be followed now
   */
  follow(
    operation: SubscriptionOperation | UpstreamOperation,
    context: RequestContext,
    after: unknown,
    subscriber: Subscriber,
  ): Promise<Membership>
  /** The events of a source, for what the gateway itself is to know. */
  stream(source: string): EventStream
  /** Where a client stands that is told of everything from now on. Empty as long as no source has answered. */
  position(): string
  /**
   * Goes on with another supergraph: operations are prepared again in place, those that no longer fit end, and sources of
   * which nobody can be told any more are left. The last one counts, however many are under way.
   */
  use(supergraph: LoadedSupergraph): Promise<void>
  close(): void
}

/**
 * @param options.pubsub null: the gateway has none, and refuses subscriptions
 * @param options.readFeed asks a source for its events
 */
export function makeHub(options: {
  readonly pubsub: PubSub | null
  readonly readFeed: (source: string) => ReadFeed
  readonly log: Log
  readonly clock?: Clock
  /** Of each source, to be read again without asking it. Default 5,000. */
  readonly eventsKept?: number
}): Hub {
  const { pubsub, readFeed, log, clock = systemClock, eventsKept } = options
  const streams = new Map<string, EventStream>()
  const groups = new Map<string, Group>()
  const upstreamGroups = new Map<string, UpstreamGroup>()
  /** Null where it was never said. */
  let current: LoadedSupergraph | null = null

  function streamOf(source: string): EventStream {
    if (!pubsub) throw new ApiError('SUBGRAPH_UNAVAILABLE', 'This gateway is not connected to any events.')
    let stream = streams.get(source)
    if (!stream) {
      stream = openEventStream({ source, pubsub, readFeed: readFeed(source), log, clock, eventsKept })
      streams.set(source, stream)
    }
    return stream
  }

  function groupOf(stream: EventStream, operation: SubscriptionOperation, context: RequestContext): Group {
    const key = keyOf(operation, context)
    let group = groups.get(key)
    if (!group) {
      const onEnd = () => void groups.delete(key)
      group = makeGroup({ stream, operation, context: ofAllMembers(context, operation), log, clock, onEnd })
      groups.set(key, group)
    }
    return group
  }

  function upstreamGroupOf(operation: UpstreamOperation, context: RequestContext): UpstreamGroup {
    const key = keyOf(operation, context)
    let group = upstreamGroups.get(key)
    if (!group) {
      const onEnd = () => {
        if (upstreamGroups.get(key) === group) upstreamGroups.delete(key)
      }
      group = makeUpstreamGroup({ operation, context: ofAllMembers(context, operation), log, onEnd })
      upstreamGroups.set(key, group)
    }
    return group
  }

  return {
    async follow(given, context, after, subscriber) {
      let operation = given
      for (;;) {
        // What it was prepared for may have been swapped, and groups are prepared again in the moment of the swap alone.
        while (isOutdated(operation)) operation = await operation.prepareAgain(current!)
        if ('upstream' in operation) return upstreamGroupOf(operation, context).join(subscriber)
        const { source } = operation
        const stream = streamOf(source)
        const known = readPosition(after, source)
        const position = await positionFor(stream, known).catch((error: unknown) => {
          if (!isOutdated(operation)) throw error
        })
        if (position === undefined || isOutdated(operation)) continue
        const isAhead = known !== null && known > position
        const from = isAhead ? position : (known ?? position)
        const membership = groupOf(stream, operation, context).join(subscriber, from)
        if (isAhead) tellOfGap(subscriber, writePosition([[source, position]]))
        return membership
      }
    },

    stream: streamOf,

    position: () =>
      writePosition(
        [...streams.values()].flatMap(({ source, position }) =>
          position === null ? [] : [[source, position] as const],
        ),
      ),

    async use(supergraph) {
      current = supergraph
      const sources = new Set([...supergraph.channels.values()].map((rules) => rules[0]!.source))
      for (const source of sources) if (pubsub) streamOf(source)
      await Promise.all([
        ...[...groups.values()].map((group) =>
          prepareAgain(group, supergraph, (next) => {
            if ('upstream' in next || next.source !== group.operation.source) throw comesFromElsewhere()
            checkAudience(group.operation, next)
            group.replace(next)
          }),
        ),
        ...[...upstreamGroups.values()].map((group) =>
          prepareAgain(group, supergraph, (next) => {
            if (!('upstream' in next)) throw comesFromElsewhere()
            checkAudience(group.operation, next)
            group.replace(next)
          }),
        ),
      ])
      if (current !== supergraph) return
      for (const [source, stream] of streams) {
        if (sources.has(source) || stream.isFollowed) continue
        streams.delete(source)
        stream.close()
      }
    },

    close() {
      for (const stream of streams.values()) stream.close()
    },
  }

  function isOutdated({ supergraph }: SubscriptionOperation | UpstreamOperation): boolean {
    return current !== null && supergraph !== current
  }

  async function positionFor(stream: EventStream, known: number | null): Promise<number> {
    // Whoever comes back waits for a source that does not answer: a refusal would end what it is to go on with.
    const position = await stream.ready(known === null ? undefined : Infinity)
    if (known === null || known <= position) return position
    // Another gateway was further, or the log was restored from a backup.
    return stream.catchUp().catch(() => known)
  }

  /** @param goOn throws where the group cannot go on with what it is given */
  async function prepareAgain(
    group: Group | UpstreamGroup,
    supergraph: LoadedSupergraph,
    goOn: (operation: SubscriptionOperation | UpstreamOperation) => void,
  ): Promise<void> {
    try {
      const operation = await group.operation.prepareAgain(supergraph)
      if (current === supergraph) goOn(operation)
    } catch (error) {
      if (current === supergraph) group.end(lastResult(error))
    }
  }

  function lastResult(error: unknown): string {
    return JSON.stringify({ data: null, errors: thrownErrors(error, '', log) })
  }
}

type Shared = Pick<SubscriptionOperation, 'key' | 'audience'>

// Equal claims are equal rights: their answers may be shared, and nobody else's.
function keyOf({ key, audience }: Shared, { identity }: RequestContext): string {
  return `${claimsOf(identityFor(audience, identity))} ${key}`
}

// What is fetched for a group is fetched for all its members, wherever they come from and whoever leaves.
function ofAllMembers({ requestId, identity }: RequestContext, { audience }: Shared): RequestContext {
  return { requestId, identity: identityFor(audience, identity), clientAddress: null }
}

// Its members may be several people, or come from several sessions.
function checkAudience(before: Shared, next: Shared): void {
  if (isNarrower(next.audience, before.audience)) throw comesFromElsewhere()
}

function comesFromElsewhere(): ApiError {
  return new ApiError('CONFLICT', 'Its events come from elsewhere now.')
}
