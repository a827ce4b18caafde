import { Kind } from 'graphql'
import { expect, it } from 'vitest'
import { dateTime } from './date-time.ts'

it('writes a moment in UTC with milliseconds', () => {
  expect(dateTime.serialize(new Date(Date.UTC(2026, 10, 21, 9, 30)))).toBe('2026-11-21T09:30:00.000Z')
})

it('writes any moment as JavaScript does', () => {
  const far = 8_640_000_000_000_000
  const moments = [0, -1, 1, 999, 86_399_999, 86_400_000, -86_400_000, -86_400_001, far, -far, far - 1, 1 - far]
  for (let number = 0; number < 5_000; number += 1) {
    moments.push(Math.trunc((Math.random() - 0.5) * 2 * 10 ** (3 + (number % 13))))
  }
  const written = moments.map((ms) => dateTime.serialize(new Date(ms)))
  expect(written).toEqual(moments.map((ms) => new Date(ms).toISOString()))
})

it.each([['2026-11-21T09:30:00.000Z'], [1], [null], [new Date(Number.NaN)]])('writes nothing else: %s', (value) => {
  expect(() => dateTime.serialize(value)).toThrow()
})

it.each([
  '2026-11-21T09:30:00Z',
  '2026-11-21T09:30:00.000Z',
  '2026-11-21T10:30:00+01:00',
  '2026-11-21T09:30:00.000000Z',
])('reads %s', (value) => {
  const moment = new Date(Date.UTC(2026, 10, 21, 9, 30))
  expect(dateTime.parseValue(value)).toEqual(moment)
  expect(dateTime.parseLiteral({ kind: Kind.STRING, value })).toEqual(moment)
})

it.each([
  '2026-11-21',
  '2026-13-21T09:30:00Z',
  '2026-02-30T09:30:00Z',
  '2026-11-21T24:30:00Z',
  'yesterday',
  '',
  0,
  null,
  {},
])('refuses %s', (value) => {
  expect(() => dateTime.parseValue(value)).toThrow(TypeError)
})

it('refuses a literal that is no text', () => {
  expect(() => dateTime.parseLiteral({ kind: Kind.INT, value: '1' })).toThrow(TypeError)
})
