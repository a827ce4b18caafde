import { expect, it } from 'vitest'
import { makeTurns } from './turns.ts'

it('does so much at a time, in the order in which it was asked for', async () => {
  const inTurn = makeTurns({ runningMax: 2, waitingMax: 10 })
  const begun: number[] = []
  const ends: (() => void)[] = []
  const all = [0, 1, 2, 3].map((n) =>
    inTurn(() => {
      begun.push(n)
      return new Promise<void>((resolve) => void ends.push(resolve))
    }),
  )
  await Promise.resolve()
  expect(begun).toEqual([0, 1])
  ends[1]!()
  await all[1]
  await Promise.resolve()
  expect(begun).toEqual([0, 1, 2])
  ends[0]!()
  ends[2]!()
  await all[2]
  await Promise.resolve()
  ends[3]!()
  await Promise.all(all)
  expect(begun).toEqual([0, 1, 2, 3])
})

it('refuses what would wait too long, and goes on after work that failed', async () => {
  const inTurn = makeTurns({ runningMax: 1, waitingMax: 1 })
  const failing = inTurn(async () => {
    throw new Error('failed')
  })
  const waiting = inTurn(async () => 'done')
  await expect(inTurn(async () => 'refused')).rejects.toMatchObject({
    extensions: { code: 'RATE_LIMITED', retryAfterMs: 2_000 },
  })
  await expect(failing).rejects.toThrow('failed')
  expect(await waiting).toBe('done')
  expect(await inTurn(async () => 'again')).toBe('again')
})
