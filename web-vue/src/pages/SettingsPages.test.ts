// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest'
import { router } from '../router.ts'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { ada } from '../testing/items.ts'
import { field, fill, mountApp, saidOf, tokenFor, unmountApp, untilSaid, until } from '../testing/mount-app.ts'

afterEach(unmountApp)

const profile = { ...ada, isEmailVerified: true, firstName: 'Ada', lastName: null, phoneNumber: null }
describe('the profile', () => {
  it('is changed, with what was emptied taken away', async () => {
    const gateway = fakeGateway({ me: () => profile, updateMe: () => ({ user: profile }) })
    const app = await show('/settings/profile', 'form')
    expect(field(app, 'First name').element.value).toBe('Ada')

    await fill(app, { Username: 'lovelace', 'First name': '', 'Phone number': '+49 151 12345678' })
    await app.get('form').trigger('submit')

    await untilSaid('Your profile was saved.')
    expect(gateway.sent('UpdateMe')).toEqual([
      { input: { username: 'lovelace', firstName: null, lastName: null, phoneNumber: '+4915112345678' } },
    ])
  })

  it('says at the field that a username is taken', async () => {
    const taken = refusal('CONFLICT', 'This username is taken.', 'username')
    fakeGateway({ me: () => profile, updateMe: () => Promise.reject(taken) })
    const app = await show('/settings/profile', 'form')
    await app.get('form').trigger('submit')
    await until(() => expect(saidOf(app, 'Username')).toEqual(['This username is taken.']))
  })

  it('says while the address waits to be verified', async () => {
    fakeGateway({ me: () => ({ ...profile, isEmailVerified: false }) })
    const app = await show('/settings/profile', 'form')
    expect(app.text()).toContain('Your address is not verified yet')
  })

  it('can be loaded again when that failed', async () => {
    const gateway = fakeGateway({ me: () => Promise.reject(refusal('TIMEOUT', 'Too slow.')) })
    const app = await show('/settings/profile', 'main [role=alert] button')
    gateway.answers.me = () => profile
    await app.get('main [role=alert] button').trigger('click')
    await until(() => app.get('form'))
  })
})

describe('the password', () => {
  it('is changed, and the other sessions end', async () => {
    const gateway = fakeGateway({ me: () => ada, changePassword: () => ({ user: ada, sessionsEnded: 2 }) })
    const app = await show('/settings/password', 'form')
    await fill(app, { 'Current password': 'old words', 'New password': 'correct horse' })
    await app.get('form').trigger('submit')

    await untilSaid('Your 2 other sessions were ended.')
    expect(gateway.sent('ChangePassword')).toEqual([
      { input: { currentPassword: 'old words', newPassword: 'correct horse' } },
    ])
    expect(field(app, 'Current password').element.value).toBe('')
  })

  it('says which of the two is wrong', async () => {
    const wrong = refusal('BAD_USER_INPUT', 'This is not your password.', 'currentPassword')
    fakeGateway({ me: () => ada, changePassword: () => Promise.reject(wrong) })
    const app = await show('/settings/password', 'form')
    await fill(app, { 'Current password': 'guess', 'New password': 'correct horse' })
    await app.get('form').trigger('submit')
    await until(() => expect(saidOf(app, 'Current password')).toEqual(['This is not your password.']))
    expect(document.activeElement).toBe(field(app, 'Current password').element)
  })

  it('tells a password manager whose it is and which is which', async () => {
    fakeGateway({ me: () => ada })
    const app = await show('/settings/password', 'form')
    const tokens = app.findAll('form input').map((input) => input.attributes('autocomplete'))
    expect(tokens).toEqual(['username', 'current-password', 'new-password'])
  })
})

describe('deleting the account', () => {
  it('says until when it can be taken back, and signs out', async () => {
    const gateway = fakeGateway({ deleteMe: () => ({ restorableUntil: '2026-12-12T10:00:00.000Z' }) })
    const app = await show('/settings/delete', 'form')
    expect(app.text()).toContain('14 days')
    await fill(app, { 'Your password': 'correct horse' })
    await app.get('form').trigger('submit')

    await until(() => expect(app.get('h1').text()).toBe('Your account is deleted'))
    expect(app.get('main time').attributes('datetime')).toBe('2026-12-12T10:00:00.000Z')
    expect(gateway.sent('DeleteMe')).toEqual([{ password: 'correct horse' }])
    expect(app.find('a[href="/sign-up"]').exists()).toBe(true)
  })

  it.each([
    [
      refusal('BAD_USER_INPUT', 'This is not your password.', 'password'),
      '[id$="-error"]',
      'This is not your password.',
    ],
    [refusal('CONFLICT', 'You are the last admin.'), 'form [role=alert]', 'You are the last admin.'],
  ])('says why it was refused: %s', async (error, where, message) => {
    fakeGateway({ deleteMe: () => Promise.reject(error) })
    const app = await show('/settings/delete', 'form')
    await fill(app, { 'Your password': 'guess' })
    await app.get('form').trigger('submit')
    await until(() => expect(app.get(where).text()).toBe(message))
    expect(router.currentRoute.value.path).toBe('/settings/delete')
  })
})

it('asks anonymous readers to sign in first', async () => {
  fakeGateway({})
  await mountApp('/settings')
  expect(router.currentRoute.value.fullPath).toBe('/sign-in?next=/settings/profile')
})

async function show(path: string, selector: string) {
  const app = await mountApp(path, { token: tokenFor('items:read', 'profile:write') })
  await until(() => app.get(selector))
  return app
}
