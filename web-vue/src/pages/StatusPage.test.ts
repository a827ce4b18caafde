// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { until } from '../testing/mount-app.ts'
import StatusPage from './StatusPage.vue'

afterEach(() => void vi.unstubAllGlobals())

it('shows what /health/all answers', async () => {
  const page = showStatus(async () => Response.json(health('ok', 'healthy')))
  await until(() => expect(page.get('h1').text()).toBe('Everything is running'))
  expect(page.findAll('li').map((service) => service.text())).toEqual([
    'API Healthy',
    'Databases Healthy',
    'Events and cache Healthy',
  ])
  expect(page.text()).toContain('1 hour, 1 minute')
  expect(page.text()).toContain('512 of 2,048 MiB')
})

it('says which service is down, also when the answer comes with 503', async () => {
  const page = showStatus(async () => Response.json(health('degraded', 'unhealthy'), { status: 503 }))
  await until(() => expect(page.get('h1').text()).toBe('Part of the service is down'))
  expect(page.findAll('li')[1]!.text()).toBe('Databases Down')
})

it('says when there is no answer at all', async () => {
  const page = showStatus(() => Promise.reject(new TypeError('Failed to fetch')))
  await until(() => expect(page.get('[role=alert]').text()).toContain('No answer'))
})

function showStatus(answer: () => Promise<Response>) {
  vi.stubGlobal('fetch', answer)
  return mount(StatusPage)
}

const health = (status: string, database: string) => ({
  status,
  timestamp: '2026-11-21T09:30:00.000Z',
  services: { api: { status: 'healthy' }, database: { status: database }, cache: { status: 'healthy' } },
  system: { uptime: 3_665, memory: { used: 512, total: 2048 }, platform: 'linux' },
})
