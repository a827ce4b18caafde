// A source's events, to be read again: from its log, by gateways that missed some and for clients that come back.
import type { Sql } from 'postgres'
import { readEvents } from './event-log.ts'
import type { EventRow } from './event-log.ts'
import type { FeedPage, FeedRequest } from './events.ts'

export interface EventFeed {
  read(request: FeedRequest): Promise<FeedPage>
}

/**
 * Positions that one read looks at, at the most. Whoever follows channels on which little is told gets pages with few
 * events or none, and goes on after them: so that no read takes long, and none needs an index over channels, which
 * every change would have to write.
 */
const POSITIONS_READ_MAX = 10_000

/** @param sql the pool of the database whose tables `outbox` and `outbox_head` are the log */
export function postgresEventFeed(sql: Sql, positionsReadMax = POSITIONS_READ_MAX): EventFeed {
  return {
    async read({ after, channels, limit }) {
      // No text in Postgres has a zero in it, so nothing was ever told on such a channel.
      const names = channels?.filter((channel) => !channel.includes('\0')) ?? null
      // One statement, so that all is of one moment. `next` is the first position after `after` that the log still has;
      // everything is read in the order of the index on positions. The limit of 1 is for the planner, which would take
      // the head for a table of thousands of rows, and a cheap statement for one that is worth compiling.
      const rows = await sql<FeedRow[]>`
        select head.position as head, next.position as next, page.*
        from (select position from outbox_head limit 1) as head
        left join lateral (
          select position from outbox where position > ${after}::bigint order by position limit 1
        ) as next on true
        left join lateral (
          select position, channels, event from outbox
          where position >= next.position and position < next.position + ${positionsReadMax}
            and (${names === null} or channels && ${names ?? []}::text[])
          order by position limit ${limit}
        ) as page on true
        order by page.position
      `
      if (!rows[0]) throw new Error('outbox_head has no row: were the migrations applied?')
      return readPage(rows, after, limit, positionsReadMax)
    },
  }
}

interface FeedRow extends EventRow {
  readonly head: string // a bigint
  readonly next: string | null // a bigint
}

function readPage(rows: readonly FeedRow[], after: number | null, limit: number, positionsReadMax: number): FeedPage {
  const head = Number(rows[0]!.head)
  const next = rows[0]!.next === null ? null : Number(rows[0]!.next)
  const events = readEvents(rows)
  if (after === null || next === null) return { head, upTo: head, gap: after !== null && after !== head, events }
  const looked = Math.min(next + positionsReadMax - 1, head)
  return { head, upTo: events.length < limit ? looked : events.at(-1)!.position, gap: next !== after + 1, events }
}
