// What the subgraph can do, each opened once for a process and in the order in which one needs the other.
import type { UsersConfig } from '../../platform/config.ts'
import type { Database } from '../../platform/database.ts'
import type { Log } from '../../platform/log.ts'
import { accountListStore } from './account-list-store.ts'
import { accountStore } from './account-store.ts'
import { administrationStore } from './administration-store.ts'
import { apiKeyStore } from './api-key-store.ts'
import { attemptStore } from './attempt-store.ts'
import { makeAttempts } from './attempts.ts'
import type { Capabilities } from './context.ts'
import { deletionStore } from './deletion-store.ts'
import { openJobQueue } from './job-queue.ts'
import { loggedInStore } from './logged-in-store.ts'
import { mailboxDelivery, smtpDelivery } from './mail-delivery.ts'
import { mailQueue } from './mail-queue.ts'
import { makeMailQueues, startMailWorker } from './mail-worker.ts'
import { startNightlyWorker } from './nightly.ts'
import { makePasswordHashes } from './password-hashes.ts'
import { passwordStore } from './password-store.ts'
import { makePasswordStrength } from './password-strength.ts'
import { registrationStore } from './registration-store.ts'
import { secondFactorStore } from './second-factor-store.ts'
import { makeSecondFactors } from './second-factors.ts'
import { sessionStore } from './session-store.ts'
import type { SigningKeys } from './signing-keys.ts'
import { longestTokenLifetimeS, makeTokens } from './tokens.ts'
import { transactions } from './transactions.ts'

export interface CapabilitiesOptions {
  readonly database: Database
  /** Called when a transaction that wrote events has ended. */
  readonly afterCommit: () => void
  readonly keys: SigningKeys
  readonly config: UsersConfig
  readonly log: Log
}

/** Opens all, and begins the work beside requests. */
export async function openCapabilities({
  database: { db, sql },
  afterCommit,
  keys,
  config,
  log,
}: CapabilitiesOptions): Promise<Capabilities & { close(): Promise<void> }> {
  const transact = transactions(db, afterCommit)
  const { smtpUrl, mailFrom, publicUrl } = config
  const delivery = smtpUrl ? smtpDelivery({ smtpUrl, mailFrom }) : mailboxDelivery(db, config, log)
  const jobs = openJobQueue(
    sql,
    async (boss) => {
      await makeMailQueues(boss)
      const mailWorker = await startMailWorker(boss, { db, delivery, publicUrl, log })
      await startNightlyWorker(boss, { db, deletions, sessions, attempts, log })
      return { workers: [mailWorker] }
    },
    log,
  )
  const mail = mailQueue(jobs)
  const attempts = attemptStore(db)
  const registrations = registrationStore(transact, mail, config.firstAdminEmail)
  const sessions = sessionStore(db, transact, mail, {
    refreshTokenLifetimeS: config.refreshTokenLifetimeS,
    accessTokenLifetimeMaxS: longestTokenLifetimeS(config),
  })
  const deletions = deletionStore(transact, sessions)
  const passwordHashes = makePasswordHashes()
  const passwordStrength = makePasswordStrength()

  return {
    settings: config,
    accounts: accountStore(db, transact),
    registrations,
    sessions,
    passwords: passwordStore(db, transact, sessions, registrations),
    deletions,
    attempts: makeAttempts(attempts),
    passwordHashes,
    passwordStrength,
    tokens: makeTokens(keys, config),
    secondFactors: makeSecondFactors(secondFactorStore(db)),
    logins: loggedInStore(db),
    apiKeys: apiKeyStore(db, transact),
    accountLists: accountListStore(db),
    administration: administrationStore(transact, { tokenLifetimeS: longestTokenLifetimeS(config) }),
    async close() {
      await jobs.close()
      delivery.close()
      await Promise.all([passwordHashes.close(), passwordStrength.close()])
    },
  }
}
