import { expect, it } from 'vitest'
import { cookieNamed, cookiesSet } from './cookie.ts'

it.each([
  ['refresh=a', 'refresh=a'],
  ['theme=dark; refresh=a=b; other=c', 'refresh=a=b'],
  ['refresh=', 'refresh='],
  ['not-refresh=a; xrefresh=b', null],
  ['Refresh=a', null],
  ['a; b; refresh', null],
  [`refresh=${'x'.repeat(5_000)}`, null],
  ['', null],
  [null, null],
])('finds in %j the one cookie of that name and nothing else', (sent, found) => {
  expect(cookieNamed(sent, 'refresh')).toBe(found)
})

it('lets only the one cookie be set, whatever else is', () => {
  const own = 'refresh=a; Path=/; HttpOnly'
  expect(cookiesSet(['theme=dark', own, 'refresh2=b', ' refresh=c'], 'refresh')).toEqual([own])
  expect(cookiesSet(own, 'refresh')).toEqual([own])
  expect(cookiesSet(undefined, 'refresh')).toEqual([])
})
