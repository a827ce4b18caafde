import { expect, it } from 'vitest'
import { readRefreshCookie } from './refresh-cookie.ts'

it.each([
  ['__Host-refresh=abc', 'abc'],
  ['a=b; __Host-refresh=abc; c=d', 'abc'],
  ['__Host-refresh=', null],
  ['refresh=abc', null],
  ['x__Host-refresh=abc', null],
  ['', null],
  [null, null],
])('reads %j as %j', (header, token) => {
  expect(readRefreshCookie(header)).toBe(token)
})
