// How accounts are opened and their addresses verified, on a real Postgres.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { emailSha256 } from '../../platform/account-events.ts'
import { PASSWORD, sha256Of, usersSystem } from './testing/system.ts'
import type { UsersSystem } from './testing/system.ts'

const register = 'mutation($input: RegisterInput!) { register(input: $input) { user { id } needsVerification } }'
const login = 'mutation($input: LoginInput!) { login(input: $input) { accessToken } }'
const verify = 'mutation($token: String!) { verifyEmail(token: $token) { user { id } } }'
const resend = 'mutation($email: String!) { resendVerification(email: $email) { isAccepted } }'
const SUBJECT = 'Please confirm your e-mail address'

let users: UsersSystem
beforeAll(async () => {
  users = await usersSystem({ requireVerifiedEmail: true, firstAdminEmail: 'boss@example.com' })
})
afterAll(() => users?.close())

describe('a new account', () => {
  it('logs in once its address is verified by the link in a mail', async () => {
    const input = { username: 'grace', email: 'Grace@Example.com', password: PASSWORD }
    const { data } = await users.call(register, { variables: { input } })
    expect(data.register.needsVerification).toBe(true)
    const grace = { id: data.register.user.id as string, username: 'grace', email: 'grace@example.com' }

    const early = await tryLogin(grace.email)
    expect({ codes: early.codes, reason: early.errors[0]?.extensions['reason'] }).toEqual({
      codes: ['login UNAUTHENTICATED'],
      reason: 'EMAIL_NOT_VERIFIED',
    })
    const token = await users.tokenOf(grace, SUBJECT)
    expect((await users.call(verify, { variables: { token } })).data.verifyEmail.user.id).toBe(grace.id)
    expect((await tryLogin(grace.email)).codes).toEqual([])

    const told = (await users.told('accounts')).map(({ account }) => account).filter(({ id }) => id === grace.id)
    const state = { id: grace.id, username: 'grace', emailSha256: emailSha256('grace@example.com'), status: 'ACTIVE' }
    expect(told).toEqual([
      { ...state, isEmailVerified: false },
      { ...state, isEmailVerified: true },
    ])
  })

  it('is told nothing of what is missing with a wrong password', async () => {
    const { email } = await users.person()
    const { errors } = await tryLogin(email, 'wrong password')
    expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'UNAUTHENTICATED' }])
  })

  it.each([
    ['a common one', 'password1', 'mypal'],
    ['a keyboard row', 'qwertyuiop', 'mypal'],
    ['one that repeats', 'abcabcabcabc', 'mypal'],
    ['one with the username in it', 'over-MYPAL-the-moon-42', 'mypal'],
    ['one with the address in it', 'xx-somebody-yy-7391', 'mypal'],
    ['128 characters of one letter', 'a'.repeat(128), 'mypal'],
  ])('gets no password that is easily guessed: %s', async (_what, password, username) => {
    const input = { username, email: 'somebody@example.com', password }
    const { codes } = await users.call(register, { variables: { input } })
    expect(codes).toEqual(['register BAD_USER_INPUT password'])
  })

  it('leaves everybody else alone while a hard password is looked at', async () => {
    const input = {
      username: 'slow',
      email: 'slow@example.com',
      password: '4@8({[</369&#!1|0$5+7%2/'.repeat(6).slice(0, 128),
    }
    await users.call(register, { variables: { input: { ...input, password: 'password1' } } }) // dictionaries are loaded
    let isDone = false
    const registering = users.call(register, { variables: { input } }).finally(() => (isDone = true))
    let longestMs = 0
    while (!isDone) {
      const startedMs = performance.now()
      await new Promise((resolve) => setTimeout(resolve, 5))
      longestMs = Math.max(longestMs, performance.now() - startedMs)
    }
    expect((await registering).codes).toEqual([])
    // The subgraph runs in this process: two seconds of zxcvbn would stand still here.
    expect(longestMs).toBeLessThan(500)
  })
})

describe('a verification', () => {
  it('token is kept as a hash, and good once of twenty times at once', async () => {
    const ada = await users.person()
    const token = await users.tokenOf(ada, SUBJECT)
    expect(await users.sql`select email from mail_tokens where sha256 = ${sha256Of(token)}`).toEqual([
      { email: ada.email },
    ])
    const answers = await Promise.all(Array.from({ length: 20 }, () => users.call(verify, { variables: { token } })))
    expect(answers.filter(({ codes }) => codes.length === 0)).toHaveLength(1)
    expect(new Set(answers.flatMap(({ codes }) => codes))).toEqual(new Set(['verifyEmail BAD_USER_INPUT token']))
    expect((await accountEvents(ada.id)).map(({ isEmailVerified }) => isEmailVerified)).toEqual([false, true])
  })

  it.each<[string, (token: string, id: string) => Promise<string> | string]>([
    ['made up', () => 'A'.repeat(43)],
    ['empty', () => ''],
    ['with a NUL', () => 'a\0'],
    ['tampered with', (token) => token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')],
    [
      'too old',
      async (token) => {
        await users.sql`update mail_tokens set expires_at = now() - interval '1 s' where sha256 = ${sha256Of(token)}`
        return token
      },
    ],
    [
      'for another purpose',
      async (token) => {
        await users.sql`update mail_tokens set purpose = 'RESET_PASSWORD' where sha256 = ${sha256Of(token)}`
        return token
      },
    ],
    [
      'sent to an address that the account no longer has',
      async (token, id) => {
        await users.sql`update users set email = 'moved-' || email where id = ${id}`
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
  ])('token that is %s is refused', async (_what, change) => {
    const ada = await users.person()
    const token = await change(await users.tokenOf(ada, SUBJECT), ada.id)
    const { codes } = await users.call(verify, { variables: { token } })
    expect(codes).toEqual(['verifyEmail BAD_USER_INPUT token'])
    expect(await users.sql`select 1 from users where id = ${ada.id} and email_verified_at is not null`).toHaveLength(0)
  })

  it('mail is sent again, and both links are good until one is used', async () => {
    const ada = await users.person()
    const first = await users.tokenOf(ada, SUBJECT)
    await users.call(resend, { variables: { email: ` ${ada.email.toUpperCase()} ` } })
    const second = await users.tokenOf(ada, SUBJECT, 1)
    expect(second).not.toBe(first)
    expect((await users.call(verify, { variables: { token: first } })).codes).toEqual([])
    expect((await users.call(verify, { variables: { token: second } })).codes).toEqual([
      'verifyEmail BAD_USER_INPUT token',
    ])
  })

  it('mail is asked for with the same answer and the same statements for an unknown address', async () => {
    const ada = await users.person()
    await users.tokenOf(ada, SUBJECT)
    const statementsOf = async (email: string) => {
      users.statements.length = 0
      const { data, codes } = await users.call(resend, { variables: { email } })
      return { data, codes, statements: users.statements.filter((text) => !text.includes('mail_tokens')) }
    }
    const known = await statementsOf(ada.email)
    const unknown = await statementsOf('nobody@example.com')
    expect(known.data).toEqual({ resendVerification: { isAccepted: true } })
    expect(unknown.data).toEqual(known.data)
    const asked = (statements: string[]) => statements.filter((text) => /attempts|gen_random_uuid|pgboss/.test(text))
    expect(asked(unknown.statements)).toEqual(asked(known.statements))
    expect(asked(known.statements).length).toBeGreaterThanOrEqual(3)
    expect((await users.call(resend, { variables: { email: 'a\0' } })).data).toEqual(known.data)
  })
})

describe('the first admin', () => {
  it('is who verifies the address of the setting, while there is none', async () => {
    const boss = await users.person({ email: 'boss@example.com' })
    expect(await rolesOf(boss.id)).toEqual(['user', 'creator'])
    await users.call(verify, { variables: { token: await users.tokenOf(boss, SUBJECT) } })
    expect(await rolesOf(boss.id)).toEqual(['user', 'creator', 'admin'])

    await users.sql`update users set roles = '{user}', email_verified_at = null where id = ${boss.id}`
    const other = await users.person()
    await users.sql`update users set roles = '{admin}' where id = ${other.id}`
    await users.call(resend, { variables: { email: boss.email } })
    await users.call(verify, { variables: { token: await users.tokenOf(boss, SUBJECT, 1) } })
    expect(await rolesOf(boss.id)).toEqual(['user'])
  })
})

describe('one account', () => {
  it.each([
    ['login', (email: string) => users.call(login, { variables: { input: { email, password: 'wrong password' } } })],
    ['resendVerification', (email: string) => users.call(resend, { variables: { email } })],
    [
      'requestPasswordReset',
      (email: string) =>
        users.call('mutation($email: String!) { requestPasswordReset(email: $email) { isAccepted } }', {
          variables: { email },
        }),
    ],
    [
      'register',
      (email: string) =>
        users.call(register, { variables: { input: { username: 'limited', email, password: 'password1' } } }),
    ],
  ])('is tried ten times in 15 minutes, known or not: %s', async (field, attempt) => {
    const known = await users.person()
    await users.sql`delete from attempts` // to register was one
    for (const email of [known.email, `unknown-${field}@example.com`]) {
      const answers = []
      for (let n = 0; n < 12; n += 1) answers.push(await attempt(n % 2 ? email : email.toUpperCase()))
      expect(answers.map(({ codes }) => codes.some((code) => code.includes('RATE_LIMITED')))).toEqual([
        ...Array<boolean>(10).fill(false),
        true,
        true,
      ])
      const { retryAfterMs } = answers[11]!.errors[0]!.extensions
      expect(retryAfterMs).toBeGreaterThan(800_000)
      expect(retryAfterMs).toBeLessThanOrEqual(900_000)
      await users.sql`update attempts set window_started_at = window_started_at - interval '15 minutes'`
      expect((await attempt(email)).codes.join()).not.toContain('RATE_LIMITED')
    }
  })

  it('is tried no more than that by many at once, and forgotten when somebody knows the password', async () => {
    const ada = await users.person()
    await users.verify(ada)
    const wrong = () => tryLogin(ada.email, 'wrong password')
    const answers = await Promise.all(Array.from({ length: 20 }, wrong))
    expect(answers.filter(({ codes }) => codes[0] === 'login UNAUTHENTICATED')).toHaveLength(10)
    await users.sql`delete from attempts`
    for (let n = 0; n < 9; n += 1) await wrong()
    expect((await tryLogin(ada.email)).codes).toEqual([])
    for (let n = 0; n < 9; n += 1) await wrong()
    expect((await tryLogin(ada.email)).codes).toEqual([])
  })
})

const tryLogin = (email: string, password = PASSWORD) =>
  users.call(login, { variables: { input: { email, password } } })

async function accountEvents(id: string): Promise<any[]> {
  return (await users.told('accounts')).map(({ account }) => account).filter((account) => account.id === id)
}

async function rolesOf(id: string): Promise<string[]> {
  const [row] = await users.sql`select roles from users where id = ${id}`
  return row!['roles'] as string[]
}

vi.setConfig({ testTimeout: 120_000 })
