import { describe, expect, it } from 'vitest'
import { makeRecentEvents } from './recent-events.ts'
import type { ReceivedEvent } from './recent-events.ts'

describe('makeRecentEvents', () => {
  it('has as many of the last events as it keeps, and no more than twice as many', () => {
    const recent = makeRecentEvents(3)
    for (let position = 1; position <= 100; position++) {
      recent.add(event(position))

      expect(recent.last).toBe(position)
      const kept = recent.last - recent.first + 1
      expect(kept).toBeGreaterThanOrEqual(Math.min(position, 3))
      expect(kept).toBeLessThan(6)
      expect(positions(recent.between(recent.first - 1, position))).toEqual(upTo(position).slice(-kept))
    }
  })

  it('tells what is after one position, up to another', () => {
    const recent = makeRecentEvents(10)
    recent.restart(40)
    for (const position of [41, 42, 43]) recent.add(event(position))

    expect(positions(recent.between(40, 43))).toEqual([41, 42, 43])
    expect(positions(recent.between(41, 42))).toEqual([42])
    expect(positions(recent.between(43, 43))).toEqual([])
  })

  it('begins earlier when events are put before the others', () => {
    const recent = makeRecentEvents(10)
    recent.restart(2)
    recent.add(event(3))

    recent.prepend([event(1), event(2)])

    expect([recent.first, recent.last]).toEqual([1, 3])
    expect(positions(recent.between(0, 2))).toEqual([1, 2])
  })

  it('has nothing after a restart, and goes on behind the position it was given', () => {
    const recent = makeRecentEvents(10)
    for (const position of [1, 2, 3]) recent.add(event(position))

    recent.restart(1)

    expect([recent.first, recent.last]).toEqual([2, 1])
    recent.add(event(2))
    expect(positions(recent.between(1, 2))).toEqual([2])
  })
})

const event = (position: number): ReceivedEvent => ({ position, channels: ['a'], event: {}, receivedAt: 0 })
const positions = (events: readonly ReceivedEvent[]) => events.map(({ position }) => position)
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)
