// What is told of sessions: to the person (schema/events.graphql) and to those who refuse tokens of ended ones.
import { revocationEvent } from '../../platform/account-events.ts'
import type { OutboxEvent } from '../../platform/events.ts'

interface SessionKey {
  readonly id: string
  readonly userId: string
}

/** Clocks of gateways may differ by so much. */
const CLOCK_SKEW_S = 60

export function sessionEvent(kind: 'STARTED' | 'USED' | 'ENDED', { id, userId }: SessionKey): OutboxEvent {
  const session = kind === 'ENDED' ? null : { __typename: 'Session', id }
  return {
    channels: [`sessions:${userId}`],
    event: { sessionChanged: { __typename: 'SessionEvent', kind, sessionId: id, session } },
  }
}

/** @param tokenLifetimeS the longest that an access token of the session may still be good */
export function sessionEnded(session: SessionKey, tokenLifetimeS: number): readonly OutboxEvent[] {
  const untilS = Math.ceil(Date.now() / 1000) + tokenLifetimeS + CLOCK_SKEW_S
  return [revocationEvent({ session: session.id, untilS }), sessionEvent('ENDED', session)]
}
