import { describe, expect, it } from 'vitest'
import { positionOfAll, readPosition, writePosition } from './position.ts'

describe('a position', () => {
  it('is read for each of its sources as it was written', () => {
    const position = writePosition([
      ['films', 1042],
      ['people-of-films', 0],
    ])

    expect(readPosition(position, 'films')).toBe(1042)
    expect(readPosition(position, 'people-of-films')).toBe(0)
  })

  it.each([[undefined], [null], [''], ['people:7']])('is not known of a source where %j is given', (given) => {
    expect(readPosition(given, 'films')).toBeNull()
  })

  it.each([
    ['no position', 'films'],
    ['less than none', 'films:-1'],
    ['a number that is not exact', 'films:9007199254740993'],
    ['two with a space', 'films:1, people:2'],
    ['an end without an entry', 'films:1,'],
    ['a line break', 'films:1\n'],
    ['something else than a text', 7],
    ['a list', ['films:1']],
    ['what is too long', Array(200).fill('films:1').join()],
  ])('is refused as %s', (_what, given) => {
    expect(() => readPosition(given, 'films')).toThrow(
      expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', field: 'extensions.after' } }),
    )
  })
})

describe('positionOfAll', () => {
  const at = (position: string) => ({ position: () => position })

  it('is the current one where nothing is followed', () => {
    expect(positionOfAll('films:5,people:2', [])).toBe('films:5,people:2')
  })

  it('is for each source where the last of those stands who follow it', () => {
    expect(positionOfAll('films:9,people:2', [at('films:8'), at('films:3'), at('films:9')])).toBe('films:3,people:2')
  })

  it('knows sources of which only a follower tells, and none where nothing is known', () => {
    expect(positionOfAll('', [at('films:3'), at('')])).toBe('films:3')
    expect(positionOfAll('', [])).toBe('')
  })
})
