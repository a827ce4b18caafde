import { Kind } from 'graphql'
import { expect, it } from 'vitest'
import { dateTime } from './date-time.ts'

it('writes a moment in UTC with milliseconds', () => {
  expect(dateTime.serialize(new Date(Date.UTC(2026, 10, 21, 9, 30)))).toBe('2026-11-21T09:30:00.000Z')
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
