// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
  localStorage.clear()
  delete document.documentElement.dataset.theme
})

it('follows the system until somebody wants the other colours, and keeps that choice', async () => {
  const { theme, toggle } = await load({ systemIsDark: false })
  expect(theme.value).toBe('light')
  toggle()
  expect(theme.value).toBe('dark')
  expect(document.documentElement.dataset.theme).toBe('dark')
  expect(localStorage.getItem('tributary.theme')).toBe('dark')
})

it('follows the system again when its colours are chosen', async () => {
  document.documentElement.dataset.theme = 'light'
  const { theme, toggle } = await load({ systemIsDark: true })
  expect(theme.value).toBe('light')
  toggle()
  expect(theme.value).toBe('dark')
  expect(document.documentElement.dataset.theme).toBeUndefined()
  expect(localStorage.length).toBe(0)
})

async function load({ systemIsDark }: { systemIsDark: boolean }) {
  vi.stubGlobal('matchMedia', () => Object.assign(new EventTarget(), { matches: systemIsDark }))
  const { useTheme } = await import('./useTheme.ts')
  return effectScope().run(useTheme)!
}
