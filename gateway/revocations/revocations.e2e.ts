// What the gateway promises of tokens that are revoked, on a supergraph that is not ours: on every transport, at once, and
// whether the source of revocations is there or not.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { REVOCATIONS_CHANNEL } from '../../platform/account-events.ts'
import type { Revocation } from '../../platform/account-events.ts'
import { openSocket, openStream, within } from '../testing/clients.ts'
import type { TestSocket } from '../testing/clients.ts'
import { filmsGateway } from '../testing/films.ts'
import type { FilmsParts } from '../testing/films.ts'
import { startIssuer } from '../testing/issuer.ts'

type Films = Awaited<ReturnType<typeof filmsGateway>>
let films: Films
let issuer: Awaited<ReturnType<typeof startIssuer>>
const open: { close(): void }[] = []

beforeEach(async () => {
  issuer = await startIssuer()
})
afterEach(async () => {
  for (const each of open.splice(0)) each.close()
  await films.close()
  issuer.server.close()
})

const untilS = Date.now() / 1_000 + 3_600

describe('a revoked session', () => {
  it('is refused over HTTP within a second, also with a token that was verified before; other sessions go on', async () => {
    await start()
    const [phone, laptop] = [await session('phone'), await session('laptop')]
    expect([await statusOf(phone), await statusOf(laptop)]).toEqual([200, 200])

    await revoke({ session: 'phone', untilS })

    await vi.waitFor(async () => expect(await statusOf(phone)).toBe(401), { timeout: 1_000 })
    const { codes, data } = await ask(phone)
    expect([codes, data]).toEqual([['UNAUTHENTICATED'], undefined])
    expect(await statusOf(laptop)).toBe(200)
    expect(await statusOf(null)).toBe(200)
  })

  it('is refused with a token that was never seen before, on every transport', async () => {
    await start()
    await revoke({ session: 'phone', untilS })
    const phone = await session('phone')
    await vi.waitFor(async () => expect(await statusOf(phone)).toBe(401), { timeout: 1_000 })

    expect(await (await socketOf(phone)).closed).toMatchObject({ code: 4403 })
    expect((await openStream(films.url, phone, 'subscription { myFilms { what } }')).status).toBe(401)
  })

  it('has its sockets closed at once so that clients come back with a fresh token; those of other sessions stay', async () => {
    await start()
    const phone = await socketOf(await session('phone'))
    const laptop = await socketOf(await session('laptop'))
    const anonymous = await socketOf(null)

    await revoke({ session: 'phone', untilS })

    expect(await within(1_000, phone.closed)).toEqual({ code: 4403, reason: 'Token revoked' })
    expect((await laptop.ask('{ film(id: "1") { title } }')).payload.data).toEqual({ film: { title: 'Metropolis' } })
    expect(anonymous.isOpen()).toBe(true)
  })

  it('has its event streams cut at once, without a word that they are complete; those of others stay', async () => {
    await start()
    const query = 'subscription { myFilms { what } }'
    const phone = await openStream(films.url, await session('phone'), query)
    const laptop = await openStream(films.url, await session('laptop'), query)
    open.push(laptop)
    await vi.waitFor(() => expect([phone.text(), laptop.text()].every((text) => text.includes('id: films'))).toBe(true))

    await revoke({ session: 'phone', untilS })

    await within(1_000, phone.cut)
    expect(phone.text()).not.toContain('complete')
    await films.publish(['viewer:ada'], { myFilms: { __typename: 'FilmEvent', what: 'SEEN', film: null } })
    await vi.waitFor(() => expect(laptop.text()).toContain('SEEN'))
  })
})

describe('the tokens of a person issued before a moment', () => {
  it('are refused, to the fraction of a second, and later ones are good', async () => {
    await start()
    const nowS = Date.now() / 1_000
    const before = await issuer.token('ada', 60, '', { iat: nowS - 0.2 })
    const after = await issuer.token('ada', 60, '', { iat: nowS + 0.2 })
    const ofAnother = await issuer.token('bob', 60, '', { iat: nowS - 0.2 })
    const socket = await socketOf(before)
    const later = await socketOf(after)

    await revoke({ subject: 'ada', issuedBeforeS: nowS, untilS })

    expect(await within(1_000, socket.closed)).toMatchObject({ code: 4403 })
    expect([await statusOf(before), await statusOf(after), await statusOf(ofAnother)]).toEqual([401, 200, 200])
    expect(later.isOpen()).toBe(true)
  })
})

describe('a gateway', () => {
  it('that starts after a revocation refuses from its first request on', async () => {
    await start({}, { isAway: true, isWaitedFor: false })
    await revoke({ session: 'phone', untilS }, { isLost: true })
    for (let n = 0; n < 300; n++) await films.publish(['film:1'], {}, { isLost: true })
    expect((await fetch(`${films.url}/readyz`)).status).toBe(503)
    films.filmsServer.isAway = false

    await films.whenReady

    expect((await fetch(`${films.url}/readyz`)).status).toBe(200)
    expect(await statusOf(await session('phone'))).toBe(401)
    expect(await statusOf(await session('laptop'))).toBe(200)
  })

  it('whose source is away at its start waits, unready, serves whoever has no token, and comes up with the source', async () => {
    await start({}, { isAway: true, isWaitedFor: false })
    await sleep(1_200)
    expect((await fetch(`${films.url}/readyz`)).status).toBe(503)
    expect((await fetch(`${films.url}/livez`)).status).toBe(200)
    expect((await ask(null, '{ people { name } }')).data).toEqual({ people: [] })
    const phone = await session('phone')
    expect((await ask(phone)).codes).toEqual(['SUBGRAPH_UNAVAILABLE'])
    expect(await statusOf(phone)).toBe(503)

    films.filmsServer.isAway = false

    await within(3_000, films.whenReady)
    expect((await fetch(`${films.url}/readyz`)).status).toBe(200)
    expect(await statusOf(phone)).toBe(200)
  })

  it('learns of a revocation that was lost on its way', async () => {
    await start()
    const phone = await session('phone')
    expect(await statusOf(phone)).toBe(200)

    await revoke({ session: 'phone', untilS }, { isLost: true })

    await vi.waitFor(async () => expect(await statusOf(phone)).toBe(401), { timeout: 1_000 })
  })

  it('reads the feed from its beginning when its log was restored', async () => {
    await start()
    const [phone, laptop] = [await session('phone'), await session('laptop')]
    for (let n = 0; n < 5; n++) await films.publish(['film:1'], {})
    await revoke({ session: 'phone', untilS })
    await vi.waitFor(async () => expect(await statusOf(phone)).toBe(401))

    films.restoreLog(0)
    await revoke({ session: 'laptop', untilS }, { isLost: true })

    await vi.waitFor(async () => expect(await statusOf(laptop)).toBe(401), { timeout: 3_000 })
    expect(await statusOf(phone)).toBe(401)
  })

  it('without word of the feed refuses whoever has a token with 503, and nobody else, until there is word again', async () => {
    await start({ REVOCATIONS_TIMEOUT_MS: '1500' }, { silenceToldMs: 3_000 })
    const phone = await session('phone')
    const socket = await socketOf(phone)
    const stream = await openStream(films.url, phone, 'subscription { myFilms { what } }')
    open.push(stream)
    expect(await statusOf(phone)).toBe(200)
    films.filmsServer.isAway = true

    await sleep(800)
    expect(await statusOf(phone, '{ people { name } }')).toBe(200)
    await vi.waitFor(async () => expect(await statusOf(phone, '{ people { name } }')).toBe(503), { timeout: 3_000 })

    expect((await ask(phone, '{ people { name } }')).codes).toEqual(['SUBGRAPH_UNAVAILABLE'])
    expect((await ask(null, '{ people { name } }')).data).toEqual({ people: [] })
    expect((await ask('not.a.token', '{ people { name } }')).status).toBe(401)
    expect((await openStream(films.url, phone, 'subscription { myFilms { what } }')).status).toBe(503)
    expect((await socket.ask('{ people { name } }')).payload).toMatchObject([
      { extensions: { code: 'SUBGRAPH_UNAVAILABLE' } },
    ])
    // The same token may be good later: one that is told so comes back with it.
    expect(await (await socketOf(phone)).closed).toMatchObject({ code: 1013 })
    expect(socket.isOpen()).toBe(true)
    expect(stream.text()).not.toContain('complete')
    expect(await health()).toEqual({ ready: 200, health: [200, 'ok'], api: 'healthy' })

    await vi.waitFor(async () => expect((await health()).api).toBe('unhealthy'), { timeout: 4_000 })
    expect(await health()).toEqual({ ready: 200, health: [503, 'degraded'], api: 'unhealthy' })

    films.filmsServer.isAway = false
    await vi.waitFor(async () => expect(await statusOf(phone)).toBe(200), { timeout: 3_000 })
    await vi.waitFor(async () => expect(await health()).toMatchObject({ health: [200, 'ok'], api: 'healthy' }))
    expect((await socket.ask('{ people { name } }')).payload.data).toEqual({ people: [] })
  })

  it('goes on while only what carries events is away: it reads the feed over HTTP', async () => {
    await start({ REVOCATIONS_TIMEOUT_MS: '5000' }, { hasHeads: false })
    const [phone, laptop] = [await session('phone'), await session('laptop')]
    await revoke({ session: 'phone', untilS }, { isLost: true })

    await vi.waitFor(async () => expect(await statusOf(phone)).toBe(401), { timeout: 10_000 })
    const until = Date.now() + 5_500
    while (Date.now() < until) {
      expect(await statusOf(laptop)).toBe(200)
      await sleep(250)
    }
  })

  it('that follows no revocations asks nobody, and takes every token until it expires', async () => {
    films = await filmsGateway({ JWKS_URL: issuer.url })
    await revoke({ session: 'phone', untilS })

    expect(await statusOf(await session('phone'))).toBe(200)
  })

  it.each(['REVOCATIONS_FROM', 'API_KEYS_FROM', 'SESSIONS_FROM', 'DEV_PAGES_FROM'])(
    'does not start when %s names a subgraph that is not there',
    async (variable) => {
      await start()
      await expect(filmsGateway({ [variable]: 'nobody' })).rejects.toThrow(`${variable} names nobody`)
    },
  )
})

async function start(env: Readonly<Record<string, string>> = {}, parts: FilmsParts = {}): Promise<void> {
  films = await filmsGateway({ JWKS_URL: issuer.url, REVOCATIONS_FROM: 'films', ...env }, parts)
}

const session = (sid: string) => issuer.token('ada', 60, '', { sid })

const revoke = (revoked: Revocation, how = {}) => films.publish([REVOCATIONS_CHANNEL], { revoked }, how)

const ask = (token: string | null, query = '{ film(id: "1") { title } }') =>
  films.ask(query, token === null ? {} : { authorization: `Bearer ${token}` })

const statusOf = async (token: string | null, query?: string) => (await ask(token, query)).status

async function socketOf(token: string | null): Promise<TestSocket> {
  const socket = await openSocket(films.url, token)
  open.push(socket)
  return socket
}

async function health() {
  const [ready, health, all] = await Promise.all(
    ['/readyz', '/health', '/health/all'].map(async (path) => {
      const response = await fetch(films.url + path)
      return { status: response.status, body: (await response.json()) as any }
    }),
  )
  return { ready: ready!.status, health: [health!.status, health!.body.status], api: all!.body.services.api.status }
}
