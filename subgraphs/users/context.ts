import type { UsersConfig } from '../../platform/config.ts'
import type { Identity } from '../../platform/identity.ts'
import type { SubgraphRequest } from '../../platform/subgraph.ts'
import type { AccountListStore } from './account-list-store.ts'
import type { AccountStore } from './account-store.ts'
import type { AdministrationStore } from './administration-store.ts'
import type { ApiKeyStore } from './api-key-store.ts'
import type { Attempts } from './attempts.ts'
import type { DeletionStore } from './deletion-store.ts'
import type { UserLoaders } from './loaders.ts'
import type { LoggedInStore } from './logged-in-store.ts'
import type { PasswordHashes } from './password-hashes.ts'
import type { PasswordStore } from './password-store.ts'
import type { PasswordStrength } from './password-strength.ts'
import type { RegistrationStore } from './registration-store.ts'
import type { SecondFactors } from './second-factors.ts'
import type { SessionStore } from './session-store.ts'
import type { Tokens } from './tokens.ts'

/** What there is one of in a process: a field for each capability. */
export interface Capabilities {
  readonly settings: Pick<UsersConfig, 'refreshTokenLifetimeS' | 'requireVerifiedEmail' | 'defaultRoles'>
  readonly accounts: AccountStore
  readonly registrations: RegistrationStore
  readonly sessions: SessionStore
  readonly passwords: PasswordStore
  readonly deletions: DeletionStore
  readonly attempts: Attempts
  readonly passwordHashes: PasswordHashes
  readonly passwordStrength: PasswordStrength
  readonly tokens: Tokens
  readonly secondFactors: SecondFactors
  readonly logins: LoggedInStore
  readonly apiKeys: ApiKeyStore
  readonly accountLists: AccountListStore
  readonly administration: AdministrationStore
}

/** What the resolvers of one request share. Made anew for each, so that nothing of one is seen by another. */
export interface UsersContext extends Capabilities {
  readonly identity: Identity
  /** Where the client is; null where no address is known. */
  readonly clientAddress: string | null
  readonly request: SubgraphRequest
  readonly loaders: UserLoaders
}
