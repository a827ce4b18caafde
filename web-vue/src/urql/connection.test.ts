// @vitest-environment happy-dom
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRequest } from '@urql/vue'
import type { DocumentNode } from 'graphql'
import { afterEach, describe, expect, it, vi } from 'vitest'
import * as generated from '../gql/graphql.ts'
import { refreshSession } from '../session/refresh.ts'
import { openSession } from '../session/session.ts'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { ada } from '../testing/items.ts'
import { openConnection } from './connection.ts'

afterEach(() => void vi.unstubAllGlobals())

const manifestFile = join(import.meta.dirname, '../../../sdk/operations/web.json')
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as {
  operations: { id: string; name: string; body: string }[]
}

const documents = Object.entries(generated).flatMap(([name, value]) => (name.endsWith('Document') ? [value] : []))

describe('what is sent', () => {
  it('is listed in the manifest too where no connection sends it', async () => {
    const gateway = fakeGateway({ refreshSession: () => granted('new') })
    await refreshSession()
    expect(gateway.requests[0]?.query).toBe(manifest.operations.find(({ name }) => name === 'RefreshSession')?.body)
  })

  it.each(documents.map((document) => [nameOf(document), document] as const))(
    '%s goes out byte for byte as the manifest lists it',
    async (name, document) => {
      const listed = manifest.operations.find((operation) => operation.name === name)
      const body = await sentBody(document)
      expect(body).toBe(listed?.body)
      expect(createHash('sha256').update(body).digest('hex')).toBe(listed?.id)
    },
  )

  it('is all that the manifest lists', () => {
    expect(manifest.operations.map(({ name }) => name)).toEqual(documents.map(nameOf).sort())
  })
})

const unauthenticated = () => Promise.reject(refusal('UNAUTHENTICATED', 'The access token is not valid.'))
const granted = (accessToken: string) => ({ accessToken, expiresIn: 3_600, user: ada })

describe('a refused token', () => {
  it('is exchanged for another one, with which the request is sent again', async () => {
    const gateway = fakeGateway({ me: () => ada, refreshSession: () => granted('new') })
    gateway.refusedTokens.add('Bearer old')
    const { connection } = open('old')

    const { data } = await connection.client.query(generated.MeDocument, {}).toPromise()

    expect(data?.me?.username).toBe('ada')
    expect(gateway.requests.map(({ operationName, authorization }) => [operationName, authorization])).toEqual([
      ['Me', 'Bearer old'],
      ['RefreshSession', null],
      ['Me', 'Bearer new'],
    ])
  })

  it('is exchanged once, however many requests it was refused with', async () => {
    const gateway = fakeGateway({ me: () => ada, user: () => ada, refreshSession: () => granted('new') })
    gateway.refusedTokens.add('Bearer old')
    const { connection } = open('old')

    await Promise.all([
      connection.client.query(generated.MeDocument, {}).toPromise(),
      connection.client.query(generated.PersonDocument, { id: 'ada' }).toPromise(),
    ])

    expect(gateway.count('RefreshSession')).toBe(1)
  })

  it('is not exchanged again and again when the new one is refused too', async () => {
    const gateway = fakeGateway({ me: unauthenticated, refreshSession: () => granted('new') })
    const { connection, onRefused } = open('old')

    const { error } = await connection.client.query(generated.MeDocument, {}).toPromise()

    expect(error?.graphQLErrors[0]?.extensions.code).toBe('UNAUTHENTICATED')
    expect(gateway.count('Me')).toBe(2)
    expect(onRefused).not.toHaveBeenCalled()
  })

  it('ends the session when there is no other one to be had', async () => {
    fakeGateway({ me: unauthenticated, refreshSession: unauthenticated })
    const { connection, onRefused } = open('old')
    await connection.client.query(generated.MeDocument, {}).toPromise()
    expect(onRefused).toHaveBeenCalledOnce()
  })

  it('is not what a wrong password means', async () => {
    const gateway = fakeGateway({ login: unauthenticated })
    const { connection } = open(null)
    await connection.client.mutation(generated.LoginDocument, { input: { email: 'a', password: 'b' } }).toPromise()
    expect(gateway.requests.map(({ operationName }) => operationName)).toEqual(['Login'])
  })
})

describe('a socket that is closed for want of a right to it', () => {
  it('comes back with another token, and is told what happened meanwhile', async () => {
    const gateway = fakeGateway({ refreshSession: () => granted('new') })
    const { connection } = open('old')
    const told: unknown[] = []
    follow(connection, (event) => told.push(event.itemsChanged.itemId))
    await vi.waitFor(() => expect(gateway.isFollowed('PUBLIC')).toBe(true))
    await gateway.emit('PUBLIC', { kind: 'DELETED', itemId: '1', item: null })

    gateway.revoke('old')
    await gateway.emit('PUBLIC', { kind: 'DELETED', itemId: '2', item: null })

    await vi.waitFor(() => expect(told).toEqual(['1', '2']), { timeout: 3_000 })
    expect(gateway.sockets.at(-1)?.authorization).toBe('Bearer new')
    expect(gateway.count('RefreshSession')).toBe(1)
    connection.close()
  })

  it('ends the session at once when it has been revoked', async () => {
    const gateway = fakeGateway({ refreshSession: unauthenticated })
    const { connection, onRefused } = open('old')
    follow(connection)
    await vi.waitFor(() => expect(gateway.isFollowed('PUBLIC')).toBe(true))

    gateway.revoke('old')

    await vi.waitFor(() => expect(onRefused).toHaveBeenCalledOnce(), { timeout: 200 })
    connection.close()
  })
})

// Sends the document with no values to speak of: a gateway would refuse that, but the bytes of the document are on their way.
async function sentBody(document: DocumentNode) {
  const gateway = fakeGateway({})
  const { connection } = open('token')
  const { unsubscribe } = connection.client
    .executeRequestOperation(
      connection.client.createRequestOperation(operationOf(document).operation, request(document)),
    )
    .subscribe(() => {})
  const body = await vi.waitFor(() => {
    const subscribe = gateway.sockets[0]?.received.find(({ type }) => type === 'subscribe')
    const sent = subscribe?.payload.query ?? gateway.requests[0]?.query
    expect(sent).toBeTypeOf('string')
    return sent as string
  })
  unsubscribe()
  connection.close()
  return body
}

function open(token: string | null) {
  const onRefused = vi.fn()
  const grant = token === null ? null : { token, userId: 'ada', expiresInS: 3_600 }
  const session = grant && openSession({ grant, onRefused, onOtherPerson: () => {} })
  return { onRefused, connection: openConnection({ session }) }
}

const follow = (
  { client }: ReturnType<typeof openConnection>,
  onEvent: (event: generated.ItemsChangedSubscription) => void = () => {},
) =>
  client
    .subscription(generated.ItemsChangedDocument, { scope: 'PUBLIC' })
    .subscribe(({ data }) => data && onEvent(data))

const request = (document: DocumentNode) => createRequest(document, { input: {} })

function operationOf({ definitions }: DocumentNode) {
  for (const definition of definitions) if (definition.kind === 'OperationDefinition') return definition
  throw new Error('The document holds no operation.')
}

function nameOf(document: DocumentNode) {
  return operationOf(document).name!.value
}
