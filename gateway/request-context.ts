// What belongs to one request, or to one socket, from its transport down to the subgraphs.
import type { Identity } from '../platform/identity.ts'

export interface RequestContext {
  /** Made here, sent to every subgraph as `x-request-id`, and back to the client. */
  readonly requestId: string
  readonly identity: Identity
  /** The client's address, past the proxies that are trusted; null for work done for several clients at once. */
  readonly clientAddress: string | null
}
