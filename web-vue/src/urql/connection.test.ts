// @vitest-environment happy-dom
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRequest } from '@urql/vue'
import type { DocumentNode } from 'graphql'
import { afterEach, describe, expect, it, vi } from 'vitest'
import * as generated from '../gql/graphql.ts'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { openConnection } from './connection.ts'

afterEach(() => void vi.unstubAllGlobals())

const manifestFile = join(import.meta.dirname, '../../../sdk/operations/web.json')
const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as {
  operations: { id: string; name: string; body: string }[]
}

const documents = Object.entries(generated).flatMap(([name, value]) => (name.endsWith('Document') ? [value] : []))

describe('what is sent', () => {
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

describe('a refused token', () => {
  it('is reported once the gateway says so', async () => {
    fakeGateway({ me: () => Promise.reject(refusal('UNAUTHENTICATED', 'The token has expired.')) })
    const { onTokenRefused, connection } = open('token')
    await connection.client.query(generated.MeDocument, {}).toPromise()
    expect(onTokenRefused).toHaveBeenCalledOnce()
  })

  it('is not what a wrong password means', async () => {
    fakeGateway({ login: () => Promise.reject(refusal('UNAUTHENTICATED', 'Wrong.')) })
    const { onTokenRefused, connection } = open('token')
    await connection.client.mutation(generated.LoginDocument, { input: { email: 'a', password: 'b' } }).toPromise()
    expect(onTokenRefused).not.toHaveBeenCalled()
  })

  it('is not reported any more once the connection is closed', async () => {
    fakeGateway({ me: () => Promise.reject(refusal('UNAUTHENTICATED', 'The token has expired.')) })
    const { onTokenRefused, connection } = open('token')
    const answer = connection.client.query(generated.MeDocument, {}).toPromise()
    connection.close()
    await answer
    expect(onTokenRefused).not.toHaveBeenCalled()
  })

  it('is asked about over HTTP when it is the socket that is refused', async () => {
    const gateway = fakeGateway({ me: () => Promise.reject(refusal('UNAUTHENTICATED', 'The token has expired.')) })
    const { onTokenRefused, connection } = open('token')
    follow(connection)
    await vi.waitFor(() => expect(gateway.isFollowed('PUBLIC')).toBe(true))
    gateway.sockets[0]!.close(4403)
    await vi.waitFor(() => expect(onTokenRefused).toHaveBeenCalledOnce())
    connection.close()
  })
})

// Sends the document with no variables: a gateway would refuse that, but the bytes of the document are on their way.
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
  const onTokenRefused = vi.fn()
  return { onTokenRefused, connection: openConnection({ token, onTokenRefused }) }
}

const follow = ({ client }: ReturnType<typeof openConnection>) =>
  client.subscription(generated.ItemsChangedDocument, { scope: 'PUBLIC' }).subscribe(() => {})

const request = (document: DocumentNode) => createRequest(document, {})

function operationOf({ definitions }: DocumentNode) {
  for (const definition of definitions) if (definition.kind === 'OperationDefinition') return definition
  throw new Error('The document holds no operation.')
}

function nameOf(document: DocumentNode) {
  return operationOf(document).name!.value
}
