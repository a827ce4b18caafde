// What the processes of one system say to each other about events: the messages on the pub/sub channel of a source, and
// the feed in which its events can be read again. Sources speak it in publisher.ts and event-feed.ts, gateways in their
// hubs.

export interface OutboxEvent {
  /** Who is told: names as `@channel` writes them. */
  readonly channels: readonly string[]
  /** What a subscription field answers with: its name, then its object, in which entities are keys only. */
  readonly event: Readonly<Record<string, unknown>>
}

/** An event that has its place in the log of its source. */
export interface PublishedEvent extends OutboxEvent {
  /** Consecutive within a source, from 1: whoever has seen a position has seen all before it. */
  readonly position: number
}

/**
 * Sent every second, and after every event up to it: who has not seen this position has missed something, and reads the
 * feed. A head before one's own comes late from a publisher that lost the lead, or from a log that was restored; the
 * feed says which.
 */
export interface HeadMessage {
  readonly head: number
}

/** What is sent on `eventsChannel`, in this order: events with growing positions, and heads. Some come twice. */
export type EventMessage = PublishedEvent | HeadMessage

/** The pub/sub channel on which a subgraph's events are sent. */
export const eventsChannel = (source: string) => `events:${source}`

/** What is asked of a feed: `GET /events?after=…&limit=…&channels=…&channels=…`, signed as for any request. */
export interface FeedRequest {
  /** The last position that is known, 0 for the beginning; null asks for the head alone. */
  readonly after: number | null
  /** Only events told on one of these, 1 to `FEED_CHANNELS_MAX` names; null: all events. */
  readonly channels: readonly string[] | null
  /** Events in one answer, 1 to `FEED_LIMIT_MAX`. Default `FEED_LIMIT_DEFAULT`. */
  readonly limit: number
}

/** What a feed answers. All of it is of one moment. */
export interface FeedPage {
  /** The last position given. */
  readonly head: number
  /** Complete up to here, so the next page is after it. There is one until this is the head. */
  readonly upTo: number
  /**
   * The log does not tell all that was after `after`: it was removed by age, or the log was restored from before it.
   * What follows is complete again.
   */
  readonly gap: boolean
  /** In the order of their positions. */
  readonly events: readonly PublishedEvent[]
}

export const FEED_LIMIT_DEFAULT = 500
/** An event holds keys and no texts, about 250 bytes: a page stays below the 8 MiB that gateways read of an answer. */
export const FEED_LIMIT_MAX = 1_000
/** A URL with this many names of usual length stays below the 16 KiB that Node reads of a request's head. */
export const FEED_CHANNELS_MAX = 100

/**
 * @param subgraphUrl where the subgraph takes operations: the feed is beside it
 * @throws RangeError for a list of no channels, which would be read as all of them
 */
export function feedUrl(subgraphUrl: string, { after, channels, limit }: FeedRequest): string {
  if (channels?.length === 0) throw new RangeError('Name a channel, or null for all.')
  const url = new URL('events', subgraphUrl)
  if (after !== null) url.searchParams.set('after', String(after))
  url.searchParams.set('limit', String(limit))
  for (const channel of channels ?? []) url.searchParams.append('channels', channel)
  return url.href
}

/** @returns the request, or in a sentence what is wrong with it */
export function readFeedRequest(query: Readonly<Record<string, unknown>>): FeedRequest | string {
  const after = query['after'] === undefined ? null : readInteger(query['after'])
  if (after === undefined) return 'after must be a position, 0 or more.'
  const limit = query['limit'] === undefined ? FEED_LIMIT_DEFAULT : readInteger(query['limit'])
  if (limit === undefined || limit < 1 || limit > FEED_LIMIT_MAX) return `limit must be 1 to ${FEED_LIMIT_MAX}.`
  const channels = query['channels'] === undefined ? null : [query['channels']].flat().map(String)
  if (channels && channels.length > FEED_CHANNELS_MAX) return `channels can be ${FEED_CHANNELS_MAX} at the most.`
  return { after, channels, limit }
}

function readInteger(text: unknown): number | undefined {
  const number = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : NaN
  return Number.isSafeInteger(number) ? number : undefined
}
