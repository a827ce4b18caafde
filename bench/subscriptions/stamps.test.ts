import { expect, it } from 'vitest'
import { machineTimeMs, readStamp, stamps, writeStamp } from './stamps.ts'

it('reads from a frame which event it tells of and when that was sent', () => {
  const before = machineTimeMs()
  const frame = `{"id":"follower-1","type":"next","payload":{"data":{"itemId":"${writeStamp(42)}"}}}`

  const { number, sentMs } = readStamp(frame)!
  expect(number).toBe(42)
  expect(sentMs).toBeGreaterThan(before - 1)
  expect(sentMs).toBeLessThan(machineTimeMs() + 1)
})

it('finds no stamp in what is no event', () => {
  expect(readStamp('{"type":"connection_ack"}')).toBeNull()
})

it('replaces every stamp of a frame by a later one', () => {
  const frame = `${writeStamp(1)} and the owner of ${writeStamp(1)}`

  expect(frame.replace(stamps, '@2@')).toBe('@2@ and the owner of @2@')
})
