// @vitest-environment happy-dom
import { CombinedError } from '@urql/vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'

const REMEMBERED = 'tributary.signed-in'

beforeEach(() => {
  vi.useFakeTimers()
  vi.resetModules()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  localStorage.clear()
})

const grant = { token: 'first', userId: 'ada', expiresInS: 3_600 }
const answer = (accessToken: string, id = 'ada') => ({ accessToken, expiresIn: 3_600, user: { id } })
const refused = () => Promise.reject(refusal('UNAUTHENTICATED', 'There is no session.'))

it('is taken up again by a page load, with a token that only the cookie can get', async () => {
  const gateway = fakeGateway({ refreshSession: () => answer('second') })
  ;(await load()).start(grant)

  const { isSignedIn, session } = await load()

  expect(isSignedIn.value).toBe(true)
  expect(session.value?.token.value).toBeNull()
  expect(await session.value?.accessToken()).toBe('second')
  expect(gateway.requests.map(({ operationName, authorization }) => [operationName, authorization])).toEqual([
    ['RefreshSession', null],
  ])
})

it('leaves no token where another script or a later visitor could find it', async () => {
  fakeGateway({})
  ;(await load()).start(grant)
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('first')
})

it('asks for nothing when nobody is signed in', async () => {
  const gateway = fakeGateway({})
  expect((await load()).isSignedIn.value).toBe(false)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(gateway.requests).toEqual([])
})

it('ends with a notice when a page load finds that it has ended', async () => {
  fakeGateway({ refreshSession: refused })
  localStorage.setItem(REMEMBERED, '1')
  const { isSignedIn, lastEnd } = await load()
  await vi.advanceTimersByTimeAsync(100)
  expect([isSignedIn.value, lastEnd.value]).toEqual([false, 'expired'])
  expect(localStorage.getItem(REMEMBERED)).toBeNull()
})

it('goes on while the gateway cannot be reached, and asks again when there is need', async () => {
  const gateway = fakeGateway({ refreshSession: () => answer('second') })
  gateway.isUnreachable = true
  localStorage.setItem(REMEMBERED, '1')
  const { isSignedIn, session } = await load()
  await vi.advanceTimersByTimeAsync(100)
  expect(isSignedIn.value).toBe(true)

  gateway.isUnreachable = false
  expect(await session.value?.accessToken()).toBe('second')
})

it('gets the next token before the old one expires, and is the same session', async () => {
  const gateway = fakeGateway({ refreshSession: () => answer('second') })
  const { start, session, number } = await load()
  start(grant)
  const before = number.value

  await vi.advanceTimersByTimeAsync(3_539_000)
  expect(gateway.count('RefreshSession')).toBe(0)
  await vi.advanceTimersByTimeAsync(2_000)

  expect(session.value?.token.value).toBe('second')
  expect(number.value).toBe(before)
})

it('asks once, however many wait for a token', async () => {
  const gateway = fakeGateway({ refreshSession: () => answer('second') })
  localStorage.setItem(REMEMBERED, '1')
  const { session } = await load()
  const tokens = await Promise.all([session.value?.accessToken(), session.value?.accessToken()])
  expect(tokens).toEqual(['second', 'second'])
  expect(gateway.count('RefreshSession')).toBe(1)
})

it('ends in this tab when another one signs out', async () => {
  fakeGateway({})
  const { start, isSignedIn, lastEnd } = await load()
  start(grant)
  dispatchEvent(new StorageEvent('storage', { key: REMEMBERED, newValue: null }))
  expect([isSignedIn.value, lastEnd.value]).toEqual([false, 'signed-out'])
})

it('is another session when another tab has signed in as somebody else', async () => {
  fakeGateway({ refreshSession: () => answer('bobs', 'bob') })
  const { start, session, number } = await load()
  start(grant)
  const before = number.value

  dispatchEvent(new StorageEvent('storage', { key: REMEMBERED, newValue: '2' }))
  await vi.advanceTimersByTimeAsync(100)

  expect(session.value?.token.value).toBe('bobs')
  expect(number.value).toBeGreaterThan(before)
})

it('is signed out of, not lost, when the gateway closes it before it has answered the wish', async () => {
  fakeGateway({ refreshSession: refused })
  const { start, leave, session, isSignedIn, lastEnd } = await load()
  start(grant)
  await leave(async () => {
    session.value?.refuse('first')
    await vi.advanceTimersByTimeAsync(100)
    expect(isSignedIn.value).toBe(true) // What is sent may have more to do that only somebody signed in can.
    return undefined
  })
  expect([isSignedIn.value, lastEnd.value]).toEqual([false, 'signed-out'])
})

it('has ended, too, when the wish to leave fails because it had', async () => {
  fakeGateway({ refreshSession: refused })
  const { start, leave, session, isSignedIn, lastEnd } = await load()
  start(grant)
  const error = await leave(async () => {
    session.value?.refuse('first')
    await vi.advanceTimersByTimeAsync(100)
    return new CombinedError({ graphQLErrors: ['There is no session.'] })
  })
  expect([error, isSignedIn.value, lastEnd.value]).toEqual([undefined, false, 'signed-out'])
})

it('carries the rights of a second factor for as long as they hold', async () => {
  fakeGateway({})
  const { start, session } = await load()
  start(grant)
  session.value?.elevate('elevated', 600)
  expect(session.value?.elevatedToken()).toBe('elevated')
  await vi.advanceTimersByTimeAsync(599_000)
  expect(session.value?.elevatedToken()).toBeNull()
})

/** As a page load does. */
async function load() {
  vi.resetModules()
  return (await import('./useSession.ts')).useSession()
}
