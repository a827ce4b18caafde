import { createHash } from 'node:crypto'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { API_KEY_EXCHANGE_PATH } from '../platform/account-events.ts'
import type { ApiKeyAnswer } from '../platform/account-events.ts'
import { makeLog } from '../platform/log.ts'
import { makeApiKeys } from './api-keys.ts'

const key = 'any_abcdefgh_0123456789012345678901234567890123456789012'
const sha256 = createHash('sha256').update(key).digest('hex')
const answer: ApiKeyAnswer = { subject: 'ada', scopes: ['films:read'], ratePerMinute: 60, expiresAtS: null }

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

describe('makeApiKeys', () => {
  it('asks with the hash alone, and answers with the scopes of the key and nothing else that grants', async () => {
    const { read, asked } = make()

    expect(await read()).toEqual({
      identity: { subject: 'ada', roles: [], scopes: ['films:read'], policies: [], session: null },
      expiresAtMs: Infinity,
      issuedAtS: null,
      apiKey: { sha256, ratePerMinute: 60 },
    })
    expect(asked).toEqual([[API_KEY_EXCHANGE_PATH, { sha256, clientAddress: '203.0.113.7' }]])
  })

  it('asks once for as many as come at the same time, and again after 30 s', async () => {
    const { read, asked } = make()
    await Promise.all([read(), read(), read()])
    vi.advanceTimersByTime(29_000)
    await read()
    expect(asked).toHaveLength(1)

    vi.advanceTimersByTime(1_500)
    await read()

    expect(asked).toHaveLength(2)
  })

  it('keeps a refusal for as long', async () => {
    const { read, asked, source } = make()
    source.status = 404
    expect(await codeOf(read())).toBe('UNAUTHENTICATED')
    expect(await codeOf(read())).toBe('UNAUTHENTICATED')
    expect(asked).toHaveLength(1)

    source.status = 200
    vi.advanceTimersByTime(30_500)

    expect((await read()).identity.subject).toBe('ada')
  })

  it.each([
    ['a status that says nothing of the key', 500, JSON.stringify(answer)],
    ['a refusal of the gateway itself', 401, '{}'],
    ['no JSON', 200, '<html>'],
    ['no identity', 200, '{"subject":"ada"}'],
    ['scopes of another form', 200, JSON.stringify({ ...answer, scopes: 'films:read' })],
    ['a rate of another form', 200, JSON.stringify({ ...answer, ratePerMinute: '60' })],
  ])('takes %s for no answer, which it does not keep', async (_what, status, text) => {
    const { read, source } = make()
    Object.assign(source, { status, text })
    expect(await codeOf(read())).toBe('SUBGRAPH_UNAVAILABLE')

    Object.assign(source, { status: 200, text: JSON.stringify(answer) })

    expect((await read()).identity.subject).toBe('ada')
  })

  it('refuses a key that has expired, also while its answer is kept', async () => {
    const { read, source } = make()
    source.text = JSON.stringify({ ...answer, expiresAtS: Date.now() / 1_000 + 10 })
    expect((await read()).expiresAtMs).toBe(Date.now() + 10_000)

    vi.advanceTimersByTime(10_000)

    expect(await codeOf(read())).toBe('UNAUTHENTICATED')
  })

  it.each([
    ['of the key', { apiKeySha256: sha256, untilS: Infinity }, 2],
    ['of its owner', { subject: 'ada', issuedBeforeS: 1, untilS: Infinity }, 2],
    ['of another key', { apiKeySha256: 'aa', untilS: Infinity }, 1],
    ['of somebody else', { subject: 'bob', issuedBeforeS: 1, untilS: Infinity }, 1],
    ['of a session', { session: 's1', untilS: Infinity }, 1],
  ])('asks again after a revocation %s only where it concerns the key', async (_what, revocation, times) => {
    const { read, purge, asked } = make()
    await read()

    purge(revocation)
    await read()

    expect(asked).toHaveLength(times)
  })

  it('does not keep an answer that was asked for before the revocation', async () => {
    const { read, purge, asked, source } = make()
    const letGo = source.hold()
    const early = read()
    purge({ apiKeySha256: sha256, untilS: Infinity })
    source.status = 404
    letGo()
    await early.catch(() => {})

    expect(await codeOf(read())).toBe('UNAUTHENTICATED')
    expect(asked).toHaveLength(2)
  })

  it('keeps no more answers than ten thousand', async () => {
    const { apiKeys, asked } = make()
    for (let n = 0; n < 10_001; n++) await apiKeys.read(`key${n}`, '::1')
    asked.length = 0

    await apiKeys.read('key0', '::1')
    await apiKeys.read('key10000', '::1')

    expect(asked).toHaveLength(1)
  })

  it('writes neither the key nor its hash into any line of the log', async () => {
    const { read, source, lines } = make()
    for (const [status, text] of [
      [500, ''],
      [200, '<html>'],
      [404, ''],
    ] as const) {
      Object.assign(source, { status, text })
      await read().catch(() => {})
    }

    expect(lines.join('')).toContain('could not be exchanged')
    expect(lines.join('')).not.toContain(key)
    expect(lines.join('')).not.toContain(sha256)
  })
})

function make() {
  const asked: unknown[] = []
  const lines: string[] = []
  let held = Promise.resolve()
  const source = {
    status: 200,
    text: JSON.stringify(answer),
    /** @returns lets the answers go */
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      return resolve
    },
  }
  const apiKeys = makeApiKeys({
    clock: { nowMs: Date.now },
    ask: async (path, body) => {
      asked.push([path, JSON.parse(body)])
      await held
      return source
    },
    log: makeLog(
      'test',
      'debug',
      new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) }),
    ),
  })
  return { apiKeys, asked, source, lines, purge: apiKeys.purge, read: () => apiKeys.read(key, '203.0.113.7') }
}

async function codeOf(read: Promise<unknown>): Promise<unknown> {
  return read.then(
    () => 'none',
    (error: { extensions: { code: string } }) => error.extensions.code,
  )
}
