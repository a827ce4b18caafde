// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

beforeEach(() => {
  vi.useFakeTimers()
  vi.resetModules()
})
afterEach(() => {
  vi.useRealTimers()
  sessionStorage.clear()
})

it('keeps a login over a reload', async () => {
  ;(await load()).start('token', 3_600)
  const { token, isSignedIn } = await reload()
  expect(token.value).toBe('token')
  expect(isSignedIn.value).toBe(true)
})

it('ends before its token does', async () => {
  const { start, isSignedIn, lastEnd } = await load()
  start('token', 60)
  vi.advanceTimersByTime(54_000)
  expect(isSignedIn.value).toBe(true)
  vi.advanceTimersByTime(2_000)
  expect(isSignedIn.value).toBe(false)
  expect(lastEnd.value).toBe('expired')
  expect(sessionStorage.length).toBe(0)
})

it('is not taken up again once its token has expired', async () => {
  ;(await load()).start('token', 60)
  vi.setSystemTime(Date.now() + 61_000)
  expect((await reload()).isSignedIn.value).toBe(false)
  expect(sessionStorage.length).toBe(0)
})

it('starts anew from whatever else lies in the storage', async () => {
  sessionStorage.setItem('tributary.session', '{"token": 1}')
  expect((await load()).isSignedIn.value).toBe(false)
  sessionStorage.setItem('tributary.session', 'not JSON')
  expect((await reload()).isSignedIn.value).toBe(false)
})

it('leaves nothing behind when somebody signs out', async () => {
  const { start, end, token, lastEnd } = await load()
  start('token', 3_600)
  end('signed-out')
  expect(token.value).toBeNull()
  expect(lastEnd.value).toBe('signed-out')
  expect(sessionStorage.length).toBe(0)
})

const load = async () => (await import('./useSession.ts')).useSession()

function reload() {
  vi.resetModules()
  return load()
}
