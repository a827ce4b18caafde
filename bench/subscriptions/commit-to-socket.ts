// From a change to those who follow: the processes of a deployment on Postgres, items changed at an even pace.
import { join } from 'node:path'
import { request } from 'undici'
import postgres from 'postgres'
import { startPostgres } from '../../local/postgres.ts'
import { IDENTITY_HEADER, identitySigner } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'
import { makeServe, startDeployment } from '../deployment.ts'
import { writeRows } from '../rows.ts'
import { median } from '../statistics.ts'
import { atPace } from './pace.ts'
import { deliver, gather } from './rooms.ts'
import { writeStamp } from './stamps.ts'
import type { jobs as followerJobs } from './followers.ts'
import { startWorker } from './worker.ts'

export interface CommitToSocket {
  readonly changesPerSecond: number
  readonly sockets: number
  /** From sending the mutation to the event on a socket: more than from its commit, which lies in between. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** From sending the mutation to its answer, median. */
  readonly answerMs: number
}

const SUBSCRIPTION = 'subscription { itemsChanged { kind itemId item { id name owner { username } } } }'
const MUTATION = 'mutation ($input: UpdateItemInput!) { updateItem(input: $input) { item { id } } }'
const WARM_UP_CHANGES = 300

export async function measureCommitToSocket(options: {
  readonly changesPerSecond: number
  readonly changes: number
  readonly sockets: number
  readonly folder: string
}): Promise<CommitToSocket> {
  const { changesPerSecond, changes, sockets, folder } = options
  const database = await startPostgres({ dataDir: join(folder, 'data'), log: makeLog('bench', 'silent') })
  const { serve, end } = makeServe(folder)
  const followers = startWorker<typeof followerJobs>('followers.ts')
  try {
    const databaseUrls = { users: database.urlOf('users'), items: database.urlOf('items') }
    await writeRows(1, databaseUrls)
    const { gatewayUrl, itemsUrl, gatewaySecret } = await startDeployment(serve, databaseUrls)
    const items = await readItems(databaseUrls.items)
    const sign = identitySigner(gatewaySecret)
    const answerMs: number[] = []
    let changed = 0

    async function change(): Promise<void> {
      const sentMs = performance.now()
      const { id, ownerId } = items[changed % items.length]!
      const input = { id, name: writeStamp((changed += 1)) }
      const identity = {
        subject: ownerId,
        roles: [],
        scopes: ['items:read', 'items:write'],
        policies: [],
        session: null,
      }
      const { body } = await request(itemsUrl, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          [IDENTITY_HEADER]: sign({ identity, clientAddress: null }, 'items'),
        },
        body: JSON.stringify({ query: MUTATION, variables: { input } }),
      })
      const text = await body.text()
      if (text.includes('"errors"')) throw new Error(`An item could not be changed: ${text}`)
      answerMs.push(performance.now() - sentMs)
    }
    async function changeMany(count: number): Promise<void> {
      const made: Promise<void>[] = []
      await atPace({ perSecond: changesPerSecond, count }, () => void made.push(change()))
      await Promise.all(made)
    }

    const following = { url: gatewayUrl.replace(/^http/, 'ws'), query: SUBSCRIPTION, sockets, tokens: [] }
    await gather(followers, following, change)
    await deliver(followers, WARM_UP_CHANGES * sockets, () => changeMany(WARM_UP_CHANGES))
    answerMs.length = 0
    const { p50Ms, p99Ms } = await deliver(followers, changes * sockets, () => changeMany(changes))
    await followers.ask('disconnect')
    return { changesPerSecond, sockets, p50Ms, p99Ms, answerMs: median(answerMs) }
  } finally {
    await followers.end()
    await end()
    await database.stop()
  }
}

async function readItems(url: string): Promise<{ readonly id: string; readonly ownerId: string }[]> {
  const sql = postgres(url, { max: 1 })
  return sql<{ id: string; ownerId: string }[]>`select id, owner_id as "ownerId" from items`.finally(() => sql.end())
}
