// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { ada } from '../testing/items.ts'
import { button, field, fill, mountApp, saidOf, tokenFor, unmountApp, until } from '../testing/mount-app.ts'

afterEach(unmountApp)

const factor = { confirmedAt: '2026-11-01T00:00:00.000Z', recoveryCodesLeft: 9 }

it('is set up with the password, a QR code and a first code, and gives recovery codes once', async () => {
  let secondFactor: object | null = null
  const gateway = fakeGateway({
    me: () => ({ ...ada, secondFactor }),
    beginSecondFactor: () => ({ secret: 'ABCDEFGH', uri: 'otpauth://totp/Tributary:ada?secret=ABCDEFGH' }),
    confirmSecondFactor: ({ code }) => {
      if (code !== '123456') throw refusal('BAD_USER_INPUT', 'This code is not right.', 'code')
      secondFactor = factor
      return { secondFactor, recoveryCodes: ['aaaa-bbbb', 'cccc-dddd'] }
    },
  })
  const app = await show()
  await fill(app, { 'Your password': 'correct horse' })
  await app.get('form').trigger('submit')

  await until(() => expect(app.find('svg[role=img][aria-label^="QR code"]').exists()).toBe(true))
  expect(app.text()).toContain('ABCD EFGH')
  expect(document.activeElement).toBe(field(app, 'Code').element)
  await fill(app, { Code: '000000' })
  await app.get('form').trigger('submit')
  await until(() => expect(saidOf(app, 'Code')[0]).toBe('This code is not right.'))

  await fill(app, { Code: '123456' })
  await app.get('form').trigger('submit')
  await until(() => expect(app.get('main pre').text()).toBe('aaaa-bbbb\ncccc-dddd'))
  await until(() => expect(app.text()).toContain('9 of your recovery codes are left.'))
  expect(gateway.sent('BeginSecondFactor')).toEqual([{ password: 'correct horse' }])

  await button(app, 'I have kept them').trigger('click')
  expect(app.text()).not.toContain('aaaa-bbbb')
})

it('says at the field that the password is wrong', async () => {
  const wrong = refusal('BAD_USER_INPUT', 'This is not your password.', 'password')
  fakeGateway({ me: () => ({ ...ada, secondFactor: null }), beginSecondFactor: () => Promise.reject(wrong) })
  const app = await show()
  await fill(app, { 'Your password': 'guess' })
  await app.get('form').trigger('submit')
  await until(() => expect(saidOf(app, 'Your password')).toEqual(['This is not your password.']))
})

it('gets new recovery codes for a code', async () => {
  const gateway = fakeGateway({
    me: () => ({ ...ada, secondFactor: factor }),
    renewRecoveryCodes: () => ({ recoveryCodes: ['eeee-ffff'] }),
  })
  const app = await show()
  await button(app, 'New recovery codes').trigger('click')
  await fill(app, { Code: '123456' })
  await app.get('form').trigger('submit')
  await until(() => expect(app.get('main pre').text()).toBe('eeee-ffff'))
  expect(gateway.sent('RenewRecoveryCodes')).toEqual([{ code: '123456' }])
})

it('is taken away for the password and a code', async () => {
  let secondFactor: object | null = factor
  const gateway = fakeGateway({
    me: () => ({ ...ada, secondFactor }),
    removeSecondFactor: () => {
      secondFactor = null
      return { user: ada }
    },
  })
  const app = await show()
  await button(app, 'Take it away').trigger('click')
  await fill(app, { 'Your password': 'correct horse', Code: 'aaaa-bbbb' })
  await app.get('form').trigger('submit')
  await until(() => expect(button(app, 'Set up').exists()).toBe(true))
  expect(gateway.sent('RemoveSecondFactor')).toEqual([{ input: { password: 'correct horse', code: 'aaaa-bbbb' } }])
})

async function show() {
  const app = await mountApp('/settings/second-factor', { token: tokenFor('items:read', 'profile:write') })
  await until(() => app.get('main .button'))
  return app
}
