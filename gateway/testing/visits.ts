// What clients of all kinds do, one small thing at a time: welcome and unwelcome, and each with the answer that it is to
// get. How much of which is said by `share`; mixed-load.ts makes a load of them.
import { createHash } from 'node:crypto'
import { anAddress, apiOf } from '../../e2e/support/api.ts'
import type { Person } from '../../e2e/support/api.ts'
import type { Random } from './random-federation.ts'

export interface Visit {
  readonly name: string
  /** How often beside the others. */
  readonly share: number
  /** The one right outcome: status and codes of the answer. */
  readonly outcome: string
  /** @returns the outcome */
  visit(): Promise<string>
}

/** Nobody waits longer. */
const ANSWER_TIMEOUT_MS = 30_000
/** Within this a client is gone that leaves midway. */
const LEAVES_WITHIN_MS = 30
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000'

const small = '{ items(first: 3) { nodes { name status owner { username } } } }'
const large = `query ($first: Int!) { items(first: $first) {
  edges { cursor node { id name description status visibility version createdAt updatedAt viewerPermission owner { id username createdAt } } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
} }`
const own = '{ me { id username email roles items(first: 20) { nodes { id name visibility owner { username } } } } }'
const introspection = '{ __schema { types { name kind fields { name type { name kind ofType { name kind } } } } } }'
const create = 'mutation ($input: CreateItemInput!) { createItem(input: $input) { item { id owner { username } } } }'
const update = 'mutation ($input: UpdateItemInput!) { updateItem(input: $input) { item { id version } } }'
const remove = 'mutation ($id: ID!) { deleteItem(input: { id: $id }) { itemId } }'
const login = `mutation ($email: String!, $password: String!) {
  login(input: { email: $email, password: $password }) { accessToken expiresIn user { username } }
}`
const itemFields = ['id', 'name', 'status', 'visibility', 'version', 'createdAt', 'updatedAt', 'viewerPermission']

/** @param people signed in */
export function visitsOf(url: string, people: readonly Person[], password: string, random: Random): Visit[] {
  const api = apiOf(url)
  let texts = 0

  return [
    query('a small query', 25, () => ask(small)),
    query('a large query', 8, () => ask(large, { first: 100 })),
    query('the same with other variables', 8, () => ask(large, { first: 1 + random.below(100) })),
    query("one's own items", 12, () => ask(own, {}, random.pick(people))),
    query('a text never seen before', 10, () => ask(newText())),
    query('the schema', 0.5, () => ask(introspection)),
    query('a persisted query', 5, () => persisted(small)),
    query('a query persisted just now', 2, () => persisted(newText(), 'register')),
    query('a created, changed and deleted item', 5, createChangeDelete),
    query('a login', 0.3, () => ask(login, { email: random.pick(people).email, password })),
    { name: 'a client that leaves midway', share: 5, outcome: 'left', visit: leaveMidway },

    visit('an item that is not there', 3, '200 NOT_FOUND', () =>
      ask('query ($id: ID!) { item(id: $id) { name } }', { id: UNKNOWN_ID }),
    ),
    visit('a change without a login', 1, '200 UNAUTHENTICATED', () => ask(create, { input: { name: 'x' } })),
    visit('a wrong input', 1, '200 BAD_USER_INPUT', () => ask(create, { input: { name: '' } }, random.pick(people))),
    visit('a wrong password', 0.2, '200 UNAUTHENTICATED', () =>
      ask(login, { email: random.pick(people).email, password: `not ${password}` }),
    ),
    visit('a wrong token', 1, '401 UNAUTHENTICATED', () => {
      const who = random.pick(people)
      return ask(small, {}, { ...who, token: `${who.token.slice(0, -12)}${`${++texts}`.padStart(12, '0')}` })
    }),
    visit('wrong variables', 1, '400 BAD_USER_INPUT', () => ask(large, { first: 'many' })),
    visit('an unknown field', 3, '400 GRAPHQL_VALIDATION_FAILED', () => ask(`{ items { nope${++texts} } }`)),
    visit('what does not parse', 2, '400 GRAPHQL_PARSE_FAILED', () =>
      ask(`{ items(first: ${++texts} { nodes { id } }`),
    ),
    visit('nesting without end', 1, '400 OPERATION_TOO_COMPLEX', () => ask(`${'{a'.repeat(50_000)} #${++texts}`)),
    visit('too many aliases', 1, '400 OPERATION_TOO_COMPLEX', () => ask(`{ ${aliases(`a${++texts}`, 400)} }`)),
    visit('fragments that spread each other', 1, '400 GRAPHQL_VALIDATION_FAILED', () => ask(cycle(++texts))),
    visit('what costs too much', 1, '400 OPERATION_TOO_COMPLEX', () =>
      ask(
        `{ items(first: 100) { nodes { owner { items(first: 100) { nodes { a${++texts}: name owner { id } } } } } } }`,
      ),
    ),
    visit('random bytes', 3, '400 BAD_REQUEST', () => post(randomBytes())),
    visit('too long a body', 0.5, '413 BAD_REQUEST', () => post(Buffer.alloc(257 * 1024, 'x'))),
  ]

  function visit(name: string, share: number, outcome: string, run: () => Promise<string>): Visit {
    return { name, share, outcome, visit: run }
  }

  function query(name: string, share: number, run: () => Promise<string>): Visit {
    return visit(name, share, '200', run)
  }

  async function ask(query: string, variables: object = {}, who?: Person): Promise<string> {
    return post(JSON.stringify({ query, variables }), who)
  }

  async function post(
    body: string | Uint8Array<ArrayBuffer>,
    who?: Person,
    signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  ) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': anAddress(),
        ...(who && { authorization: `Bearer ${who.token}` }),
      },
      body,
      signal,
    })
    return outcomeOf(response)
  }

  async function persisted(text: string, isRegistered?: 'register'): Promise<string> {
    const sha256Hash = createHash('sha256').update(text).digest('hex')
    const extensions = { persistedQuery: { version: 1, sha256Hash } }
    const known = isRegistered ? '' : await post(JSON.stringify({ extensions }))
    if (known === '200') return known
    return post(JSON.stringify({ query: text, extensions }))
  }

  async function createChangeDelete(): Promise<string> {
    const who = random.pick(people)
    const visibility = random.pick(['PUBLIC', 'PRIVATE'])
    const description = 'Word '.repeat(random.below(400))
    const id = await api.createItem(who, { name: `Item ${++texts}`, visibility, description })
    const changed = await ask(update, { input: { id, name: `Item ${++texts}` } }, who)
    const removed = await ask(remove, { id }, who)
    return changed === '200' ? removed : changed
  }

  async function leaveMidway(): Promise<string> {
    const leaving = new AbortController()
    setTimeout(() => leaving.abort(), random.below(LEAVES_WITHIN_MS))
    const body = JSON.stringify({ query: random.chance(0.5) ? newText() : large, variables: { first: 100 } })
    await post(body, random.pick(people), leaving.signal).catch(() => {})
    return 'left'
  }

  // Its name and its aliases go on to the subgraphs, so that to them it is a new text too.
  function newText(): string {
    const nth = ++texts
    const fields = itemFields.filter(() => random.chance(0.5)).map((field) => `${field}_${nth}: ${field}`)
    return `query Text${nth} { items(first: ${1 + random.below(50)}) { nodes { id ${fields.join(' ')} owner { username } } } }`
  }

  function randomBytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(Array.from({ length: random.below(2_000) }, () => random.below(256)))
  }
}

async function outcomeOf(response: Response): Promise<string> {
  const { errors = [] } = (await response.json()) as { errors?: { extensions?: { code?: string } }[] }
  return [response.status, ...new Set(errors.map(({ extensions }) => extensions?.code))].join(' ')
}

function aliases(prefix: string, count: number): string {
  return Array.from({ length: count }, (_, nth) => `${prefix}_${nth}: __typename`).join(' ')
}

function cycle(nth: number): string {
  return `{ ...A${nth} } fragment A${nth} on Query { ...B${nth} } fragment B${nth} on Query { ...A${nth} }`
}
