// Second factors on a real Postgres.
import { jwtVerify, createRemoteJWKSet } from 'jose'
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../platform/database.ts'
import { secondFactorStore } from './second-factor-store.ts'
import { makeSecondFactors } from './second-factors.ts'
import { asKeyOf, password, usersOnPostgres } from './testing/users-on-postgres.ts'
import type { Insider } from './testing/users-on-postgres.ts'

const begin = 'mutation($password: String!) { beginSecondFactor(password: $password) { secret uri } }'
const confirm = `mutation($code: String!) {
  confirmSecondFactor(code: $code) { recoveryCodes secondFactor { confirmedAt recoveryCodesLeft } }
}`
const renew = 'mutation($code: String!) { renewRecoveryCodes(code: $code) { recoveryCodes } }'
const remove = `mutation($input: RemoveSecondFactorInput!) {
  removeSecondFactor(input: $input) { user { username secondFactor { confirmedAt } } }
}`
const stepUp = 'mutation($code: String!) { stepUp(code: $code) { accessToken expiresIn } }'
const login = 'mutation($input: LoginInput!) { login(input: $input) { expiresIn } }'
const mine = '{ me { secondFactor { confirmedAt recoveryCodesLeft } } }'

const STEP_MS = 30_000

let users: Awaited<ReturnType<typeof usersOnPostgres>>
let ada: Insider

beforeAll(async () => {
  users = await usersOnPostgres()
})
afterAll(() => users?.close())
beforeEach(async () => {
  await users.sql`truncate users, attempts cascade`
  ada = await users.person('ada')
})

describe('setting up', () => {
  it('gives a secret for an app, which counts once a code of it is told', async () => {
    const { data } = await asAda(begin, { password })
    const { secret, uri } = data.beginSecondFactor
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(uri).toBe(
      `otpauth://totp/Tributary:ada%40example.com?issuer=Tributary&secret=${secret}&algorithm=SHA1&digits=6&period=30`,
    )
    expect((await asAda(mine)).data.me).toEqual({ secondFactor: null })

    const confirmed = (await asAda(confirm, { code: codeAt(secret) })).data.confirmSecondFactor
    expect(confirmed.secondFactor).toEqual({ confirmedAt: expect.any(String) as string, recoveryCodesLeft: 10 })
    expect(new Set(confirmed.recoveryCodes).size).toBe(10)
    for (const code of confirmed.recoveryCodes) expect(code).toMatch(/^([a-km-np-z2-9]{4}-){3}[a-km-np-z2-9]{4}$/)
    expect((await asAda(mine)).data.me).toEqual({ secondFactor: confirmed.secondFactor })
  })

  it('keeps recovery codes as hashes alone', async () => {
    const { recoveryCodes } = await setUp()
    const rows = await users.sql`select * from recovery_codes`
    expect(rows).toHaveLength(10)
    for (const { sha256 } of rows) expect(sha256).toMatch(/^[0-9a-f]{64}$/)
    for (const code of recoveryCodes) expect(JSON.stringify(rows)).not.toContain(code.replaceAll('-', ''))
  })

  it('asks for the password again', async () => {
    expect((await asAda(begin, { password: 'wrong' })).codes).toEqual(['beginSecondFactor BAD_USER_INPUT password'])
  })

  it('gives another secret until one counts, and refuses another one then', async () => {
    const first = (await asAda(begin, { password })).data.beginSecondFactor.secret
    const second = (await asAda(begin, { password })).data.beginSecondFactor.secret
    expect((await asAda(confirm, { code: codeAt(first) })).codes).toEqual(['confirmSecondFactor BAD_USER_INPUT code'])
    expect((await asAda(confirm, { code: codeAt(second) })).codes).toEqual([])
    expect((await asAda(begin, { password })).codes).toEqual(['beginSecondFactor CONFLICT'])
    expect((await asAda(confirm, { code: codeAt(second, 1) })).codes).toEqual(['confirmSecondFactor CONFLICT'])
  })

  it('is confirmed once, also when that is asked for 20 times at once', async () => {
    const { secret } = (await asAda(begin, { password })).data.beginSecondFactor
    const answers = await Promise.all(times(20, () => asAda(confirm, { code: codeAt(secret) })))
    expect(answers.filter(({ data }) => data.confirmSecondFactor)).toHaveLength(1)
    const refusals = ['confirmSecondFactor CONFLICT', 'confirmSecondFactor RATE_LIMITED']
    for (const code of answers.flatMap(({ codes }) => codes)) expect(refusals).toContain(code)
    expect(await users.sql`select count(*)::int as codes from recovery_codes`).toEqual([{ codes: 10 }])
  })

  it('says that nothing was begun', async () => {
    expect((await asAda(confirm, { code: '123456' })).codes).toEqual(['confirmSecondFactor NOT_FOUND'])
    expect((await asAda(renew, { code: '123456' })).codes).toEqual(['renewRecoveryCodes NOT_FOUND'])
    expect((await asAda(remove, { input: { password, code: '123456' } })).codes).toEqual([
      'removeSecondFactor NOT_FOUND',
    ])
  })
})

describe('a code', () => {
  it('is good one step early or late, and no more', async () => {
    const { secret } = await setUp()
    for (const [steps, isGood] of [
      [-2, false],
      [2, false],
      [-1, true],
      [0, true],
      [1, true],
    ] as const) {
      await users.sql`update second_factors set last_step = 0`
      const { data } = await asAda(stepUp, { code: codeAt(secret, steps) })
      expect({ steps, isGood: data.stepUp !== null }).toEqual({ steps, isGood })
    }
  })

  it('is good once, also when it is sent 20 times at once', async () => {
    const { secret } = await setUp()
    // Without the limit of attempts, which lets ten of them come so far.
    const database = openDatabase(users.databaseUrl, { statementTimeoutMs: 5_000, applicationName: 'test' })
    const { take } = makeSecondFactors(secondFactorStore(database.db))
    const code = codeAt(secret, 1)
    const taken = await Promise.all(times(20, () => take(ada.id, code))).finally(database.close)
    expect(taken.filter(Boolean)).toHaveLength(1)
    expect((await asAda(stepUp, { code })).codes).toEqual(['stepUp BAD_USER_INPUT code'])
  })

  it('can be guessed at ten times, and then not even be right, until a quarter of an hour is over', async () => {
    const { secret } = await setUp()
    const guess = async (code: string) => (await asAda(stepUp, { code })).codes
    for (let count = 0; count < 10; count += 1) expect(await guess('000000')).toEqual(['stepUp BAD_USER_INPUT code'])
    expect(await guess(codeAt(secret, 1))).toEqual(['stepUp RATE_LIMITED'])
    expect((await asAda(renew, { code: codeAt(secret, 1) })).codes).toEqual(['renewRecoveryCodes RATE_LIMITED'])
    await users.sql`update attempts set window_started_at = window_started_at - interval '15 minutes'`
    expect(await guess(codeAt(secret, 1))).toEqual([])
  })

  it('that confirmed the factor is used up', async () => {
    const { secret } = await setUp()
    expect((await asAda(stepUp, { code: codeAt(secret) })).codes).toEqual(['stepUp BAD_USER_INPUT code'])
  })

  it('is taken as people type it, and no other text is', async () => {
    const { secret } = await setUp()
    const code = codeAt(secret, 1)
    for (const text of [
      '',
      ' ',
      '12345',
      '1234567',
      '12345a',
      '１２３４５６',
      '\0',
      '\ud800',
      'x'.repeat(50_000),
      `${code}\0`,
    ]) {
      await users.sql`truncate attempts`
      expect((await asAda(stepUp, { code: text })).codes).toEqual(['stepUp BAD_USER_INPUT code'])
    }
    expect((await asAda(stepUp, { code: ` ${code.slice(0, 3)} ${code.slice(3)} ` })).codes).toEqual([])
  })

  it('is nobody else’s', async () => {
    const { secret } = await setUp()
    const { recoveryCodes } = await setUp(await users.person('bob'))
    for (const code of [...recoveryCodes, codeAt(secret, 1)]) {
      await users.sql`truncate attempts`
      const isAdas = code === codeAt(secret, 1)
      expect((await asAda(stepUp, { code })).codes).toEqual(isAdas ? [] : ['stepUp BAD_USER_INPUT code'])
    }
  })
})

describe('a recovery code', () => {
  it('stands in for the app once, however it is typed, and also when it is sent 20 times at once', async () => {
    const { recoveryCodes } = await setUp()
    const [first, second] = recoveryCodes as [string, string]
    expect((await asAda(stepUp, { code: ` ${first.toUpperCase().replaceAll('-', ' ')}` })).codes).toEqual([])
    expect((await asAda(stepUp, { code: first })).codes).toEqual(['stepUp BAD_USER_INPUT code'])
    const answers = await Promise.all(times(20, () => asAda(stepUp, { code: second })))
    expect(answers.filter(({ data }) => data.stepUp)).toHaveLength(1)
    expect((await asAda(mine)).data.me.secondFactor.recoveryCodesLeft).toBe(8)
  })

  it('is good no more when others take its place', async () => {
    const { secret, recoveryCodes } = await setUp()
    const { data } = await asAda(renew, { code: codeAt(secret, 1) })
    expect((await asAda(stepUp, { code: recoveryCodes[0] })).codes).toEqual(['stepUp BAD_USER_INPUT code'])
    expect((await asAda(stepUp, { code: data.renewRecoveryCodes.recoveryCodes[0] })).codes).toEqual([])
    expect((await asAda(renew, { code: '000000' })).codes).toEqual(['renewRecoveryCodes BAD_USER_INPUT code'])
  })
})

describe('a login', () => {
  it('needs a code once the factor counts, says so to whoever knows the password, and takes each code once', async () => {
    const logIn = async (given: object) => {
      const input = { email: 'ada@example.com', password, ...given }
      const { data, errors } = await users.call(login, { variables: { input } })
      const { code, reason = code, field } = errors[0]?.extensions ?? {}
      return data.login ? 'in' : [reason, field].filter(Boolean).join(' ')
    }
    expect(await logIn({})).toBe('in')
    const { secret, recoveryCodes } = await setUp()
    expect(await logIn({})).toBe('SECOND_FACTOR_NEEDED')
    expect(await logIn({ code: '000000' })).toBe('SECOND_FACTOR_NEEDED code')
    expect(await logIn({ code: codeAt(secret, 1), password: 'wrong' })).toBe('UNAUTHENTICATED')
    expect(await logIn({ code: codeAt(secret, 1) })).toBe('in')
    expect(await logIn({ code: codeAt(secret, 1) })).toBe('SECOND_FACTOR_NEEDED code')
    expect(await logIn({ code: recoveryCodes[0] })).toBe('in')
    expect(await logIn({ code: recoveryCodes[0] })).toBe('SECOND_FACTOR_NEEDED code')
  })
})

describe('taking it away', () => {
  it('asks for the password and for a code, and leaves nothing', async () => {
    const { secret, recoveryCodes } = await setUp()
    const code = codeAt(secret, 1)
    const input = { password, code }
    expect((await asAda(remove, { input: { ...input, password: 'wrong' } })).codes).toEqual([
      'removeSecondFactor BAD_USER_INPUT password',
    ])
    expect((await asAda(remove, { input: { ...input, code: '000000' } })).codes).toEqual([
      'removeSecondFactor BAD_USER_INPUT code',
    ])
    expect(await asAda(remove, { input })).toEqual({
      data: { removeSecondFactor: { user: { username: 'ada', secondFactor: null } } },
      codes: [],
    })
    expect(await users.sql`select from second_factors`).toHaveLength(0)
    expect(await users.sql`select from recovery_codes`).toHaveLength(0)
    expect((await asAda(stepUp, { code: recoveryCodes[0] })).codes).toEqual(['stepUp FORBIDDEN'])
  })
})

describe('stepUp', () => {
  it('answers a token of the same session for which step-up holds, for ten minutes', async () => {
    const { secret } = await setUp()
    const { accessToken, expiresIn } = (await asAda(stepUp, { code: codeAt(secret, 1) })).data.stepUp
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', users.url))
    const { payload } = await jwtVerify(accessToken, keys)
    expect(payload).toMatchObject({
      sub: ada.id,
      sid: ada.sessionId,
      policies: ['step-up'],
      roles: ['user', 'creator'],
    })
    expect(expiresIn).toBe(600)
    expect(payload.exp! - Math.floor(payload.iat!)).toBe(600)
  })

  it('says what to set up first', async () => {
    expect((await asAda(stepUp, { code: '123456' })).codes).toEqual(['stepUp FORBIDDEN'])
    // One that is not confirmed does not count.
    const { secret } = (await asAda(begin, { password })).data.beginSecondFactor
    expect((await asAda(stepUp, { code: codeAt(secret) })).codes).toEqual(['stepUp FORBIDDEN'])
  })

  it.each([
    'sessions set ended_at = now()',
    "sessions set expires_at = now() - interval '1 s'",
    'users set deleted_at = now()',
  ])('is refused where the login has ended: %s', async (change) => {
    const { secret } = await setUp()
    await users.sql.unsafe(`update ${change}`)
    expect((await asAda(stepUp, { code: codeAt(secret, 1) })).codes).toEqual(['stepUp UNAUTHENTICATED'])
  })

  it('tells the rights that the account has now, and not those of the token that asks', async () => {
    const { secret } = await setUp()
    await users.sql`update users set roles = '{user}' where id = ${ada.id}`
    const { accessToken } = (await asAda(stepUp, { code: codeAt(secret, 1) })).data.stepUp
    const claims = JSON.parse(Buffer.from(accessToken.split('.')[1], 'base64url').toString()) as object
    expect(claims).toMatchObject({ roles: ['user'], scope: 'items:read comments:write profile:write' })
  })
})

it('is nothing that an API key can do', async () => {
  const { secret, recoveryCodes } = await setUp()
  const identity = asKeyOf(ada, ['profile:write'])
  for (const [mutation, variables] of [
    [begin, { password }],
    [confirm, { code: codeAt(secret, 1) }],
    [renew, { code: recoveryCodes[0] }],
    [remove, { input: { password, code: recoveryCodes[0] } }],
    [stepUp, { code: recoveryCodes[0] }],
  ] as const) {
    const { codes } = await users.ask(mutation, { identity, variables })
    expect(codes).toEqual([expect.stringMatching(/^\w+ FORBIDDEN$/)])
  }
})

it('shows a second factor with one statement, however often it is asked for', async () => {
  await setUp()
  users.statements.length = 0
  await asAda(
    '{ me { a: secondFactor { confirmedAt } b: secondFactor { confirmedAt } } again: me { secondFactor { confirmedAt } } }',
  )
  expect(users.statements).toHaveLength(2)
})

it('writes no secret and no code into the log', async () => {
  const { secret, recoveryCodes } = await setUp()
  await asAda(stepUp, { code: codeAt(secret, 1) })
  for (const text of [secret, ...recoveryCodes, password]) expect(users.logged()).not.toContain(text)
})

const asAda = (query: string, variables: object = {}) =>
  users.ask(query, { identity: ada.identity, variables: variables as Record<string, unknown> })

async function setUp(person = ada): Promise<{ secret: string; recoveryCodes: string[] }> {
  const as = (query: string, variables: Record<string, unknown>) =>
    users.ask(query, { identity: person.identity, variables })
  const { secret } = (await as(begin, { password })).data.beginSecondFactor
  const { recoveryCodes } = (await as(confirm, { code: codeAt(secret) })).data.confirmSecondFactor
  return { secret, recoveryCodes }
}

/** What the app shows, or will show some steps from now. */
function codeAt(secret: string, stepsFromNow = 0): string {
  const totp = new TOTP({ algorithm: 'SHA1', digits: 6, period: 30, secret: Secret.fromBase32(secret) })
  return totp.generate({ timestamp: Date.now() + stepsFromNow * STEP_MS })
}

const times = <Value>(count: number, make: () => Value): Value[] => Array.from({ length: count }, make)
