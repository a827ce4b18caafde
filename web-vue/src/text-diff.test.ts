import { expect, it } from 'vitest'
import { diffTexts } from './text-diff.ts'

it('tells word by word what came and what went', () => {
  expect(diffTexts('a brass lamp', 'a green lamp')).toEqual([
    { text: 'a ', kind: 'same' },
    { text: 'brass', kind: 'removed' },
    { text: 'green', kind: 'added' },
    { text: ' lamp', kind: 'same' },
  ])
})

it('leaves out the middle of what is the same for long', () => {
  const long = 'word '.repeat(400)
  const [kept, came] = diffTexts(long, `${long}end`)
  expect(kept!.text.length).toBeLessThan(300)
  expect(came).toMatchObject({ kind: 'added' })
})

it('has an answer in time for texts that share nothing', () => {
  const words = (seed: number) => Array.from({ length: 8_000 }, (_, at) => (at * seed).toString(36)).join(' ')
  const startedAtMs = performance.now()
  const parts = diffTexts(words(7_919), words(104_729))
  expect(performance.now() - startedAtMs).toBeLessThan(3_000)
  expect(parts.some(({ kind }) => kind === 'added')).toBe(true)
})
