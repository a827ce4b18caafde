import { describe, expect, it } from 'vitest'
import { inOnePiece, quoted } from './json-text.ts'

describe('quoted', () => {
  it.each([
    '',
    'plain',
    'a "quoted" one',
    'back\\slash',
    'new\nline',
    '\u0000',
    '\u001f',
    '\u007f',
    'Zoë',
    '\u2028',
    '🙂',
  ])('writes %j as JSON.stringify does', (text) => {
    expect(quoted(text)).toBe(JSON.stringify(text))
  })

  it('writes half a character as an escape, because it has no UTF-8', () => {
    expect(quoted('\ud83d')).toBe('"\\ud83d"')
    expect(quoted('a\ude42')).toBe('"a\\ude42"')
  })
})

it('keeps every letter of a text that it puts in one piece', () => {
  const pieces = Array.from({ length: 1_000 }, (_, index) => `piece ${index},`)
  let text = ''
  for (const piece of pieces) text += piece

  expect(inOnePiece(text)).toBe(pieces.join(''))
})
