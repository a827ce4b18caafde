// Equal subscriptions of equal identities: each event is resolved and written once for all of them. A group reads the
// stream at its own pace; what it cannot resolve fast enough waits in the log, not here.
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import { publicError } from '../errors.ts'
import type { RequestContext } from '../request-context.ts'
import type { EventStream, Stretch } from './event-stream.ts'
import { makeInOrder } from './in-order.ts'
import type { EventAnswer, SubscriptionOperation } from './operation.ts'
import { writePosition } from './position.ts'
import type { ReceivedEvent } from './recent-events.ts'

/** Where a subscriber's results go. */
export interface Subscriber {
  /**
   * @param text the JSON text of a result, which ends with its position; the same for all of a group
   * @param position empty where there is none
   */
  next(text: string, position: string): void
  /** What was written has left for the client: more can follow. */
  flushed(): Promise<void>
  /** Nothing follows. */
  complete(): void
}

export interface Membership {
  /** The subscriber has been told of everything up to here. Empty where there are no positions. */
  position(): string
  /** Ends it, without a word to the subscriber. */
  leave(): void
}

export interface Group {
  readonly operation: SubscriptionOperation
  /** Tells the subscriber of every event after a position: of those that the group is past, then of all to come. */
  join(subscriber: Subscriber, after: number): Membership
  /** Goes on with another preparation of the same operation. */
  replace(operation: SubscriptionOperation): void
  /** Ends the group for all of its members. @param text the last result */
  end(text: string): void
}

const RETRY_MS = 500
/** An answer that was made for one who comes back is told to others who do. */
const SHARED_FOR_MS = 1_000

interface Member {
  readonly subscriber: Subscriber
  /** It has been told of everything up to here. */
  after: number
  /** Whether it is past all that the group is past, and gets what the group gets. */
  isCurrent: boolean
}

export function makeGroup(options: {
  readonly stream: EventStream
  readonly operation: SubscriptionOperation
  readonly context: RequestContext
  readonly log: Log
  readonly clock: Clock
  /** It has ended, for whatever reason: nobody is to join it any more. */
  readonly onEnd: () => void
}): Group {
  const { stream, context, log, clock, onEnd } = options
  let { operation } = options
  const members = new Set<Member>()
  /** Events that are being resolved. */
  const underWay = makeInOrder()
  /** Nothing before here is to be read any more: it is told, or under way. */
  let readUpTo = stream.position!
  /** Current members have been told of everything up to here, while something is under way. */
  let toldUpTo = readUpTo
  /** The last event that is to be told. */
  let target = readUpTo
  /** Grows when events are missing for good: what was being read is not gone on with. */
  let era = 0
  let isReading = false
  let isEnded = false
  let unfollow = follow()
  /** For members on their way back, who are told of the same events at about the same time. */
  const answersForReturning = new Map<number, Promise<EventAnswer>>()

  function follow(): () => void {
    return stream.follow({
      channels: operation.channels,
      onEvent(position) {
        if (!isAtWork()) readUpTo = Math.max(readUpTo, position - 1)
        target = position
        if (!isReading) void readOn()
      },
      onGap(position) {
        era += 1
        underWay.forget()
        readUpTo = target = position // not always further on: a log that was restored has lower positions again
        answersForReturning.clear()
        // Who is still on the way back reads on, and finds for itself whether the log reaches back to where it is.
        for (const member of members) if (member.isCurrent || member.after > position) tellGap(member, position)
      },
    })
  }

  const isAtWork = () => isReading || underWay.size > 0
  const cursor = () => (underWay.size > 0 ? toldUpTo : readUpTo)
  const reached = () => (isAtWork() ? cursor() : Math.max(readUpTo, stream.position!))

  async function readOn(): Promise<void> {
    isReading = true
    while (readUpTo < target && !isEnded) await readStretch()
    isReading = false
  }

  async function readStretch(): Promise<void> {
    const begun = era
    const isOver = () => era !== begun || isEnded
    const { events, upTo, hasGap } = await readOrRetry(readUpTo, target)
    if (isOver()) return
    if (hasGap) {
      await underWay.idle()
      if (isOver()) return
      passGap(lastMissing(events, upTo))
    }
    for (const event of events) {
      if (!underWay.hasRoom) await underWay.room()
      if (isOver()) return
      if (underWay.size === 0) toldUpTo = event.position - 1
      readUpTo = event.position
      underWay.begin(resolve(event), (answer) => {
        toldUpTo = event.position
        for (const member of members) if (member.isCurrent) tell(member, answer, event.position)
      })
    }
    readUpTo = upTo
  }

  /** Tells what the group is past already; from there on the member is current. */
  async function comeBack(member: Member): Promise<void> {
    while (members.has(member) && member.after < reached()) await comeCloser(member)
    member.isCurrent = true
  }

  async function comeCloser(member: Member): Promise<void> {
    const begun = era
    const isOver = () => era !== begun || !members.has(member)
    const { events, upTo, hasGap } = await readOrRetry(member.after, reached())
    if (isOver()) return
    if (hasGap) tellGap(member, lastMissing(events, upTo))
    // As many at once as for the group: one after the other, whoever is far behind would hardly come closer.
    const itsOwn = makeInOrder()
    for (const event of events) {
      if (!itsOwn.hasRoom) await itsOwn.room()
      if (isOver()) return
      itsOwn.begin(resolveForReturning(event), (answer) => {
        if (!isOver()) tell(member, answer, event.position)
      })
    }
    await itsOwn.idle()
    if (isOver()) return
    member.after = upTo
    await member.subscriber.flushed()
  }

  function resolveForReturning(event: ReceivedEvent): Promise<EventAnswer> {
    const known = answersForReturning.get(event.position)
    if (known) return known
    const answer = resolve(event)
    answersForReturning.set(event.position, answer)
    // Not for longer: an answer is about what is now, and whoever reads slowly would have all of them kept.
    clock.after(SHARED_FOR_MS, () => {
      if (answersForReturning.get(event.position) === answer) answersForReturning.delete(event.position)
    })
    return answer
  }

  // What is resolved is as it is now, and what an answer may be shared with begins after the event.
  async function resolve({ event, position, receivedAt }: ReceivedEvent): Promise<EventAnswer> {
    try {
      return await operation.resolve(event, positionOf(position), { ...context, notBefore: receivedAt })
    } catch (error) {
      log.error({ err: error, requestId: context.requestId }, 'event could not be resolved')
      const errors = JSON.stringify([publicError({ message: '' }, context.requestId)])
      const text = `{"data":null,"errors":${errors},"extensions":{"position":"${positionOf(position)}"}}`
      return { text, isLast: false }
    }
  }

  async function readOrRetry(after: number, upTo: number): Promise<Stretch> {
    for (;;) {
      try {
        return await stream.read(operation.channels, after, upTo)
      } catch (error) {
        if (isEnded) return { events: [], upTo: after, hasGap: false }
        log.debug({ err: error, source: stream.source }, 'events could not be read, tried again')
        await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve))
      }
    }
  }

  function tell(member: Member, { text, isLast }: EventAnswer, position: number): void {
    if (position <= member.after) return
    member.after = position
    if (text === null) return
    member.subscriber.next(text, positionOf(position))
    if (!isLast) return
    leave(member)
    member.subscriber.complete()
  }

  /** What the group did not read up to here is missing for good. */
  function passGap(position: number): void {
    const before = readUpTo
    readUpTo = position
    for (const member of members) {
      if (!member.isCurrent || member.after >= position) continue
      if (member.after <= before) tellGap(member, position)
      else {
        // It came from a gateway that was further than the group, and finds for itself whether it lacks something.
        member.isCurrent = false
        void comeBack(member)
      }
    }
  }

  function tellGap(member: Member, position: number): void {
    member.after = position
    tellOfGap(member.subscriber, positionOf(position))
  }

  function leave(member: Member): void {
    if (!members.delete(member) || members.size > 0 || isEnded) return
    isEnded = true
    unfollow()
    onEnd()
  }

  const stands = ({ isCurrent, after }: Member) => (isCurrent ? Math.max(after, reached()) : after)
  const positionOf = (position: number) => writePosition([[stream.source, position]])

  return {
    get operation() {
      return operation
    },
    join(subscriber, after) {
      const member: Member = { subscriber, after, isCurrent: after >= reached() }
      members.add(member)
      if (!member.isCurrent) void comeBack(member)
      return {
        position: () => positionOf(stands(member)),
        leave: () => leave(member),
      }
    },
    replace(next) {
      unfollow()
      operation = next
      unfollow = follow()
    },
    end(text) {
      isEnded = true
      unfollow()
      onEnd()
      for (const member of members) {
        member.subscriber.next(text, positionOf(stands(member)))
        member.subscriber.complete()
      }
      members.clear()
    },
  }
}

/** Tells that what was before a position is missing for good. */
export function tellOfGap(subscriber: Subscriber, position: string): void {
  subscriber.next(`{"data":null,"extensions":{"position":"${position}","gap":true}}`, position)
}

/** The position right before the first event after a gap. */
function lastMissing(events: readonly ReceivedEvent[], upTo: number): number {
  return events[0] ? events[0].position - 1 : upTo
}
