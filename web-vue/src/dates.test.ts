import { expect, it } from 'vitest'
import { duration, periodOf, timeAgo } from './dates.ts'

const now = new Date(2026, 10, 21, 9, 30).getTime()
const ago = (ms: number) => new Date(now - ms).toISOString()
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

it.each([
  [-5_000, 'just now'], // a clock that runs ahead of ours
  [59_000, 'just now'],
  [MINUTE, '1 minute ago'],
  [59 * MINUTE, '59 minutes ago'],
  [23 * HOUR, '23 hours ago'],
  [3 * DAY, '18 November'],
  [400 * DAY, '17 October 2025'],
])('tells a moment %i ms ago as "%s"', (ms, words) => {
  expect(timeAgo(ago(ms), now)).toBe(words)
})

it.each([
  [0, 'Today'],
  [9 * HOUR, 'Today'],
  [10 * HOUR, 'Yesterday'],
  [34 * HOUR, 'November 2026'],
  [40 * DAY, 'October 2026'],
])('puts a moment %i ms ago under "%s"', (ms, words) => {
  expect(periodOf(ago(ms), now)).toBe(words)
})

it.each([
  [0, '0 seconds'],
  [61, '1 minute, 1 second'],
  [3_600, '1 hour'],
  [93_784, '1 day, 2 hours'],
])('tells %i seconds as "%s"', (seconds, words) => {
  expect(duration(seconds)).toBe(words)
})
