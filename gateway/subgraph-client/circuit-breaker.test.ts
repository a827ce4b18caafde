import { expect, it } from 'vitest'
import { circuitBreaker } from './circuit-breaker.ts'

it('gives a subgraph up after ten failures in a row over a second', () => {
  const { breaker, changes, fail, pass } = atTime()
  fail(9)
  pass(1_000)
  expect(breaker.admit()).toBe('attempt')

  fail(1)

  expect(breaker.admit()).toBeNull()
  expect(changes).toEqual(['open'])
})

it('does not, however many fail at the same moment', () => {
  const { breaker, fail, pass } = atTime()

  fail(500)
  pass(999)
  fail(1)

  expect(breaker.admit()).toBe('attempt')
})

it('does not while anything is answered', () => {
  const { breaker, changes, fail, pass } = atTime()

  for (let second = 0; second < 10; second += 1) {
    fail(50)
    breaker.report('attempt', 'answered')
    pass(1_000)
  }

  expect(breaker.admit()).toBe('attempt')
  expect(changes).toEqual([])
})

it('lets one trial through after a second, and everything as soon as that is answered', () => {
  const { breaker, changes, pass, open } = atTime()
  open()

  pass(999)
  expect(breaker.admit()).toBeNull()
  pass(1)
  expect([breaker.admit(), breaker.admit()]).toEqual(['trial', null])

  breaker.report('trial', 'answered')
  expect([breaker.admit(), breaker.admit()]).toEqual(['attempt', 'attempt'])
  expect(changes).toEqual(['open', 'closed'])
})

it('waits another second after a trial that failed, and says nothing of it', () => {
  const { breaker, changes, pass, open } = atTime()
  open()
  pass(1_000)
  breaker.admit()

  breaker.report('trial', 'failed')

  expect(breaker.admit()).toBeNull()
  pass(1_000)
  expect(breaker.admit()).toBe('trial')
  expect(changes).toEqual(['open'])
})

it('makes another trial at once when nobody waited for the outcome of the last one', () => {
  const { breaker, pass, open } = atTime()
  open()
  pass(1_000)
  breaker.admit()

  breaker.report('trial', 'abandoned')

  expect(breaker.admit()).toBe('trial')
})

it('is not kept open by attempts that were made before it opened, and closed by one of them that is answered', () => {
  const { breaker, pass, open } = atTime()
  open()
  pass(900)
  breaker.report('attempt', 'failed')
  pass(100)
  expect(breaker.admit()).toBe('trial')
  breaker.report('attempt', 'failed')
  expect(breaker.admit()).toBeNull()

  breaker.report('attempt', 'answered')

  expect(breaker.admit()).toBe('attempt')
})

function atTime() {
  let nowMs = 5_000
  const changes: string[] = []
  const breaker = circuitBreaker({ onChange: (state) => changes.push(state), now: () => nowMs })
  const pass = (ms: number) => void (nowMs += ms)
  const fail = (times: number) => {
    for (let time = 0; time < times; time += 1) breaker.report(breaker.admit() ?? 'attempt', 'failed')
  }
  const open = () => {
    fail(9)
    pass(1_000)
    fail(1)
  }
  return { breaker, changes, pass, fail, open }
}
