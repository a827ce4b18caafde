// The log of a source's events without a database, for simulations: what event-log.contract.ts promises, and nothing that
// takes time or fails. Whoever simulates adds that.
import type { EventFeed } from '../event-feed.ts'
import type { EventLog, EventLogSession } from '../event-log.ts'
import type { OutboxEvent, PublishedEvent } from '../events.ts'

interface Row extends OutboxEvent {
  isCommitted: boolean
  position: number | null
  publishedAtMs: number | null
}

interface Positioned extends Row {
  position: number
}

export interface MemoryEventLog {
  readonly log: EventLog
  readonly feed: EventFeed
  /** Writes an event in a transaction of its own, whose end is still to come. */
  begin(event: OutboxEvent): { commit(): void; rollback(): void }
  /** Ends the session that leads, as a database does that heard nothing of it for long. */
  cutLeader(): void
  /** Lets the next session lead although another one does and goes on. */
  forgetLeader(): void
  /** @returns what brings back the log as it is now, its head raised by so many positions if it is told to */
  backUp(): (raisedBy?: number) => void
}

const HOUR_MS = 3_600_000

export function memoryEventLog(options: {
  readonly nowMs: () => number
  readonly positionsReadMax: number
}): MemoryEventLog {
  const { nowMs, positionsReadMax } = options
  /** In the order of their ids. */
  let rows: Row[] = []
  let head = 0
  let leader: { readonly end: () => void } | null = null

  const waiting = () => rows.filter(({ isCommitted, position }) => isCommitted && position === null)
  const positioned = () =>
    rows.filter((row): row is Positioned => row.position !== null).sort((a, b) => a.position - b.position)

  function open(onLost: () => void): EventLogSession {
    let isLost = false
    const session = {
      end: () => {
        if (isLost) return
        isLost = true
        if (leader === session) leader = null
        onLost()
      },
    }
    const alive = () => {
      if (isLost) throw new Error('the session is lost')
    }

    return {
      async lead() {
        alive()
        leader ??= session
        return leader === session
      },
      async givePositions(limit) {
        alive()
        for (const row of waiting().slice(0, limit)) row.position = head += 1
      },
      async unpublished(limit) {
        alive()
        const unsent = positioned().filter(({ publishedAtMs }) => publishedAtMs === null)
        const events = unsent.slice(0, limit).map(published)
        return { events, upTo: events.length < limit ? head : events.at(-1)!.position }
      },
      async markPublished(first, last) {
        alive()
        for (const row of positioned()) {
          if (row.position >= first && row.position <= last) row.publishedAtMs ??= nowMs()
        }
      },
      async prune(keptHours, limit) {
        alive()
        const isOld = ({ publishedAtMs }: Row) =>
          publishedAtMs !== null && publishedAtMs < nowMs() - keptHours * HOUR_MS
        const oldest = positioned().slice(0, limit)
        const kept = oldest.findIndex((row) => !isOld(row))
        const removed = new Set<Row>(kept < 0 ? oldest : oldest.slice(0, kept))
        rows = rows.filter((row) => !removed.has(row))
        return removed.size
      },
      close: async () => session.end(),
    }
  }

  return {
    log: { open },
    feed: {
      async read({ after, channels, limit }) {
        if (after === null) return { head, upTo: head, gap: false, events: [] }
        const rest = positioned().filter(({ position }) => position > after)
        const next = rest[0]?.position
        if (next === undefined) return { head, upTo: head, gap: after !== head, events: [] }
        const events = rest
          .filter(({ position }) => position < next + positionsReadMax)
          .filter((row) => channels === null || row.channels.some((channel) => channels.includes(channel)))
          .slice(0, limit)
          .map(published)
        const looked = Math.min(next + positionsReadMax - 1, head)
        return { head, upTo: events.length < limit ? looked : events.at(-1)!.position, gap: next !== after + 1, events }
      },
    },
    begin(event) {
      const row: Row = { ...event, isCommitted: false, position: null, publishedAtMs: null }
      rows.push(row)
      return {
        commit: () => void (row.isCommitted = true),
        rollback: () => void (rows = rows.filter((each) => each !== row)),
      }
    },
    cutLeader: () => leader?.end(),
    forgetLeader: () => void (leader = null),
    backUp() {
      const kept = rows.map((row) => ({ ...row }))
      const keptHead = head
      return (raisedBy = 0) => {
        rows = kept.map((row) => ({ ...row }))
        head = keptHead + raisedBy
      }
    },
  }
}

const published = ({ position, channels, event }: Positioned): PublishedEvent => ({ position, channels, event })
