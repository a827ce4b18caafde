// Logins as an attacker sees them: whether an address has an account, how fast guesses are taken, what else they slow down.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PASSWORD, usersSystem } from './testing/system.ts'
import type { Person, UsersSystem } from './testing/system.ts'

const login = 'mutation($input: LoginInput!) { login(input: $input) { accessToken } }'

let users: UsersSystem
let ada: Person
beforeAll(async () => {
  users = await usersSystem()
  ada = await users.person()
})
afterAll(() => users?.close())

it('take as long for an unknown address as for a wrong password', async () => {
  const tries = 100
  const durations = { known: [] as number[], unknown: [] as number[] }
  for (let n = 0; n < tries; n += 1) {
    // One after the other in changing order, so that whatever else the machine does is done to both.
    const order = n % 2 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)
    for (const kind of order) {
      const startedMs = performance.now()
      const { codes } = await tryLogin(kind === 'known' ? ada.email : 'nobody@example.com', 'wrong password')
      durations[kind].push(performance.now() - startedMs)
      expect(codes).toEqual(['login UNAUTHENTICATED'])
    }
    if (n % 5 === 4) await users.sql`delete from attempts`
  }
  // How often one that is picked of each takes longer: half of the time where there is no difference, always or never
  // where the work is left out. By chance it is off by a twentieth.
  const { known, unknown } = durations
  const longer = known.flatMap((one) => unknown.map((other) => (one > other ? 1 : 0)) as number[])
  const share = longer.reduce((sum, each) => sum + each, 0) / longer.length
  expect(share).toBeGreaterThan(0.3)
  expect(share).toBeLessThan(0.7)
}, 300_000)

it('send the same statements for an unknown address as for a wrong password', async () => {
  const statementsOf = async (email: string) => {
    users.statements.length = 0
    await tryLogin(email, 'wrong password')
    return [...users.statements]
  }
  expect(await statementsOf('nobody@example.com')).toEqual(await statementsOf(ada.email))
})

it('that come all at once wait their turn up to a limit, and let other queries pass', async () => {
  await users.sql`delete from attempts`
  let answered = 0
  const storm = Array.from({ length: 250 }, (_, n) =>
    tryLogin(`storm-${n}@example.com`, PASSWORD).finally(() => (answered += 1)),
  )
  const { data } = await users.call('query($id: ID!) { user(id: $id) { username } }', { variables: { id: ada.id } })
  const answeredBefore = answered
  expect(data.user).toEqual({ username: ada.username })
  const codes = (await Promise.all(storm)).flatMap((answer) => answer.codes)
  expect(new Set(codes)).toEqual(new Set(['login UNAUTHENTICATED', 'login RATE_LIMITED']))
  expect(answeredBefore).toBeLessThan(250)
  const refused = codes.filter((code) => code === 'login RATE_LIMITED')
  expect(refused.length).toBeLessThan(250 - 100)
}, 300_000)

const tryLogin = (email: string, password: string) => users.call(login, { variables: { input: { email, password } } })
