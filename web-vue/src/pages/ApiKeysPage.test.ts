// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from 'vitest'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { ada } from '../testing/items.ts'
import { button, confirm, fill, mountApp, tokenFor, unmountApp, until } from '../testing/mount-app.ts'

afterEach(unmountApp)

const key = (id: string, more: object = {}) => ({
  id,
  name: `Key ${id}`,
  prefix: 'trib_abc',
  scopes: ['items:read'],
  ratePerMinute: 600,
  createdAt: '2026-11-01T00:00:00.000Z',
  expiresAt: null,
  lastUsedAt: null,
  lastUsedAddress: null,
  ...more,
})

it('are made of scopes that the person has, and shown once', async () => {
  let apiKeys: object[] = []
  const gateway = fakeGateway({
    me: () => ({ ...ada, apiKeys }),
    createApiKey: () => {
      apiKeys = [key('1')]
      return { apiKey: key('1'), key: 'trib_abcdefgh_secret' }
    },
  })
  const app = await show()
  await until(() => expect(app.text()).toContain('You have no keys.'))
  await button(app, 'New key').trigger('click')
  const offered = app.findAll<HTMLInputElement>('fieldset input').map(({ element }) => element.value)
  expect(offered).toEqual(['items:read', 'profile:write'])

  await fill(app, { Name: 'Backup' })
  await app.get('form').trigger('submit')
  expect(app.get('fieldset').text()).toContain('Choose at least one.')
  await app.get('input[value="items:read"]').setValue(true)
  await app.get('form').trigger('submit')

  await until(() => expect(app.get('main pre').text()).toBe('trib_abcdefgh_secret'))
  expect(gateway.sent('CreateApiKey')).toEqual([
    { input: { name: 'Backup', scopes: ['items:read'], expiresInDays: 90, ratePerMinute: 600 } },
  ])
  await until(() => expect(app.get('ul[aria-label="API keys"]').text()).toContain('Never used'))

  await button(app, 'I have kept it').trigger('click')
  expect(app.find('main pre').exists()).toBe(false)
})

it('can be copied', async () => {
  const copied: string[] = []
  vi.stubGlobal('navigator', { onLine: true, clipboard: { writeText: async (text: string) => copied.push(text) } })
  fakeGateway({ me: () => ({ ...ada, apiKeys: [key('1')] }), rotateApiKey: () => ({ apiKey: key('2'), key: 'new' }) })
  const app = await show()
  await button(app, 'Rotate').trigger('click')
  await confirm()
  await until(() => app.get('main pre'))
  await button(app, 'Copy').trigger('click')
  await until(() => expect(app.text()).toContain('Copied.'))
  expect(copied).toEqual(['new'])
})

it('tell when and from where they were last used, and end when they are revoked', async () => {
  let apiKeys = [key('1', { lastUsedAt: new Date().toISOString(), lastUsedAddress: '192.0.2.7' })]
  const gateway = fakeGateway({
    me: () => ({ ...ada, apiKeys }),
    revokeApiKey: ({ id }) => {
      apiKeys = []
      return { apiKeyId: id }
    },
  })
  const app = await show()
  expect(app.text()).toContain('Last used just now from 192.0.2.7')
  await button(app, 'Revoke').trigger('click')
  await confirm()
  await until(() => expect(app.text()).toContain('You have no keys.'))
  expect(gateway.sent('RevokeApiKey')).toEqual([{ id: '1' }])
})

it('say why one could not be made', async () => {
  const tooMany = refusal('CONFLICT', 'There are 50 keys already.')
  fakeGateway({ me: () => ({ ...ada, apiKeys: [] }), createApiKey: () => Promise.reject(tooMany) })
  const app = await show()
  await until(() => button(app, 'New key'))
  await button(app, 'New key').trigger('click')
  await fill(app, { Name: 'Backup' })
  await app.get('input[value="items:read"]').setValue(true)
  await app.get('form').trigger('submit')
  await until(() => expect(app.get('form [role=alert]').text()).toBe('There are 50 keys already.'))
})

async function show() {
  const app = await mountApp('/settings/keys', { token: tokenFor('items:read', 'profile:write') })
  await until(() => app.get('main .button'))
  return app
}
