import { expect, it } from 'vitest'
import { tributaryClient, type ClientOptions } from './client.ts'

const me = { id: '1', username: 'ada', createdAt: '2026-01-01T00:00:00.000Z' }

it('sends the operation with its variables and the token, and answers with the data', async () => {
  const { client, sent } = clientOf(() => Response.json({ data: { user: me } }), { token: 'a.b.c' })

  expect(await client.user({ id: '1' })).toEqual({ user: me })
  const { headers, body } = sent[0]!
  expect(headers.get('authorization')).toBe('Bearer a.b.c')
  expect(body).toMatchObject({ operationName: 'user', variables: { id: '1' } })
  expect(body.query).toContain('user(id: $id)')
})

it('asks for the token before each request', async () => {
  const tokens = ['one', 'two']
  const { client, sent } = clientOf(() => Response.json({ data: { me } }), {
    token: async () => tokens.shift() ?? null,
  })
  await client.me()
  await client.me()
  await client.me()
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer one', 'Bearer two', null])
})

it('throws the code and the field of a refusal, whatever the HTTP status', async () => {
  const errors = [{ message: 'Taken.', path: ['register'], extensions: { code: 'CONFLICT', field: 'email' } }]
  for (const status of [200, 400]) {
    const { client } = clientOf(() => Response.json({ errors, data: { register: null } }, { status }))
    await expect(client.register({ input: { username: 'a', email: 'b', password: 'c' } })).rejects.toMatchObject({
      name: 'TributaryError',
      code: 'CONFLICT',
      field: 'email',
      errors: [{ code: 'CONFLICT', path: ['register'] }],
      data: { register: null },
    })
  }
})

it('says of a call that came too often how long to wait', async () => {
  const errors = [{ message: 'Too often.', extensions: { code: 'RATE_LIMITED', retryAfterMs: 41_200 } }]
  const { client } = clientOf(() => Response.json({ errors }, { status: 429 }))

  await expect(client.login({ input: { email: 'b', password: 'c' } })).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    errors: [{ retryAfterMs: 41_200 }],
  })
})

it('answers with what could be had when the caller takes part of it', async () => {
  const item = { id: '1', owner: null }
  const errors = [{ message: 'Down.', path: ['item', 'owner'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]
  const { client } = clientOf(() => Response.json({ errors, data: { item } }))
  expect(await client.item({ id: '1' }, { allowPartial: true })).toEqual({ item })
  await expect(client.item({ id: '1' })).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', data: { item } })
})

it('throws even so when nothing could be had', async () => {
  const { client } = clientOf(() => Response.json({ errors: [{ message: 'No.' }] }))
  await expect(client.me({}, { allowPartial: true })).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' })
})

it.each([
  ['the server cannot be reached', () => Promise.reject(new TypeError('fetch failed'))],
  ['a proxy answers with a page', () => new Response('<h1>Bad gateway</h1>', { status: 502 })],
  ['the answer is empty', () => Response.json({})],
])('throws NETWORK_ERROR when %s', async (_what, answer) => {
  const { client } = clientOf(answer)
  await expect(client.me()).rejects.toMatchObject({ code: 'NETWORK_ERROR' })
})

it('lets the caller give up, with the reason the caller gave', async () => {
  const reason = new Error('Changed my mind.')
  const { client } = clientOf((init) => Promise.reject(init.signal!.reason))
  await expect(client.me({}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})

it('yields each event of a subscription, however it is cut into chunks, until it completes', async () => {
  const event = (kind: string) => ({ data: { itemsChanged: { kind, itemId: '1', item: null } } })
  const text =
    ':\n\n' +
    `event: next\ndata: ${JSON.stringify(event('CREATED'))}\n\n` +
    `event: next\r\ndata: ${JSON.stringify(event('DELETED'))}\r\n\r\n` +
    'event: complete\ndata:\n\n'
  const { client, sent } = clientOf(() => stream(text, 7))

  const kinds: string[] = []
  for await (const { itemsChanged } of client.itemsChanged({ scope: 'PUBLIC' })) kinds.push(itemsChanged.kind)

  expect(kinds).toEqual(['CREATED', 'DELETED'])
  expect(sent[0]!.headers.get('accept')).toBe('text/event-stream')
})

it('ends a subscription when its loop is left', async () => {
  let signal: AbortSignal | null | undefined
  const { client } = clientOf((init) => {
    signal = init.signal
    return stream('event: next\ndata: {"data":{"itemsChanged":{}}}\n\n', 1_000, 'stays open')
  })
  for await (const _event of client.itemsChanged({ scope: 'PUBLIC' })) break
  expect(signal?.aborted).toBe(true)
})

it('throws when a subscription is refused, and when its stream breaks off', async () => {
  const refused = clientOf(() =>
    Response.json({ errors: [{ message: 'Sign in.', extensions: { code: 'UNAUTHENTICATED' } }] }, { status: 401 }),
  )
  await expect(drain(refused.client)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })

  const broken = clientOf(() => stream('event: next\ndata: {"data":{"itemsChanged":{}}}\n\n', 1_000))
  await expect(drain(broken.client)).rejects.toMatchObject({ code: 'NETWORK_ERROR' })
})

async function drain(client: ReturnType<typeof tributaryClient>) {
  for await (const _event of client.itemsChanged({ scope: 'MINE' }));
}

function stream(text: string, chunkLength: number, end?: 'stays open') {
  const chunks = Array.from({ length: Math.ceil(text.length / chunkLength) }, (_, index) =>
    new TextEncoder().encode(text.slice(index * chunkLength, (index + 1) * chunkLength)),
  )
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const chunk = chunks.shift()
      if (chunk) controller.enqueue(chunk)
      else if (!end) controller.close()
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
}

function clientOf(answer: (init: RequestInit) => Response | Promise<Response>, options: Partial<ClientOptions> = {}) {
  const sent: { headers: Headers; body: any }[] = []
  const client = tributaryClient({
    url: 'http://gateway.test/graphql',
    fetch: async (_url, init = {}) => {
      sent.push({ headers: new Headers(init.headers), body: JSON.parse(String(init.body)) })
      return answer(init)
    },
    ...options,
  })
  return { client, sent }
}
