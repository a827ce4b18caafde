import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ApiError } from './errors.ts'
import { hasLength, isUuid, line, optionalLine, readInput, text } from './input.ts'

describe('input', () => {
  const form = z.object({ name: line({ min: 3, max: 5 }), note: optionalLine({ max: 5 }), words: text().optional() })

  it('is trimmed, and blank counts as none where there need be none', () => {
    expect(readInput(form, { name: '  ada ', note: ' \t' })).toEqual({ name: 'ada', note: null })
    expect(readInput(form, { name: 'ada', note: null })).toEqual({ name: 'ada', note: null })
    expect(readInput(form, { name: 'ada', note: ' x ', words: ' y ' })).toEqual({
      name: 'ada',
      note: 'x',
      words: ' y ',
    })
  })

  it.each([
    ['name', { name: '  ab  ' }],
    ['name', { name: 'abcdef' }],
    ['name', { name: null }],
    ['name', {}],
    ['name', { name: 'ab\0c' }],
    ['name', { name: 'ab\ud800' }],
    ['note', { name: 'ada', note: '123456' }],
    ['note', { name: 'ada', note: '\0' }],
    ['words', { name: 'ada', words: null }],
    ['words', { name: 'ada', words: '\udc00' }],
  ])('that breaks a rule is refused with its field %s', (field, input) => {
    try {
      readInput(form, input)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ApiError)
      expect((error as ApiError).extensions).toEqual({ code: 'BAD_USER_INPUT', field })
    }
  })

  it('is as long as Postgres counts it', () => {
    const five = text().check(hasLength({ min: 5, max: 5 }))
    expect(readInput(z.object({ five }), { five: '😀😀😀😀😀' })).toEqual({ five: '😀😀😀😀😀' })
    expect(() => readInput(z.object({ five }), { five: '😀😀😀' })).toThrow(ApiError)
  })
})

describe('a uuid', () => {
  it('is what Postgres takes and gives', () => {
    expect(isUuid('0195c9a1-5f2e-7c3b-9d4e-2f6a8b0c1d2e')).toBe(true)
    const malformed = ['', 'x', '0195C9A1-5F2E-7C3B-9D4E-2F6A8B0C1D2E', '0195c9a15f2e7c3b9d4e2f6a8b0c1d2e', null, 1]
    for (const value of malformed) expect(isUuid(value), String(value)).toBe(false)
    expect(isUuid(' 0195c9a1-5f2e-7c3b-9d4e-2f6a8b0c1d2e')).toBe(false)
    expect(isUuid('0195c9a1-5f2e-7c3b-9d4e-2f6a8b0c1d2e\n')).toBe(false)
  })
})
