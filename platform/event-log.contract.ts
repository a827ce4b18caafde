// What holds for every log of events, and for the feed in which it is read: run by event-log.test.ts over the one in
// memory and by event-log.e2e.ts over Postgres.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EventFeed } from './event-feed.ts'
import type { EventLog, EventLogSession } from './event-log.ts'
import type { FeedRequest, OutboxEvent } from './events.ts'

export interface LogUnderTest {
  readonly log: EventLog
  /** Looks at 20 positions with one read. */
  readonly feed: EventFeed
  /** Writes an event in a transaction of its own. */
  begin(event: OutboxEvent): Promise<{ commit(): unknown; rollback(): unknown }>
  letHoursPass(hours: number): unknown
  /** @returns what brings back the log as it is now */
  backUp(): Promise<() => unknown>
}

export function eventLogContract(open: () => Promise<LogUnderTest>): void {
  let subject: LogUnderTest
  let session: EventLogSession
  const sessions: EventLogSession[] = []

  beforeEach(async () => {
    subject = await open()
    session = openSession()
  })
  afterEach(async () => {
    for (const each of sessions.splice(0)) await each.close()
  })

  describe('gives positions', () => {
    it('from 1 on, in the order in which events were written, to each one once', async () => {
      await writeMany(1, 3)
      await session.givePositions(10)
      await writeMany(4, 5)
      await session.givePositions(10)
      await session.givePositions(10)

      expect(await log()).toEqual(['1:1', '2:2', '3:3', '4:4', '5:5'])
    })

    it('to as many as it is told, oldest first', async () => {
      await writeMany(1, 5)
      await session.givePositions(2)
      expect(await log()).toEqual(['1:1', '2:2'])
      await session.givePositions(2)
      expect(await log()).toEqual(['1:1', '2:2', '3:3', '4:4'])
    })

    it('to nothing that is not committed, and leaves no hole for it', async () => {
      const late = await subject.begin(event(1))
      const never = await subject.begin(event(2))
      await write(3)
      await session.givePositions(10)
      expect(await log()).toEqual(['1:3'])

      await never.rollback()
      await late.commit()
      await write(4)
      await session.givePositions(10)
      expect(await log()).toEqual(['1:3', '2:1', '3:4'])
    })

    it('without holes and without giving one twice when many do it at the same time', async () => {
      await writeMany(1, 60)
      await Promise.all(Array.from({ length: 12 }, () => openSession().givePositions(7)))

      const given = await log()
      expect(given).toEqual(Array.from({ length: 60 }, (_, index) => `${index + 1}:${index + 1}`))
    })
  })

  describe('knows what may not have been sent', () => {
    it('oldest first, and up to where all is sent once these are', async () => {
      expect(await session.unpublished(3)).toEqual({ events: [], upTo: 0 })
      await writeMany(1, 5)
      expect(await session.unpublished(3)).toEqual({ events: [], upTo: 0 })

      await session.givePositions(10)
      const first = await session.unpublished(3)
      expect(first.events.map(({ position }) => position)).toEqual([1, 2, 3])
      expect(first.events[0]).toEqual({ position: 1, ...event(1) })
      expect(first.upTo).toBe(3)

      await session.markPublished(1, 3)
      expect(await session.unpublished(3)).toMatchObject({ events: [{ position: 4 }, { position: 5 }], upTo: 5 })
      await session.markPublished(4, 5)
      expect(await session.unpublished(3)).toEqual({ events: [], upTo: 5 })
    })

    it('as often as it is asked, whoever asks, until it is marked', async () => {
      await writeMany(1, 2)
      await session.givePositions(10)
      const other = openSession()
      expect(await other.unpublished(10)).toEqual(await session.unpublished(10))

      await session.markPublished(1, 1)
      await session.markPublished(1, 1)
      expect(await other.unpublished(10)).toMatchObject({ events: [{ position: 2 }], upTo: 2 })
    })

    it('also below what is marked already', async () => {
      await writeMany(1, 3)
      await session.givePositions(10)
      await session.markPublished(2, 2)

      expect(await session.unpublished(10)).toMatchObject({ events: [{ position: 1 }, { position: 3 }], upTo: 3 })
    })
  })

  describe('has a leader', () => {
    it('who is one at a time, until its session ends', async () => {
      const other = openSession()
      expect(await session.lead()).toBe(true)
      expect(await other.lead()).toBe(false)
      expect(await session.lead()).toBe(true)

      await session.close()
      await expect.poll(() => other.lead(), { timeout: 5_000 }).toBe(true)
    })

    it('whose session tells of its end, and takes nothing afterwards', async () => {
      let isLost = false
      const ended = openSession(() => (isLost = true))
      await ended.lead()
      await write(1)

      await ended.close()

      expect(isLost).toBe(true)
      await expect(ended.lead()).rejects.toThrow()
      await expect(ended.givePositions(10)).rejects.toThrow()
      await expect(ended.unpublished(10)).rejects.toThrow()
      await expect(ended.markPublished(1, 1)).rejects.toThrow()
      await expect(ended.prune(1, 10)).rejects.toThrow()
    })
  })

  describe('removes what is old', () => {
    it('from the oldest on, as many as it is told', async () => {
      await publish(1, 5)
      await subject.letHoursPass(3)
      await publish(6, 7)

      expect(await session.prune(2, 2)).toBe(2)
      expect(await log(2)).toEqual(['3:3', '4:4', '5:5', '6:6', '7:7'])
      expect(await session.prune(2, 10)).toBe(3)
      expect(await session.prune(2, 10)).toBe(0)
      expect(await log(5)).toEqual(['6:6', '7:7'])
    })

    it('counting from when it was sent', async () => {
      await write(1)
      await session.givePositions(10)
      await subject.letHoursPass(3)
      await session.markPublished(1, 1)
      await subject.letHoursPass(1)

      expect(await session.prune(2, 10)).toBe(0)
      await subject.letHoursPass(2)
      expect(await session.prune(2, 10)).toBe(1)
    })

    it('but never what is not known to have been sent, nor anything after it', async () => {
      await writeMany(1, 4)
      await session.givePositions(3)
      await session.markPublished(1, 1)
      await session.markPublished(3, 3)
      await subject.letHoursPass(100)

      expect(await session.prune(2, 10)).toBe(1)
      expect(await session.prune(2, 10)).toBe(0)
      await session.givePositions(10)
      expect(await log(1)).toEqual(['2:2', '3:3', '4:4'])
    })

    it('and goes on counting where it was, even when nothing is left', async () => {
      await publish(1, 3)
      await subject.letHoursPass(3)
      expect(await session.prune(2, 10)).toBe(3)
      expect(await session.unpublished(10)).toEqual({ events: [], upTo: 3 })

      await publish(4, 4)
      expect(await log(3)).toEqual(['4:4'])
    })
  })

  describe('is read again', () => {
    it('after a position, in order, sent or not, but nothing without a position', async () => {
      expect(await read({ after: 0 })).toEqual({ head: 0, upTo: 0, gap: false, events: [] })
      await publish(1, 2)
      await write(3)
      await session.givePositions(10)
      await write(4)
      await subject.begin(event(5))

      expect(await subject.feed.read({ after: 1, channels: null, limit: 10 })).toEqual({
        head: 3,
        upTo: 3,
        gap: false,
        events: [
          { position: 2, ...event(2) },
          { position: 3, ...event(3) },
        ],
      })
      expect(await read({ after: 3 })).toEqual({ head: 3, upTo: 3, gap: false, events: [] })
    })

    it('for its head alone', async () => {
      await publish(1, 3)
      await subject.letHoursPass(3)
      await session.prune(2, 2)

      const page = { head: 3, upTo: 3, gap: false, events: [] }
      expect(await read({ after: null })).toEqual(page)
      expect(await read({ after: null, channels: ['all'] })).toEqual(page)
    })

    it('page by page', async () => {
      await publish(1, 5)

      expect(await read({ after: 0, limit: 2 })).toEqual({ head: 5, upTo: 2, gap: false, events: ['1:1', '2:2'] })
      expect(await read({ after: 2, limit: 2 })).toEqual({ head: 5, upTo: 4, gap: false, events: ['3:3', '4:4'] })
      expect(await read({ after: 4, limit: 2 })).toEqual({ head: 5, upTo: 5, gap: false, events: ['5:5'] })
    })

    it('narrowed to channels, each event once', async () => {
      await publish(1, 6)

      const { events, upTo } = await read({ after: 1, channels: ['of 2', 'of 5', 'all', 'none'] })
      expect({ events, upTo }).toEqual({ events: ['2:2', '3:3', '4:4', '5:5', '6:6'], upTo: 6 })
      expect(await read({ after: 0, channels: ['odd "2", {brace}\\', 'of 5', 'a\0b'] })).toEqual({
        head: 6,
        upTo: 6,
        gap: false,
        events: ['2:2', '5:5'],
      })
      expect(await read({ after: 0, channels: ['of 2', 'of 5'], limit: 1 })).toMatchObject({ upTo: 2 })
    })

    it('in pages that come to an end, however little of it is for these channels', async () => {
      await publish(1, 70)
      const pages: { upTo: number; events: string[] }[] = []
      for (let after = 0, head = 1; after < head;) {
        const page = await read({ after, channels: ['of 3', 'of 65'], limit: 1 })
        pages.push({ upTo: page.upTo, events: page.events })
        ;({ head, upTo: after } = page)
      }

      expect(pages).toEqual([
        { upTo: 3, events: ['3:3'] },
        { upTo: 23, events: [] },
        { upTo: 43, events: [] },
        { upTo: 63, events: [] },
        { upTo: 65, events: ['65:65'] },
        { upTo: 70, events: [] },
      ])
    })

    it('with a gap told where it was removed, and none where it was not', async () => {
      await publish(1, 3)
      await subject.letHoursPass(3)
      await publish(4, 5)
      await session.prune(2, 10)

      expect(await read({ after: 0 })).toEqual({ head: 5, upTo: 5, gap: true, events: ['4:4', '5:5'] })
      expect(await read({ after: 2, limit: 1 })).toEqual({ head: 5, upTo: 4, gap: true, events: ['4:4'] })
      expect(await read({ after: 2, channels: ['none'] })).toEqual({ head: 5, upTo: 5, gap: true, events: [] })
      expect(await read({ after: 3 })).toMatchObject({ gap: false })

      await subject.letHoursPass(3)
      await session.prune(2, 10)
      expect(await read({ after: 4 })).toEqual({ head: 5, upTo: 5, gap: true, events: [] })
      expect(await read({ after: 5 })).toEqual({ head: 5, upTo: 5, gap: false, events: [] })
    })

    it('with a gap told to those who know more than a log that was restored', async () => {
      await publish(1, 2)
      const restore = await subject.backUp()
      await publish(3, 5)
      await restore()

      expect(await read({ after: 5 })).toEqual({ head: 2, upTo: 2, gap: true, events: [] })
      await publish(6, 6)
      expect(await read({ after: 5 })).toEqual({ head: 3, upTo: 3, gap: true, events: [] })
      expect(await read({ after: 2 })).toEqual({ head: 3, upTo: 3, gap: false, events: ['3:6'] })
    })
  })

  function openSession(onLost: () => void = () => {}): EventLogSession {
    const opened = subject.log.open(onLost)
    sessions.push(opened)
    return opened
  }

  async function write(n: number): Promise<void> {
    const { commit } = await subject.begin(event(n))
    await commit()
  }

  async function writeMany(first: number, last: number): Promise<void> {
    for (let n = first; n <= last; n++) await write(n)
  }

  /** Writes events, and does what a publisher does with them. */
  async function publish(first: number, last: number): Promise<void> {
    await writeMany(first, last)
    await session.givePositions(100)
    const { events } = await session.unpublished(100)
    await session.markPublished(events[0]!.position, events.at(-1)!.position)
  }

  /** All that has a position, as `position:n`. */
  async function log(after = 0): Promise<string[]> {
    const read: string[] = []
    for (let head = after + 1; after < head;) {
      const page = await subject.feed.read({ after, channels: null, limit: 100 })
      expect(page.gap).toBe(false)
      read.push(...page.events.map(({ position, event }) => `${position}:${String(event['n'])}`))
      ;({ head, upTo: after } = page)
    }
    return read
  }

  async function read({ after, channels = null, limit = 10 }: Partial<FeedRequest> & Pick<FeedRequest, 'after'>) {
    const page = await subject.feed.read({ after, channels, limit })
    return { ...page, events: page.events.map(({ position, event }) => `${position}:${String(event['n'])}`) }
  }

  const event = (n: number): OutboxEvent => ({
    channels: ['all', `of ${n}`, `odd "${n}", {brace}\\`],
    event: { n, nested: { deep: [1] } },
  })
}
