// The last events of a source, in memory: what returning clients and slow groups read without asking the source.
import type { PublishedEvent } from '../../platform/events.ts'

/** An event and when it came in, on the clock of `performance.now()`. */
export interface ReceivedEvent extends PublishedEvent {
  readonly receivedAt: number
}

export interface RecentEvents {
  /** The first position that is here: one after the last where nothing is. */
  readonly first: number
  /** The last position that is here, or was before it was cleared. */
  readonly last: number
  add(event: ReceivedEvent): void
  /** Puts events before those that are here. @param events end right before `first` */
  prepend(events: readonly ReceivedEvent[]): void
  /** Goes on after a position, without what was before it. */
  restart(last: number): void
  /** Events after one position up to another, both of them within what is here. */
  between(after: number, upTo: number): readonly ReceivedEvent[]
}

/** @param max events that are kept */
export function makeRecentEvents(max: number): RecentEvents {
  let events: ReceivedEvent[] = []
  let last = 0

  return {
    get first() {
      return last - events.length + 1
    },
    get last() {
      return last
    },
    add(event) {
      events.push(event)
      last = event.position
      // Removed many at a time: moving all the others costs the same for one.
      if (events.length >= 2 * max) events = events.slice(-max)
    },
    prepend(earlier) {
      events = [...earlier, ...events]
    },
    restart(position) {
      events = []
      last = position
    },
    between(after, upTo) {
      const first = last - events.length + 1
      return events.slice(after + 1 - first, upTo + 1 - first)
    },
  }
}
