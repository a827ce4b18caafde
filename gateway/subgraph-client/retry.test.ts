import { describe, expect, it } from 'vitest'
import { FailedAttempt, readRetryAfterMs, withRetries } from './retry.ts'

const later = new FailedAttempt('later', { retry: 'later' })
const atOnce = new FailedAttempt('at once', { retry: 'at once' })

describe('withRetries', () => {
  it('gives the first answer that comes, after pauses that double', async () => {
    const { run, pauses } = attempts([later, later, 'answer'], { random: 1 })

    expect(await run()).toBe('answer')
    expect(pauses).toEqual([100, 200])
  })

  it('makes half of each pause random', async () => {
    const { run, pauses } = attempts([later, later, 'answer'], { random: 0 })

    await run()
    expect(pauses).toEqual([50, 100])
  })

  it('fails with the third failure', async () => {
    const last = new FailedAttempt('last', { retry: 'later' })
    const { run, made } = attempts([later, later, last, 'answer'])

    await expect(run()).rejects.toBe(last)
    expect(made()).toBe(3)
  })

  it('does not pause before the first retry when only the connection was at fault', async () => {
    const { run, pauses } = attempts([atOnce, atOnce, 'answer'], { random: 1 })

    expect(await run()).toBe('answer')
    expect(pauses).toEqual([200])
  })

  it.each([
    ['a failure that would come again', new FailedAttempt('wrong')],
    ['any other error', new Error('left')],
  ])('makes one attempt after %s', async (_what, error) => {
    const { run, made } = attempts([error, 'answer'])

    await expect(run()).rejects.toBe(error)
    expect(made()).toBe(1)
  })

  it('waits for as long as the subgraph asks, when somebody still waits then', async () => {
    const failure = new FailedAttempt('busy', { retry: 'later', retryAfterMs: 3_000 })
    const { run, pauses } = attempts([failure, 'answer'], { random: 0, remainingMs: 4_000 })

    expect(await run()).toBe('answer')
    expect(pauses).toEqual([3_050])
  })

  it('fails at once when nobody waits for so long', async () => {
    const failure = new FailedAttempt('busy', { retry: 'later', retryAfterMs: 3_000 })
    const { run, made, pauses } = attempts([failure, 'answer'], { remainingMs: 3_000 })

    await expect(run()).rejects.toBe(failure)
    expect([made(), pauses]).toEqual([1, []])
  })

  it('ends a pause as soon as nobody waits any more', async () => {
    const leaving = new AbortController()
    const failure = new FailedAttempt('busy', { retry: 'later', retryAfterMs: 60_000 })
    const run = withRetries(() => Promise.reject(failure), { remainingMs: () => 120_000, signal: leaving.signal })

    const left = new Error('left')
    leaving.abort(left)

    await expect(run).rejects.toBe(left)
  })
})

it.each([
  ['seconds', '2', 2_000],
  ['a date', 'Wed, 21 Oct 2026 07:28:05 GMT', 5_000],
  ['a date that has passed', 'Wed, 21 Oct 2026 07:27:00 GMT', 0],
  ['something else', 'soon', null],
  ['nothing', undefined, null],
])('reads Retry-After as %s', (_what, header, ms) => {
  expect(readRetryAfterMs(header, Date.parse('2026-10-21T07:28:00Z'))).toBe(ms)
})

function attempts(outcomes: readonly (Error | string)[], { random = 0, remainingMs = 10_000 } = {}) {
  let made = 0
  const pauses: number[] = []
  const run = () =>
    withRetries(
      async () => {
        const outcome = outcomes[made++]!
        if (outcome instanceof Error) throw outcome
        return outcome
      },
      {
        remainingMs: () => remainingMs,
        signal: new AbortController().signal,
        random: () => random,
        pause: async (ms) => void pauses.push(ms),
      },
    )
  return { run, pauses, made: () => made }
}
