import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Revocation } from '../../platform/account-events.ts'
import { eventsChannel } from '../../platform/events.ts'
import type { FeedRequest, PublishedEvent } from '../../platform/events.ts'
import { ANONYMOUS } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'
import { makePubSub } from '../../platform/pubsub.ts'
import { openEventStream } from '../subscriptions/event-stream.ts'
import { followRevocations } from './revocations.ts'

const log = makeLog('test', 'silent')
const untilS = Date.now() / 1_000 + 3_600
const opened: { close(): void }[] = []
afterEach(() => {
  for (const each of opened.splice(0)) each.close()
})

describe('followRevocations', () => {
  it('knows, when it is ready, what was revoked before, and asks for no other events of that time', async () => {
    const source = open({ eventsBefore: 12_000 })
    source.write({ session: 's1', untilS })
    const revocations = source.follow()
    expect(revocations.silentMs()).toBe(Infinity)

    await revocations.ready()

    expect(source.isRevoked('s1')).toBe(true)
    expect(source.isRevoked('s2')).toBe(false)
    expect(revocations.silentMs()).toBeLessThan(1_000)
    expect(
      source.asked.filter(({ after }) => after !== null).every(({ channels }) => channels?.[0] === 'revocations'),
    ).toBe(true)
  })

  it('tells each revocation once, when it comes', async () => {
    const source = open()
    const revocations = source.follow()
    const told: Revocation[] = []
    revocations.onRevoked((revocation) => told.push(revocation))
    await revocations.ready()

    await source.send(source.write({ session: 's1', untilS }))
    await vi.waitFor(() => expect(told).toEqual([{ session: 's1', untilS }]))
    await source.send(source.write({ session: 's1', untilS }))
    await source.send(source.write({ session: 's2', untilS }))

    await vi.waitFor(() => expect(told).toHaveLength(2))
  })

  it('asks the source for nothing as long as events come in order, whatever they are about', async () => {
    const source = open()
    const revocations = source.follow()
    await revocations.ready()
    source.asked.length = 0

    for (let n = 0; n < 6_000; n++) await source.send(source.writeOther())
    await source.send(source.write({ session: 's1', untilS }))

    await vi.waitFor(() => expect(source.isRevoked('s1')).toBe(true))
    expect(source.asked).toEqual([])
  })

  it('reads what was lost on the way as soon as a later event, or the head, tells of it', async () => {
    const source = open()
    await source.follow().ready()
    source.write({ session: 's1', untilS })

    await source.sendHead()

    await vi.waitFor(() => expect(source.isRevoked('s1')).toBe(true))
  })

  it('reads the log from its beginning again after a gap, and forgets nothing', async () => {
    const source = open()
    const revocations = source.follow()
    await revocations.ready()
    await source.send(source.write({ session: 's1', untilS }))
    await source.send(source.writeOther())
    await vi.waitFor(() => expect(source.isRevoked('s1')).toBe(true))

    // A log that was restored: positions begin anew, and one of the revocations in it never came in here.
    source.restore()
    source.write({ session: 's2', untilS })
    await source.sendHead()
    await vi.waitFor(() => expect(source.isRevoked('s2')).toBe(true), { timeout: 3_000 })

    expect(source.isRevoked('s1')).toBe(true)
    await source.send(source.write({ session: 's3', untilS }))
    await vi.waitFor(() => expect(source.isRevoked('s3')).toBe(true))
  })

  it('waits for a source that is away, and says so in how long it was silent', async () => {
    const source = open()
    source.write({ session: 's1', untilS })
    source.isAway = true
    const revocations = source.follow()
    const ready = vi.fn()
    void revocations.ready().then(ready)
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(ready).not.toHaveBeenCalled()
    expect(revocations.silentMs()).toBe(Infinity)

    source.isAway = false

    await vi.waitFor(() => expect(ready).toHaveBeenCalled(), { timeout: 3_000 })
    expect(source.isRevoked('s1')).toBe(true)
  })

  it('ends without a fault while it still waits', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const source = open()
    source.isAway = true
    source.follow()

    for (const each of opened.splice(0)) each.close()
    await new Promise((resolve) => setTimeout(resolve, 50))

    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  it('takes each head for word, and silence for none', async () => {
    const source = open()
    const revocations = source.follow()
    await revocations.ready()
    source.isAway = true
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(revocations.silentMs()).toBeGreaterThan(100)

    await source.sendHead()

    expect(revocations.silentMs()).toBeLessThan(100)
  })

  it('goes on after what it does not understand', async () => {
    const source = open()
    await source.follow().ready()

    await source.send(source.write({ everything: true } as never))
    await source.send(source.write({ session: 's1', untilS }))

    await vi.waitFor(() => expect(source.isRevoked('s1')).toBe(true))
  })
})

function open({ eventsBefore = 0 } = {}) {
  const pubsub = makePubSub({ redisUrl: null, log })
  let written: PublishedEvent[] = []
  const asked: FeedRequest[] = []
  const add = (channels: string[], event: Record<string, unknown>) => {
    const published = { position: written.length + 1, channels, event }
    written.push(published)
    return published
  }
  const source = {
    isAway: false,
    asked,
    write: (revoked: Revocation) => add(['revocations'], { revoked }),
    writeOther: () => add(['other'], {}),
    send: (event: PublishedEvent) => pubsub.publish(eventsChannel('s'), event),
    sendHead: () => pubsub.publish(eventsChannel('s'), { head: written.length }),
    restore: () => void (written = []),
    isRevoked: (session: string) =>
      revocations!.isRevoked({
        identity: { ...ANONYMOUS, subject: 'ada', session },
        expiresAtMs: Infinity,
        issuedAtS: 0,
        apiKey: null,
      }),
    follow() {
      const stream = openEventStream({
        source: 's',
        pubsub,
        log,
        readFeed: async (request) => {
          if (source.isAway) throw new Error('away')
          asked.push(request)
          return answer(request)
        },
      })
      revocations = followRevocations({ stream, log })
      opened.push(revocations, stream)
      return revocations
    },
  }
  let revocations: ReturnType<typeof followRevocations> | undefined
  for (let n = 0; n < eventsBefore; n++) source.writeOther()
  return source

  function answer({ after, channels, limit }: FeedRequest) {
    const head = written.length
    if (after === null || after >= head) return { head, upTo: head, gap: after !== null && after > head, events: [] }
    const rest = written.filter(({ position }) => position > after)
    const page = rest
      .filter((each) => !channels || each.channels.some((name) => channels.includes(name)))
      .slice(0, limit)
    return { head, upTo: page.length < limit ? head : page.at(-1)!.position, gap: false, events: page }
  }
}
