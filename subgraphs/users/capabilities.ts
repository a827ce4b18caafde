// What the subgraph can do, each opened once for a process and in the order in which one needs the other.
import type { UsersConfig } from '../../platform/config.ts'
import type { Database } from '../../platform/database.ts'
import { accountStore } from './account-store.ts'
import type { Capabilities } from './context.ts'
import { makePasswordHashes } from './password-hashes.ts'
import { secondFactorStore } from './second-factor-store.ts'
import { makeSecondFactors } from './second-factors.ts'
import { sessionStore } from './session-store.ts'
import type { SigningKeys } from './signing-keys.ts'
import { makeTokens } from './tokens.ts'
import { transactions } from './transactions.ts'

/** @param afterCommit called when a transaction that wrote events has ended */
export async function openCapabilities(
  { db }: Database,
  afterCommit: () => void,
  keys: SigningKeys,
  config: UsersConfig,
): Promise<Capabilities> {
  const transact = transactions(db, afterCommit)
  return {
    settings: config,
    accounts: accountStore(db),
    sessions: sessionStore(transact),
    passwordHashes: await makePasswordHashes(),
    tokens: makeTokens(keys, config),
    secondFactors: makeSecondFactors(secondFactorStore(db)),
  }
}
