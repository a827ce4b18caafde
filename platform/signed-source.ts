// Another subgraph as one that follows it asks it: over HTTP, signed as the gateway signs its requests.
import { feedUrl } from './events.ts'
import type { FeedPage, FeedRequest } from './events.ts'
import { ANONYMOUS, IDENTITY_HEADER, identitySigner } from './identity.ts'

export interface SignedSource {
  readonly name: string
  /** @throws Error when it does not answer with a page of its events */
  readEvents(request: FeedRequest): Promise<FeedPage>
  /**
   * What it answers, as JSON, at a path beside its endpoint of operations.
   *
   * @throws Error when it does not answer in time, or with another status than 200
   */
  read(path: string): Promise<unknown>
}

const ANSWER_TIMEOUT_MS = 10_000

/** @param source.url where it takes operations. @param source.secret the one that the gateway signs with */
export function signedSource(source: {
  readonly name: string
  readonly url: string
  readonly secret: string
}): SignedSource {
  const { name, url } = source
  const sign = identitySigner(source.secret)

  async function get(address: string): Promise<unknown> {
    const response = await fetch(address, {
      headers: { [IDENTITY_HEADER]: sign({ identity: ANONYMOUS, clientAddress: null }, name) },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    })
    if (response.status === 200) return response.json()
    await response.body?.cancel()
    throw new Error(`${name} answered with status ${response.status} at ${new URL(address).pathname}`)
  }

  return {
    name,
    readEvents: async (request) => (await get(feedUrl(url, request))) as FeedPage,
    read: (path) => get(new URL(path, url).href),
  }
}
