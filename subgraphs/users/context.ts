import type { Identity } from '../../platform/identity.ts'
import type { UserLoaders } from './loaders.ts'
import type { Passwords } from './passwords.ts'
import type { UserStore } from './store.ts'
import type { Tokens } from './tokens.ts'

/** What the resolvers of one request share. Made anew for each, so that nothing of one is seen by another. */
export interface UsersContext {
  readonly identity: Identity
  readonly loaders: UserLoaders
  readonly store: Pick<UserStore, 'findByEmail' | 'create'>
  readonly passwords: Passwords
  readonly tokens: Tokens
}
