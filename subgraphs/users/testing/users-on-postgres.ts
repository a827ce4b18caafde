// The users subgraph on a Postgres of its own, and people in it who are logged in, without the work of a registration.
import { hash } from '@node-rs/argon2'
import { ANONYMOUS } from '../../../platform/identity.ts'
import type { Identity } from '../../../platform/identity.ts'
import { scopesOf } from '../roles.ts'
import { usersSystem } from './system.ts'
import type { Call } from './system.ts'

/** Everybody's. */
export const password = 'correct horse battery staple'

export interface Insider {
  readonly id: string
  readonly sessionId: string
  /** As the gateway tells it of a login's token. */
  readonly identity: Identity
}

export async function usersOnPostgres() {
  const system = await usersSystem()
  const { sql } = system
  // Weak, so that a test waits for nothing: its strength is not what these tests are about.
  const passwordHash = await hash(password, { memoryCost: 64, timeCost: 1, parallelism: 1 })

  return {
    ...system,
    url: system.subgraph.url,

    async ask(query: string, sent: Call = {}) {
      const { data, codes } = await system.call(query, sent)
      return { data, codes }
    },

    async person(username: string, { roles = ['user', 'creator'], policies = [] as string[] } = {}): Promise<Insider> {
      const [user] = await sql`
        insert into users (username, email, password_hash, roles)
        values (${username}, ${`${username}@example.com`.toLowerCase()}, ${passwordHash}, ${roles}) returning id`
      const [session] = await sql`
        insert into sessions (user_id, expires_at) values (${user!['id'] as string}, now() + interval '1 day') returning id`
      const [id, sessionId] = [user!['id'] as string, session!['id'] as string]
      return { id, sessionId, identity: { subject: id, roles, scopes: scopesOf(roles), policies, session: sessionId } }
    },
  }
}

/** As the gateway tells it of an API key. */
export const asKeyOf = ({ id }: Insider, scopes: readonly string[]): Identity => ({ ...ANONYMOUS, subject: id, scopes })
