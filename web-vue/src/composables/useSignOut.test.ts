// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest'
import { router } from '../router.ts'
import { fakeGateway } from '../testing/fake-gateway.ts'
import { ada } from '../testing/items.ts'
import { mountApp, unmountApp, untilSaid } from '../testing/mount-app.ts'

afterEach(unmountApp)

it('ends the session at the gateway, and shows what everybody sees', async () => {
  const { gateway } = await signOut()
  await untilSaid('You are signed out.')
  expect(gateway.requests.find(({ operationName }) => operationName === 'Logout')?.authorization).toBe('Bearer token')
  expect(router.currentRoute.value.path).toBe('/')
})

it('says so when the gateway cannot be told: the cookie is still there', async () => {
  const { app, gateway } = await signOut({ isUnreachable: true })
  await untilSaid('You are still signed in. The server cannot be reached.')
  expect(app.find('a[href="/sign-up"]').exists()).toBe(false)
  expect(gateway.count('Logout')).toBe(1)
})

/** Through the menu, by keyboard. */
async function signOut({ isUnreachable = false } = {}) {
  const gateway = fakeGateway({ me: () => ada, logout: () => ({ sessionId: '1' }) })
  const app = await mountApp('/settings/delete', { token: 'token' })
  const menu = await vi.waitFor(() => app.get('[aria-label="Account of ada"]'), { timeout: 5_000 })
  await menu.trigger('keydown', { key: 'Enter' })
  const entry = await vi.waitFor(() => {
    const found = [...document.querySelectorAll<HTMLElement>('[role=menuitem]')].at(-1)
    expect(found?.textContent).toBe('Sign out')
    return found!
  })
  gateway.isUnreachable = isUnreachable
  entry.click()
  return { app, gateway }
}
