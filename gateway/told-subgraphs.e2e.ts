// What subgraphs are told of who asks, beside the operation, and what they may have the client told: the session, one
// cookie and the client's program, each where it belongs and nowhere else.
import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openSocket } from './testing/clients.ts'
import { filmsGateway } from './testing/films.ts'
import { startIssuer } from './testing/issuer.ts'

let films: Awaited<ReturnType<typeof filmsGateway>>
let issuer: Awaited<ReturnType<typeof startIssuer>>
const open: { close(): void }[] = []

const allowed = 'https://app.example'
const both = '{ films { title director { name } } }'
const seen = { myFilms: { __typename: 'FilmEvent', what: 'SEEN', film: { __typename: 'Film', id: '1' } } }
const rename = 'mutation { rename(id: "1", title: "New") { title director { name } } }'

beforeEach(async () => {
  issuer = await startIssuer()
  films = await filmsGateway({
    JWKS_URL: issuer.url,
    GATEWAY_SECRET: 'a secret of at least 32 characters',
    SESSIONS_FROM: 'films',
    COOKIE_TO: 'films=__Host-refresh',
    CORS_ORIGINS: allowed,
  })
})
afterEach(async () => {
  for (const each of open.splice(0)) each.close()
  await films.close()
  issuer.server.close()
})

describe('the session of who asks', () => {
  it('is told to the one subgraph that is named, with queries and mutations, and to no other', async () => {
    const phone = await session('phone')
    await films.ask(both, bearer(phone))
    await films.ask(rename, bearer(phone))

    expect(told()).toEqual([
      ['films', 'phone'],
      ['people', null],
      ['films', 'phone'],
      ['people', null],
    ])
  })

  it('is told to nobody unless somebody is named', async () => {
    await films.close()
    films = await filmsGateway({ JWKS_URL: issuer.url, GATEWAY_SECRET: 'a secret of at least 32 characters' })
    await films.ask(both, bearer(await session('phone')))

    expect(told()).toEqual([
      ['films', null],
      ['people', null],
    ])
  })

  it('is told of a subscription by what it fetches, each session its own', async () => {
    const sockets = await Promise.all(['phone', 'laptop'].map(async (sid) => socketOf(await session(sid))))
    // Again and again: nobody is told when a subscription has begun.
    const follow = async (query: string, answer: object) => {
      for (const { subscribe } of sockets) subscribe(query)
      await vi.waitFor(
        async () => {
          await films.publish(['viewer:ada'], seen)
          for (const { messages } of sockets)
            expect(messages.map(({ payload }) => payload?.data?.myFilms)).toContainEqual(answer)
        },
        { timeout: 5_000, interval: 200 },
      )
    }

    await follow('subscription { myFilms { what film { id } } }', { what: 'SEEN', film: { id: '1' } })
    expect(told()).toEqual([]) // the event says it all

    await follow('subscription { myFilms { film { title } } }', { film: { title: 'Metropolis' } })
    expect(new Set(told().map(([subgraph]) => subgraph))).toEqual(new Set(['films']))
    expect(new Set(told().map(([, session]) => session))).toEqual(new Set(['phone', 'laptop']))
  })
})

describe('the one cookie', () => {
  const sent = { cookie: 'theme=dark; __Host-refresh=abc; other=1' }

  it('reaches the one subgraph with a mutation, alone, and no other subgraph', async () => {
    await films.ask(rename, sent)

    expect(films.requests.map(({ subgraph, headers }) => [subgraph, headers.cookie])).toEqual([
      ['films', '__Host-refresh=abc'],
      ['people', undefined],
    ])
  })

  it('does not go with queries, nor with what a mutation fetches after it', async () => {
    await films.ask(both, sent)
    await films.ask('mutation { rename(id: "1", title: "New") { alike { title } } }', sent)

    expect(films.requests.filter(({ headers }) => headers.cookie !== undefined).map(({ query }) => query)).toEqual([
      expect.stringMatching(/^mutation/),
    ])
  })

  it('is not sent where the client has none of that name', async () => {
    await films.ask(rename, { cookie: 'theme=dark' })

    expect(films.requests[0]!.headers.cookie).toBeUndefined()
  })

  it.each([
    ['of the gateway itself', () => films.url, true],
    ['of an origin that was allowed', () => allowed, true],
    ['of another origin', () => 'https://elsewhere.example', false],
    ['of no origin, as in a sandbox', () => 'null', false],
    ['of another port', () => 'http://127.0.0.1:1', false],
  ])('from a page %s is sent and set as it may be', async (_what, origin, isSent) => {
    films.filmsServer.answerHeaders = { 'set-cookie': '__Host-refresh=new; Path=/; HttpOnly' }

    const { status, headers } = await films.ask(rename, { ...sent, origin: origin() })

    expect(status).toBe(200)
    expect(films.requests[0]!.headers.cookie).toBe(isSent ? '__Host-refresh=abc' : undefined)
    expect(headers.getSetCookie()).toEqual(isSent ? ['__Host-refresh=new; Path=/; HttpOnly'] : [])
  })

  it('comes back to the client as the subgraph set it, and no other cookie does', async () => {
    const own = '__Host-refresh=new; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=60'
    films.filmsServer.answerHeaders = { 'set-cookie': ['theme=light', own, '__Host-refresh2=x', 'x__Host-refresh=y'] }

    const { headers, data } = await films.ask(rename)

    expect(data.rename.title).toBe('New')
    expect(headers.getSetCookie()).toEqual([own])
  })

  it('is set by no query, and by no subgraph but that one', async () => {
    films.filmsServer.answerHeaders = { 'set-cookie': '__Host-refresh=new' }
    expect((await films.ask(both)).headers.getSetCookie()).toEqual([])

    await films.close()
    films = await filmsGateway({ COOKIE_TO: 'people=__Host-refresh' })
    films.filmsServer.answerHeaders = { 'set-cookie': '__Host-refresh=new' }
    const { headers } = await films.ask(rename, sent)
    expect(headers.getSetCookie()).toEqual([])
    expect(films.requests.map((request) => request.headers.cookie)).toEqual([undefined, undefined])
  })

  it('neither goes nor comes over a socket or an event stream', async () => {
    films.filmsServer.answerHeaders = { 'set-cookie': '__Host-refresh=new' }
    const socket = await openSocket(films.url, null, sent)
    open.push(socket)
    await socket.ask(rename)
    const response = await fetch(`${films.url}/graphql`, {
      method: 'POST',
      headers: { ...sent, 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: rename }),
    })
    expect(await response.text()).toContain('"title":"New"')

    expect(response.headers.getSetCookie()).toEqual([])
    expect(films.requests.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined, undefined, undefined])
  })

  it('may be sent by pages of allowed origins: CORS says so to them, and to nobody else', async () => {
    const preflight = async (origin: string) => {
      const { headers } = await fetch(`${films.url}/graphql`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      })
      return [headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')]
    }

    expect(await preflight(allowed)).toEqual([allowed, 'true'])
    expect((await preflight('https://elsewhere.example'))[0]).not.toBe('https://elsewhere.example')
  })
})

describe('the program of the client', () => {
  it('is told to every subgraph with mutations, cut to 512 characters, and not with queries, which are shared', async () => {
    const agent = `Browser/${'1'.repeat(600)}`
    await films.ask('mutation { rename(id: "1", title: "New") { title } }', { 'user-agent': agent })
    await films.ask(both, { 'user-agent': agent })

    expect(films.requests.map(({ headers }) => headers['user-agent'])).toEqual([
      agent.slice(0, 512),
      undefined,
      undefined,
    ])
  })

  it('is told with mutations over a socket too', async () => {
    const socket = await openSocket(films.url, null, { 'user-agent': 'Phone/1' })
    open.push(socket)
    await socket.ask('mutation { rename(id: "1", title: "New") { title } }')

    expect(films.requests[0]!.headers['user-agent']).toBe('Phone/1')
  })
})

describe('pages for developers', () => {
  it('come from the subgraph that is named as they are, without identity and cookies', async () => {
    await films.close()
    films = await filmsGateway({ DEV_PAGES_FROM: 'films', GATEWAY_SECRET: 'a secret of at least 32 characters' })

    const page = await fetch(`${films.url}/dev/mailbox?to=ada`, {
      headers: { cookie: 'a=b', authorization: 'Bearer x' },
    })
    const posted = await fetch(`${films.url}/dev/mailbox/clear`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'all=yes',
    })

    expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([
      200,
      'text/html',
      '<p>Mail</p>',
    ])
    expect([page.headers.getSetCookie(), page.headers.get('x-inside')]).toEqual([[], null])
    expect(posted.status).toBe(200)
    const [got, post] = films.filmsServer.devRequests
    expect([got!.method, got!.url]).toEqual(['GET', '/dev/mailbox?to=ada'])
    expect([post!.method, post!.url, post!.body]).toEqual(['POST', '/dev/mailbox/clear', 'all=yes'])
    for (const { headers } of [got!, post!]) {
      expect([headers.cookie, headers.authorization, headers['x-tributary-identity']]).toEqual([
        undefined,
        undefined,
        undefined,
      ])
    }
  })

  it('lead nowhere else, and take no large body', async () => {
    await films.close()
    films = await filmsGateway({ DEV_PAGES_FROM: 'films' })
    const { status } = await rawGet(films.url, '/dev/../events?limit=1')
    expect(status).toBe(404)
    expect((await rawGet(films.url, '/dev/%2e%2e/events?limit=1')).status).toBe(404)
    const large = await fetch(`${films.url}/dev/mailbox`, { method: 'POST', body: 'x'.repeat(70_000) })
    expect(large.status).toBe(413)
    expect(films.filmsServer.devRequests).toEqual([])
  })

  it('are 503 while that subgraph is away, and not there at all unless one is named', async () => {
    expect((await fetch(`${films.url}/dev/mailbox`)).status).toBe(404)
    await films.close()
    films = await filmsGateway({ DEV_PAGES_FROM: 'films' })
    films.filmsServer.isAway = true

    const response = await fetch(`${films.url}/dev/mailbox`)

    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] })
  })
})

const session = (sid: string) => issuer.token('ada', 60, '', { sid })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Which subgraph was told which session, in order. */
function told(): [string, string | null][] {
  return films.requests.map(({ subgraph, headers }) => {
    const [, claims] = String(headers['x-tributary-identity']).split('.')
    const { identity } = JSON.parse(Buffer.from(claims!, 'base64url').toString()) as {
      identity: { session: string | null }
    }
    return [subgraph, identity.session]
  })
}

async function socketOf(token: string) {
  const socket = await openSocket(films.url, token)
  open.push(socket)
  return socket
}

// fetch would take the dots out of the path by itself.
function rawGet(url: string, path: string): Promise<{ status: number }> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    request({ hostname, port, path }, (response) => {
      response.resume()
      resolve({ status: response.statusCode! })
    })
      .on('error', reject)
      .end()
  })
}
