// What people change about their own accounts, on a real Postgres.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import { usersSystem } from './testing/system.ts'
import type { LoggedIn, UsersSystem } from './testing/system.ts'

const update = `mutation($input: UpdateMeInput!) {
  updateMe(input: $input) { user { username firstName lastName phoneNumber } } }`

let users: UsersSystem
let ada: LoggedIn
beforeAll(async () => {
  users = await usersSystem()
  ada = await users.logIn(await users.person({ firstName: 'Ada', phoneNumber: '+4915112345678' }))
})
afterAll(() => users?.close())

describe('updateMe', () => {
  it('changes what is given, takes away what is null, and leaves the rest', async () => {
    const { data } = await change(ada, { lastName: ' Lindqvist ', phoneNumber: null })
    expect(data.updateMe.user).toEqual({
      username: ada.username,
      firstName: 'Ada',
      lastName: 'Lindqvist',
      phoneNumber: null,
    })
    const again = await users.call(
      'mutation($first: String, $last: String) { updateMe(input: { firstName: $first, lastName: $last }) { user { firstName lastName } } }',
      { ...ada, variables: { last: 'Holm' } },
    )
    expect(again.data.updateMe.user).toEqual({ firstName: 'Ada', lastName: 'Holm' })
    expect((await change(ada, {})).codes).toEqual([])
  })

  it('tells other subgraphs of a new username, and of nothing that is personal', async () => {
    const bob = await users.logIn(await users.person())
    const before = (await toldOf(bob)).length
    await change(bob, { firstName: 'Bob' })
    expect(await toldOf(bob)).toHaveLength(before)
    await change(bob, { username: 'robert' })
    const told = await toldOf(bob)
    expect(told.slice(before)).toMatchObject([{ username: 'robert', status: 'ACTIVE' }])
    expect(JSON.stringify(told)).not.toContain('Bob')
    expect(JSON.stringify(told)).not.toContain('@')
  })

  it('gives a name to one of those who want it at once', async () => {
    const people = await Promise.all([1, 2, 3, 4].map(async () => users.logIn(await users.person())))
    const answers = await Promise.all(people.map((who, n) => change(who, { username: n % 2 ? 'Wanted' : 'wanted' })))
    expect(answers.filter(({ codes }) => codes.length === 0)).toHaveLength(1)
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(3).fill('updateMe CONFLICT username'))
  })

  it.each([
    ['username', null],
    ['username', 'ab'],
    ['firstName', 'a'.repeat(101)],
    ['lastName', '\0'],
    ['phoneNumber', '030'],
  ])('refuses %s: %j', async (field, value) => {
    expect((await change(ada, { [field]: value })).codes).toEqual([`updateMe BAD_USER_INPUT ${field}`])
  })

  it('is for people who are logged in and may change their profile, and whose account is there', async () => {
    const refused = async (identity: LoggedIn['identity']) => (await change({ ...ada, identity }, {})).codes
    expect(await refused(ANONYMOUS)).toEqual(['updateMe UNAUTHENTICATED'])
    expect(await refused({ ...ada.identity, scopes: ['items:read'] })).toEqual(['updateMe FORBIDDEN'])
    expect(await refused({ ...ada.identity, subject: '00000000-0000-4000-8000-000000000000' })).toEqual([
      'updateMe UNAUTHENTICATED',
    ])
  })
})

const change = (who: LoggedIn, input: object) => users.call(update, { ...who, variables: { input } })

async function toldOf({ id }: LoggedIn): Promise<any[]> {
  return (await users.told('accounts')).map(({ account }) => account).filter((account) => account.id === id)
}
