// A client of a running Tributary, as a program would be one: HTTP, a token, a WebSocket.
import { randomUUID } from 'node:crypto'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'

export interface Answer {
  readonly status: number
  readonly data: any
  readonly errors?: readonly { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[]
  /** The codes of the errors, in order; empty where all went well. */
  readonly codes: readonly unknown[]
}

export interface Person {
  readonly id: string
  readonly username: string
  readonly email: string
  readonly token: string
}

export interface ItemEvent {
  readonly kind: string
  readonly itemId: string
  readonly item: any
  /** What else was selected. */
  readonly [field: string]: any
}

const commentFields = 'kind itemId commentId item { id } comment { body author { username } replyTo { id } }'
const activityFields = 'kind itemId item { name } activity { kind itemName actor { username } }'

export const PASSWORD = 'correct horse battery staple'

/** An address that nobody else has, of those for documentation. */
export const anAddress = () => `2001:db8:${randomUUID().slice(0, 4)}:${randomUUID().slice(0, 4)}::1`

/** The gateway has to trust the machine that tests run on as a proxy: each request comes from a place of its own. */
export function apiOf(url: string) {
  async function ask(query: string, variables: object = {}, who?: Person, address = anAddress()): Promise<Answer> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': address,
        ...(who && { authorization: `Bearer ${who.token}` }),
      },
      body: JSON.stringify({ query, variables }),
    })
    const answer = (await response.json()) as Omit<Answer, 'status' | 'codes'>
    return {
      status: response.status,
      ...answer,
      codes: (answer.errors ?? []).map(({ extensions }) => extensions['code']),
    }
  }

  return {
    ask,

    /** A new account, logged in. Names are unique, so that tests share a system without meeting. */
    async person(name = 'person'): Promise<Person> {
      const username = `${name}-${randomUUID().slice(0, 8)}`
      const email = `${username}@example.com`
      const { data, errors } = await ask(
        `mutation ($username: String!, $email: String!, $password: String!) {
           register(input: { username: $username, email: $email, password: $password }) { user { id } }
         }`,
        { username, email, password: PASSWORD },
      )
      if (errors) throw new Error(JSON.stringify(errors))
      const login = await ask(
        'mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) { accessToken } }',
        { email, password: PASSWORD },
      )
      return { id: data.register.user.id, username, email, token: login.data.login.accessToken }
    },

    /** @returns the new item's id */
    async createItem(who: Person, input: object): Promise<string> {
      const { data, errors } = await ask(
        'mutation ($input: CreateItemInput!) { createItem(input: $input) { item { id } } }',
        { input },
        who,
      )
      if (errors) throw new Error(JSON.stringify(errors))
      return data.createItem.item.id
    },

    /** Follows `itemsChanged` until `end`. Resolves when events arrive from now on. */
    followItems: (scope: 'PUBLIC' | 'MINE' | 'SHARED', who?: Person) =>
      follow('($scope: ItemsScope!) { told: itemsChanged(scope: $scope)', { scope }, who),

    /** Follows public items with fields alone that are the same for everybody. */
    followPublicItems: (who?: Person) =>
      follow(
        '{ told: itemsChanged(scope: PUBLIC)',
        {},
        who,
        'kind itemId item { id name visibility owner { username } }',
      ),

    /** Follows `itemChanged` in the same way. */
    followItem: (id: string, who?: Person) => follow('($id: ID!) { told: itemChanged(id: $id)', { id }, who),

    /** Follows `commentAdded` in the same way. */
    followComments: (itemId: string, who?: Person) =>
      follow('($itemId: ID!) { told: commentAdded(itemId: $itemId)', { itemId }, who, commentFields),

    /** Follows `activity` in the same way. */
    followActivity: (who: Person) => follow('{ told: activity', {}, who, activityFields),
  }

  async function follow(
    field: string,
    variables: Record<string, unknown>,
    who: Person | undefined,
    selection = 'kind itemId item { id name visibility owner { id username } viewerPermission }',
  ) {
    const client = createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: who ? { authorization: `Bearer ${who.token}` } : {},
    })
    const events: ItemEvent[] = []
    const errors: unknown[] = []
    let isComplete = false
    client.subscribe<{ told: ItemEvent }>(
      {
        query: `subscription ${field} { ${selection} } }`,
        variables,
      },
      {
        next: ({ data }) => void events.push(data!.told),
        error: (error) => void errors.push(error),
        complete: () => (isComplete = true),
      },
    )
    // The protocol does not say when a subscription has begun. One answer later on the same socket, it has: an answer for
    // which the same is looked at as for the subscription, whether whoever asks may see the item.
    const id = variables['id'] ?? variables['itemId']
    const query = id === undefined ? '{ __typename }' : 'query($id: ID!) { item(id: $id) { id } }'
    await new Promise<void>((resolve, reject) => {
      client.subscribe({ query, variables: { id } }, { next: () => {}, error: reject, complete: resolve })
    })
    return {
      errors,
      isComplete: () => isComplete,
      /** What happened to these items, in order: others share the system. */
      of: (...ids: string[]) => events.filter(({ itemId }) => ids.includes(itemId)),
      end: () => client.dispose(),
    }
  }
}

export type Api = ReturnType<typeof apiOf>
