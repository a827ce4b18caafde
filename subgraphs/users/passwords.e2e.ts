// How passwords are changed, on a real Postgres.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD, sha256Of, usersSystem } from './testing/system.ts'
import type { LoggedIn, UsersSystem } from './testing/system.ts'

const change = 'mutation($input: ChangePasswordInput!) { changePassword(input: $input) { sessionsEnded user { id } } }'
const request = 'mutation($email: String!) { requestPasswordReset(email: $email) { isAccepted } }'
const reset = 'mutation($input: ResetPasswordInput!) { resetPassword(input: $input) { user { id } } }'
const refresh = 'mutation($token: String) { refreshSession(refreshToken: $token) { accessToken } }'
const SUBJECT = 'Choose a new password'
const NEW = 'another horse, another staple'

let users: UsersSystem
beforeAll(async () => {
  users = await usersSystem()
})
afterAll(() => users?.close())

describe('changing a password', () => {
  it('ends every other session and leaves this one', async () => {
    const ada = await users.person()
    const [here, there] = [await users.logIn(ada), await users.logIn(ada)]
    const { data } = await changeTo(here, NEW)
    expect(data.changePassword).toEqual({ sessionsEnded: 1, user: { id: ada.id } })
    expect(await goesOn(there)).toBe(false)
    expect(await goesOn(here)).toBe(true)
    await expect(users.logIn(ada)).rejects.toThrow('UNAUTHENTICATED')
    await users.logIn(ada, NEW)
  })

  it.each([
    ['a wrong current one', { currentPassword: 'wrong password' }, 'currentPassword'],
    ['one that is too short', { newPassword: '1234567' }, 'newPassword'],
    ['one that is easily guessed', { newPassword: 'password1' }, 'newPassword'],
    ['129 characters', { newPassword: 'x'.repeat(129) }, 'newPassword'],
  ])('refuses %s', async (_what, given, field) => {
    const login = await users.logIn(await users.person())
    const input = { currentPassword: PASSWORD, newPassword: NEW, ...given }
    expect((await users.call(change, { ...login, variables: { input } })).codes).toEqual([
      `changePassword BAD_USER_INPUT ${field}`,
    ])
    expect(await goesOn(login)).toBe(true)
  })

  it('takes guesses of the current one as seldom as a login does', async () => {
    const login = await users.logIn(await users.person())
    const input = { currentPassword: 'wrong password', newPassword: NEW }
    for (let n = 0; n < 10; n += 1) await users.call(change, { ...login, variables: { input } })
    expect((await changeTo(login, NEW)).codes).toEqual(['changePassword RATE_LIMITED'])
  })

  it('is done by one of those who try at once', async () => {
    const login = await users.logIn(await users.person())
    const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => changeTo(login, `${NEW} ${n}`)))
    expect(answers.filter(({ codes }) => codes.length === 0)).toHaveLength(1)
  })
})

describe('a forgotten password', () => {
  it('is replaced with the link of a mail: every session ends and the address is verified', async () => {
    const ada = await users.person()
    const login = await users.logIn(ada)
    await users.call(request, { variables: { email: ada.email } })
    const token = await users.tokenOf(ada, SUBJECT)
    expect((await resetWith(token)).data.resetPassword.user.id).toBe(ada.id)
    expect(await goesOn(login)).toBe(false)
    const again = await users.logIn(ada, NEW)
    expect((await users.call('{ me { isEmailVerified } }', again)).data.me.isEmailVerified).toBe(true)
    expect((await users.told('revocations')).map(({ revoked }) => revoked.session)).toContain(login.sessionId)
  })

  it('is replaced once of twenty times at once, and by no other link afterwards', async () => {
    const ada = await users.person()
    await users.call(request, { variables: { email: ada.email } })
    const first = await users.tokenOf(ada, SUBJECT)
    await users.call(request, { variables: { email: ada.email } })
    const token = await users.tokenOf(ada, SUBJECT, 1)
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => resetWith(token, `${NEW} ${n}`)))
    expect(answers.filter(({ codes }) => codes.length === 0)).toHaveLength(1)
    expect(new Set(answers.flatMap(({ codes }) => codes))).toEqual(new Set(['resetPassword BAD_USER_INPUT token']))
    expect((await resetWith(first)).codes).toEqual(['resetPassword BAD_USER_INPUT token'])
  })

  it.each<[string, (token: string, id: string) => Promise<string> | string]>([
    ['made up', () => 'A'.repeat(43)],
    ['tampered with', (token) => token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')],
    [
      'an hour old',
      async (token) => {
        await users.sql`
          update mail_tokens set expires_at = expires_at - interval '1 hour' where sha256 = ${sha256Of(token)}`
        return token
      },
    ],
    [
      'for a verification',
      async (token) => {
        await users.sql`update mail_tokens set purpose = 'VERIFY_EMAIL' where sha256 = ${sha256Of(token)}`
        return token
      },
    ],
    [
      'of a deleted account',
      async (token, id) => {
        await users.sql`update users set deleted_at = now() where id = ${id}`
        return token
      },
    ],
  ])('is not replaced with a token that is %s, and no password is hashed for it', async (_what, change) => {
    const ada = await users.person()
    await users.call(request, { variables: { email: ada.email } })
    const token = await change(await users.tokenOf(ada, SUBJECT), ada.id)
    const [before] = await users.sql`select password_hash from users where id = ${ada.id}`
    expect((await resetWith(token)).codes).toEqual(['resetPassword BAD_USER_INPUT token'])
    expect(await users.sql`select password_hash from users where id = ${ada.id}`).toEqual([before])
  })

  it('is not replaced by one that is easily guessed, and the link stays good', async () => {
    const ada = await users.person()
    await users.call(request, { variables: { email: ada.email } })
    const token = await users.tokenOf(ada, SUBJECT)
    expect((await resetWith(token, 'password1')).codes).toEqual(['resetPassword BAD_USER_INPUT newPassword'])
    expect((await resetWith(token, `${ada.username} in the sky 77`)).codes).toEqual([
      'resetPassword BAD_USER_INPUT newPassword',
    ])
    expect((await resetWith(token)).codes).toEqual([])
  })

  it('is asked for with the same answer and the same work for an unknown address, which gets no mail', async () => {
    const ada = await users.person()
    const known = await users.call(request, { variables: { email: ada.email } })
    const unknown = await users.call(request, { variables: { email: 'nobody@example.com' } })
    expect(unknown).toEqual(known)
    await users.tokenOf(ada, SUBJECT)
    const jobs = await users.sql`select data from pgboss.job where name = 'mail' and data->>'kind' = 'RESET_PASSWORD'`
    expect(jobs.slice(-2).map(({ data }) => Object.keys(data as object).sort())).toEqual([
      ['kind', 'userId'],
      ['kind', 'userId'],
    ])
    expect(await users.sql`select 1 from mailbox where recipient = 'nobody@example.com'`).toHaveLength(0)
  })
})

const changeTo = (login: LoggedIn, newPassword: string) =>
  users.call(change, { ...login, variables: { input: { currentPassword: PASSWORD, newPassword } } })

const resetWith = (token: string, newPassword = NEW) =>
  users.call(reset, { variables: { input: { token, newPassword } } })

const goesOn = async ({ refreshToken }: LoggedIn) =>
  (await users.call(refresh, { variables: { token: refreshToken } })).codes.length === 0
