// Where events come from, in a process of its own: sends them through Redis as a publisher does, has the feed in which they
// can be read again, and answers as both subgraphs, from answers that graphql-js gave once to each query.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { graphql, parse } from 'graphql'
import { SignJWT, exportJWK, generateKeyPair } from 'jose'
import { eventsChannel, readFeedRequest } from '../../platform/events.ts'
import type { EventMessage, FeedPage, FeedRequest, PublishedEvent } from '../../platform/events.ts'
import { makeLog } from '../../platform/log.ts'
import { makePubSub } from '../../platform/pubsub.ts'
import type { PubSub } from '../../platform/pubsub.ts'
import { atPace } from './pace.ts'
import type { Pace } from './pace.ts'
import { writeStamp } from './stamps.ts'
import { doJobs } from './worker.ts'

export interface Sources {
  readonly itemsUrl: string
  readonly usersUrl: string
  readonly jwksUrl: string
  /** Of so many people as were asked for. */
  readonly tokens: readonly string[]
}

export interface Sending extends Pace {
  /** Whose followers are told. */
  readonly channel: string
}

export interface Sent {
  readonly tookMs: number
  /** Number of the first of the events sent; the others follow. */
  readonly from: number
}

const SOURCE = 'items'
const HEAD_INTERVAL_MS = 1_000
const TOKEN_LIFETIME_S = 3_600
/** Stands for the key in an answer that is kept. */
const KEY = '~key~'

export const jobs = {
  async start({ redisUrl, people }: { readonly redisUrl: string; readonly people: number }): Promise<Sources> {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES256' }] })
    const tokenOf = (subject: string) =>
      new SignJWT({ roles: [], scope: '' })
        .setProtectedHeader({ alg: 'ES256', kid: 'bench' })
        .setSubject(subject)
        .setIssuer('tributary')
        .setAudience('tributary')
        .setExpirationTime(Math.floor(Date.now() / 1_000) + TOKEN_LIFETIME_S)
        .sign(privateKey)
    pubsub = makePubSub({ redisUrl, log: makeLog('bench', 'warn') })
    setInterval(() => send({ head: written.length }), HEAD_INTERVAL_MS)
    const url = await serve()
    return {
      itemsUrl: `${url}/items/graphql`,
      usersUrl: `${url}/users/graphql`,
      jwksUrl: `${url}/jwks`,
      tokens: await Promise.all(Array.from({ length: people }, (_, person) => tokenOf(`person-${person}`))),
    }
  },

  async send({ channel, ...pace }: Sending): Promise<Sent> {
    const from = written.length + 1
    const tookMs = await atPace(pace, () => {
      const stamp = writeStamp(written.length + 1)
      const told = { __typename: 'ItemEvent', kind: 'UPDATED', itemId: stamp, item: { __typename: 'Item', id: stamp } }
      const event = { itemsChanged: told, itemChanged: told }
      const published = { position: written.length + 1, channels: [channel], event }
      written.push(published)
      send(published)
    })
    return { tookMs, from }
  },

  /** @returns fetches answered so far */
  fetches: (): number => fetches,
}

const written: PublishedEvent[] = []
let pubsub: PubSub | null = null
let keys = ''
let fetches = 0

function send(message: EventMessage): void {
  pubsub!.publish(eventsChannel(SOURCE), message).catch(() => {}) // who misses it reads the feed
}

const resolvers = {
  items: {
    Item: {
      __resolveReference: ({ id }: { id: string }) => ({
        id,
        name: `Item ${id}`,
        status: 'ACTIVE',
        viewerPermission: 'VIEW',
        owner: { __typename: 'User', id: `owner of ${id}` },
      }),
    },
  },
  users: { User: { __resolveReference: ({ id }: { id: string }) => ({ id, username: `Name of the ${id}` }) } },
}

async function serve(): Promise<string> {
  const answers = { items: recordedAnswers('items'), users: recordedAnswers('users') }
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://source')
    response.setHeader('content-type', 'application/json')
    if (request.method === 'POST') {
      fetches += 1
      const answer = pathname === '/items/graphql' ? answers.items : answers.users
      response.end(await answer(await bodyOf(request)))
    } else if (pathname === '/jwks') {
      response.end(keys)
    } else if (pathname === '/items/events') {
      const channels = searchParams.getAll('channels')
      const asked = readFeedRequest({ ...Object.fromEntries(searchParams), ...(channels.length > 0 && { channels }) })
      response.end(typeof asked === 'string' ? asked : JSON.stringify(readFeed(asked)))
    } else {
      response.end()
    }
  })
  server.keepAliveTimeout = 600_000 // longer than the gateway has nothing to ask
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

// Entities differ in their keys alone, so one answer to a query serves for all of them.
function recordedAnswers(name: keyof typeof resolvers): (body: string) => Promise<string> {
  const typeDefs = parse(readFileSync(new URL(`../../schema/${name}.graphql`, import.meta.url), 'utf8'))
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: resolvers[name] as never }])
  const recorded = new Map<string, Promise<string>>()

  async function record(source: string, __typename: string): Promise<string> {
    const { data, errors } = await graphql({
      schema,
      source,
      variableValues: { representations: [{ __typename, id: KEY }] },
    })
    if (errors) throw new Error(errors.join('\n'))
    return JSON.stringify((data as { _entities: unknown[] })._entities[0])
  }

  return async (body) => {
    const { query, variables } = JSON.parse(body) as { query: string; variables: { representations: Representation[] } }
    const [{ __typename }] = variables.representations as [Representation]
    let answer = recorded.get(query)
    if (!answer) recorded.set(query, (answer = record(query, __typename)))
    const text = await answer
    return `{"data":{"_entities":[${variables.representations.map(({ id }) => text.replaceAll(KEY, id)).join()}]}}`
  }
}

interface Representation {
  readonly __typename: string
  readonly id: string
}

function readFeed({ after, channels, limit }: FeedRequest): FeedPage {
  const head = written.length
  if (after === null || after >= head) return { head, upTo: head, gap: after !== null && after > head, events: [] }
  const events = written
    .slice(after, after + limit) // positions count from 1
    .filter((event) => !channels || event.channels.some((name) => channels.includes(name)))
  return { head, upTo: Math.min(after + limit, head), gap: false, events }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

if (import.meta.main) doJobs(jobs)
