// What Tributary promises its users, whatever way it runs: in one process, as separate ones, or in containers. Each
// e2e file starts it in its way and runs these.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sharingPromises } from './sharing-promises.ts'
import { PASSWORD, anAddress, apiOf } from './support/api.ts'
import type { Answer, Api, Person } from './support/api.ts'

export interface RunningSystem {
  /** `http://host:port` of the gateway. */
  readonly url: string
  close(): Promise<void>
}

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000'

export function tributaryPromises(start: () => Promise<RunningSystem>): void {
  let system: RunningSystem
  let api: Api
  let ada: Person
  let bob: Person

  beforeAll(async () => {
    system = await start()
    api = apiOf(system.url)
    ;[ada, bob] = await Promise.all([api.person('ada'), api.person('bob')])
  })
  afterAll(() => system?.close())

  describe('accounts', () => {
    it('opens an account that can log in and see itself whole', async () => {
      const { data, errors } = await api.ask('{ me { id username email roles firstName } }', {}, ada)

      expect(errors).toBeUndefined()
      expect(data.me).toEqual({
        id: ada.id,
        username: ada.username,
        email: ada.email,
        roles: ['USER', 'CREATOR'],
        firstName: null,
      })
    })

    it.each([
      ['the same username in another case', () => ({ username: ada.username.toUpperCase() }), 'username'],
      ['the same e-mail address in another case', () => ({ email: ada.email.toUpperCase() }), 'email'],
    ])('refuses %s as a CONFLICT that names the field', async (_what, taken, field) => {
      const { data, errors, codes, status } = await register(taken())

      expect(status).toBe(200)
      expect(data.register).toBeNull()
      expect(codes).toEqual(['CONFLICT'])
      expect(errors![0]).toMatchObject({ path: ['register'], extensions: { field } })
    })

    it('makes one account of twenty equal registrations at once', async () => {
      const name = `race-${randomUUID().slice(0, 8)}`
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => register({ username: name, email: `${name}@example.com` })),
      )

      expect(answers.filter(({ data }) => data.register).length).toBe(1)
      // Ten tries in a quarter of an hour are answered for one address.
      const codes = answers.flatMap(({ codes }) => codes)
      expect(codes.filter((code) => code === 'CONFLICT')).toHaveLength(9)
      expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(10)
    })

    it.each([
      ['a username of two letters', { username: 'ab' }, 'username'],
      ['a username with a space', { username: 'a b c' }, 'username'],
      ['an e-mail address that is none', { email: 'nobody' }, 'email'],
      ['a password of seven characters', { password: '1234567' }, 'password'],
      ['a phone number without country', { phoneNumber: '0301234567' }, 'phoneNumber'],
      ['a NUL byte', { firstName: 'a\u0000b' }, 'firstName'],
      ['half a surrogate pair', { lastName: 'a\ud800b' }, 'lastName'],
    ])('refuses %s as BAD_USER_INPUT that names the field', async (_what, bad, field) => {
      const { errors, codes, status } = await register(bad)

      expect(status).toBe(200)
      expect(codes).toEqual(['BAD_USER_INPUT'])
      expect(errors![0]!.extensions['field']).toBe(field)
    })

    it('answers a wrong password and an unknown address alike', async () => {
      const [wrong, unknown] = await Promise.all([
        login(ada.email, 'not the password'),
        login('nobody@example.com', PASSWORD),
      ])

      expect(wrong.codes).toEqual(['UNAUTHENTICATED'])
      expect(unknown).toEqual(wrong)
    })

    it('answers five logins and five registrations a minute to one address, and goes on answering others', async () => {
      const address = anAddress()
      const logins: Answer[] = []
      for (let n = 0; n < 6; n++) logins.push(await login(ada.email, 'a guess', address))
      const registrations = await Promise.all(Array.from({ length: 6 }, () => register({}, address)))

      expect(logins.map(({ codes }) => codes)).toEqual([...Array(5).fill(['UNAUTHENTICATED']), ['RATE_LIMITED']])
      expect(logins[5]).toMatchObject({ status: 429, errors: [{ extensions: { coordinate: 'Mutation.login' } }] })
      expect(registrations.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 429])
      expect((await login(ada.email, PASSWORD)).status).toBe(200)
    })

    it('counts every guess of an operation that holds many', async () => {
      const guess = (n: number) =>
        `g${n}: login(input: { email: "${ada.email}", password: "guess ${n}" }) { expiresIn }`
      const guesses = (count: number) => `mutation { ${Array.from({ length: count }, (_, n) => guess(n)).join(' ')} }`
      const address = anAddress()

      expect((await api.ask(guesses(6), {}, undefined, anAddress())).codes).toEqual(['RATE_LIMITED'])
      expect((await api.ask(guesses(5), {}, undefined, address)).codes).toEqual(Array(5).fill('UNAUTHENTICATED'))
      expect((await login(ada.email, PASSWORD, address)).codes).toEqual(['RATE_LIMITED'])
    })

    it('shows strangers the public profile and refuses the rest, field by field', async () => {
      const { data, codes, errors } = await api.ask(
        'query ($id: ID!) { user(id: $id) { id username email roles } }',
        { id: ada.id },
        bob,
      )

      expect(data.user).toEqual({ id: ada.id, username: ada.username, email: null, roles: null })
      expect(codes).toEqual(['FORBIDDEN', 'FORBIDDEN'])
      expect(errors!.map(({ path }) => path).sort()).toEqual([
        ['user', 'email'],
        ['user', 'roles'],
      ])
    })

    it('keeps private fields private also when the person is reached through an item', async () => {
      const id = await api.createItem(ada, { name: 'Lamp', visibility: 'PUBLIC' })

      const { data, codes } = await api.ask(
        'query ($id: ID!) { item(id: $id) { owner { username email } } }',
        { id },
        bob,
      )

      expect(data.item.owner).toEqual({ username: ada.username, email: null })
      expect(codes).toEqual(['FORBIDDEN'])
    })

    it('answers who asks for "me" without a token with UNAUTHENTICATED, and with a bad one with 401', async () => {
      expect((await api.ask('{ me { id } }')).codes).toEqual(['UNAUTHENTICATED'])

      const forged = { ...ada, token: ada.token.slice(0, -4) + 'AAAA' }
      const { status, codes } = await api.ask('{ me { id } }', {}, forged)
      expect([status, codes]).toEqual([401, ['UNAUTHENTICATED']])
    })

    it.each([UNKNOWN_ID, 'no id', '', '1', `${'9'.repeat(400)}`])(
      'answers the unknown user %j with NOT_FOUND',
      async (id) => {
        const { data, codes, status } = await api.ask('query ($id: ID!) { user(id: $id) { id } }', { id })

        expect([status, data, codes]).toEqual([200, { user: null }, ['NOT_FOUND']])
      },
    )
  })

  describe('items', () => {
    it('creates a draft that only its owner sees, unless told otherwise', async () => {
      const { data, errors } = await api.ask(
        `mutation { createItem(input: { name: "Lamp" }) { item {
           id name description status visibility version viewerPermission owner { id username }
         } } }`,
        {},
        ada,
      )

      expect(errors).toBeUndefined()
      expect(data.createItem.item).toEqual({
        id: expect.any(String),
        name: 'Lamp',
        description: null,
        status: 'DRAFT',
        visibility: 'PRIVATE',
        version: 1,
        viewerPermission: 'OWNER',
        owner: { id: ada.id, username: ada.username },
      })
    })

    it('shows a person their items through either subgraph, and strangers the public ones', async () => {
      const carol = await api.person('carol')
      const pen = await api.createItem(carol, { name: 'Pen', visibility: 'PUBLIC' })
      const diary = await api.createItem(carol, { name: 'Diary' })

      const own = await api.ask('{ me { username items { nodes { id } } } }', {}, carol)
      const strangers = await api.ask(
        'query ($id: ID!) { user(id: $id) { items { nodes { id } } } }',
        { id: carol.id },
        bob,
      )
      const publicList = await api.ask('{ items(first: 100) { nodes { id } } }')

      expect(own.data.me.items.nodes).toEqual([{ id: diary }, { id: pen }])
      expect(strangers.data.user.items.nodes).toEqual([{ id: pen }])
      const listed = publicList.data.items.nodes.map(({ id }: { id: string }) => id)
      expect(listed).toContain(pen)
      expect(listed).not.toContain(diary)
    })

    it('pages through all items, newest first, each once', async () => {
      const carol = await api.person('carol')
      const ids: string[] = []
      for (let n = 0; n < 7; n++) ids.unshift(await api.createItem(carol, { name: `Item ${n}` }))

      const seen: string[] = []
      for (let after: string | null = null, hasNextPage = true; hasNextPage;) {
        const { data } = await api.ask(
          'query ($after: String) { me { items(first: 3, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } } }',
          { after },
          carol,
        )
        const { edges, pageInfo } = data.me.items
        expect(pageInfo).toEqual({
          hasNextPage: seen.length < 6,
          hasPreviousPage: seen.length > 0,
          endCursor: edges.at(-1).cursor,
        })
        seen.push(...edges.map(({ node }: { node: { id: string } }) => node.id))
        ;({ hasNextPage, endCursor: after } = pageInfo)
      }

      expect(seen).toEqual(ids)
    })

    it('changes the fields that are given and leaves the others, also those of an omitted variable', async () => {
      const id = await api.createItem(ada, { name: 'Lamp', description: 'Brass.', status: 'ACTIVE' })

      const { data } = await api.ask(
        `mutation ($id: ID!, $name: String, $description: String, $status: ItemStatus) {
           updateItem(input: { id: $id, name: $name, description: $description, status: $status }) {
             item { name description status visibility version }
           }
         }`,
        { id, name: 'Floor lamp' },
        ada,
      )

      expect(data.updateItem.item).toEqual({
        name: 'Floor lamp',
        description: 'Brass.',
        status: 'ACTIVE',
        visibility: 'PRIVATE',
        version: 2,
      })
    })

    it('takes a description away with null, and refuses null for what every item has', async () => {
      const id = await api.createItem(ada, { name: 'Lamp', description: 'Brass.' })

      const cleared = await update(ada, { id, description: null })
      expect(cleared.data.updateItem.item.description).toBeNull()

      const refused = await update(ada, { id, name: null })
      expect(refused.codes).toEqual(['BAD_USER_INPUT'])
      expect(refused.errors![0]!.extensions['field']).toBe('name')
    })

    it('deletes an item for everybody', async () => {
      const id = await api.createItem(ada, { name: 'Lamp', visibility: 'PUBLIC' })

      const { data } = await api.ask('mutation ($id: ID!) { deleteItem(input: { id: $id }) { itemId } }', { id }, ada)

      expect(data.deleteItem).toEqual({ itemId: id })
      expect((await read(id, ada)).codes).toEqual(['NOT_FOUND'])
      expect((await read(id, bob)).codes).toEqual(['NOT_FOUND'])
    })

    it("answers somebody else's private item exactly as one that does not exist", async () => {
      const id = await api.createItem(ada, { name: 'Diary' })

      for (const who of [bob, undefined]) expect(await read(id, who)).toEqual(await read(UNKNOWN_ID, who))
      const missing = await update(bob, { id: UNKNOWN_ID, name: 'Mine' })
      expect(missing.codes).toEqual(['NOT_FOUND'])
      expect(await update(bob, { id, name: 'Mine' })).toEqual(missing)
    })

    it("refuses to change or delete somebody else's public item", async () => {
      const id = await api.createItem(ada, { name: 'Lamp', visibility: 'PUBLIC' })

      expect((await update(bob, { id, name: 'Mine' })).codes).toEqual(['FORBIDDEN'])
      const deleted = await api.ask('mutation ($id: ID!) { deleteItem(input: { id: $id }) { itemId } }', { id }, bob)
      expect(deleted.codes).toEqual(['FORBIDDEN'])
      expect((await read(id, bob)).data.item).toMatchObject({ name: 'Lamp', viewerPermission: 'VIEW' })
    })

    it('refuses to create anything for somebody who is not signed in', async () => {
      const { data, codes } = await api.ask('mutation { createItem(input: { name: "x" }) { item { id } } }')

      expect([data, codes]).toEqual([{ createItem: null }, ['UNAUTHENTICATED']])
    })

    it.each([
      ['an empty name', { name: '' }, 'name'],
      ['a name of blanks', { name: '   ' }, 'name'],
      ['a name of 256 characters', { name: 'x'.repeat(256) }, 'name'],
      ['a NUL byte', { name: 'a\u0000b' }, 'name'],
      ['half a surrogate pair', { name: 'ok', description: '\udc00' }, 'description'],
      ['a description of 50,001 characters', { name: 'ok', description: 'x'.repeat(50_001) }, 'description'],
    ])('refuses %s as BAD_USER_INPUT that names the field', async (_what, input, field) => {
      const { errors, codes, status } = await api.ask(
        'mutation ($input: CreateItemInput!) { createItem(input: $input) { item { id } } }',
        { input },
        ada,
      )

      expect([status, codes]).toEqual([200, ['BAD_USER_INPUT']])
      expect(errors![0]).toMatchObject({ path: ['createItem'], extensions: { field } })
    })

    it.each([
      ['first: 0', 'first: 0', 'first'],
      ['first: -1', 'first: -1', 'first'],
      ['a cursor that is none', 'after: "nonsense"', 'after'],
      ['an empty cursor', 'after: ""', 'after'],
    ])('refuses %s as BAD_USER_INPUT that names the argument', async (_what, args, field) => {
      const { errors, codes, status } = await api.ask(`{ items(${args}) { nodes { id } } }`)

      expect([status, codes]).toEqual([200, ['BAD_USER_INPUT']])
      expect(errors![0]!.extensions['field']).toBe(field)
    })

    it('refuses more than 100 items at a time, before anything is fetched', async () => {
      const { errors, codes, status } = await api.ask('{ items(first: 101) { nodes { id } } }')

      expect([status, codes]).toEqual([400, ['OPERATION_TOO_COMPLEX']])
      expect(errors![0]!.extensions).toMatchObject({ limit: 'listSize', max: 100, measure: 101 })
    })

    it.each([
      ['an unknown field', '{ items { nodes { price } } }'],
      ['an unknown argument', '{ items(size: 3) { nodes { id } } }'],
      ['a missing argument', '{ item { id } }'],
    ])('refuses %s with 400', async (_what, query) => {
      const { status, codes } = await api.ask(query)

      expect([status, codes]).toEqual([400, ['GRAPHQL_VALIDATION_FAILED']])
    })

    it('loses none of fifty changes made at once', async () => {
      const id = await api.createItem(ada, { name: 'Counter' })

      const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => update(ada, { id, name: `Counter ${n}` })))

      expect(answers.flatMap(({ codes }) => codes)).toEqual([])
      expect((await read(id, ada)).data.item.version).toBe(51)
    })
  })

  sharingPromises(() => ({ api, ada, bob }))

  describe('events', () => {
    it('tells everybody of public items, with fields of both subgraphs', async () => {
      const events = await api.followItems('PUBLIC')

      const id = await api.createItem(ada, { name: 'Lamp', visibility: 'PUBLIC' })
      await update(ada, { id, name: 'Floor lamp' })
      await api.ask('mutation ($id: ID!) { deleteItem(input: { id: $id }) { itemId } }', { id }, ada)

      await vi.waitFor(() => expect(events.of(id)).toHaveLength(3), { timeout: 5_000 })
      expect(events.of(id).map(({ kind }) => kind)).toEqual(['CREATED', 'UPDATED', 'DELETED'])
      expect(events.of(id)[2]!.item).toBeNull()
      await events.end()
    })

    it("tells an item's owner of private changes, and nobody else", async () => {
      const [own, everybody, bobs] = await Promise.all([
        api.followItems('MINE', ada),
        api.followItems('PUBLIC', bob),
        api.followItems('MINE', bob),
      ])

      const id = await api.createItem(ada, { name: 'Diary' })
      const last = await api.createItem(bob, { name: 'Last', visibility: 'PUBLIC' })

      await vi.waitFor(
        () => expect([own.of(id), everybody.of(last), bobs.of(last)].map(({ length }) => length)).toEqual([1, 1, 1]),
        {
          timeout: 5_000,
        },
      )
      expect(own.of(id)[0]).toEqual({
        kind: 'CREATED',
        itemId: id,
        item: {
          id,
          name: 'Diary',
          visibility: 'PRIVATE',
          owner: { id: ada.id, username: ada.username },
          viewerPermission: 'OWNER',
        },
      })
      expect([everybody.of(id), bobs.of(id)]).toEqual([[], []])
      await Promise.all([own.end(), everybody.end(), bobs.end()])
    })

    it('tells of an item that comes into view, and of one that goes, without showing it', async () => {
      const events = await api.followItems('PUBLIC', bob)
      const id = await api.createItem(ada, { name: 'Diary' })

      await update(ada, { id, visibility: 'PUBLIC' })
      await vi.waitFor(() => expect(events.of(id)).toHaveLength(1), { timeout: 5_000 })
      await update(ada, { id, visibility: 'PRIVATE' })
      await vi.waitFor(() => expect(events.of(id)).toHaveLength(2), { timeout: 5_000 })

      expect(events.of(id)[0]).toMatchObject({ kind: 'UPDATED', item: { name: 'Diary', viewerPermission: 'VIEW' } })
      expect(events.of(id)[1]).toEqual({ kind: 'REMOVED', itemId: id, item: null })
      await events.end()
    })

    it('tells everybody the same of public items who asks for what is the same for everybody', async () => {
      const all = await Promise.all([ada, bob, undefined].map((who) => api.followPublicItems(who)))
      const id = await api.createItem(ada, { name: 'Shop', visibility: 'PUBLIC' })
      await vi.waitFor(() => all.forEach((events) => expect(events.of(id)).toHaveLength(1)), { timeout: 5_000 })
      await update(ada, { id, visibility: 'PRIVATE' })
      await update(ada, { id, name: 'Back office' })
      await vi.waitFor(() => all.forEach((events) => expect(events.of(id)).toHaveLength(2)), { timeout: 5_000 })

      for (const events of all) {
        expect(events.of(id)).toEqual([
          {
            kind: 'CREATED',
            itemId: id,
            item: { id, name: 'Shop', visibility: 'PUBLIC', owner: { username: ada.username } },
          },
          { kind: 'REMOVED', itemId: id, item: null },
        ])
      }
      await Promise.all(all.map(async (events) => events.end()))
    })

    it('tells of one item until it goes out of sight, which its owner does not notice', async () => {
      const id = await api.createItem(ada, { name: 'Shop', visibility: 'PUBLIC' })
      const [own, bobs, strangers] = await Promise.all([
        api.followItem(id, ada),
        api.followItem(id, bob),
        api.followItem(id),
      ])

      await update(ada, { id, name: 'Shop window' })
      for (const events of [own, bobs, strangers]) {
        await vi.waitFor(() => expect(events.of(id).at(-1)?.item?.name).toBe('Shop window'), { timeout: 5_000 })
      }
      await update(ada, { id, visibility: 'PRIVATE' })
      await update(ada, { id, name: 'Back office' })

      await vi.waitFor(() => expect(own.of(id).at(-1)?.item?.name).toBe('Back office'), { timeout: 5_000 })
      expect(own.of(id).map(({ kind }) => kind)).not.toContain('REMOVED')
      for (const events of [bobs, strangers]) {
        await vi.waitFor(() => expect(events.isComplete()).toBe(true), { timeout: 5_000 })
        expect(events.of(id).at(-1)).toEqual({ kind: 'REMOVED', itemId: id, item: null })
        expect(JSON.stringify(events.of(id))).not.toContain('Back office')
      }
      expect(own.isComplete()).toBe(false)
      await Promise.all([own.end(), bobs.end(), strangers.end()])
    })

    it('lets nobody follow an item that they may not see, as if there were none', async () => {
      const id = await api.createItem(ada, { name: 'Diary' })

      const refusals = await Promise.all([
        api.followItem(id, bob),
        api.followItem(id),
        api.followItem('00000000-0000-4000-8000-000000000000', bob),
        api.followItem('no id', bob),
      ])

      for (const { errors } of refusals) {
        await vi.waitFor(() => expect(errors).toHaveLength(1))
        expect(errors[0]).toEqual(refusals[0]!.errors[0])
        expect(errors[0]).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }])
      }
      await Promise.all(refusals.map(async ({ end }) => end()))
    })

    it('refuses MINE to somebody who is not signed in', async () => {
      const events = await api.followItems('MINE')

      await vi.waitFor(() => expect(events.errors).toHaveLength(1))
      expect(events.errors[0]).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
      await events.end()
    })

    it('reaches EventSource and fetch streams as well', async () => {
      const leave = new AbortController()
      const query = 'subscription { itemsChanged { itemId item { name owner { username } } } }'
      const response = await fetch(`${system.url}/graphql?query=${encodeURIComponent(query)}`, {
        headers: { accept: 'text/event-stream' },
        signal: leave.signal,
      })
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
      await new Promise((resolve) => setTimeout(resolve, 200)) // the stream opens before it follows its channels

      const id = await api.createItem(ada, { name: 'Streamed', visibility: 'PUBLIC' })

      let text = ''
      while (!text.includes(id)) text += (await reader.read()).value ?? ''
      expect(text).toContain('event: next\ndata: {"data":{"itemsChanged":{')
      expect(text).toContain(`"name":"Streamed","owner":{"username":"${ada.username}"}`)
      leave.abort()
    })
  })

  describe('operation', () => {
    it('says that it is healthy, with its parts', async () => {
      const all = await fetch(`${system.url}/health/all`)

      expect(all.status).toBe(200)
      expect(await all.json()).toMatchObject({
        status: 'ok',
        services: { api: { status: 'healthy' }, database: { status: 'healthy' }, cache: { status: 'healthy' } },
      })
      for (const path of ['/health', '/health/db', '/health/cache', '/livez', '/readyz']) {
        expect((await fetch(system.url + path)).status, path).toBe(200)
      }
    })

    it('serves the web app at every address of its own, with its security headers', async () => {
      for (const path of ['/', '/sign-in', `/items/${UNKNOWN_ID}`]) {
        const page = await fetch(system.url + path, { headers: { accept: 'text/html' } })
        expect(page.status).toBe(200)
        expect(page.headers.get('content-type')).toContain('text/html')
        expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
        expect(await page.text()).toContain('<div id="app"')
      }
    })
  })

  const read = (id: string, who?: Person) =>
    api.ask('query ($id: ID!) { item(id: $id) { name version viewerPermission } }', { id }, who)

  const update = (who: Person, input: object) =>
    api.ask(
      'mutation ($input: UpdateItemInput!) { updateItem(input: $input) { item { name description } } }',
      { input },
      who,
    )

  const register = (input: object, address?: string) => {
    const name = `someone-${randomUUID().slice(0, 8)}`
    return api.ask(
      'mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }',
      { input: { username: name, email: `${name}@example.com`, password: PASSWORD, ...input } },
      undefined,
      address,
    )
  }

  const login = (email: string, password: string, address?: string) =>
    api.ask(
      'mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) { accessToken } }',
      { email, password },
      undefined,
      address,
    )
}
