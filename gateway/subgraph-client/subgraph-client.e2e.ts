// Whose questions are one fetch, and what a subgraph is told, on a real socket.
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import type { ForwardedIdentity } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'
import type { RequestContext } from '../request-context.ts'
import { makeInFlight } from './in-flight.ts'
import { FETCH_LIMITS, subgraphClient } from './subgraph-client.ts'
import type { SubgraphClient } from './subgraph-client.ts'

const ada: RequestContext = {
  requestId: 'r1',
  identity: { ...ANONYMOUS, subject: 'ada', scopes: ['read'] },
  clientAddress: '192.0.2.1',
}

let system: Awaited<ReturnType<typeof start>>
beforeEach(async () => void (system = await start()))
afterEach(() => system.close())

it('asks once for equal claims, also under another request id, and each owns its answer', async () => {
  const { signed } = system

  const answers = await system.ask(signed, [ada, { ...ada, requestId: 'r2', identity: { ...ada.identity } }])

  expect(system.requests).toHaveLength(1)
  expect(answers[0]).toEqual(answers[1])
  expect(answers[0]!.data).not.toBe(answers[1]!.data)
})

it.each<[string, Partial<RequestContext>]>([
  ['another person', { identity: { ...ada.identity, subject: 'bob' } }],
  ['nobody', { identity: ANONYMOUS }],
  ['other scopes', { identity: { ...ada.identity, scopes: [] } }],
  ['other roles', { identity: { ...ada.identity, roles: ['admin'] } }],
  ['other policies', { identity: { ...ada.identity, policies: ['step-up'] } }],
  ['another address, which is forwarded too', { clientAddress: '192.0.2.2' }],
])('asks apart for %s, and tells the subgraph for whom', async (_who, other) => {
  const { signed } = system

  const answers = await system.ask(signed, [ada, { ...ada, ...other }])

  const told = [ada, { ...ada, ...other }].map(({ identity, clientAddress }) => ({ identity, clientAddress }))
  expect(answers.map(({ data }) => JSON.parse(data!['asks'] as string))).toEqual(told)
})

it('asks once for everybody where the subgraph is not told who asks', async () => {
  const { unsigned } = system

  await system.ask(unsigned, [ada, { ...ada, identity: ANONYMOUS, clientAddress: null }])

  expect(system.requests).toHaveLength(1)
  expect(system.requests[0]!.headers['x-tributary-identity']).toBeUndefined()
})

it('asks once for two sessions of one person, and apart for each where the subgraph is told the session', async () => {
  const { signed, toldSessions } = system
  const inSessions = ['phone', 'laptop'].map((session) => ({ ...ada, identity: { ...ada.identity, session } }))
  const sessionsOf = (answers: Awaited<ReturnType<typeof system.ask>>) =>
    answers.map(({ data }) => (JSON.parse(data!['asks'] as string) as ForwardedIdentity).identity.session)

  expect(sessionsOf(await system.ask(signed, inSessions))).toEqual([null, null])
  expect(system.requests).toHaveLength(1)
  expect(sessionsOf(await system.ask(toldSessions, inSessions))).toEqual(['phone', 'laptop'])
  expect(system.requests).toHaveLength(3)
})

it('never makes one mutation of two', async () => {
  const { signed } = system

  await system.ask(signed, [ada, ada], true)

  expect(system.requests).toHaveLength(2)
})

it.each([
  [
    'begins a query anew after a mutation of the same person, also in another session',
    { ...ada.identity, scopes: ['write'] },
    2,
  ],
  ['goes on sharing the query under way after a mutation of somebody else', { ...ada.identity, subject: 'bob' }, 1],
])('%s', async (_what, identity, queries) => {
  const { signed } = system
  const before = system.ask(signed, [ada])
  await system.ask(signed, [{ ...ada, identity }], true)
  const after = system.ask(signed, [ada])

  await Promise.all([before, after])

  expect(system.requests).toHaveLength(queries + 1)
})

it('shares no query begun before the event that is delivered', async () => {
  const { signed } = system
  const before = system.ask(signed, [ada])
  const notBefore = performance.now()
  const after = system.ask(signed, [
    { ...ada, notBefore },
    { ...ada, notBefore },
  ])

  await Promise.all([before, after])

  expect(system.requests).toHaveLength(2)
})

/** A subgraph that says who asks: at once when it is a mutation, after a while otherwise. */
async function start() {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    const asks = request.headers['x-tributary-identity'] ?? null
    request.on('data', (chunk: Buffer) => {
      setTimeout(
        () => response.end(JSON.stringify({ data: { asks } })),
        chunk.toString().includes('mutation') ? 0 : 100,
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const options = {
    name: 'films',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    isToldSession: false,
    cookie: null,
    inFlight: makeInFlight(FETCH_LIMITS.fetchTimeoutMs),
    limits: FETCH_LIMITS,
    log: makeLog('test', 'silent'),
  }
  const sign = (forwarded: ForwardedIdentity) => JSON.stringify(forwarded)
  const signed = subgraphClient({ ...options, sign })
  const toldSessions = subgraphClient({ ...options, sign, isToldSession: true })
  const unsigned = subgraphClient({ ...options, sign: null })
  return {
    requests,
    signed,
    toldSessions,
    unsigned,
    ask: (client: SubgraphClient, contexts: readonly RequestContext[], isMutation = false) => {
      const body = `{"query":"${isMutation ? 'mutation' : ''}{ asks }"}`
      const fetches = contexts.map((context) =>
        client.fetch({ subgraph: 'films', body, isMutation }, context, Infinity),
      )
      return Promise.all(fetches)
    },
    async close() {
      await Promise.all([signed.close(), unsigned.close()])
      server.closeAllConnections()
      server.close()
    },
  }
}
