// The subgraph that keeps the accounts, as far as others see it: its feed of events and its list of accounts, over real HTTP,
// for those who sign as the gateway does.
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ACCOUNTS_PATH, accountEvent, emailSha256 } from '../../../platform/account-events.ts'
import type { AccountState } from '../../../platform/account-events.ts'
import { eventsChannel, readFeedRequest } from '../../../platform/events.ts'
import type { FeedPage, OutboxEvent, PublishedEvent } from '../../../platform/events.ts'
import { IDENTITY_HEADER, identityVerifier } from '../../../platform/identity.ts'
import type { PubSub } from '../../../platform/pubsub.ts'
import { secret } from './running-items.ts'

export type AccountsSource = Awaited<ReturnType<typeof accountsSource>>

const NAME = 'users'

/** @param pageSize accounts in one page of the list */
export async function accountsSource(pageSize = 1_000) {
  const verify = identityVerifier([secret], NAME)
  const accounts = new Map<string, AccountState>()
  let events: PublishedEvent[] = []
  let head = 0
  const asked: string[] = []
  let pubsub: PubSub | null = null
  /** Called before the answer to each page of accounts. */
  let beforePage: (() => Promise<void> | void) | null = null

  const feed = (after: number | null, channels: readonly string[] | null, limit: number): FeedPage => {
    const first = events[0]?.position ?? head + 1
    if (after === null) return { head, upTo: head, gap: false, events: [] }
    const wanted = events
      .filter(
        (event) => event.position > after && (!channels || event.channels.some((each) => channels.includes(each))),
      )
      .slice(0, limit)
    const gap = after > head || (after < head && first !== after + 1 && first > after + 1)
    return { head, upTo: wanted.length < limit ? head : wanted.at(-1)!.position, gap, events: wanted }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://localhost')
    asked.push(url.pathname)
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const header = request.headers[IDENTITY_HEADER]
    if (!verify(typeof header === 'string' ? header : undefined)) return void send(401, {})
    if (url.pathname === '/events') {
      const channels = url.searchParams.getAll('channels')
      const wanted = readFeedRequest({
        ...Object.fromEntries(url.searchParams),
        channels: channels.length > 0 ? channels : undefined,
      })
      if (typeof wanted === 'string') return void send(400, wanted)
      return void send(200, feed(wanted.after, wanted.channels, wanted.limit))
    }
    if (url.pathname !== ACCOUNTS_PATH) return void send(404, {})
    const after = url.searchParams.get('after') ?? ''
    const page = [...accounts.values()]
      .filter(({ id }) => id > after)
      .sort((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, pageSize)
    await beforePage?.()
    send(200, { accounts: page })
  }

  let server: Server
  async function listen(port: number): Promise<void> {
    server = createServer((request, response) => void answer(request, response))
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  }
  await listen(0)
  const { port } = server!.address() as AddressInfo

  async function close(): Promise<void> {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  return {
    url: `http://127.0.0.1:${port}/graphql`,
    /** Paths that were asked for, in order. */
    asked,
    /** Events are told on it from now on. */
    publishOn: (given: PubSub | null) => void (pubsub = given),
    beforePage: (call: typeof beforePage) => void (beforePage = call),
    /** An account is like this from now on, and an event tells of it unless it is to be missed. */
    async tell(account: AccountState, isMissed = false): Promise<void> {
      accounts.set(account.id, account)
      await this.publish(accountEvent(account), isMissed)
    },
    async publish(event: OutboxEvent, isMissed = false): Promise<void> {
      const published = { ...event, position: ++head }
      events.push(published)
      if (!isMissed) await pubsub?.publish(eventsChannel(NAME), published)
    },
    /** What was told is too old to be read again. */
    forget: () => void (events = []),
    /** As from a backup of before anything was told. */
    restore: () => {
      events = []
      head = 0
    },
    goAway: close,
    comeBack: () => listen(port),
    close,
  }
}

export const account = (id: string, fields: Partial<AccountState> & { readonly email?: string } = {}): AccountState => {
  const { email = `${id}@example.com`, ...state } = fields
  return {
    id,
    username: `user-${id.slice(0, 8)}`,
    emailSha256: emailSha256(email),
    isEmailVerified: true,
    status: 'ACTIVE',
    ...state,
  }
}
