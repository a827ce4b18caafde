// What is done every night, by one of the processes: what is no longer of use is removed. Each step finds what is due by
// itself, so that a night that was missed, or broken off, is made up for in the next.
import { sql } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { PgBoss } from 'pg-boss'
import { mailbox } from '../../drizzle/users/tables.ts'
import type { Log } from '../../platform/log.ts'
import type { AttemptStore } from './attempt-store.ts'
import type { DeletionStore } from './deletion-store.ts'
import { removeOldMailTokens } from './mail-tokens.ts'
import type { SessionStore } from './session-store.ts'

export const NIGHTLY_QUEUE = 'nightly'
/** Three in the morning, UTC. */
const EVERY_NIGHT = '0 3 * * *'
const MAILBOX_KEPT_DAYS = 30
const ATTEMPTS_KEPT_S = 86_400

export interface NightlyParts {
  readonly db: PostgresJsDatabase
  readonly deletions: Pick<DeletionStore, 'purge'>
  readonly sessions: Pick<SessionStore, 'removeOld'>
  readonly attempts: Pick<AttemptStore, 'removeOld'>
  readonly log: Log
}

export async function doNightlyWork({ db, deletions, sessions, attempts, log }: NightlyParts): Promise<void> {
  const purged = await deletions.purge()
  await sessions.removeOld()
  await removeOldMailTokens(db)
  await attempts.removeOld(ATTEMPTS_KEPT_S)
  await db.execute(sql`delete from ${mailbox} where created_at < now() - make_interval(days => ${MAILBOX_KEPT_DAYS})`)
  log.info({ purged }, 'the nightly work was done')
}

/** @returns the id of the worker */
export async function startNightlyWorker(boss: PgBoss, parts: NightlyParts): Promise<string> {
  // One at a time, tried again for an hour where it fails.
  await boss.createQueue(NIGHTLY_QUEUE, { policy: 'singleton', retryLimit: 6, retryDelay: 600 })
  await boss.schedule(NIGHTLY_QUEUE, EVERY_NIGHT, {}, { tz: 'UTC' })
  return boss.work(NIGHTLY_QUEUE, { pollingIntervalSeconds: 30 }, () => doNightlyWork(parts))
}
