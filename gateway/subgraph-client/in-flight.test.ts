import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ClientLeft, DeadlinePassed, makeInFlight } from './in-flight.ts'
import type { Consumer } from './in-flight.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

it('fetches once for all who ask the same while it is under way, and anew afterwards', async () => {
  const { ask, begun } = inFlight()
  const first = [ask(), ask(), ask()]
  begun[0]!.answer('one')

  expect(await Promise.all(first)).toEqual(['one', 'one', 'one'])
  const second = ask()
  begun[1]!.answer('two')
  expect(await second).toBe('two')
})

it.each([
  ['another question', { key: 'other' }],
  ['another person', { person: 'bob' }],
])('fetches for %s apart', async (_what, of) => {
  const { ask, begun } = inFlight()
  const answers = [ask(), ask({}, of)]
  begun[0]!.answer('mine')
  begun[1]!.answer('theirs')

  expect(await Promise.all(answers)).toEqual(['mine', 'theirs'])
})

it('joins no fetch begun before a change of the same person, and joins the one begun after it', async () => {
  const { flights, ask, begun } = inFlight()
  const before = ask()
  flights.forget('ada')
  const after = [ask(), ask()]
  begun[0]!.answer('old')
  begun[1]!.answer('new')

  expect(await before).toBe('old')
  expect(await Promise.all(after)).toEqual(['new', 'new'])
  expect(begun).toHaveLength(2)
})

it('still shares the newer fetch when the older one ends first', async () => {
  const { flights, ask, begun } = inFlight()
  const before = ask()
  flights.forget('ada')
  const after = ask()
  begun[0]!.answer('old')
  await before

  const joined = ask()
  begun[1]!.answer('new')

  expect(await Promise.all([after, joined])).toEqual(['new', 'new'])
  expect(begun).toHaveLength(2)
})

it('joins no fetch begun before the event it answers, and shares one among all that answer it', async () => {
  const { ask, begun } = inFlight()
  const before = ask()
  vi.advanceTimersByTime(5)
  const notBefore = performance.now()
  vi.advanceTimersByTime(5)
  const after = [ask({ notBefore }), ask({ notBefore }), ask()]
  begun[0]!.answer('old')
  begun[1]!.answer('new')

  expect(await before).toBe('old')
  expect(await Promise.all(after)).toEqual(['new', 'new', 'new'])
})

it('drops the fetch when all have left, not sooner, and is joined by nobody then', async () => {
  const { ask, begun } = inFlight()
  const [ada, bob] = [new AbortController(), new AbortController()]
  const answers = [ask({ left: ada.signal }), ask({ left: bob.signal })].map((answer) => answer.catch((why) => why))

  ada.abort()
  expect(await answers[0]).toBeInstanceOf(ClientLeft)
  expect(begun[0]!.signal.aborted).toBe(false)
  bob.abort()
  expect(await answers[1]).toBeInstanceOf(ClientLeft)
  expect(begun[0]!.signal.aborted).toBe(true)

  const next = ask()
  begun[1]!.answer('next')
  expect(await next).toBe('next')
})

it('begins nothing for a client who has left, or whose time is over', async () => {
  const { ask, begun } = inFlight()

  await expect(ask({ left: AbortSignal.abort() })).rejects.toBeInstanceOf(ClientLeft)
  await expect(ask({ deadlineAt: performance.now() })).rejects.toBeInstanceOf(DeadlinePassed)
  expect(begun).toEqual([])
})

it('ends at the time limit of a fetch for everybody, also for whoever joined late', async () => {
  const { ask, begun } = inFlight()
  const first = ask().catch((why) => why)
  vi.advanceTimersByTime(900)
  const late = ask().catch((why) => why)
  vi.advanceTimersByTime(100)

  expect(await Promise.all([first, late])).toEqual([expect.any(DeadlinePassed), expect.any(DeadlinePassed)])
  expect(begun).toHaveLength(1)
})

it('ends for one whose operation may take no longer, while others go on', async () => {
  const { ask, begun } = inFlight()
  const short = ask({ deadlineAt: performance.now() + 100 }).catch((why) => why)
  const long = ask()
  vi.advanceTimersByTime(100)

  expect(await short).toBeInstanceOf(DeadlinePassed)
  begun[0]!.answer('answer')
  expect(await long).toBe('answer')
})

it('hands a failure to all who wait, and does not keep it', async () => {
  const { ask, begun } = inFlight()
  const answers = [ask(), ask()].map((answer) => answer.catch((why: Error) => why.message))
  begun[0]!.fail(new Error('gone'))

  expect(await Promise.all(answers)).toEqual(['gone', 'gone'])
  const next = ask()
  begun[1]!.answer('back')
  expect(await next).toBe('back')
})

function inFlight() {
  const flights = makeInFlight(1_000)
  const begun: { signal: AbortSignal; answer: (text: string) => void; fail: (why: Error) => void }[] = []
  const ask = (consumer: Partial<Consumer> = {}, of: { person?: string; key?: string } = {}) =>
    flights.fetch(
      { person: 'ada', key: 'question', ...of },
      { deadlineAt: Infinity, ...consumer },
      (signal) =>
        new Promise((answer, fail) => {
          signal.addEventListener('abort', () => fail(signal.reason as Error))
          begun.push({ signal, answer, fail })
        }),
    )
  return { flights, ask, begun }
}
