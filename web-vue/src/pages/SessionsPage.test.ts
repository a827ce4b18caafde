// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest'
import { router } from '../router.ts'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { ada } from '../testing/items.ts'
import { button, confirm, mountApp, tokenFor, unmountApp, untilSaid, until } from '../testing/mount-app.ts'

afterEach(unmountApp)

type App = Awaited<ReturnType<typeof mountApp>>

const laptop = session('1', { device: 'Firefox on Linux', isCurrent: true })
const phone = session('2', { device: 'Safari on iOS', address: null })

it('are listed with device, place and the last use', async () => {
  fakeGateway({ me: () => ({ ...ada, sessions: [laptop, phone] }) })
  const app = await show()
  const rows = app.findAll('main ul[aria-label=Sessions] li').map((row) => row.text())
  expect(rows[0]).toContain('Firefox on Linux')
  expect(rows[0]).toContain('This device')
  expect(rows[0]).toContain('192.0.2.1 · last seen just now')
  expect(rows[0]).not.toContain('End session')
  expect(rows[1]).toContain('Place not known')
})

it('end one by one', async () => {
  let sessions = [laptop, phone]
  const gateway = fakeGateway({
    me: () => ({ ...ada, sessions }),
    revokeSession: ({ id }) => {
      sessions = [laptop]
      return { sessionId: id }
    },
  })
  const app = await show()
  await app.get('[aria-label="End the session on Safari on iOS"]').trigger('click')

  await until(() => expect(devices(app)).toEqual(['Firefox on Linux']))
  expect(gateway.sent('RevokeSession')).toEqual([{ id: '2' }])
})

it('say so when one could not be ended', async () => {
  fakeGateway({
    me: () => ({ ...ada, sessions: [laptop, phone] }),
    revokeSession: () => Promise.reject(refusal('NOT_FOUND', 'There is no such session.')),
  })
  const app = await show()
  await app.get('[aria-label="End the session on Safari on iOS"]').trigger('click')
  await untilSaid('There is no such session.')
  expect(devices(app)).toHaveLength(2)
})

it('appear as they begin', async () => {
  let sessions = [laptop]
  const gateway = fakeGateway({ me: () => ({ ...ada, sessions }) })
  const app = await show()
  await until(() => expect(gateway.isFollowed('SESSIONS')).toBe(true))

  sessions = [phone, laptop]
  await gateway.emit('SESSIONS', { kind: 'STARTED', sessionId: '2', session: phone })

  await until(() => expect(devices(app)).toEqual(['Safari on iOS', 'Firefox on Linux']))
})

it('all end at once, this one too', async () => {
  fakeGateway({
    me: () => ({ ...ada, sessions: [laptop, phone] }),
    logoutEverywhere: () => ({ sessionsEnded: 2 }),
  })
  const app = await show()
  await button(app, 'Sign out everywhere').trigger('click')
  await confirm()
  await untilSaid('You are signed out.')
  expect(router.currentRoute.value.path).toBe('/')
})

async function show() {
  const app = await mountApp('/settings/sessions', { token: tokenFor('items:read', 'profile:write') })
  await until(() => app.get('main li h2'))
  return app
}

const devices = (app: App) => app.findAll('main li h2').map((device) => device.text().replace(/\s*This device/, ''))

function session(id: string, more: object) {
  const now = new Date().toISOString()
  return {
    __typename: 'Session',
    id,
    device: 'Unknown',
    address: '192.0.2.1',
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now,
    isCurrent: false,
    ...more,
  }
}
