// Every SQL statement about sessions.
import { sessions } from '../../drizzle/users/tables.ts'
import type { OutboxEvent } from '../../platform/events.ts'
import type { Transact } from './transactions.ts'

export type SessionRow = typeof sessions.$inferSelect
export type NewSession = Pick<SessionRow, 'userId' | 'userAgent' | 'address' | 'expiresAt'>
export type SessionStore = ReturnType<typeof sessionStore>

export function sessionStore(transact: Transact) {
  return {
    start: (session: NewSession): Promise<SessionRow> =>
      transact(async (tx, tell) => {
        const [started] = await tx.insert(sessions).values(session).returning()
        tell(sessionEvent('STARTED', started!))
        return started!
      }),
  }
}

/** For whoever follows the sessions of the person: schema/events.graphql. */
export function sessionEvent(
  kind: 'STARTED' | 'USED' | 'ENDED',
  { id, userId }: Pick<SessionRow, 'id' | 'userId'>,
): OutboxEvent {
  const session = kind === 'ENDED' ? null : { __typename: 'Session', id }
  return {
    channels: [`sessions:${userId}`],
    event: { sessionChanged: { __typename: 'SessionEvent', kind, sessionId: id, session } },
  }
}
