// Two subgraphs that cost next to nothing, in a process of their own: each request is answered by graphql-js the first time,
// and from then on with the same text. They understand whatever a gateway makes of a query.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { composeServices } from '@apollo/composition'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { graphql, parse } from 'graphql'

export const subgraphs = ['users', 'items'] as const

export type SubgraphUrls = Readonly<Record<(typeof subgraphs)[number], string>>

/** Items of one page, which belong to so many people: no two pages have an item or an owner in common. */
const PAGE_ITEMS = 100
const PAGE_OWNERS = 12

/** @returns the supergraph of the two, for gateways that take one composed */
export function composeSupergraph(urls: SubgraphUrls): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map((name) => ({ name, url: urls[name], typeDefs: parse(sdlOf(name)) })),
  )
  if (errors) throw new Error(errors.map(({ message }) => message).join('\n'))
  return supergraphSdl
}

const sdlOf = (name: string) => readFileSync(new URL(`federation/${name}.graphql`, import.meta.url), 'utf8')

interface Page {
  readonly first: number
  /** The page's number, in digits. */
  readonly after?: string | null
}

// All ids and names are equally long, so that all answers to one query are.
const digits = (value: number) => String(value).padStart(6, '0')

function itemOf(page: number, index: number) {
  const number = page * PAGE_ITEMS + index
  return {
    id: `item-${digits(number)}`,
    name: `Item number ${digits(number)}`,
    status: (['DRAFT', 'ACTIVE', 'INACTIVE', 'ARCHIVED'] as const)[index % 4],
    createdAt: '2026-11-21T09:30:00.000Z',
    owner: { __typename: 'User', id: `user-${digits(page * PAGE_OWNERS + (index % PAGE_OWNERS))}` },
  }
}

function userOf(id: string) {
  return { __typename: 'User', id, username: `name-of-${id}`, createdAt: '2026-01-01T00:00:00.000Z' }
}

// Mercurius asks for the SDL, and stumbles over what Apollo's package would add to it: empty types for those extended.
const serviceOf = (name: string) => () => ({ sdl: sdlOf(name) })

const resolvers = {
  users: {
    Query: { _service: serviceOf('users'), user: (_root: unknown, { id }: { id: string }) => userOf(id) },
    User: { __resolveReference: ({ id }: { id: string }) => userOf(id) },
  },
  items: {
    Query: {
      _service: serviceOf('items'),
      items: (_root: unknown, { first, after }: Page) => ({
        nodes: Array.from({ length: first }, (_, index) => itemOf(Number(after ?? 0), index)),
      }),
    },
  },
}

/** Requests answered, of both subgraphs: shows which gateways join fetches that are equal. */
let fetches = 0

async function serveSubgraph(name: (typeof subgraphs)[number]): Promise<string> {
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdlOf(name)), resolvers: resolvers[name] }])
  const recorded = new Map<string, Buffer>()

  async function answer(body: string): Promise<Buffer> {
    const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> }
    const text = JSON.stringify(await graphql({ schema, source: query, variableValues: variables }))
    return Buffer.from(text)
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      // Gateways also ask whether somebody is there.
      if (request.method !== 'POST') return response.end()
      fetches += 1
      const body = (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString('latin1')
      let text = recorded.get(body)
      if (!text) recorded.set(body, (text = await answer(body)))
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length }).end(text)
    })
  })
  server.keepAliveTimeout = 600_000 // longer than a gateway waits for its turn
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`
}

if (import.meta.main) {
  const urls: SubgraphUrls = { users: await serveSubgraph('users'), items: await serveSubgraph('items') }
  process.on('message', () => process.send!(fetches))
  process.send!(urls)
  process.once('disconnect', () => process.exit())
}
