// What must not be read anywhere: a whole run, and then a look at every line of its log and at every row.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loggedIn, PASSWORD, usersSystem } from './testing/system.ts'
import type { UsersSystem } from './testing/system.ts'

const NEW = 'another horse, another staple'
const NAMES = { firstName: 'Secretiva', lastName: 'Hiddenfield', phoneNumber: '+4915112345678' }

let users: UsersSystem
beforeAll(async () => {
  users = await usersSystem()
})
afterAll(() => users?.close())

it('no password, token, hash, address or name stands in the log, and no token in the database', async () => {
  const ada = await users.person(NAMES)
  const verification = await users.tokenOf(ada, 'Please confirm your e-mail address')
  const call = (query: string, variables: object = {}, who: object = {}) =>
    users.call(query, { ...who, variables: { ...variables } })
  await call('mutation($token: String!) { verifyEmail(token: $token) { user { id } } }', { token: verification })
  const login = await users.logIn(ada)
  await call('mutation($input: LoginInput!) { login(input: $input) { expiresIn } }', {
    input: { email: ada.email, password: 'a wrong guess' },
  })
  const { data } = await call(
    'mutation($token: String) { refreshSession(refreshToken: $token) { accessToken refreshToken } }',
    { token: login.refreshToken },
  )
  const next = loggedIn(ada, data.refreshSession)
  await call('{ me { email firstName lastName phoneNumber sessions { id device } } }', {}, next)
  await call('mutation($email: String!) { requestPasswordReset(email: $email) { isAccepted } }', { email: ada.email })
  const reset = await users.tokenOf(ada, 'Choose a new password')
  await call('mutation($input: ResetPasswordInput!) { resetPassword(input: $input) { user { id } } }', {
    input: { token: reset, newPassword: NEW },
  })
  // Also where statements fail, with all that was typed among their parameters.
  await users.sql`alter table attempts rename to attempts_away`
  await call('mutation($input: LoginInput!) { login(input: $input) { expiresIn } }', {
    input: { email: ada.email, password: NEW },
  })
  await users.sql`alter table attempts_away rename to attempts`
  await users.sql`alter table users rename to users_away`
  const input = { username: 'unlucky', email: 'unlucky@example.com', password: PASSWORD, ...NAMES }
  await call('mutation($input: RegisterInput!) { register(input: $input) { user { id } } }', { input })
  await users.sql`alter table users_away rename to users`

  const tokens = [verification, login.accessToken, login.refreshToken, next.accessToken, next.refreshToken, reset]
  expect(users.logged()).toContain('an operation failed')
  const typed = [PASSWORD, NEW, 'a wrong guess', ...Object.values(NAMES), 'argon2id$', 'example.com']
  for (const secret of [...tokens, ...typed]) expect(users.logged()).not.toContain(secret)

  const tables = await users.sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname in ('public', 'pgboss') and tablename <> 'mailbox'`
  expect(tables.length).toBeGreaterThan(15)
  for (const { name } of tables) {
    const rows = JSON.stringify(await users.sql.unsafe(`select * from ${name}`))
    for (const secret of [...tokens, PASSWORD, NEW]) expect(rows, name).not.toContain(secret)
  }
}, 120_000)
