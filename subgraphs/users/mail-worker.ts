// Sends the mail that jobs ask for. A token is made when its mail is sent, so none waits in a queue; a mail that could
// not be sent is tried again after 1, 2, 4 and 8 seconds, and then put aside until somebody replays it.
import { and, eq, isNull } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { Job, JobResult, PgBoss } from 'pg-boss'
import { users } from '../../drizzle/users/tables.ts'
import type { Log } from '../../platform/log.ts'
import { DeliveryError } from './mail-delivery.ts'
import type { Delivery } from './mail-delivery.ts'
import { DEAD_MAIL_QUEUE, MAIL_QUEUE } from './mail-queue.ts'
import type { MailJob, MailKind } from './mail-queue.ts'
import { writeMail } from './mail-templates.ts'
import { makeMailToken } from './mail-tokens.ts'
import type { MailTokenPurpose } from './mail-tokens.ts'

const RETRY_DELAYS_S = [1, 2, 4, 8]
/** A retry is late by this at the most. */
const POLLING_INTERVAL_S = 0.5
/** Mails that are sent at a time. */
const BATCH_SIZE = 10
const DEAD_MAIL_KEPT_S = 365 * 86_400

const purposes: Partial<Record<MailKind, MailTokenPurpose>> = {
  VERIFY_EMAIL: 'VERIFY_EMAIL',
  RESET_PASSWORD: 'RESET_PASSWORD',
}

export interface MailWorkerOptions {
  readonly db: PostgresJsDatabase
  readonly delivery: Delivery
  readonly publicUrl: string
  readonly log: Log
}

/** Makes the queues where they are not there yet, as every process does that starts. */
export async function makeMailQueues(boss: PgBoss): Promise<void> {
  await boss.createQueue(DEAD_MAIL_QUEUE, { retentionSeconds: DEAD_MAIL_KEPT_S })
  // What pg-boss itself tries again is work whose process died. Its own delays are of random length.
  await boss.createQueue(MAIL_QUEUE, {
    deadLetter: DEAD_MAIL_QUEUE,
    retryLimit: RETRY_DELAYS_S.length,
    expireInSeconds: 60,
  })
}

/** @returns the id of the worker */
export function startMailWorker(boss: PgBoss, options: MailWorkerOptions): Promise<string> {
  return boss.work<MailJob, unknown, { perJobResults: true }>(
    MAIL_QUEUE,
    { batchSize: BATCH_SIZE, pollingIntervalSeconds: POLLING_INTERVAL_S, perJobResults: true } as {
      perJobResults: true
    },
    (jobs) => Promise.all(jobs.map((job) => attempt(boss, job, options))),
  )
}

async function attempt(boss: PgBoss, { id, data }: Job<MailJob>, options: MailWorkerOptions): Promise<JobResult> {
  const { kind, userId, triedTimes = 0 } = data
  try {
    await sendMail(data, options)
    return { id, status: 'completed' }
  } catch (err) {
    const output = { error: err instanceof DeliveryError ? err.code : 'INTERNAL_ERROR' }
    const delayS = RETRY_DELAYS_S[triedTimes]
    if (delayS === undefined) {
      options.log.error({ err, kind, job: id }, 'a mail could not be sent and was put aside')
      return { id, status: 'deadletter', output }
    }
    options.log.warn({ err, kind, job: id, delayS }, 'a mail could not be sent yet')
    // Before this one is done with: whoever dies in between leaves a mail that is sent twice, and none that is not.
    await boss.send(MAIL_QUEUE, { kind, userId, triedTimes: triedTimes + 1 }, { startAfter: delayS })
    return { id, status: 'completed', output }
  }
}

async function sendMail({ kind, userId }: MailJob, { db, delivery, publicUrl }: MailWorkerOptions): Promise<void> {
  const [user] = await db
    .select({ username: users.username, email: users.email, emailVerifiedAt: users.emailVerifiedAt })
    .from(users)
    .where(and(eq(users.id, userId), isNull(users.deletedAt)))
  if (!user || (kind === 'VERIFY_EMAIL' && user.emailVerifiedAt)) return
  const purpose = purposes[kind]
  const token = purpose ? await makeMailToken(db, { userId, email: user.email, purpose }) : ''
  await delivery.deliver(kind, user.email, writeMail(kind, { username: user.username, publicUrl, token }))
}
