import { beforeEach, describe, expect, it } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'
import { RefusedOperation } from '../operations/operations.ts'
import { countUses, rateLimitHeaders } from './count.ts'
import type { RateLimitState } from './count.ts'
import { openRateCounters } from './counters.ts'
import type { RateCounters } from './counters.ts'

const logIn = { coordinate: 'Mutation.logIn', max: 5, windowS: 60 }
const register = { coordinate: 'Mutation.register', max: 2, windowS: 3_600 }

let counters: RateCounters
beforeEach(async () => {
  counters = await openRateCounters({ redisUrl: null, log: makeLog('test', 'silent') })
})

it('lets pass what is within the limit, and tells how much is left', async () => {
  expect(await ask([{ limit: logIn, times: 1 }])).toMatchObject({ state: { max: 5, remaining: 4, isExceeded: false } })
  expect(await ask([{ limit: logIn, times: 4 }])).toMatchObject({ state: { remaining: 0, isExceeded: false } })
})

it('refuses an operation that would exceed it as a whole, and says when to come again', async () => {
  await ask([{ limit: logIn, times: 3 }])

  const { state, errors } = await ask([{ limit: logIn, times: 3 }])

  expect(state).toMatchObject({ remaining: 0, isExceeded: true })
  expect(errors).toEqual([
    { code: 'RATE_LIMITED', coordinate: 'Mutation.logIn', retryAfterMs: expect.any(Number), http: { status: 429 } },
  ])
  expect(errors[0]!['retryAfterMs']).toBeGreaterThan(59_000)
})

describe('of several limits the tightest is told', () => {
  it('the one of which least is left', async () => {
    const { state } = await ask([
      { limit: logIn, times: 1 },
      { limit: register, times: 1 },
    ])

    expect(state).toMatchObject({ max: 2, remaining: 1 })
  })

  it('the one that is exceeded, before one that is used up and lasts longer', async () => {
    const { state, errors } = await ask([
      { limit: register, times: 2 },
      { limit: logIn, times: 6 },
    ])

    expect(state).toMatchObject({ max: 5, isExceeded: true })
    expect(errors.map(({ coordinate }) => coordinate)).toEqual(['Mutation.logIn'])
  })

  it('of two that are exceeded the one that lasts longer', async () => {
    const { state, errors } = await ask([
      { limit: logIn, times: 6 },
      { limit: register, times: 3 },
    ])

    expect(state).toMatchObject({ max: 2, isExceeded: true })
    expect(errors.map(({ coordinate }) => coordinate)).toEqual(['Mutation.logIn', 'Mutation.register'])
  })
})

it('counts clients apart, and takes the addresses of one IPv6 network for one client', async () => {
  const uses = [{ limit: logIn, times: 5 }]
  await ask(uses, '192.0.2.1')
  await ask(uses, '2001:db8:1:2::1')

  expect((await ask(uses, '192.0.2.2')).errors).toEqual([])
  expect((await ask(uses, '2001:db8:1:3::1')).errors).toEqual([])
  expect((await ask(uses, '2001:db8:1:2:ffff::9')).errors).toHaveLength(1)
})

it('never limits work that is done for several clients at once', async () => {
  for (let n = 0; n < 10; n++) {
    expect(await ask([{ limit: logIn, times: 5 }], null)).toEqual({ state: undefined, errors: [] })
  }
})

it('tells whole seconds in headers, rounded up, and when to retry only of what was refused', () => {
  const state = { max: 5, remaining: 2, resetMs: 1_001, isExceeded: false }
  const headers = { 'ratelimit-limit': 5, 'ratelimit-remaining': 2, 'ratelimit-reset': 2 }

  expect(rateLimitHeaders(state)).toEqual(headers)
  expect(rateLimitHeaders({ ...state, isExceeded: true })).toEqual({ ...headers, 'retry-after': 2 })
})

async function ask(uses: Parameters<typeof countUses>[0], clientAddress: string | null = '192.0.2.1') {
  let state: RateLimitState | undefined
  const context = {
    requestId: 'request',
    identity: ANONYMOUS,
    clientAddress,
    onCounted: (told: RateLimitState) => void (state = told),
  }
  const refusal: unknown = await countUses(uses, context, counters).catch((error: unknown) => error)
  if (refusal === undefined) return { state, errors: [] }
  if (!(refusal instanceof RefusedOperation)) throw new Error('It failed for another reason.', { cause: refusal })
  return { state, errors: refusal.errors.map(({ extensions }) => extensions) }
}
