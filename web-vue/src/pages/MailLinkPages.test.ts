// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest'
import { router } from '../router.ts'
import { ada } from '../testing/items.ts'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { fill, mountApp, saidOf, unmountApp, until, untilSaid } from '../testing/mount-app.ts'

afterEach(unmountApp)

const worn = () => Promise.reject(refusal('BAD_USER_INPUT', 'The token is not good.', 'token'))

describe('the link that verifies an address', () => {
  it('verifies it and leads on to sign in', async () => {
    const gateway = fakeGateway({ verifyEmail: () => ({ user: ada }) })
    const app = await mountApp('/verify-email?token=abc')
    await until(() => expect(app.text()).toContain('Your address is verified'))
    expect(gateway.requests.map(({ variables }) => variables)).toEqual([{ token: 'abc' }])
    expect(app.find('main a[href="/sign-in"]').exists()).toBe(true)
  })

  it('says when it is no longer good, and sends another one', async () => {
    const gateway = fakeGateway({ verifyEmail: worn, resendVerification: () => ({ isAccepted: true }) })
    const app = await mountApp('/verify-email?token=old')
    await until(() => expect(app.text()).toContain('This link is no longer good'))

    await fill(app, { 'E-mail address': 'ada@example.com' })
    await app.get('form').trigger('submit')

    await until(() => expect(app.text()).toContain('Look into your mail'))
    expect(gateway.requests.at(-1)?.variables).toEqual({ email: 'ada@example.com' })
  })

  it('says the same of a link without a token, and asks the gateway nothing', async () => {
    const gateway = fakeGateway({})
    const app = await mountApp('/verify-email')
    await until(() => expect(app.text()).toContain('This link is no longer good'))
    expect(gateway.count('VerifyEmail')).toBe(0)
  })

  it('can be tried again when the gateway did not answer', async () => {
    const gateway = fakeGateway({ verifyEmail: () => ({ user: ada }) })
    gateway.isUnreachable = true
    const app = await mountApp('/verify-email?token=abc')
    await until(() => expect(app.get('main [role=alert]').text()).toContain('The server cannot be reached.'))

    gateway.isUnreachable = false
    await app.get('main [role=alert] button').trigger('click')
    await until(() => expect(app.text()).toContain('Your address is verified'))
  })
})

describe('a forgotten password', () => {
  it('is answered the same whether there is such an account or not', async () => {
    const gateway = fakeGateway({ requestPasswordReset: () => ({ isAccepted: true }) })
    const app = await shown('/forgot-password')
    await fill(app, { 'E-mail address': ' ada@example.com ' })
    await app.get('form').trigger('submit')

    await until(() => expect(app.text()).toContain('If there is an account with the address ada@example.com'))
    expect(gateway.requests.at(-1)?.variables).toEqual({ email: 'ada@example.com' })
  })

  it('says when it was asked for too often', async () => {
    const tooOften = refusal('RATE_LIMITED', 'Too often.', { retryAfterMs: 30_000 })
    fakeGateway({ requestPasswordReset: () => Promise.reject(tooOften) })
    const app = await shown('/forgot-password')
    await fill(app, { 'E-mail address': 'ada@example.com' })
    await app.get('form').trigger('submit')
    await until(() => expect(app.get('form [role=alert]').text()).toContain('Try again in 30 seconds.'))
  })

  it('is replaced by another one, which one then signs in with', async () => {
    const gateway = fakeGateway({ resetPassword: () => ({ user: ada }) })
    const app = await shown('/reset-password?token=abc')
    await fill(app, { 'New password': 'correct horse' })
    await app.get('form').trigger('submit')

    await until(() => expect(router.currentRoute.value.path).toBe('/sign-in'))
    expect(gateway.requests.at(-1)?.variables).toEqual({ input: { token: 'abc', newPassword: 'correct horse' } })
    await untilSaid('Your password was changed.')
  })

  it('is not replaced by one that is easily guessed', async () => {
    const weak = refusal('BAD_USER_INPUT', 'This password is easily guessed.', 'newPassword')
    fakeGateway({ resetPassword: () => Promise.reject(weak) })
    const app = await shown('/reset-password?token=abc')
    await fill(app, { 'New password': 'password' })
    await app.get('form').trigger('submit')
    await until(() => expect(saidOf(app, 'New password')[0]).toBe('This password is easily guessed.'))
  })

  it('says when the link is no longer good, and leads to another one', async () => {
    fakeGateway({ resetPassword: worn })
    const app = await shown('/reset-password?token=abc')
    await fill(app, { 'New password': 'correct horse' })
    await app.get('form').trigger('submit')
    await until(() => expect(app.text()).toContain('This link is no longer good'))
    expect(app.find('main a[href="/forgot-password"]').exists()).toBe(true)
  })
})

async function shown(path: string) {
  const app = await mountApp(path)
  await until(() => app.get('form'))
  return app
}
