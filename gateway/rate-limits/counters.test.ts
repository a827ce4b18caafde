import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { makeLog } from '../../platform/log.ts'
import { openRateCounters } from './counters.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const inMemory = () => openRateCounters({ redisUrl: null, log: makeLog('test', 'silent') })

it('adds up within a window, which begins with the first count and is made longer by none', async () => {
  const counters = await inMemory()

  expect(await counters.add('a', 1, 60)).toEqual({ used: 1, resetMs: 60_000 })
  vi.advanceTimersByTime(20_000)
  expect(await counters.add('a', 3, 60)).toEqual({ used: 4, resetMs: 40_000 })
  vi.advanceTimersByTime(39_999)
  expect(await counters.add('a', 1, 60)).toEqual({ used: 5, resetMs: 1 })
  vi.advanceTimersByTime(1)
  expect(await counters.add('a', 1, 60)).toEqual({ used: 1, resetMs: 60_000 })
})

it('counts keys apart', async () => {
  const counters = await inMemory()
  await counters.add('a', 5, 60)

  expect(await counters.add('b', 1, 60)).toMatchObject({ used: 1 })
  expect(await counters.add('a', 1, 60)).toMatchObject({ used: 6 })
})

it('loses none of many counts at once', async () => {
  const counters = await inMemory()
  await Promise.all(Array.from({ length: 100 }, () => counters.add('a', 1, 60)))

  expect(await counters.add('a', 1, 60)).toMatchObject({ used: 101 })
})

it('forgets, when 50,000 others have come, who did not come for longest', async () => {
  const counters = await inMemory()
  await counters.add('once', 1, 60)
  await counters.add('again', 1, 60)
  for (let n = 0; n < 49_998; n++) await counters.add(`other ${n}`, 1, 60)
  await counters.add('again', 1, 60)

  await counters.add('one more', 1, 60)

  expect(vi.getTimerCount()).toBe(50_000)
  expect(await counters.add('again', 1, 60)).toMatchObject({ used: 3 })
  expect(await counters.add('once', 1, 60)).toMatchObject({ used: 1 })
})
