import { describe, expect, it } from 'vitest'
import { exclusionsIn, isStillTyped, partsOf, withoutNoise } from './search.ts'

describe('the last word of a search', () => {
  it.each(['pen', 'fountain pe', 'pen or penc', '"blue pen" cas', '-ink pen', 'été', '4', 'foo-b', 'ada@exa'])(
    'may be the beginning of one: %s',
    (search) => expect(isStillTyped(search)).toBe(true),
  )

  it.each(['', 'pen ', '"blue pe', '"blue pen"', 'pen -in', '-in', 'pen or', 'pen OR', 'pen.', '!', 'pen\n'])(
    'is complete: %j',
    (search) => expect(isStillTyped(search)).toBe(false),
  )
})

describe('a text with marks', () => {
  it.each([
    ['a \u0001pen\u0002', ['a ', '*pen']],
    ['\u0001pen\u0002\u0001case\u0002 b', ['*pen', '*case', ' b']],
    ['\u0003b>pen\u0003/b>', ['<b>pen</b>']],
    ['', []],
  ])('is taken apart: %j', (marked, parts) => {
    expect(partsOf(marked).map(({ text, isMatch }) => (isMatch ? `*${text}` : text))).toEqual(parts)
  })
})

describe('the noise in a search', () => {
  it.each([
    ['pen -ink -"blue ink" well-made', 'pen -ink -"blue ink" well-made', 2],
    ['- - pen --ink (a|b) & !c', '    pen  -ink  a b     c', 1],
  ])('is left out: %s', (search, clean, exclusions) => {
    expect(withoutNoise(search)).toBe(clean)
    expect(exclusionsIn(withoutNoise(search))).toBe(exclusions)
  })
})
