// Follows the accounts for as long as the subgraph runs, and removes what those that are gone for good have left.
import { ACCOUNTS_CHANNEL, ACCOUNTS_PATH } from '../../platform/account-events.ts'
import type { AccountsPage, AccountState } from '../../platform/account-events.ts'
import { systemClock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database.ts'
import { followEvents } from '../../platform/event-follower.ts'
import type { EventFollower, Write } from '../../platform/event-follower.ts'
import type { Log } from '../../platform/log.ts'
import type { PubSub } from '../../platform/pubsub.ts'
import type { SignedSource } from '../../platform/signed-source.ts'
import { makeSleeper } from '../../platform/sleeper.ts'
import { purgeSomeOfAnAccount } from './account-purge.ts'
import { takeAccounts } from './people.ts'

export interface AccountFollowerOptions {
  readonly source: SignedSource
  readonly database: Database
  readonly pubsub: PubSub
  readonly log: Log
  /** Called when a transaction that wrote events has ended. */
  readonly afterCommit: () => void
}

/** Between two looks whether something is left to remove: a try that failed is made again. */
const PURGE_INTERVAL_MS = 60_000

export function followAccounts({ source, database, pubsub, log, afterCommit }: AccountFollowerOptions): EventFollower {
  const sleeper = makeSleeper(systemClock)
  let isClosed = false

  const follower = followEvents({
    source,
    channels: [ACCOUNTS_CHANNEL],
    database,
    pubsub,
    log,
    take: (tx, events) =>
      takeAccounts(
        tx,
        events.map(({ event }) => event['account'] as AccountState),
      ),
    takeAll: (write) => readAccounts(source, write),
    onTaken: () => {
      afterCommit()
      sleeper.wake()
    },
  })
  const purging = purgeWhileOpen()

  async function purgeWhileOpen(): Promise<void> {
    while (!isClosed) {
      try {
        while (!isClosed && (await purgeSomeOfAnAccount(database.db)));
      } catch (error) {
        log.warn({ err: error, retryMs: PURGE_INTERVAL_MS }, 'what a purged account left was not removed')
      }
      if (!isClosed) await sleeper.sleep(PURGE_INTERVAL_MS)
    }
  }

  return {
    async close() {
      isClosed = true
      sleeper.wake()
      await Promise.all([follower.close(), purging])
    },
  }
}

async function readAccounts(source: SignedSource, write: Write): Promise<void> {
  for (let after: string | null = null; ;) {
    const { accounts } = (await source.read(ACCOUNTS_PATH + (after ? `?after=${after}` : ''))) as AccountsPage
    if (accounts.length === 0) return
    await write((tx) => takeAccounts(tx, accounts))
    after = accounts.at(-1)!.id
  }
}
