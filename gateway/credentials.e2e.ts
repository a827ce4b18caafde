// What the gateway promises of tokens and keys that come to it, whatever somebody has made of them, on a supergraph that
// is not ours.
import { createHash } from 'node:crypto'
import { Writable } from 'node:stream'
import { SignJWT, exportSPKI, generateKeyPair } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { REVOCATIONS_CHANNEL } from '../platform/account-events.ts'
import type { ApiKeyAnswer } from '../platform/account-events.ts'
import { makeLog } from '../platform/log.ts'
import { openSocket, openStream, within } from './testing/clients.ts'
import { filmsGateway } from './testing/films.ts'
import { startIssuer } from './testing/issuer.ts'

let films: Awaited<ReturnType<typeof filmsGateway>>
let issuer: Awaited<ReturnType<typeof startIssuer>>
const lines: string[] = []
const open: { close(): void }[] = []

const key = 'any_abcdefgh_0123456789012345678901234567890123456789012'
const sha256 = createHash('sha256').update(key).digest('hex')
const ada: ApiKeyAnswer = { subject: 'ada', scopes: ['films:read'], ratePerMinute: 100, expiresAtS: null }
const secretFilm = '{ secret }'

beforeEach(async () => {
  lines.length = 0
  issuer = await startIssuer()
  films = await filmsGateway(
    {
      JWKS_URL: issuer.url,
      GATEWAY_SECRET: 'a secret of at least 32 characters',
      REVOCATIONS_FROM: 'films',
      API_KEYS_FROM: 'films',
    },
    { log: makeLog('test', 'debug', new Writable({ write: (line, _, done) => (lines.push(String(line)), done()) })) },
  )
  films.filmsServer.keys.set(sha256, ada)
})
afterEach(async () => {
  for (const each of open.splice(0)) each.close()
  await films.close()
  issuer.server.close()
})

describe('an access token', () => {
  it('is taken when the issuer signed it for this audience and it has not expired', async () => {
    expect(await ask(await issuer.token('ada'))).toMatchObject({ status: 200, data: { secret: 'x' } })
    // Clocks may differ by a few seconds.
    expect((await ask(await issuer.token('ada', -3))).status).toBe(200)
  })

  it.each([
    ['has expired', () => issuer.token('ada', -10)],
    ['is not good yet', () => issuer.token('ada', 60, '', { nbf: Date.now() / 1_000 + 30 })],
    ['was changed after it was signed', async () => tampered(await issuer.token('ada'))],
    ['lost its signature', async () => (await issuer.token('ada')).replace(/\.[^.]*$/, '.')],
    ['was signed by somebody else', async () => forged((await generateKeyPair('ES256')).privateKey, 'ES256')],
    ['names a key that the issuer does not have', async () => forged(issuer.privateKey, 'ES256', { kid: 'other' })],
    ['is for somebody else', async () => forged(issuer.privateKey, 'ES256', {}, { aud: 'elsewhere' })],
    ['is by another issuer', async () => forged(issuer.privateKey, 'ES256', {}, { iss: 'elsewhere' })],
    ['says that it needs no signature', async () => unsigned('none')],
    ['says so in another spelling', async () => unsigned('nOnE')],
    [
      'is signed with the public key as if it were a secret',
      async () => forged(new TextEncoder().encode(await exportSPKI(issuer.publicKey)), 'HS256'),
    ],
    ['is signed with another algorithm', async () => forged((await generateKeyPair('RS256')).privateKey, 'RS256')],
    ['says nothing', async () => '..'],
  ])('that %s is refused with 401, on a socket and a stream too', async (_what, make) => {
    const token = await make()

    const { status, codes, data, errors } = await ask(token)
    expect([status, codes, data]).toEqual([401, ['UNAUTHENTICATED'], undefined])
    expect(JSON.stringify(errors)).not.toMatch(/jose|signature|alg|JW/i)
    const socket = await openSocket(films.url, token)
    expect(await socket.closed).toMatchObject({ code: 4403 })
    expect((await openStream(films.url, token, 'subscription { myFilms { what } }')).status).toBe(401)
    expect(films.requests).toEqual([])
  })

  it('never appears in the log, whatever becomes of it', async () => {
    const good = await issuer.token('ada')
    const bad = await forged((await generateKeyPair('ES256')).privateKey, 'ES256')
    await ask(good)
    await ask(bad)
    ;(await openSocket(films.url, bad)).close()

    expect(lines.join('')).toContain('operation answered')
    for (const part of [...good.split('.'), ...bad.split('.')]) expect(lines.join('')).not.toContain(part)
  })
})

describe('an API key', () => {
  it('is exchanged by its hash for the identity that subgraphs are told, and never leaves the gateway', async () => {
    expect(await ask(key)).toMatchObject({ status: 200, data: { secret: 'x' } })

    expect(films.filmsServer.keyQuestions).toEqual([{ sha256, clientAddress: '127.0.0.1' }])
    const [request] = films.requests
    expect(identityOf(request!.headers).identity).toEqual({
      subject: 'ada',
      roles: [],
      scopes: ['films:read'],
      policies: [],
      session: null,
    })
    expect(JSON.stringify(films.requests)).not.toContain(key)
  })

  it('is asked for once in 30 s, however many requests come with it, on whatever transport', async () => {
    await Promise.all(Array.from({ length: 20 }, () => ask(key)))
    await socketOf(key)
    open.push(await openStream(films.url, key, 'subscription { myFilms { what } }'))

    expect(films.filmsServer.keyQuestions).toHaveLength(1)
  })

  it('that nobody knows is refused with 401, and so is any other text that is no token', async () => {
    for (const token of ['any_unknown', 'a.b', 'a.b.c.d', 'x'.repeat(9_000)]) {
      const { status, codes } = await ask(token)
      expect([status, codes]).toEqual([401, ['UNAUTHENTICATED']])
    }
    expect(await (await openSocket(films.url, 'any_unknown')).closed).toMatchObject({ code: 4403 })
  })

  it('that cannot be exchanged now is 503, and good as soon as it can', async () => {
    films.filmsServer.keyStatus = 500
    expect(await ask(key)).toMatchObject({ status: 503, codes: ['SUBGRAPH_UNAVAILABLE'] })
    films.filmsServer.keyStatus = null
    films.filmsServer.isAway = true
    expect(await ask(key)).toMatchObject({ status: 503, codes: ['SUBGRAPH_UNAVAILABLE'] })

    films.filmsServer.isAway = false

    expect((await ask(key)).status).toBe(200)
  })

  it('is refused within a second of its revocation, its sockets and streams end; other keys go on', async () => {
    const other = 'any_other'
    films.filmsServer.keys.set(createHash('sha256').update(other).digest('hex'), ada)
    const [socket, ofOther] = [await socketOf(key), await socketOf(other)]
    const stream = await openStream(films.url, key, 'subscription { myFilms { what } }')
    expect((await ask(key)).status).toBe(200)

    await films.publish([REVOCATIONS_CHANNEL], { revoked: { apiKeySha256: sha256, untilS: Date.now() / 1_000 + 60 } })

    // Whoever is asked still answers as before: that is not what it is refused by.
    await vi.waitFor(async () => expect((await ask(key)).status).toBe(401), { timeout: 1_000 })
    expect(await within(1_000, socket.closed)).toEqual({ code: 4403, reason: 'Token revoked' })
    await within(1_000, stream.cut)
    expect([ofOther.isOpen(), (await ask(other)).status]).toEqual([true, 200])
  })

  it('is asked for again, and its sockets come back, when the tokens of its owner are revoked', async () => {
    const socket = await socketOf(key)
    films.filmsServer.keys.set(sha256, { ...ada, scopes: [] })

    const nowS = Date.now() / 1_000
    await films.publish([REVOCATIONS_CHANNEL], { revoked: { subject: 'ada', issuedBeforeS: nowS, untilS: nowS + 60 } })

    expect(await within(1_000, socket.closed)).toMatchObject({ code: 4403 })
    expect((await ask(key)).status).toBe(200)
    expect(identityOf(films.requests.at(-1)!.headers).identity.scopes).toEqual([])
  })

  it('ends when it expires, on an open socket too', async () => {
    films.filmsServer.keys.set(sha256, { ...ada, expiresAtS: Date.now() / 1_000 + 1.5 })
    const socket = await socketOf(key)
    expect((await ask(key)).status).toBe(200)

    expect(await within(3_000, socket.closed)).toEqual({ code: 4403, reason: 'Token expired' })
    expect((await ask(key)).status).toBe(401)
  })

  it('is good for so many requests a minute and no more, over HTTP, sockets and streams together', async () => {
    films.filmsServer.keys.set(sha256, { ...ada, ratePerMinute: 4 })
    const first = await ask(key)
    expect([first.status, rateLimitOf(first.headers)]).toEqual([
      200,
      { limit: '4', remaining: '3', reset: '60', retryAfter: null },
    ])
    expect((await ask(key, '{ nope }')).status).toBe(400)
    const socket = await socketOf(key)
    expect((await socket.ask(secretFilm)).payload.data).toEqual({ secret: 'x' })
    const stream = await openStream(films.url, key, 'subscription { myFilms { what } }')
    open.push(stream)
    await vi.waitFor(() => expect(stream.text()).toContain('id: films'))

    const refused = await ask(key)
    expect([refused.status, refused.codes, refused.data]).toEqual([429, ['RATE_LIMITED'], undefined])
    expect(rateLimitOf(refused.headers)).toEqual({
      limit: '4',
      remaining: '0',
      reset: expect.stringMatching(/^(60|5\d)$/),
      retryAfter: expect.stringMatching(/^(60|5\d)$/),
    })
    // As on a field with a limit: a query is answered with an error, and the socket goes on.
    const { payload } = await socket.ask(secretFilm)
    expect((payload.errors ?? payload)[0].extensions.code).toBe('RATE_LIMITED')
    const late = await openStream(films.url, key, 'subscription { myFilms { what } }')
    await late.cut
    expect(late.text()).toContain('RATE_LIMITED')
    expect((await ask(await issuer.token('ada'))).status).toBe(200)
  })

  it('shows of its own limit and that of a field the tighter', async () => {
    const { headers } = await ask(key, 'mutation { vote(id: "1") { id } }')
    expect(rateLimitOf(headers)).toMatchObject({ limit: '5', remaining: '4' })

    films.filmsServer.keys.set(sha256, { ...ada, ratePerMinute: 3 })
    const nowS = Date.now() / 1_000
    await films.publish([REVOCATIONS_CHANNEL], { revoked: { subject: 'ada', issuedBeforeS: nowS, untilS: nowS + 60 } })
    await vi.waitFor(async () => expect((await ask(key)).headers.get('ratelimit-limit')).toBe('3'))
    expect(rateLimitOf((await ask(key, 'mutation { vote(id: "1") { id } }')).headers)).toMatchObject({
      limit: '3',
      remaining: '0',
    })
  })

  it('never appears in the log or an answer, and neither does its hash', async () => {
    const answers: unknown[] = [await ask(key), await ask('any_unknown')]
    ;(await socketOf(key)).close()
    films.filmsServer.keyStatus = 500
    answers.push(await ask('any_other'))
    films.filmsServer.isAway = true
    answers.push(await ask('any_third'))

    expect(lines.join('')).toContain('could not be exchanged')
    const seen = `${lines.join('')} ${JSON.stringify(answers)}`
    for (const each of [key, 'any_unknown', 'any_other', 'any_third']) {
      expect(seen).not.toContain(each)
      expect(seen).not.toContain(createHash('sha256').update(each).digest('hex'))
    }
  })

  it('is refused where nobody is named who would know', async () => {
    await films.close()
    films = await filmsGateway({ JWKS_URL: issuer.url })
    films.filmsServer.keys.set(sha256, ada)

    expect((await ask(key)).status).toBe(401)
    expect(films.filmsServer.keyQuestions).toEqual([])
  })
})

const ask = (token: string, query = secretFilm) => films.ask(query, { authorization: `Bearer ${token}` })

async function socketOf(token: string) {
  const socket = await openSocket(films.url, token)
  open.push(socket)
  return socket
}

const forged = (
  privateKey: Parameters<SignJWT['sign']>[0],
  alg: string,
  header: { kid?: string } = {},
  claims: { aud?: string; iss?: string } = {},
) =>
  new SignJWT({ roles: ['admin'], scope: '', iss: 'tributary', aud: 'tributary', ...claims })
    .setProtectedHeader({ alg, kid: 'k1', ...header })
    .setSubject('ada')
    .setExpirationTime('1m')
    .sign(privateKey)

function tampered(token: string): string {
  const [header, claims, signature] = token.split('.')
  const read = JSON.parse(Buffer.from(claims!, 'base64url').toString()) as object
  return [header, base64url({ ...read, sub: 'bob' }), signature].join('.')
}

const unsigned = (alg: string) =>
  `${base64url({ alg, kid: 'k1' })}.${base64url({ sub: 'ada', iss: 'tributary', aud: 'tributary', exp: 4e9 })}.`

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function identityOf(headers: Readonly<Record<string, unknown>>) {
  const [, claims] = String(headers['x-tributary-identity']).split('.')
  return JSON.parse(Buffer.from(claims!, 'base64url').toString()) as { identity: { scopes: string[] } }
}

const rateLimitOf = (headers: Headers) => ({
  limit: headers.get('ratelimit-limit'),
  remaining: headers.get('ratelimit-remaining'),
  reset: headers.get('ratelimit-reset'),
  retryAfter: headers.get('retry-after'),
})
